"""What the desk reads and writes: the board, threads, claims, leases, notes, audit, accounts.

Words of people pass through here only on behalf of `handoff/access.py`, which writes the audit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, and_, delete, exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from intake.conversation import Holder, Safety
from intake.effects import Reason
from intake.messages import Author, Delivery, Stored
from intake.risk import Tier
from storage.repositories import Shelf
from storage.tables import (
    AdvocateRow,
    AuditRow,
    ConversationRow,
    DeskSessionRow,
    EscalationRow,
    MessageRow,
    NoteRow,
    OptOutRow,
    RiskAssessmentRow,
    TierChangeRow,
)


@dataclass(frozen=True)
class BoardEntry:
    """One line of the waiting list or of an advocate's own list; no words of the person."""

    conversation_id: UUID
    channel: str
    language: str | None
    holder: Holder
    advocate_id: UUID | None
    advocate: str | None
    tier: Tier | None
    reason: Reason
    waiting_since: datetime
    last_inbound_at: datetime
    safety: Safety
    opted_out: bool


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
class Note:
    """An advocate's note."""

    id: UUID
    advocate: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Advocate:
    """An account of the desk."""

    id: UUID
    name: str
    role: str
    languages: tuple[str, ...]
    password_hash: str
    disabled: bool


class DeskRepository(Shelf):
    """The desk's side of the hall."""

    async def board(self) -> list[BoardEntry]:
        """Everybody who waits for a human or has one: highest tier first, then longest wait."""
        opted_out = exists().where(
            OptOutRow.channel == ConversationRow.channel,
            OptOutRow.inbox == ConversationRow.inbox,
            OptOutRow.address_fingerprint == ConversationRow.address_fingerprint,
        )
        rows = await self.session.execute(
            select(ConversationRow, EscalationRow, AdvocateRow.name, opted_out)
            .join(
                EscalationRow,
                and_(
                    EscalationRow.conversation_id == ConversationRow.id,
                    EscalationRow.closed_at.is_(None),
                ),
            )
            .outerjoin(AdvocateRow, AdvocateRow.id == ConversationRow.advocate_id)
            .where(ConversationRow.closed_at.is_(None), ConversationRow.holder != "bot")
            .order_by(EscalationRow.tier.desc().nulls_last(), EscalationRow.waiting_since)
        )
        return [
            BoardEntry(
                conversation_id=conversation.id,
                channel=conversation.channel,
                language=conversation.language,
                holder=Holder(conversation.holder),
                advocate_id=conversation.advocate_id,
                advocate=name,
                tier=None if escalation.tier is None else Tier(escalation.tier),
                reason=Reason(escalation.reason),
                waiting_since=escalation.waiting_since,
                last_inbound_at=conversation.last_inbound_at,
                safety=Safety(conversation.safety),
                opted_out=blocked,
            )
            for conversation, escalation, name, blocked in rows
        ]

    async def thread(self, conversation_id: UUID) -> list[Stored]:
        """Every message of a conversation, in order, opened."""
        rows = await self.session.scalars(
            select(MessageRow)
            .where(MessageRow.conversation_id == conversation_id)
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
                advocate_id=row.advocate_id,
            )
            for row in rows
        ]

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
        await self.session.execute(
            update(EscalationRow)
            .where(
                EscalationRow.conversation_id == conversation_id, EscalationRow.closed_at.is_(None)
            )
            .values(waiting_since=now, claimed_by=None)
        )

    async def close_escalation(self, conversation_id: UUID, outcome: str, now: datetime) -> None:
        """The human has done what was to be done."""
        await self.session.execute(
            update(EscalationRow)
            .where(
                EscalationRow.conversation_id == conversation_id, EscalationRow.closed_at.is_(None)
            )
            .values(closed_at=now, outcome=outcome)
        )

    async def still_waiting(self, escalation_id: UUID) -> UUID | None:
        """The conversation of an escalation that nobody took, told once; None otherwise."""
        return await self.session.scalar(
            update(EscalationRow)
            .where(
                EscalationRow.id == escalation_id,
                EscalationRow.closed_at.is_(None),
                EscalationRow.claimed_by.is_(None),
                EscalationRow.told_no_one_at.is_(None),
            )
            .values(told_no_one_at=func.now())
            .returning(EscalationRow.conversation_id)
        )

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

    async def add_note(self, conversation_id: UUID, advocate_id: UUID, body: str) -> UUID:
        """Keep an advocate's note; staff only."""
        note_id = uuid4()
        await self.session.execute(
            insert(NoteRow).values(
                id=note_id,
                conversation_id=conversation_id,
                advocate_id=advocate_id,
                body_sealed=self.keyring.seal(body, f"note.body:{note_id}"),
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
            )
            for row, name in rows
        ]

    async def audit(
        self,
        action: str,
        *,
        advocate_id: UUID | None,
        conversation_id: UUID | None = None,
        detail: dict[str, Any] | None = None,
    ) -> None:
        """Write down who did what; never what was said."""
        await self.session.execute(
            insert(AuditRow).values(
                action=action,
                advocate_id=advocate_id,
                conversation_id=conversation_id,
                detail=detail or {},
            )
        )

    async def add_advocate(
        self, name: str, password_hash: str, role: str, languages: Sequence[str]
    ) -> UUID | None:
        """Make an account; None when the name is taken."""
        return await self.session.scalar(
            insert(AdvocateRow)
            .values(
                id=uuid4(),
                name=name,
                password_hash=password_hash,
                role=role,
                languages=list(languages),
            )
            .on_conflict_do_nothing(index_elements=["name"])
            .returning(AdvocateRow.id)
        )

    async def advocate_by_name(self, name: str) -> Advocate | None:
        """The account with this name."""
        return _advocate(
            await self.session.scalar(select(AdvocateRow).where(AdvocateRow.name == name))
        )

    async def set_password(self, advocate_id: UUID, password_hash: str) -> None:
        """Replace a password hash and end every session that the old one opened."""
        await self.session.execute(
            update(AdvocateRow)
            .where(AdvocateRow.id == advocate_id)
            .values(password_hash=password_hash)
        )
        await self.session.execute(
            delete(DeskSessionRow).where(DeskSessionRow.advocate_id == advocate_id)
        )

    async def open_session(
        self, token_hash: bytes, advocate_id: UUID, expires_at: datetime
    ) -> None:
        """Remember a signed-in browser by the hash of its token."""
        await self.session.execute(
            insert(DeskSessionRow).values(
                token_hash=token_hash, advocate_id=advocate_id, expires_at=expires_at
            )
        )

    async def advocate_of_session(
        self, token_hash: bytes, now: datetime, idle_since: datetime
    ) -> Advocate | None:
        """Who is signed in with this token; None when it is unknown, over or was idle too long."""
        row = await self.session.scalar(
            select(AdvocateRow)
            .join(DeskSessionRow, DeskSessionRow.advocate_id == AdvocateRow.id)
            .where(
                DeskSessionRow.token_hash == token_hash,
                DeskSessionRow.expires_at > now,
                DeskSessionRow.seen_at > idle_since,
                AdvocateRow.disabled_at.is_(None),
            )
        )
        if row is not None:
            await self.session.execute(
                update(DeskSessionRow)
                .where(DeskSessionRow.token_hash == token_hash)
                .values(seen_at=now)
            )
        return _advocate(row)

    async def close_session(self, token_hash: bytes) -> None:
        """Sign a browser out."""
        await self.session.execute(
            delete(DeskSessionRow).where(DeskSessionRow.token_hash == token_hash)
        )


def _advocate(row: AdvocateRow | None) -> Advocate | None:
    if row is None:
        return None
    return Advocate(
        id=row.id,
        name=row.name,
        role=row.role,
        languages=tuple(row.languages),
        password_hash=row.password_hash,
        disabled=row.disabled_at is not None,
    )
