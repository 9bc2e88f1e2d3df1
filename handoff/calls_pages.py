"""The list of calls that people asked for: when each is safe, and what became of it.

A number is shown on request alone, to who is about to call, inside the person's safe times, and
the look is on record (handoff/access.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from handoff.access import call_number
from handoff.auth import SignedIn
from handoff.office import Office, TheOffice, needs
from handoff.rendering import language_of, page
from handoff.rights import Right
from handoff.schemas import label, tier_name
from handoff.words import SCREEN
from intake.contact import opens_at
from intake.languages import name_in
from intake.safe_times import shown
from storage.call_backs import CallBack

PATH = "/calls"
#: After nobody picked up, not sooner than this.
AGAIN_AFTER = timedelta(minutes=30)
router = APIRouter(include_in_schema=False)
Caller = Annotated[SignedIn, Depends(needs(Right.WORK_BOARD))]
_Outcome = Annotated[str, Form(max_length=16)]


@router.get(PATH)
async def show(request: Request, signed_in: Caller, office: TheOffice) -> Response:
    """The calls to make, the one that is due first; no number."""
    return await _show(request, office, signed_in)


@router.post(PATH + "/{call_id}/number")
async def number(call_id: UUID, request: Request, signed_in: Caller, office: TheOffice) -> Response:
    """The number of one call, where it is safe to call now."""
    async with office.database.transaction() as tx:
        found = await call_number(tx, signed_in.advocate, call_id, office.now())
    if found is None:
        return await _show(request, office, signed_in, problem="calls.not_now")
    return await _show(request, office, signed_in, number=(call_id, found))


@router.post(PATH + "/{call_id}")
async def mark(
    call_id: UUID,
    request: Request,
    signed_in: Caller,
    office: TheOffice,
    outcome: _Outcome = "",
) -> Response:
    """What became of a call: done, nobody picked up, or not wanted any more."""
    if outcome not in ("done", "dropped", "missed"):
        return await _show(request, office, signed_in, problem="calls.gone")
    now, me = office.now(), signed_in.advocate.id
    async with office.database.transaction() as tx:
        found = await tx.call_backs.open(call_id)
        if outcome == "missed" and found:
            later = now + AGAIN_AFTER
            due = opens_at(found[0].times, later) or later
            kept = await tx.call_backs.missed(call_id, me, now, due)
        else:
            kept = await tx.call_backs.end(call_id, outcome, me, now)
        if kept:
            await tx.desk.audit(
                "call_marked",
                advocate_id=me,
                conversation_id=found[0].conversation_id,
                detail={"call": str(call_id), "outcome": outcome},
            )
    if not kept:
        return await _show(request, office, signed_in, problem="calls.gone")
    return await _show(request, office, signed_in, done=f"calls.marked.{outcome}")


async def _show(
    request: Request,
    office: Office,
    signed_in: SignedIn,
    *,
    problem: str | None = None,
    done: str | None = None,
    number: tuple[UUID, str] | None = None,
) -> Response:
    screen = language_of(request)
    async with office.database.transaction() as tx:
        calls = await tx.call_backs.open()
    words = SCREEN.all(screen)
    now = office.now()
    return page(
        request,
        office,
        signed_in,
        "calls/list.html",
        409 if problem else 200,
        problem=None if problem is None else words[problem],
        done=None if done is None else words[done],
        calls=calls,
        now=now,
        number=number,
        due=_due(calls, now),
        times=lambda call: shown(call.times) or words["calls.any_time"],
        label=label,
        tier=lambda call: tier_name(call.tier) or "none",
        tongue=lambda tag: words["language.unknown"] if tag is None else name_in(tag, screen),
    )


def _due(calls: Sequence[CallBack], now: datetime) -> dict[UUID, str]:
    """When each call is due by the person's own clock; empty when it is due now."""
    return {
        call.id: ""
        if call.due_at <= now and call.is_safe(now)
        else max(call.due_at, opens_at(call.times, now) or call.due_at)
        .astimezone(ZoneInfo(call.times.zone))
        .strftime("%Y-%m-%d %H:%M")
        for call in calls
    }
