"""What a screen needs beside the conversations: phrases, choices, the shift, earlier contacts."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from handoff.access import Refused, earlier_contacts
from handoff.office import Acting, TheOffice, Watching
from handoff.phrases import cares, phrases
from handoff.schemas import Failure, Strict, TierName, tier_name
from intake.risk import Tier
from storage.phrases import ScreenChoice

_FAILURES: dict[int | str, dict[str, Any]] = {
    status: {"model": Failure} for status in (401, 403, 404, 409, 422)
}
# No shift is longer; what was taken before it is another day.
_SHIFT = timedelta(hours=12)
router = APIRouter(prefix="/api", responses=_FAILURES)


class PhraseByName(BaseModel):
    """A phrase; the screen inserts it, the advocate sends it."""

    name: str
    language: str
    text: str


class WordsOfCare(BaseModel):
    """Words worth a second look, and what to say instead."""

    language: str
    words: list[str]
    instead: str


class Wording(BaseModel):
    """Everything that helps to word a reply."""

    phrases: list[PhraseByName]
    cares: list[WordsOfCare]


class Choice(Strict):
    """How an advocate wants the screen; kept at the server, never in the browser."""

    cover: bool
    sound: bool
    breaks: bool


class Shift(BaseModel):
    """How many conversations the advocate took in the last twelve hours, by tier."""

    imminent: int
    urgent: int
    concern: int
    none: int


class Earlier(BaseModel):
    """An earlier conversation with the same address, by facts alone."""

    opened_at: datetime
    closed_at: datetime | None
    tier: TierName | None
    with_human: bool
    messages: int


@router.get("/wording", tags=["screen"])
async def wording(_: Watching, office: TheOffice) -> Wording:
    """Phrases by name and language, and the words that are worth a second look."""
    async with office.database.transaction() as tx:
        local = await tx.phrases.all()
    return Wording(
        phrases=[
            PhraseByName(name=one.name, language=one.language, text=one.text)
            for one in phrases(office.voice, local)
        ],
        cares=[
            WordsOfCare(language=one.language, words=list(one.words), instead=one.instead)
            for one in cares()
        ],
    )


@router.get("/screen", tags=["screen"])
async def screen(signed_in: Watching, office: TheOffice) -> Choice:
    """How the advocate wants the screen."""
    async with office.database.transaction() as tx:
        return Choice(**asdict(await tx.phrases.choice(signed_in.advocate.id)))


@router.post("/screen", tags=["screen"], status_code=204)
async def choose(body: Choice, signed_in: Acting, office: TheOffice) -> None:
    """Keep how the advocate wants the screen."""
    async with office.database.transaction() as tx:
        await tx.phrases.choose(signed_in.advocate.id, ScreenChoice(**body.model_dump()))


@router.get("/shift", tags=["screen"])
async def shift(signed_in: Watching, office: TheOffice) -> Shift:
    """What the advocate carried in this shift; theirs alone to see."""
    async with office.database.transaction() as tx:
        taken = await tx.board.taken_since(signed_in.advocate.id, office.now() - _SHIFT)
    return Shift(
        none=taken.get(None, 0), **{tier.label: taken.get(tier, 0) for tier in reversed(Tier)}
    )


@router.get("/conversations/{conversation_id}/earlier", tags=["conversations"])
async def earlier(conversation_id: UUID, signed_in: Acting, office: TheOffice) -> list[Earlier]:
    """Earlier conversations with the same address, by facts alone; each look is on record."""
    async with office.database.transaction() as tx:
        found = await earlier_contacts(tx, signed_in.advocate, conversation_id, office.now())
    if isinstance(found, Refused):
        raise found.error()
    return [
        Earlier(
            opened_at=one.opened_at,
            closed_at=one.closed_at,
            tier=tier_name(one.tier),
            with_human=one.with_human,
            messages=one.messages,
        )
        for one in found
    ]
