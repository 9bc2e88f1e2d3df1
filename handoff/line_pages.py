"""The page on which supervisors move the switches of the line: surge, and people alone answer."""

from __future__ import annotations

from datetime import time
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from handoff.auth import SignedIn
from handoff.office import Office, TheOffice, needs
from handoff.rendering import language_of, page
from handoff.rights import Right
from handoff.words import SCREEN
from intake.languages import listed, name_in
from intake.zones import ZONES

PATH = "/line"
KINDS = ("surge", "human_only")
CHANNELS = ("sms", "whatsapp", "telegram", "web")
router = APIRouter(include_in_schema=False)
Lead = Annotated[SignedIn, Depends(needs(Right.SWITCH_LINE))]
_Word = Annotated[str, Form(max_length=64)]


@router.get(PATH)
async def show(request: Request, signed_in: Lead, office: TheOffice) -> Response:
    """What is switched on, and the forms to switch on more."""
    return await _show(request, office, signed_in)


@router.post(PATH)
async def switch_on(
    request: Request,
    signed_in: Lead,
    office: TheOffice,
    kind: _Word = "",
    channel: _Word = "",
    language: _Word = "",
    from_time: _Word = "",
    until_time: _Word = "",
    timezone: _Word = "America/Toronto",
) -> Response:
    """Switch on; what is left empty means all of them."""
    known = kind in KINDS and channel in ("", *CHANNELS) and timezone in ZONES
    try:
        start, end = (time.fromisoformat(one) if one else None for one in (from_time, until_time))
    except ValueError:
        known, start, end = False, None, None
    if not known or language not in _languages() or (start is None) != (end is None):
        return await _show(request, office, signed_in, problem="line.unfit")
    detail = {"kind": kind, "channel": channel, "language": language, "timezone": timezone}
    async with office.database.transaction() as tx:
        await tx.switches.turn_on(
            kind,
            signed_in.advocate.id,
            office.now(),
            channel=channel or None,
            language=language or None,
            hours=None if start is None or end is None else (start, end),
            timezone=timezone,
        )
        await tx.desk.audit(
            "switch_on",
            advocate_id=signed_in.advocate.id,
            detail={name: value for name, value in detail.items() if value}
            | ({"hours": f"{start}-{end}"} if start else {}),
        )
    return RedirectResponse(PATH, status_code=HTTPStatus.SEE_OTHER)


@router.post(PATH + "/{switch_id}/off")
async def switch_off(
    switch_id: UUID, request: Request, signed_in: Lead, office: TheOffice
) -> Response:
    """Switch off; one that is off already stays so."""
    async with office.database.transaction() as tx:
        if await tx.switches.turn_off(switch_id, signed_in.advocate.id, office.now()):
            await tx.desk.audit(
                "switch_off", advocate_id=signed_in.advocate.id, detail={"switch": str(switch_id)}
            )
    return RedirectResponse(PATH, status_code=HTTPStatus.SEE_OTHER)


async def _show(
    request: Request, office: Office, signed_in: SignedIn, *, problem: str | None = None
) -> Response:
    screen = language_of(request)
    words = SCREEN.all(screen)
    async with office.database.transaction() as tx:
        switches = await tx.switches.on()
        calls = len(await tx.call_backs.open())
    every = ("", words["line.all"])
    return page(
        request,
        office,
        signed_in,
        "line/switches.html",
        422 if problem else 200,
        problem=None if problem is None else words[problem],
        switches=switches,
        calls=calls,
        surge=any(one.kind == "surge" for one in switches),
        channels=[every, *((one, words[f"channel.{one}"]) for one in CHANNELS)],
        languages_to_choose=[
            every,
            *((one, name_in(one, screen)) for one in sorted(_languages()) if one),
        ],
        zones=[(one, one) for one in sorted(ZONES)],
        tongue=lambda tag: name_in(tag, screen),
    )


def _languages() -> frozenset[str]:
    """Codes that a switch can name, and the empty one."""
    return frozenset({"", *(tag.split("-")[0] for tag in listed())})
