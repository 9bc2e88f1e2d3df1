"""Tables of the handoff: who is on duty, offers, alerts, colleagues who join, switches.

Numbers and addresses of advocates are sealed like those of contacts.
"""

from __future__ import annotations

from datetime import datetime, time
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
    Time,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base

_Moment = DateTime(timezone=True)


def _one_of(column: str, *values: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _now() -> Mapped[datetime]:
    return mapped_column(_Moment, server_default=func.now())


class DutyRow(Base):
    """How an advocate works; `id` is the advocate's. `seen_at`: last sign of a live screen."""

    __tablename__ = "duty"
    __table_args__ = (
        _one_of("presence", "on_duty", "on_break", "away"),
        CheckConstraint("most BETWEEN 1 AND 20", name="most"),
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet"),
    )

    id: Mapped[UUID] = mapped_column(
        ForeignKey("advocate.id", ondelete="CASCADE"), primary_key=True
    )
    competencies: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    most: Mapped[int] = mapped_column(SmallInteger, server_default="3")
    presence: Mapped[str] = mapped_column(Text, server_default="on_duty")
    seen_at: Mapped[datetime | None] = mapped_column(_Moment)
    quiet_from: Mapped[time | None] = mapped_column(Time)
    quiet_until: Mapped[time | None] = mapped_column(Time)
    timezone: Mapped[str] = mapped_column(Text, server_default="America/Toronto")
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class ShiftRow(Base):
    """When an advocate is to be there; `on_call`: as the lead who is woken last."""

    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="order"),
        Index("ix_shift_ends_at", "ends_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    advocate_id: Mapped[UUID] = mapped_column(
        ForeignKey("advocate.id", ondelete="CASCADE"), index=True
    )
    starts_at: Mapped[datetime] = mapped_column(_Moment)
    ends_at: Mapped[datetime] = mapped_column(_Moment)
    on_call: Mapped[bool] = mapped_column(server_default="false")


class OfferRow(Base):
    """A waiting conversation was shown to one advocate first, until a moment.

    It never keeps others from claiming: the conversation's own row says who has it.
    """

    __tablename__ = "offer"
    __table_args__ = (
        _one_of("outcome", "taken", "declined", "expired", "withdrawn"),
        CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended"),
        Index("uq_offer_open", "escalation_id", unique=True, postgresql_where="ended_at IS NULL"),
        Index("ix_offer_escalation", "escalation_id", "offered_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    escalation_id: Mapped[UUID] = mapped_column(ForeignKey("escalation.id", ondelete="CASCADE"))
    advocate_id: Mapped[UUID] = mapped_column(
        ForeignKey("advocate.id", ondelete="CASCADE"), index=True
    )
    widened: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    offered_at: Mapped[datetime] = _now()
    lease_until: Mapped[datetime] = mapped_column(_Moment)
    ended_at: Mapped[datetime | None] = mapped_column(_Moment)
    outcome: Mapped[str | None] = mapped_column(Text)


class AlertRow(Base):
    """One advocate is told, outside the browser tab and without content, that somebody waits.

    It is about a conversation's escalation or about a tip that nobody has opened.
    """

    __tablename__ = "alert"
    __table_args__ = (
        _one_of("kind", "offer", "shift", "lead", "tip"),
        CheckConstraint("(escalation_id IS NULL) <> (tip_id IS NULL)", name="about"),
        _one_of("channel", "push", "sms", "email", "none"),
        _one_of("state", "queued", "sending", "sent", "failed", "withdrawn"),
        Index("ix_alert_escalation", "escalation_id", "created_at"),
        Index("ix_alert_unsent", "created_at", postgresql_where="state IN ('queued', 'sending')"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    escalation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("escalation.id", ondelete="CASCADE")
    )
    tip_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("tip.id", ondelete="CASCADE"), index=True
    )
    advocate_id: Mapped[UUID] = mapped_column(
        ForeignKey("advocate.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="queued")
    error: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    created_at: Mapped[datetime] = _now()
    sent_at: Mapped[datetime | None] = mapped_column(_Moment)
    acknowledged_at: Mapped[datetime | None] = mapped_column(_Moment)


class PushSubscriptionRow(Base):
    """A browser that takes push messages for an advocate; where it is, is sealed."""

    __tablename__ = "push_subscription"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    advocate_id: Mapped[UUID] = mapped_column(
        ForeignKey("advocate.id", ondelete="CASCADE"), index=True
    )
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    subscription_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = _now()


class JoinedRow(Base):
    """An advocate who helps in a conversation that another holds."""

    __tablename__ = "joined"
    __table_args__ = (
        UniqueConstraint("conversation_id", "advocate_id"),
        _one_of("role", "join", "watch"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    advocate_id: Mapped[UUID] = mapped_column(
        ForeignKey("advocate.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[str] = mapped_column(Text, server_default="join")
    joined_at: Mapped[datetime] = _now()


class LineSwitchRow(Base):
    """A switch of the line and for how long it was on; who moved it is on record."""

    __tablename__ = "line_switch"
    __table_args__ = (
        _one_of("kind", "surge", "human_only"),
        CheckConstraint("(from_time IS NULL) = (until_time IS NULL)", name="hours"),
        CheckConstraint("(off_at IS NULL) = (off_by IS NULL)", name="off"),
        Index("ix_line_switch_on", "kind", postgresql_where="off_at IS NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(Text)
    channel: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(Text)
    from_time: Mapped[time | None] = mapped_column(Time)
    until_time: Mapped[time | None] = mapped_column(Time)
    timezone: Mapped[str] = mapped_column(Text, server_default="America/Toronto")
    on_at: Mapped[datetime] = _now()
    on_by: Mapped[UUID] = mapped_column(ForeignKey("advocate.id"))
    off_at: Mapped[datetime | None] = mapped_column(_Moment)
    off_by: Mapped[UUID | None] = mapped_column(ForeignKey("advocate.id"))


class SafetyPlanRow(Base):
    """The safety plan of a conversation; `id` is the conversation's. Sealed, staff only."""

    __tablename__ = "safety_plan"

    id: Mapped[UUID] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True
    )
    advocate_id: Mapped[UUID] = mapped_column(ForeignKey("advocate.id"))
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = _now()


class CallBackRow(Base):
    """A call that somebody asked for while they waited; the number is sealed and goes first."""

    __tablename__ = "call_back"
    __table_args__ = (
        _one_of("state", "asking", "open", "done", "dropped"),
        CheckConstraint(
            "state <> 'open' OR (number_sealed IS NOT NULL AND due_at IS NOT NULL)", name="open"
        ),
        Index(
            "uq_call_back_asking",
            "conversation_id",
            unique=True,
            postgresql_where="state = 'asking'",
        ),
        Index("ix_call_back_due", "due_at", postgresql_where="state = 'open'"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    conversation_id: Mapped[UUID] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(Text)
    number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    windows: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    zone: Mapped[str] = mapped_column(Text)
    message: Mapped[bool | None]
    asked_at: Mapped[datetime] = _now()
    due_at: Mapped[datetime | None] = mapped_column(_Moment)
    tries: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    tried_at: Mapped[datetime | None] = mapped_column(_Moment)
    tried_by: Mapped[UUID | None] = mapped_column(ForeignKey("advocate.id"))
    ended_at: Mapped[datetime | None] = mapped_column(_Moment)


class WebhookSwitchRow(Base):
    """Whether another system follows; one row, written by the worker when it starts."""

    __tablename__ = "webhook_switch"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    followed: Mapped[bool] = mapped_column()


class WebhookEventRow(Base):
    """What happened to a conversation, for another system: no word of anybody.

    Written by a trigger on `escalation`, in the transaction of the change.
    """

    __tablename__ = "webhook_event"
    __table_args__ = (
        _one_of("kind", "waiting", "held", "released", "closed", "tier_changed"),
        _one_of("became", "waiting", "held", "released", "closed"),
        _one_of("state", "queued", "sent", "failed"),
        Index("ix_webhook_event_queued", "conversation_id", postgresql_where="state = 'queued'"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    sequence: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    conversation_id: Mapped[UUID] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(Text)
    became: Mapped[str] = mapped_column(Text)
    tier: Mapped[int | None] = mapped_column(SmallInteger)
    at: Mapped[datetime] = _now()
    state: Mapped[str] = mapped_column(Text, server_default="queued")
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    error: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[datetime] = _now()
    ended_at: Mapped[datetime | None] = mapped_column(_Moment)


class TranslatedRow(Base):
    """A reply that a machine put into the person's language; `id` is the message's."""

    __tablename__ = "translated"

    id: Mapped[UUID] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(Text)
    original_sealed: Mapped[bytes] = mapped_column(LargeBinary)
