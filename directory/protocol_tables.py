"""The tables of protocols: versions, what became of them, and the steps that were taken.

Every row is added and none is changed: a saved draft is a new version, an approval is a row.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base

Moment = DateTime(timezone=True)


class ProtocolVersionRow(Base):
    """One version of a protocol. `content` fits protocol_data/protocols.schema.json."""

    __tablename__ = "protocol_version"
    __table_args__ = (
        CheckConstraint("origin IN ('seed', 'import', 'desk')", name="origin"),
        UniqueConstraint("key", "number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    key: Mapped[str] = mapped_column(Text)
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    origin: Mapped[str] = mapped_column(Text)
    saved_by: Mapped[UUID | None] = mapped_column(ForeignKey("advocate.id"))
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


class ProtocolEventRow(Base):
    """A version was proposed, approved for an organization, or withdrawn."""

    __tablename__ = "protocol_event"
    __table_args__ = (
        CheckConstraint("kind IN ('proposed', 'approved', 'withdrawn')", name="kind"),
        CheckConstraint("(kind = 'approved') = (organization IS NOT NULL)", name="organization"),
        # Two approvals are two persons and two organizations.
        Index(
            "uq_protocol_event_person",
            "version_id",
            "advocate_id",
            unique=True,
            postgresql_where="kind = 'approved'",
        ),
        Index(
            "uq_protocol_event_organization",
            "version_id",
            "organization_key",
            unique=True,
            postgresql_where="kind = 'approved'",
        ),
        Index(
            "uq_protocol_event_once",
            "version_id",
            "kind",
            unique=True,
            postgresql_where="kind <> 'approved'",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("protocol_version.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    organization: Mapped[str | None] = mapped_column(Text)
    #: The name without case and spacing.
    organization_key: Mapped[str | None] = mapped_column(Text)
    advocate_id: Mapped[UUID] = mapped_column(ForeignKey("advocate.id"))
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


class ProtocolStepRow(Base):
    """An advocate took a step of a version for a subject, or found that it led nowhere."""

    __tablename__ = "protocol_step"
    __table_args__ = (
        CheckConstraint("subject_kind IN ('conversation', 'tip')", name="subject_kind"),
        CheckConstraint(
            "outcome IN ('done', 'no_answer', 'refused', 'not_needed')", name="outcome"
        ),
        Index("ix_protocol_step_subject", "subject_kind", "subject_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    sequence: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    version_id: Mapped[UUID] = mapped_column(ForeignKey("protocol_version.id"), index=True)
    step: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    advocate_id: Mapped[UUID] = mapped_column(ForeignKey("advocate.id"))
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
