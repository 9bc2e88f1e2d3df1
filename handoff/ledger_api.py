"""The ledger's part of the JSON API: consent, decisions without it, records of what was told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from handoff.access import Refused, consent_for, open_ledger
from handoff.auth import SignedIn
from handoff.errors import NoConsent, NoRight, NotYours
from handoff.ledger import LedgerDesk
from handoff.ledger_schemas import (
    Allowed,
    Answer,
    NewAddition,
    NewConsent,
    NewDisclosure,
    NewOverride,
    Question,
    Said,
    WaitingOverride,
    WholeLedger,
)
from handoff.office import Acting, Office, TheOffice, Watching
from handoff.rights import Right, may
from handoff.schemas import Failure, Written
from intake.consent import Subject, SubjectKind
from intake.errors import NotHolder

_FAILURES: dict[int | str, dict[str, Any]] = {
    status: {"model": Failure} for status in (401, 403, 404, 409, 422)
}
router = APIRouter(prefix="/api", responses=_FAILURES, tags=["ledger"])


@router.get("/conversations/{conversation_id}/ledger")
async def read(conversation_id: UUID, signed_in: Watching, office: TheOffice) -> WholeLedger:
    """What the person agreed to, what was decided without them, what left the line."""
    async with office.database.transaction() as tx:
        found = await open_ledger(
            tx, signed_in.advocate, of_conversation(conversation_id), office.now()
        )
    if isinstance(found, Refused):
        raise found.error()
    return WholeLedger.of(found, office.now())


@router.post("/conversations/{conversation_id}/consents")
async def record(
    conversation_id: UUID, body: NewConsent, signed_in: Acting, office: TheOffice
) -> Written:
    """Write down the person's yes or no to one recipient."""
    subject = of_conversation(conversation_id)
    async with keeping(conversation_id, signed_in, office) as desk:
        row = await desk.record(
            subject,
            body.act,
            body.terms(),
            how=body.how,
            message_id=body.message_id,
            words=body.words,
        )
    return Written(id=row)


@router.post("/conversations/{conversation_id}/consents/{consent_id}/revoke")
async def revoke(
    conversation_id: UUID, consent_id: UUID, body: Said, signed_in: Acting, office: TheOffice
) -> Written:
    """The person takes a yes back."""
    async with keeping(conversation_id, signed_in, office) as desk:
        row = await desk.revoke(
            of_conversation(conversation_id),
            consent_id,
            how=body.how,
            message_id=body.message_id,
            words=body.words,
        )
    return Written(id=row)


@router.post("/conversations/{conversation_id}/consents/check")
async def check(
    conversation_id: UUID, body: Question, signed_in: Acting, office: TheOffice
) -> Allowed:
    """Whether these details may go to this recipient now, and on what basis."""
    async with keeping(conversation_id, signed_in, office) as desk:
        await desk.holds(of_conversation(conversation_id))
        found = await consent_for(
            desk.tx,
            of_conversation(conversation_id),
            body.to.recipient(),
            office.now(),
            purpose=body.purpose,
            details=body.details,
        )
    return Allowed.of(found)


@router.post("/conversations/{conversation_id}/overrides")
async def override(
    conversation_id: UUID, body: NewOverride, signed_in: Acting, office: TheOffice
) -> Written:
    """Decide to tell somebody without consent; it carries the rule that forces it."""
    async with keeping(conversation_id, signed_in, office) as desk:
        row = await desk.override(
            of_conversation(conversation_id),
            body.to.recipient(),
            ground=body.ground,
            rule=body.rule,
            details=body.details,
            reason=body.reason,
            no_time=body.no_time,
            yardstick=body.yardstick,
        )
    return Written(id=row)


@router.get("/overrides")
async def waiting(signed_in: Watching, office: TheOffice) -> list[WaitingOverride]:
    """Decisions that wait for a lead's answer, oldest first; without recipients and reasons."""
    if not may(signed_in.advocate, Right.OPEN_ANY):
        raise NoRight("a lead signs decisions that were taken without consent")
    async with office.database.transaction() as tx:
        found = await tx.ledger.unsigned(office.now())
    return [
        WaitingOverride(
            id=one.id,
            subject=one.subject.kind.value,
            subject_id=one.subject.id,
            ground=one.ground,
            rule=one.rule,
            at=one.at,
            own=one.decided_by == signed_in.advocate.id,
        )
        for one in found
    ]


@router.post("/overrides/{override_id}/sign", status_code=204)
async def sign(override_id: UUID, body: Answer, signed_in: Acting, office: TheOffice) -> None:
    """A lead answers another's decision."""
    async with office.database.transaction() as tx:
        desk = LedgerDesk(tx, signed_in.advocate, office.now())
        await desk.sign(override_id, agrees=body.agrees)


@router.post("/conversations/{conversation_id}/disclosures")
async def disclose(
    conversation_id: UUID, body: NewDisclosure, signed_in: Acting, office: TheOffice
) -> Written:
    """Write down what was told to whom; refused when nothing allowed it."""
    async with keeping(conversation_id, signed_in, office) as desk:
        row = await desk.disclose(body.telling(of_conversation(conversation_id)))
    return Written(id=row)


@router.post("/conversations/{conversation_id}/disclosures/{disclosure_id}/additions")
async def add(
    conversation_id: UUID,
    disclosure_id: UUID,
    body: NewAddition,
    signed_in: Acting,
    office: TheOffice,
) -> Written:
    """Add what became known later to a record."""
    async with keeping(conversation_id, signed_in, office) as desk:
        row = await desk.add(of_conversation(conversation_id), disclosure_id, body.kind, body.text)
    return Written(id=row)


def of_conversation(conversation_id: UUID) -> Subject:
    """The subject behind a conversation."""
    return Subject(SubjectKind.CONVERSATION, conversation_id)


@asynccontextmanager
async def keeping(
    conversation_id: UUID, signed_in: SignedIn, office: Office
) -> AsyncIterator[LedgerDesk]:
    """The ledger's verbs in one transaction. Raises NotYours with who has the conversation."""
    try:
        async with office.database.transaction() as tx:
            yield LedgerDesk(tx, signed_in.advocate, office.now())
    except NoConsent as refusal:
        async with office.database.transaction() as tx:
            await tx.desk.audit(
                "disclosure_refused",
                advocate_id=signed_in.advocate.id,
                conversation_id=conversation_id,
                detail={"why": refusal.why},
            )
        raise
    except NotHolder:
        async with office.database.transaction() as tx:
            await tx.desk.audit(
                "act_refused",
                advocate_id=signed_in.advocate.id,
                conversation_id=conversation_id,
            )
            entry = await tx.board.entry(conversation_id)
        raise NotYours(None if entry is None else entry.advocate) from None
