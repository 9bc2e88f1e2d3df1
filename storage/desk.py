"""What an advocate reads and does: threads, claims, leases, tiers, notes, audit.

Words of people pass through here only on behalf of `handoff/access.py`, which writes the audit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, delete, exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from intake.messages import Author, Delivery, Stored
from intake.risk import Tier
from storage import audit
from storage.handoff_tables import JoinedRow
from storage.shelf import Shelf
from storage.tables import (
    AdvocateRow,
    AuditRow,
    ConversationRow,
    EscalationRow,
    MessageRow,
    NoteRow,
    RiskAssessmentRow,
    TierChangeRow,
)


@dataclass(frozen=True)
class RiskRecord:
    """What a judge said of a message, for the advocate who wants to know why."""

    message_id: UUID
    judge: str
    tier: Tier | None
    cues: Sequence[dict[str, Any]]
    version: str
    at: datetime


@dataclass(frozen=True)
class DeliveryState:
    """What became of an outbound message."""

    message_id: UUID
    delivery: Delivery
    error: str | None
    hold_until: datetime | None = None
    """When a held message may leave; None while only the person can open the way."""


@dataclass(frozen=True)
class TierChange:
    """A rise by a judge, or a fall by a human with a reason."""

    before: Tier | None
    after: Tier | None
    advocate: str | None
    reason: str | None
    at: datetime


@dataclass(frozen=True)
class Note:
    """An advocate's note."""

    id: UUID
    advocate: str
    text: str
    at: datetime
    whisper_to: UUID | None = None
    read_at: datetime | None = None


class DeskRepository(Shelf):
    """The desk's side of the hall."""

    async def thread(self, conversation_id: UUID, after: int = 0) -> list[Stored]:
        """The messages of a conversation that follow a sequence number, in order, opened."""
        rows = await self.session.scalars(
            select(MessageRow)
            .where(MessageRow.conversation_id == conversation_id, MessageRow.sequence > after)
            .order_by(MessageRow.sequence)
        )
        return [
            Stored(
                id=row.id,
                sequence=row.sequence,
                author=Author(row.author),
                text=self.open_body(row.id, row.body_sealed),
                created_at=row.created_at,
                key=row.key,
                delivery=None if row.delivery is None else Delivery(row.delivery),
                delivery_error=row.delivery_error,
                hold_until=row.hold_until,
                advocate_id=row.advocate_id,
            )
            for row in rows
        ]

    async def deliveries(self, conversation_id: UUID) -> list[DeliveryState]:
        """What became of every outbound message, without its words."""
        rows = await self.session.execute(
            select(
                MessageRow.id,
                MessageRow.delivery,
                MessageRow.delivery_error,
                MessageRow.hold_until,
            )
            .where(MessageRow.conversation_id == conversation_id, MessageRow.direction == "out")
            .order_by(MessageRow.sequence)
        )
        return [
            DeliveryState(found, Delivery(state), error, until)
            for found, state, error, until in rows
        ]

    async def last_inbound(self, conversation_id: UUID) -> int:
        """The sequence number of the person's newest message; 0 when there is none."""
        found = await self.session.scalar(
            select(func.max(MessageRow.sequence)).where(
                MessageRow.conversation_id == conversation_id, MessageRow.direction == "in"
            )
        )
        return found or 0

    async def author_of(self, message_id: UUID) -> tuple[UUID, UUID | None] | None:
        """The conversation of a message and the advocate who wrote it, if it exists."""
        found = (
            await self.session.execute(
                select(MessageRow.conversation_id, MessageRow.advocate_id).where(
                    MessageRow.id == message_id
                )
            )
        ).first()
        return None if found is None else (found[0], found[1])

    async def risks(self, conversation_id: UUID) -> list[RiskRecord]:
        """What the judges said, oldest first; only records that saw a risk."""
        rows = await self.session.scalars(
            select(RiskAssessmentRow)
            .where(
                RiskAssessmentRow.conversation_id == conversation_id,
                RiskAssessmentRow.tier.is_not(None),
            )
            .order_by(RiskAssessmentRow.at)
        )
        return [
            RiskRecord(
                message_id=row.message_id,
                judge=row.judge,
                tier=None if row.tier is None else Tier(row.tier),
                cues=row.cues,
                version=row.version,
                at=row.at,
            )
            for row in rows
        ]

    async def claim(
        self, conversation_id: UUID, advocate_id: UUID, lease_until: datetime, now: datetime
    ) -> bool:
        """Take a waiting conversation; of two who try at once exactly one gets True."""
        taken = await self.session.scalar(
            update(ConversationRow)
            .where(
                ConversationRow.id == conversation_id,
                ConversationRow.holder == "waiting",
                ConversationRow.closed_at.is_(None),
            )
            .values(holder="advocate", advocate_id=advocate_id, lease_until=lease_until)
            .returning(ConversationRow.id)
        )
        if taken is None:
            return False
        await self.session.execute(
            update(EscalationRow)
            .where(
                EscalationRow.conversation_id == conversation_id, EscalationRow.closed_at.is_(None)
            )
            .values(claimed_at=func.coalesce(EscalationRow.claimed_at, now), claimed_by=advocate_id)
        )
        return True

    async def renew_leases(self, advocate_id: UUID, until: datetime) -> int:
        """The advocate's screen is alive: every conversation of theirs stays theirs."""
        result = await self.session.execute(
            update(ConversationRow)
            .where(ConversationRow.advocate_id == advocate_id, ConversationRow.closed_at.is_(None))
            .values(lease_until=until)
        )
        return cast(CursorResult[Any], result).rowcount

    async def expired_leases(self, now: datetime) -> list[UUID]:
        """Conversations whose advocate has vanished."""
        rows = await self.session.scalars(
            select(ConversationRow.id).where(
                ConversationRow.holder == "advocate", ConversationRow.lease_until < now
            )
        )
        return list(rows)

    async def lease_expired(self, conversation_id: UUID, now: datetime) -> bool:
        """Whether the lease of a conversation (locked by the caller) is over."""
        until = await self.session.scalar(
            select(ConversationRow.lease_until).where(ConversationRow.id == conversation_id)
        )
        return until is not None and until < now

    async def wait_again(self, conversation_id: UUID, now: datetime) -> None:
        """The open escalation waits anew; who had claimed it is no longer responsible."""
        await self.part(conversation_id)
        await self.session.execute(
            update(EscalationRow)
            .where(
                EscalationRow.conversation_id == conversation_id, EscalationRow.closed_at.is_(None)
            )
            .values(
                waiting_since=now,
                claimed_by=None,
                told_place_at=None,
                widened=[],
                round_at=now,
                paged_at=None,
                lead_paged_at=None,
            )
        )

    async def close_escalation(self, conversation_id: UUID, outcome: str, now: datetime) -> None:
        """The human has done what was to be done."""
        await self.part(conversation_id)
        await self.session.execute(
            update(EscalationRow)
            .where(
                EscalationRow.conversation_id == conversation_id, EscalationRow.closed_at.is_(None)
            )
            .values(closed_at=now, outcome=outcome)
        )

    async def conversation_of(self, escalation_id: UUID) -> UUID | None:
        """The conversation that an escalation belongs to."""
        return await self.session.scalar(
            select(EscalationRow.conversation_id).where(EscalationRow.id == escalation_id)
        )

    async def still_waiting(self, escalation_id: UUID) -> bool:
        """Whether nobody took it and nobody told the person so; True once.

        The caller has locked the conversation: it comes before its escalation everywhere.
        """
        told = await self.session.scalar(
            update(EscalationRow)
            .where(
                EscalationRow.id == escalation_id,
                EscalationRow.closed_at.is_(None),
                EscalationRow.claimed_by.is_(None),
                EscalationRow.told_no_one_at.is_(None),
            )
            .values(told_no_one_at=func.now())
            .returning(EscalationRow.id)
        )
        return told is not None

    async def lower_tier(
        self, conversation_id: UUID, tier: Tier | None, advocate_id: UUID, reason: str
    ) -> bool:
        """A human lowers the tier, with a reason on record. False when nothing is open."""
        escalation = await self.session.scalar(
            select(EscalationRow).where(
                EscalationRow.conversation_id == conversation_id, EscalationRow.closed_at.is_(None)
            )
        )
        if escalation is None:
            return False
        change_id = uuid4()
        await self.session.execute(
            insert(TierChangeRow).values(
                id=change_id,
                escalation_id=escalation.id,
                from_tier=escalation.tier,
                to_tier=tier,
                advocate_id=advocate_id,
                reason_sealed=self.keyring.seal(reason, f"tier_change.reason:{change_id}"),
            )
        )
        # A trigger refuses any other lowering; this setting lasts until the transaction ends.
        await self.session.execute(
            text("SELECT set_config('hotline.lowered_by', :advocate, true)"),
            {"advocate": str(advocate_id)},
        )
        await self.session.execute(
            update(EscalationRow).where(EscalationRow.id == escalation.id).values(tier=tier)
        )
        await self.session.execute(
            update(ConversationRow).where(ConversationRow.id == conversation_id).values(tier=tier)
        )
        await self.session.execute(text("SELECT set_config('hotline.lowered_by', '', true)"))
        return True

    async def tier_changes(self, conversation_id: UUID) -> list[TierChange]:
        """Every rise and fall of the tier in a conversation, oldest first."""
        rows = await self.session.execute(
            select(TierChangeRow, AdvocateRow.name)
            .join(EscalationRow, EscalationRow.id == TierChangeRow.escalation_id)
            .outerjoin(AdvocateRow, AdvocateRow.id == TierChangeRow.advocate_id)
            .where(EscalationRow.conversation_id == conversation_id)
            .order_by(TierChangeRow.at)
        )
        return [
            TierChange(
                before=None if row.from_tier is None else Tier(row.from_tier),
                after=None if row.to_tier is None else Tier(row.to_tier),
                advocate=name,
                reason=(
                    None
                    if row.reason_sealed is None
                    else self.keyring.open(row.reason_sealed, f"tier_change.reason:{row.id}")
                ),
                at=row.at,
            )
            for row, name in rows
        ]

    async def add_note(
        self,
        conversation_id: UUID,
        advocate_id: UUID,
        body: str,
        *,
        whisper_to: UUID | None = None,
    ) -> UUID:
        """Keep an advocate's note; staff only. `whisper_to`: it comes up on their screen."""
        note_id = uuid4()
        await self.session.execute(
            insert(NoteRow).values(
                id=note_id,
                conversation_id=conversation_id,
                advocate_id=advocate_id,
                body_sealed=self.keyring.seal(body, f"note.body:{note_id}"),
                whisper_to=whisper_to,
            )
        )
        return note_id

    async def notes(self, conversation_id: UUID) -> list[Note]:
        """The notes of a conversation, oldest first."""
        rows = await self.session.execute(
            select(NoteRow, AdvocateRow.name)
            .join(AdvocateRow, AdvocateRow.id == NoteRow.advocate_id)
            .where(NoteRow.conversation_id == conversation_id, NoteRow.body_sealed.is_not(None))
            .order_by(NoteRow.at)
        )
        return [
            Note(
                id=row.id,
                advocate=name,
                text=self.keyring.open(cast(bytes, row.body_sealed), f"note.body:{row.id}"),
                at=row.at,
                whisper_to=row.whisper_to,
                read_at=row.read_at,
            )
            for row, name in rows
        ]

    async def read_whisper(self, note_id: UUID, advocate_id: UUID, now: datetime) -> bool:
        """The advocate has read a word for them; False when there is none such."""
        found = await self.session.scalar(
            update(NoteRow)
            .where(NoteRow.id == note_id, NoteRow.whisper_to == advocate_id)
            .values(read_at=func.coalesce(NoteRow.read_at, now))
            .returning(NoteRow.id)
        )
        return found is not None

    async def join(self, conversation_id: UUID, advocate_id: UUID) -> None:
        """An advocate helps in a conversation that another holds."""
        await self.session.execute(
            insert(JoinedRow)
            .values(id=uuid4(), conversation_id=conversation_id, advocate_id=advocate_id)
            .on_conflict_do_nothing()
        )

    async def part(self, conversation_id: UUID, advocate_id: UUID | None = None) -> None:
        """One who helped helps no more; all of them where none is named."""
        query = delete(JoinedRow).where(JoinedRow.conversation_id == conversation_id)
        if advocate_id is not None:
            query = query.where(JoinedRow.advocate_id == advocate_id)
        await self.session.execute(query)

    async def joined(self, conversation_id: UUID) -> frozenset[UUID]:
        """Who helps in a conversation."""
        rows = await self.session.scalars(
            select(JoinedRow.advocate_id).where(JoinedRow.conversation_id == conversation_id)
        )
        return frozenset(rows)

    async def has_looked(self, advocate_id: UUID, conversation_id: UUID, since: datetime) -> bool:
        """Whether the audit log already says that the advocate looked at a conversation."""
        found = await self.session.scalar(
            select(
                exists().where(
                    AuditRow.conversation_id == conversation_id,
                    AuditRow.advocate_id == advocate_id,
                    AuditRow.action.in_(("open", "follow")),
                    AuditRow.at > since,
                )
            )
        )
        return bool(found)

    async def audit(
        self,
        action: str,
        *,
        advocate_id: UUID | None,
        conversation_id: UUID | None = None,
        detail: dict[str, Any] | None = None,
    ) -> None:
        """Write down who did what, when the transaction commits; never what was said."""
        audit.hold(
            self.session,
            action,
            advocate_id=advocate_id,
            conversation_id=conversation_id,
            detail=detail,
        )
