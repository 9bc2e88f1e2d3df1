"""The tables of the hall: conversations, messages, risk, escalations, people of the desk.

Words of people, addresses and notes are `*_sealed` (storage/crypto.py). What must never happen is
forbidden here by constraints where SQL can say it, not only by code.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    false,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base

Moment = DateTime(timezone=True)


def _one_of(column: str, *values: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _now() -> Mapped[datetime]:
    return mapped_column(Moment, server_default=func.now())


class AdvocateRow(Base):
    """A person of the desk. The name is a shift name, never a full name."""

    __tablename__ = "advocate"
    __table_args__ = (
        _one_of(
            "role",
            "advocate",
            "supervisor",
            "directory_editor",
            "tips_officer",
            "privacy_officer",
            "administrator",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(Text, unique=True)
    password_hash: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text, server_default="advocate")
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    created_at: Mapped[datetime] = _now()
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_on: Mapped[bool] = mapped_column(server_default=false())
    # The newest time step whose code was used: none opens twice.
    totp_step: Mapped[int | None] = mapped_column(BigInteger)


class RecoveryCodeRow(Base):
    """A code for the day the phone is lost; a keyed hash, used once."""

    __tablename__ = "recovery_code"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    advocate_id: Mapped[UUID] = mapped_column(
        ForeignKey("advocate.id", ondelete="CASCADE"), index=True
    )
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class DeskSessionRow(Base):
    """A signed-in browser; only a hash of its token is kept."""

    __tablename__ = "desk_session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    advocate_id: Mapped[UUID] = mapped_column(
        ForeignKey("advocate.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = _now()
    seen_at: Mapped[datetime] = _now()
    expires_at: Mapped[datetime] = mapped_column(Moment)


class ConversationRow(Base):
    """One thread with one person on one channel, until it is closed."""

    __tablename__ = "conversation"
    __table_args__ = (
        _one_of("holder", "bot", "waiting", "advocate"),
        _one_of("safety", "unasked", "asked", "ok", "not_safe"),
        _one_of("code_word", "none", "not_given", "given"),
        _one_of(
            "question",
            "menu",
            "times",
            "times_again",
            "code_word",
            "duress_word",
            "call_number",
            "call_times",
            "call_message",
        ),
        CheckConstraint("tier BETWEEN 1 AND 3", name="tier"),
        CheckConstraint("(holder = 'advocate') = (advocate_id IS NOT NULL)", name="held"),
        CheckConstraint("closed_at IS NULL OR holder = 'bot'", name="closed_unheld"),
        Index(
            "uq_conversation_open_address",
            "channel",
            "inbox",
            "address_fingerprint",
            unique=True,
            postgresql_where="closed_at IS NULL",
        ),
        Index("ix_conversation_holder", "holder", postgresql_where="closed_at IS NULL"),
        Index(
            "ix_conversation_past_words",
            "last_inbound_at",
            postgresql_where="past_words_sealed IS NOT NULL",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    channel: Mapped[str] = mapped_column(Text)
    inbox: Mapped[str] = mapped_column(Text)
    address_fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    holder: Mapped[str] = mapped_column(Text, server_default="bot")
    advocate_id: Mapped[UUID | None] = mapped_column(ForeignKey("advocate.id"), index=True)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    tier: Mapped[int | None] = mapped_column(SmallInteger)
    language: Mapped[str | None] = mapped_column(Text)
    language_chosen: Mapped[bool] = mapped_column(server_default="false")
    language_offer: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    safety: Mapped[str] = mapped_column(Text, server_default="unasked")
    code_word: Mapped[str] = mapped_column(Text, server_default="none")
    question: Mapped[str | None] = mapped_column(Text)
    engine_memory_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: What the rules keep of earlier messages (intake/remembered.py); the words for a short while.
    past_cues: Mapped[str | None] = mapped_column(Text)
    past_words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: Which tip is being taken here and at which question; cleared when the conversation ends.
    tip_state_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    opened_at: Mapped[datetime] = _now()
    last_inbound_at: Mapped[datetime] = _now()
    closed_at: Mapped[datetime | None] = mapped_column(Moment)


class OptOutRow(Base):
    """An address that asked for no more texts; it outlives the conversation."""

    __tablename__ = "opt_out"

    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    inbox: Mapped[str] = mapped_column(Text, primary_key=True)
    address_fingerprint: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    at: Mapped[datetime] = _now()


class ContactPreferenceRow(Base):
    """How a person may be contacted, and the words by which they prove themselves.

    It belongs to the address and outlives conversations; it goes 90 days after the last text.
    The words are salted slow hashes, sealed besides.
    """

    __tablename__ = "contact_preference"
    __table_args__ = (
        _one_of("texting", "any", "windows", "answers"),
        _one_of("set_by", "contact", "advocate"),
        UniqueConstraint("channel", "inbox", "address_fingerprint"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    channel: Mapped[str] = mapped_column(Text)
    inbox: Mapped[str] = mapped_column(Text)
    address_fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    texting: Mapped[str] = mapped_column(Text, server_default="any")
    windows: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    zone: Mapped[str] = mapped_column(Text)
    voicemail: Mapped[bool | None]
    phone_shared: Mapped[bool | None]
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    code_word_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    duress_word_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    wrong_guesses: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    guesses_paused_until: Mapped[datetime | None] = mapped_column(Moment)
    set_by: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = _now()


class MessageRow(Base):
    """One text in or out. `sequence` is the order in which the line took them in."""

    __tablename__ = "message"
    __table_args__ = (
        _one_of("direction", "in", "out"),
        _one_of("author", "contact", "bot", "advocate"),
        _one_of("turn", "pending", "held", "done"),
        _one_of(
            "delivery",
            "queued",
            "held",
            "sending",
            "sent",
            "delivered",
            "undelivered",
            "failed",
            "blocked",
        ),
        _one_of("provider_copy", "erased", "gone", "kept"),
        CheckConstraint("(direction = 'in') = (author = 'contact')", name="inbound_author"),
        CheckConstraint("(direction = 'in') = (turn IS NOT NULL)", name="inbound_turn"),
        CheckConstraint("(direction = 'out') = (delivery IS NOT NULL)", name="outbound_delivery"),
        CheckConstraint("(author = 'advocate') = (advocate_id IS NOT NULL)", name="advocate"),
        Index(
            "uq_message_provider_id",
            "channel",
            "provider_id",
            unique=True,
            postgresql_where="provider_id IS NOT NULL",
        ),
        Index("ix_message_conversation", "conversation_id", "sequence"),
        Index(
            "ix_message_pending_turn",
            "created_at",
            postgresql_where="turn = 'pending'",
        ),
        Index(
            "ix_message_unsent",
            "created_at",
            postgresql_where="delivery IN ('queued', 'sending')",
        ),
        Index("ix_message_held", "hold_until", postgresql_where="delivery = 'held'"),
        Index(
            "ix_message_provider_copy",
            "channel",
            "created_at",
            postgresql_where="provider_id IS NOT NULL AND provider_copy IS NULL",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    sequence: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    direction: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text)
    advocate_id: Mapped[UUID | None] = mapped_column(ForeignKey("advocate.id"))
    channel: Mapped[str] = mapped_column(Text)
    provider_id: Mapped[str | None] = mapped_column(Text)
    body_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    key: Mapped[str | None] = mapped_column(Text)
    turn: Mapped[str | None] = mapped_column(Text)
    delivery: Mapped[str | None] = mapped_column(Text)
    delivery_error: Mapped[str | None] = mapped_column(Text)
    #: When a held message may leave; empty while only the person can open the way.
    hold_until: Mapped[datetime | None] = mapped_column(Moment)
    #: An advocate sent it though the person had said that texting is not safe.
    confirmed: Mapped[bool] = mapped_column(server_default="false")
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    first_attempt_at: Mapped[datetime | None] = mapped_column(Moment)
    last_attempt_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = _now()
    #: What became of the provider's own copy; empty while it lies there, or where there is none.
    provider_copy: Mapped[str | None] = mapped_column(Text)
    provider_copy_at: Mapped[datetime | None] = mapped_column(Moment)


class RiskAssessmentRow(Base):
    """What one judge said of one message: cues by name and span, never by words."""

    __tablename__ = "risk_assessment"
    __table_args__ = (
        _one_of("judge", "rules", "model"),
        CheckConstraint("tier BETWEEN 1 AND 3", name="tier"),
        Index("ix_risk_assessment_conversation", "conversation_id", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    message_id: Mapped[UUID] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), index=True
    )
    judge: Mapped[str] = mapped_column(Text)
    tier: Mapped[int | None] = mapped_column(SmallInteger)
    cues: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    version: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = _now()


class EscalationRow(Base):
    """A person needs a human. At most one is open a conversation; its tier only rises."""

    __tablename__ = "escalation"
    __table_args__ = (
        _one_of(
            "reason",
            "risk",
            "asks_for_person",
            "engine_failure",
            "unsure",
            "tip",
            "language",
            "duress",
            "human_only",
        ),
        CheckConstraint("tier BETWEEN 1 AND 3", name="tier"),
        Index(
            "uq_escalation_open",
            "conversation_id",
            unique=True,
            postgresql_where="closed_at IS NULL",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    conversation_id: Mapped[UUID] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"))
    tier: Mapped[int | None] = mapped_column(SmallInteger)
    reason: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = _now()
    waiting_since: Mapped[datetime] = _now()
    told_place_at: Mapped[datetime | None] = mapped_column(Moment)
    told_no_one_at: Mapped[datetime | None] = mapped_column(Moment)
    # Routing (intake/routing.py): what is asked of an advocate, to whom it was handed over, what
    # the one who was last found lacks, since when people are asked anew, who was woken when.
    needs: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    wants_advocate_id: Mapped[UUID | None] = mapped_column(ForeignKey("advocate.id"))
    wants_supervisor: Mapped[bool] = mapped_column(server_default="false")
    widened: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    round_at: Mapped[datetime] = _now()
    paged_at: Mapped[datetime | None] = mapped_column(Moment)
    lead_paged_at: Mapped[datetime | None] = mapped_column(Moment)
    claimed_at: Mapped[datetime | None] = mapped_column(Moment)
    claimed_by: Mapped[UUID | None] = mapped_column(ForeignKey("advocate.id"))
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str | None] = mapped_column(Text)


class TierChangeRow(Base):
    """Every rise and every fall of a tier. A fall needs a human and a reason."""

    __tablename__ = "tier_change"
    __table_args__ = (
        CheckConstraint(
            "coalesce(to_tier, 0) >= coalesce(from_tier, 0)"
            " OR (advocate_id IS NOT NULL AND reason_sealed IS NOT NULL)",
            name="only_a_human_lowers",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    escalation_id: Mapped[UUID] = mapped_column(
        ForeignKey("escalation.id", ondelete="CASCADE"), index=True
    )
    from_tier: Mapped[int | None] = mapped_column(SmallInteger)
    to_tier: Mapped[int | None] = mapped_column(SmallInteger)
    advocate_id: Mapped[UUID | None] = mapped_column(ForeignKey("advocate.id"))
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime] = _now()


class NoteRow(Base):
    """An advocate's note on a conversation; staff only."""

    __tablename__ = "note"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    conversation_id: Mapped[UUID] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    advocate_id: Mapped[UUID] = mapped_column(ForeignKey("advocate.id"))
    body_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime] = _now()
    #: A supervisor's note that comes up on this advocate's screen until it is read.
    whisper_to: Mapped[UUID | None] = mapped_column(ForeignKey("advocate.id"))
    read_at: Mapped[datetime | None] = mapped_column(Moment)


class ReferralOfferRow(Base):
    """A service was offered on a day; to whom is deliberately not kept."""

    __tablename__ = "referral_offer"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    service_id: Mapped[str] = mapped_column(Text, index=True)
    channel: Mapped[str] = mapped_column(Text)
    offered_on: Mapped[date] = mapped_column(server_default=func.current_date())


class WebVisitRow(Base):
    """A browser that has sent something, until it falls idle (storage/mailbox.py)."""

    __tablename__ = "web_visit"

    fingerprint: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    started_at: Mapped[datetime] = _now()
    # Last sign of an open page, and of a line in either direction.
    seen_at: Mapped[datetime] = mapped_column(Moment, index=True)
    written_at: Mapped[datetime] = mapped_column(Moment)
    left_at: Mapped[datetime | None] = mapped_column(Moment)


class WebMailboxRow(Base):
    """Lines waiting for a browser. The porch reads these and no other words."""

    __tablename__ = "web_mailbox"
    __table_args__ = (
        _one_of("author", "contact", "bot", "advocate"),
        Index("ix_web_mailbox_visitor", "visitor_fingerprint", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    message_id: Mapped[UUID] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), unique=True
    )
    visitor_fingerprint: Mapped[bytes] = mapped_column(
        ForeignKey("web_visit.fingerprint", ondelete="CASCADE")
    )
    author: Mapped[str] = mapped_column(Text)
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = _now()


class ReturnCodeRow(Base):
    """The way back to a session of the web chat, for who asked for one (storage/returns.py)."""

    __tablename__ = "return_code"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    visitor_fingerprint: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    token_locked: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(Moment)


class AuditRow(Base):
    """Who looked at what and did what: a chain (storage/audit.py).

    Append-only: a trigger refuses change and removal.
    """

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    at: Mapped[datetime] = _now()
    advocate_id: Mapped[UUID | None] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(Text)
    conversation_id: Mapped[UUID | None] = mapped_column(index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    # None: written before the log was a chain.
    hash: Mapped[bytes | None] = mapped_column(LargeBinary)


class PurgeRunRow(Base):
    """Proof that the purge ran: how much it removed and what the oldest remaining body is."""

    __tablename__ = "purge_run"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = _now()
    bodies: Mapped[int]
    addresses: Mapped[int]
    overdue_left: Mapped[int]


class LocalPhraseRow(Base):
    """A phrase that supervisors keep for advocates; it is about nobody."""

    __tablename__ = "local_phrase"
    __table_args__ = (Index("uq_local_phrase_name", "language", "name", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    language: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    written_by: Mapped[UUID] = mapped_column(ForeignKey("advocate.id"), index=True)


class ScreenChoiceRow(Base):
    """How an advocate wants their screen; kept here, since browsers of the desk keep nothing."""

    __tablename__ = "screen_choice"

    advocate_id: Mapped[UUID] = mapped_column(
        ForeignKey("advocate.id", ondelete="CASCADE"), primary_key=True
    )
    cover: Mapped[bool] = mapped_column(server_default="false")
    sound: Mapped[bool] = mapped_column(server_default="false")
    breaks: Mapped[bool] = mapped_column(server_default="true")
