"""The tips desk: the queue by urgency, one tip whole, and what is decided about it."""

from __future__ import annotations

from dataclasses import fields
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ValidationError

from handoff.access import open_tip, unmask_tipster
from handoff.auth import SignedIn
from handoff.duty_routes import Email, Phone
from handoff.errors import UnfitValue
from handoff.office import Office, TheOffice, needs
from handoff.rendering import language_of, page
from handoff.rights import Right, may
from handoff.words import SCREEN
from intake.languages import name_in
from intake.messages import clean
from intake.tip_fields import CLOSED_FIELDS, LONGEST_WORDS, Answer, Label, Status, TipFields

PATH = "/tips"
# What the desk may set; the tipster alone withdraws.
# That a tip was passed on is never a mere click: the tipster reads it, and nothing leaves the line
# without a recipient and a ground on record.
_SETTABLE = (Status.READING, Status.CLOSED)
router = APIRouter(include_in_schema=False)
Officer = Annotated[SignedIn, Depends(needs(Right.READ_TIPS))]
_Text = Annotated[str, Form(max_length=4 * LONGEST_WORDS)]


class _Woken(BaseModel):
    """How an officer is reached outside the desk."""

    phone: Phone | None = None
    email: Email | None = None


@router.get(PATH)
async def queue(request: Request, signed_in: Officer, office: TheOffice) -> Response:
    """Open tips, the most urgent first, or those that are over. No word of any of them."""
    over = request.query_params.get("over") == "1"
    kept = request.query_params.get("kept") == "1"
    me = signed_in.advocate.id
    async with office.database.transaction() as tx:
        tips = await tx.tips_desk.queue(over=over)
        await tx.desk.audit("tips_listed", advocate_id=me)
        woken = (await tx.routing.reachable([me]))[me]
    screen = language_of(request)
    names = {one.language: name_in(one.language, screen) for one in tips if one.language}
    return page(
        request,
        office,
        signed_in,
        "tips/queue.html",
        tips=tips,
        over=over,
        names=names,
        woken=woken,
        done=SCREEN.catalogue.text("tips.woken_kept", screen) if kept else None,
    )


@router.post(PATH + "/woken")
async def set_woken(
    signed_in: Officer, office: TheOffice, phone: _Text = "", email: _Text = ""
) -> Response:
    """How the officer is woken for an urgent tip; an empty field removes the address."""
    try:
        given = _Woken.model_validate(
            {"phone": phone.strip() or None, "email": email.strip() or None}
        )
    except ValidationError:
        raise UnfitValue("a number as +16135550100, an address as name@example.org") from None
    me = signed_in.advocate.id
    async with office.database.transaction() as tx:
        await tx.alerts.set_addresses(me, phone=given.phone, email=given.email)
        detail = {"what": ["email", "phone"]}
        await tx.desk.audit("duty_changed", advocate_id=me, detail=detail)
    return RedirectResponse(f"{PATH}?kept=1", status_code=HTTPStatus.SEE_OTHER)


@router.get(PATH + "/{tip_id}")
async def one(request: Request, tip_id: UUID, signed_in: Officer, office: TheOffice) -> Response:
    """One tip whole. The look is on the audit log."""
    return await _show(request, office, signed_in, tip_id)


@router.post(PATH + "/{tip_id}/status")
async def set_status(
    tip_id: UUID, signed_in: Officer, office: TheOffice, status: _Text = ""
) -> Response:
    """Where the tip stands, as the tipster may know it."""
    wanted = next((one for one in _SETTABLE if one.value == status), None)
    if wanted is None:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY)
    async with office.database.transaction() as tx:
        await tx.tips_desk.set_status(tip_id, wanted, office.now())
        detail = {"tip": str(tip_id), "status": wanted.value}
        await tx.desk.audit("tip_status", advocate_id=signed_in.advocate.id, detail=detail)
    return _back(tip_id)


@router.post(PATH + "/{tip_id}/label")
async def set_label(
    tip_id: UUID, signed_in: Officer, office: TheOffice, label: _Text = ""
) -> Response:
    """What the desk makes of the tip; some labels shorten how long it is kept."""
    wanted = next((one for one in Label if one.value == label), None)
    async with office.database.transaction() as tx:
        await tx.tips_desk.set_label(tip_id, wanted, office.now())
        detail = {"tip": str(tip_id), "label": wanted.value if wanted else ""}
        await tx.desk.audit("tip_label", advocate_id=signed_in.advocate.id, detail=detail)
    return _back(tip_id)


@router.post(PATH + "/{tip_id}/fields")
async def set_fields(
    request: Request, tip_id: UUID, signed_in: Officer, office: TheOffice
) -> Response:
    """The structured half as the desk reads the tip; what the tipster answered stays as it was."""
    form = await request.form()
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    async with office.database.transaction() as tx:
        if await tx.tips_desk.set_fields(tip_id, TipFields.read(given), office.now()):
            await tx.desk.audit(
                "tip_fields", advocate_id=signed_in.advocate.id, detail={"tip": str(tip_id)}
            )
    return _back(tip_id)


@router.post(PATH + "/{tip_id}/ask")
async def ask(
    request: Request,
    tip_id: UUID,
    signed_in: Officer,
    office: TheOffice,
    kind: _Text = "",
    text: _Text = "",
) -> Response:
    """A question that the tipster reads when they come back, or a note for the desk."""
    text = clean(text)
    if kind not in ("question", "note") or not text:
        return await _show(request, office, signed_in, tip_id, problem="tips.empty")
    async with office.database.transaction() as tx:
        advocate = signed_in.advocate.id
        if await tx.tips_desk.add(tip_id, kind, text, advocate, office.now()):
            detail = {"tip": str(tip_id), "kind": kind}
            await tx.desk.audit("tip_entry_added", advocate_id=advocate, detail=detail)
    return _back(tip_id)


@router.post(PATH + "/{tip_id}/unmask")
async def unmask(
    request: Request,
    tip_id: UUID,
    signed_in: Officer,
    office: TheOffice,
    reason: _Text = "",
) -> Response:
    """Whence a tip came: only with the right, with a reason, and on the audit log."""
    if not may(signed_in.advocate, Right.UNMASK_TIPSTER):
        raise HTTPException(HTTPStatus.FORBIDDEN)
    reason = clean(reason)
    if not reason:
        return await _show(request, office, signed_in, tip_id, problem="tips.reason_needed")
    async with office.database.transaction() as tx:
        tipster = await unmask_tipster(tx, signed_in.advocate, tip_id, reason, office.now())
    return await _show(request, office, signed_in, tip_id, tipster=tipster, unmasked=True)


async def _show(
    request: Request,
    office: Office,
    signed_in: SignedIn,
    tip_id: UUID,
    *,
    problem: str | None = None,
    tipster: object = None,
    unmasked: bool = False,
) -> Response:
    async with office.database.transaction() as tx:
        tip = await open_tip(tx, signed_in.advocate, tip_id, office.now())
        if tip is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        writers = {one.advocate_id for one in tip.entries if one.advocate_id}
        names = await tx.accounts.names(writers)
        files = await tx.attachments.count(tip_id)
    screen = language_of(request)
    spoken = tip.entry.language
    return page(
        request,
        office,
        signed_in,
        "tips/tip.html",
        422 if problem else 200,
        problem=SCREEN.catalogue.text(problem, screen) if problem else None,
        tip=tip,
        names=names,
        files=files,
        language_name=name_in(spoken, screen) if spoken else "",
        statuses=_SETTABLE,
        labels=list(Label),
        closed=CLOSED_FIELDS,
        answers=[one.value for one in Answer],
        field_names=[one.name for one in fields(TipFields)],
        may_unmask=may(signed_in.advocate, Right.UNMASK_TIPSTER),
        tipster=tipster,
        unmasked=unmasked,
    )


def _back(tip_id: UUID) -> Response:
    return RedirectResponse(f"{PATH}/{tip_id}", status_code=HTTPStatus.SEE_OTHER)
