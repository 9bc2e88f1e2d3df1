"""What the side panel asks for beside the thread: safety plan, colleagues, duty and protocol."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from directory import protocol_store as store
from handoff.access import Opened, Refused, open_conversation, open_ledger
from handoff.api import at_work
from handoff.auth import SignedIn
from handoff.ledger_api import of_conversation
from handoff.ledger_schemas import WholeLedger
from handoff.office import Acting, TheOffice, Watching
from handoff.rendering import language_of
from handoff.report_sheet import Answers, Sheet, sheet
from handoff.report_words import step_lines
from handoff.rights import Right, may
from handoff.schemas import Failure, Strict
from intake.messages import Author
from intake.places import Place, PlaceKind, find_places
from intake.safety_plan import LONGEST_PART, Part, Plan
from storage.database import Transaction

_FAILURES: dict[int | str, dict[str, Any]] = {
    status: {"model": Failure} for status in (401, 403, 404, 409, 422)
}

router = APIRouter(prefix="/api", responses=_FAILURES)


class NewPlan(Strict):
    """A safety plan. `shown_at`: when the one on the screen was written; null for none."""

    parts: dict[Part, Annotated[str, StringConstraints(max_length=4 * LONGEST_PART)]]
    shown_at: AwareDatetime | None = None


class Colleague(BaseModel):
    """An account that can hold a conversation; `here`: with a live screen."""

    id: UUID
    name: str
    role: str
    languages: list[str]
    here: bool
    held: int


class Number(BaseModel):
    """A public number and what it is."""

    number: str
    label: str


class ProtocolStep(BaseModel):
    """A step of a protocol; `outcome` once somebody has taken it."""

    text: str
    numbers: list[str]
    outcome: str | None


class Rules(BaseModel):
    """What the law and the local protocol ask, as far as place and age are known.

    `place_from`: `said` when the place is what the person named, `decided` when an advocate put
    it down; null when nobody knows. `strength` and the codes: docs/protocols.md.
    """

    place: str | None
    place_from: str | None
    age: int | None
    strength: str
    age_unknown: bool
    place_unknown: bool
    statute: str | None
    to_be_verified: bool
    numbers: list[Number]
    protocol: str | None
    because: list[str]
    warnings: list[str]
    steps: Annotated[list[ProtocolStep], Field(default_factory=list)]


class Guidance(BaseModel):
    """Consent and rules at one look, which is on record."""

    now: datetime
    ledger: WholeLedger
    rules: Rules


@router.post(
    "/conversations/{conversation_id}/safety-plan", tags=["conversations"], status_code=204
)
async def write_plan(
    conversation_id: UUID, body: NewPlan, signed_in: Acting, office: TheOffice
) -> None:
    """Write the safety plan anew; empty parts are left out."""
    plan = Plan({part: words for part, words in body.parts.items() if words.strip()})
    async with at_work(conversation_id, signed_in, office) as desk:
        await desk.write_plan(conversation_id, plan, body.shown_at)


@router.get("/colleagues", tags=["teamwork"])
async def colleagues(signed_in: Watching, office: TheOffice) -> list[Colleague]:
    """Whom a conversation can be handed to, those at a live screen first; not oneself."""
    now = office.now()
    async with office.database.transaction() as tx:
        here = {one.name: one for one in await tx.wall.on_shift(now, now - office.settings.idle)}
        accounts = await tx.accounts.all_advocates()
    able = [
        one for one in accounts if one.id != signed_in.advocate.id and may(one, Right.WORK_BOARD)
    ]
    return [
        Colleague(
            id=one.id,
            name=one.name,
            role=one.role,
            languages=list(one.languages),
            here=one.name in here,
            held=here[one.name].held if one.name in here else 0,
        )
        for one in sorted(able, key=lambda one: (one.name not in here, one.name.casefold()))
    ]


@router.get("/conversations/{conversation_id}/guidance", tags=["ledger"])
async def guidance(
    conversation_id: UUID, request: Request, signed_in: Watching, office: TheOffice
) -> Guidance:
    """Duty, local protocol and consent for who and where this is, as far as that is known."""
    language = language_of(request)
    async with office.database.transaction() as tx:
        found = await _guidance(tx, signed_in, conversation_id, office.now(), language)
    if isinstance(found, Refused):
        raise found.error()
    return found


async def _guidance(
    tx: Transaction, signed_in: SignedIn, conversation_id: UUID, now: datetime, language: str
) -> Guidance | Refused:
    subject = of_conversation(conversation_id)
    opened = await open_conversation(tx, signed_in.advocate, conversation_id, now)
    if isinstance(opened, Refused):
        return opened
    ledger = await open_ledger(tx, signed_in.advocate, subject, now)
    if isinstance(ledger, Refused):
        return ledger
    decided = Answers.of_decision(ledger.decisions[-1]) if ledger.decisions else Answers()
    answers, place_from = _where(decided, opened)
    shown = sheet(answers, await store.candidates(tx.session), now.date())
    rows = await store.steps_taken(tx.session, subject)
    chosen = shown.match.chosen.version_id if shown.match else None
    taken = {one.step: (one, "") for one in rows if one.version_id == chosen}
    return Guidance(
        now=now,
        ledger=WholeLedger.of(ledger, now),
        rules=_rules(shown, place_from, taken, language),
    )


def _where(decided: Answers, opened: Opened) -> tuple[Answers, str | None]:
    """The answers of the last decision; where it names no place, the last the person named."""
    if decided.in_province is not None:
        return decided, "decided"
    for message in reversed(opened.messages):
        if message.author is not Author.CONTACT or not message.text:
            continue
        found = [one.place for one in find_places(message.text) if _local(one.place)]
        if found:
            place = found[-1]
            return (
                Answers(danger=decided.danger, place=place, age=decided.age, wish=decided.wish),
                "said",
            )
    return decided, None


def _local(place: Place) -> bool:
    return place.kind is not PlaceKind.COUNTRY


def _rules(shown: Sheet, place_from: str | None, taken: dict[str, Any], language: str) -> Rules:
    duty, answers = shown.duty, shown.answers
    place = answers.place
    return Rules(
        place=answers.in_province if place is None else place.name_in(language),
        place_from=place_from,
        age=answers.age,
        strength=duty.strength.code,
        age_unknown=duty.age_unknown,
        place_unknown=duty.place_unknown,
        statute=duty.rule.statute if duty.rule else None,
        to_be_verified=duty.rule is None or duty.rule.reviewed_by == "to be verified",
        numbers=[
            Number(number=line.number, label=line.label.in_(language))
            for line in (duty.rule.numbers if duty.rule else ())
        ],
        protocol=shown.match.chosen.protocol.title.in_(language) if shown.match else None,
        because=[why.value for why in shown.match.because] if shown.match else [],
        warnings=[why.value for why in shown.match.warnings] if shown.match else [],
        steps=[
            ProtocolStep(
                text=line.text,
                numbers=list(line.agency.numbers) if line.agency else [],
                outcome=line.outcome,
            )
            for line in step_lines(shown, taken, language)
        ],
    )
