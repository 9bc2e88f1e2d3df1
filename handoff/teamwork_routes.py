"""Working together: transfer, a second advocate, a supervisor's word, switches of the line."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import available_timezones

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field, StringConstraints

from handoff.api import at_work
from handoff.auth import SignedIn
from handoff.desk import LONGEST_REASON
from handoff.errors import UnfitValue
from handoff.office import Acting, TheOffice, Watching, needs
from handoff.rights import Right
from handoff.schemas import CompetencyName, Ending, Failure, Strict, Written
from intake.competencies import Competency
from intake.errors import ConversationNotFound
from intake.messages import MAX_CHARACTERS
from storage.database import Transaction
from storage.handoff_tables import LineSwitchRow

_FAILURES: dict[int | str, dict[str, Any]] = {
    status: {"model": Failure} for status in (401, 403, 404, 409, 422)
}
router = APIRouter(prefix="/api", responses=_FAILURES)
Supervising = Annotated[SignedIn, Depends(needs(Right.OPEN_ANY))]
Switching = Annotated[SignedIn, Depends(needs(Right.SWITCH_LINE))]


class Transfer(Ending):
    """To whom: one of a colleague, competencies, or any supervisor. `note` is for staff."""

    advocate_id: UUID | None = None
    competencies: Annotated[list[CompetencyName], Field(default_factory=list)]
    supervisor: bool = False
    note: Annotated[str, StringConstraints(max_length=MAX_CHARACTERS)] | None = None


class Invitation(Strict):
    """A colleague who is asked in."""

    advocate_id: UUID


class Word(Strict):
    """A word to the advocate who holds a conversation."""

    text: Annotated[str, StringConstraints(max_length=4 * LONGEST_REASON)]


class NewSwitch(Strict):
    """A switch to turn on; what is left out means all channels, languages, hours."""

    kind: Literal["surge", "human_only"]
    channel: Annotated[str, StringConstraints(max_length=16)] | None = None
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")] | None = None
    from_time: time | None = None
    until_time: time | None = None
    timezone: str = "America/Toronto"


class Switch(BaseModel):
    """A switch that is on."""

    id: UUID
    kind: Literal["surge", "human_only"]
    channel: str | None
    language: str | None
    from_time: time | None
    until_time: time | None
    timezone: str
    on_at: datetime

    @classmethod
    def of(cls, row: LineSwitchRow) -> Switch:
        """The switch as shown."""
        return cls(
            id=row.id,
            kind=row.kind,  # type: ignore[arg-type]  # a closed set of the table
            channel=row.channel,
            language=row.language,
            from_time=row.from_time,
            until_time=row.until_time,
            timezone=row.timezone,
            on_at=row.on_at,
        )


class Switches(BaseModel):
    """What is switched on."""

    switches: list[Switch]


@router.post("/conversations/{conversation_id}/transfer", tags=["teamwork"], status_code=204)
async def transfer(
    conversation_id: UUID, body: Transfer, signed_in: Acting, office: TheOffice
) -> None:
    """Hand a conversation of mine on; it waits, with its tier, for whom I name first."""
    async with at_work(conversation_id, signed_in, office) as desk:
        if body.advocate_id is not None:
            await _is_there(desk.tx, body.advocate_id)
        await desk.transfer(
            conversation_id,
            body.seen,
            advocate_id=body.advocate_id,
            competencies=[Competency(one) for one in body.competencies],
            supervisor=body.supervisor,
            note=body.note,
        )


@router.post("/conversations/{conversation_id}/invite", tags=["teamwork"], status_code=204)
async def invite(
    conversation_id: UUID, body: Invitation, signed_in: Acting, office: TheOffice
) -> None:
    """Ask a colleague into a conversation of mine: they read and write along."""
    async with at_work(conversation_id, signed_in, office) as desk:
        await _is_there(desk.tx, body.advocate_id)
        await desk.invite(conversation_id, body.advocate_id)


@router.post("/conversations/{conversation_id}/leave", tags=["teamwork"], status_code=204)
async def leave(conversation_id: UUID, signed_in: Acting, office: TheOffice) -> None:
    """Stop helping in a conversation that another holds."""
    async with at_work(conversation_id, signed_in, office) as desk:
        await desk.leave(conversation_id)


@router.post("/conversations/{conversation_id}/whisper", tags=["teamwork"])
async def whisper(
    conversation_id: UUID, body: Word, signed_in: Supervising, office: TheOffice
) -> Written:
    """A supervisor's word to who holds the conversation; the person never sees it."""
    async with at_work(conversation_id, signed_in, office) as desk:
        written = await desk.whisper(conversation_id, body.text)
    return Written(id=written)


@router.post(
    "/conversations/{conversation_id}/whisper/{note_id}/read", tags=["teamwork"], status_code=204
)
async def read_whisper(
    conversation_id: UUID, note_id: UUID, signed_in: Acting, office: TheOffice
) -> None:
    """I have read a word for me: it comes up no more."""
    async with at_work(conversation_id, signed_in, office) as desk:
        await desk.read_whisper(conversation_id, note_id)


@router.get("/switches", tags=["switches"])
async def switches(_: Watching, office: TheOffice) -> Switches:
    """What is switched on."""
    async with office.database.transaction() as tx:
        return Switches(switches=[Switch.of(row) for row in await tx.switches.on()])


@router.post("/switches", tags=["switches"])
async def switch_on(body: NewSwitch, signed_in: Switching, office: TheOffice) -> Written:
    """Turn a switch on: surge, or people alone answer (the bot only opens and fetches one)."""
    if body.timezone not in available_timezones():
        raise UnfitValue("not a time zone such as America/Toronto")
    if (body.from_time is None) != (body.until_time is None):
        raise UnfitValue("hours need a beginning and an end")
    hours = None
    if body.from_time is not None and body.until_time is not None:
        hours = (body.from_time, body.until_time)
    async with office.database.transaction() as tx:
        made = await tx.switches.turn_on(
            body.kind,
            signed_in.advocate.id,
            office.now(),
            channel=body.channel,
            language=body.language,
            hours=hours,
            timezone=body.timezone,
        )
        await tx.desk.audit(
            "switch_on",
            advocate_id=signed_in.advocate.id,
            detail=body.model_dump(mode="json", exclude_none=True),
        )
    return Written(id=made)


@router.delete("/switches/{switch_id}", tags=["switches"], status_code=204)
async def switch_off(switch_id: UUID, signed_in: Switching, office: TheOffice) -> None:
    """Turn a switch off."""
    async with office.database.transaction() as tx:
        if not await tx.switches.turn_off(switch_id, signed_in.advocate.id, office.now()):
            raise ConversationNotFound("no such switch is on")
        await tx.desk.audit(
            "switch_off", advocate_id=signed_in.advocate.id, detail={"switch": str(switch_id)}
        )


async def _is_there(tx: Transaction, advocate_id: UUID) -> None:
    if advocate_id not in await tx.accounts.names([advocate_id]):
        raise ConversationNotFound("no such account")
