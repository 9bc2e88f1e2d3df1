"""Opening a conversation that is not one's own, with a reason, for an hour; read only."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, StringConstraints

from handoff.access import (
    LONGEST_REASON,
    SHORTEST_REASON,
    Opened,
    Refused,
    break_glass,
    open_conversation,
)
from handoff.auth import SignedIn
from handoff.errors import UnfitText
from handoff.office import Acting, Office, TheOffice
from handoff.rendering import language_of, page
from handoff.schemas import LABEL_BITS, Strict, label, number_of
from handoff.words import SCREEN
from intake.errors import ConversationNotFound
from intake.messages import Author

PATH = "/break-glass"
router = APIRouter()


class Reason(Strict):
    """Why somebody has to look into what is not theirs."""

    reason: Annotated[str, StringConstraints(max_length=2_000)]


class OpenUntil(BaseModel):
    """How long the conversation stays open to who asked."""

    until: datetime


@router.post("/api/conversations/{conversation_id}/break-glass", tags=["conversations"])
async def open_with_reason(
    conversation_id: UUID, body: Reason, signed_in: Acting, office: TheOffice
) -> OpenUntil:
    """Open one that is not mine, for an hour; its holder and the privacy officer see why."""
    async with office.database.transaction() as tx:
        until = await break_glass(
            tx, signed_in.advocate, conversation_id, body.reason, office.now()
        )
    return OpenUntil(until=until)


@router.get(PATH, include_in_schema=False)
async def form(
    request: Request,
    signed_in: Acting,
    office: TheOffice,
    conversation: Annotated[UUID | None, Query()] = None,
) -> Response:
    """Which conversation, and why."""
    return _form(request, office, signed_in, name="" if conversation is None else str(conversation))


@router.post(PATH, include_in_schema=False)
async def submit(
    request: Request,
    signed_in: Acting,
    office: TheOffice,
    conversation: Annotated[str, Form(max_length=64)] = "",
    reason: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """Open it, or say what is missing."""
    try:
        async with office.database.transaction() as tx:
            number = number_of(conversation)
            found = (
                _id(conversation)
                if number is None
                else await tx.break_glass.newest_with(number, LABEL_BITS)
            )
            if found is None:
                raise ConversationNotFound("no conversation has this name")
            await break_glass(tx, signed_in.advocate, found, reason, office.now())
    except (ConversationNotFound, UnfitText) as refusal:
        missing = isinstance(refusal, ConversationNotFound)
        problem = "glass.not_found" if missing else "glass.reason_length"
        return _form(request, office, signed_in, conversation, reason, problem)
    return RedirectResponse(f"{PATH}/{found}", status_code=HTTPStatus.SEE_OTHER)


@router.get(PATH + "/{conversation_id}", include_in_schema=False)
async def show(
    request: Request, conversation_id: UUID, signed_in: Acting, office: TheOffice
) -> Response:
    """The conversation, to be read; the form again once the hour is over."""
    now = office.now()
    async with office.database.transaction() as tx:
        try:
            opened = await open_conversation(tx, signed_in.advocate, conversation_id, now)
        except ConversationNotFound:
            opened = Refused(None)
    if not isinstance(opened, Opened):
        return RedirectResponse(
            f"{PATH}?conversation={conversation_id}", status_code=HTTPStatus.SEE_OTHER
        )
    own = [one.until for one in opened.broken if one.advocate_id == signed_in.advocate.id]
    return page(
        request,
        office,
        signed_in,
        "account/glass.html",
        opened=opened,
        label=label(conversation_id),
        until=max(own, default=None),
        contact=Author.CONTACT,
    )


def _id(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def _form(
    request: Request,
    office: Office,
    signed_in: SignedIn,
    name: str = "",
    reason: str = "",
    problem: str | None = None,
) -> Response:
    given = _id(name)
    return page(
        request,
        office,
        signed_in,
        "account/glass_form.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        problem=SCREEN.catalogue.text(problem, language_of(request), least=str(SHORTEST_REASON))
        if problem
        else None,
        name=name if given is None else label(given),
        # The short name may be that of several; who came from a line means this one.
        given=given,
        reason=reason,
        longest=LONGEST_REASON,
    )
