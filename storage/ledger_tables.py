"""The tables of consent and of what left the line: append-only, held by a trigger.

A subject is a conversation or a tip; there is no foreign key to either, since the ledger outlives
both. Only sealed columns may change, and only when a purge or a new key says so in its
transaction (`hotline.keeping`).
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from intake.consent import Act, Ground, How, Identified, Purpose, RecipientKind, SubjectKind
from intake.disclosure import Addition, Danger, Occasion, Option, Way, Wish
from storage.base import Base

Moment = DateTime(timezone=True)


def _one_of(column: str, kind: type[Enum]) -> CheckConstraint:
    listed = ", ".join(f"'{member.value}'" for member in kind)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class ConsentRow(Base):
    """A yes, a no, or a yes taken back, about one recipient."""

    __tablename__ = "consent"
    __table_args__ = (
        _one_of("subject_kind", SubjectKind),
        _one_of("act", Act),
        _one_of("recipient_kind", RecipientKind),
        _one_of("purpose", Purpose),
        _one_of("identified", Identified),
        _one_of("how", How),
        CheckConstraint("(how = 'by_text') = (message_id IS NOT NULL)", name="by_text"),
        CheckConstraint("(act = 'revoked') = (revokes IS NOT NULL)", name="revocation"),
        Index("ix_consent_subject", "subject_kind", "subject_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    sequence: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    act: Mapped[str] = mapped_column(Text)
    recipient_kind: Mapped[str] = mapped_column(Text)
    recipient_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    purpose: Mapped[str] = mapped_column(Text)
    details: Mapped[list[str]] = mapped_column(ARRAY(Text))
    identified: Mapped[str] = mapped_column(Text)
    call_back: Mapped[bool]
    until: Mapped[datetime] = mapped_column(Moment)
    how: Mapped[str] = mapped_column(Text)
    #: The text in which the person said it; its words go with the conversation's.
    message_id: Mapped[UUID | None]
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    text_version: Mapped[str] = mapped_column(Text)
    revokes: Mapped[UUID | None] = mapped_column(ForeignKey("consent.id"), index=True)
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("advocate.id"))
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


class ConsentOverrideRow(Base):
    """A decision to tell somebody without consent."""

    __tablename__ = "consent_override"
    __table_args__ = (
        _one_of("subject_kind", SubjectKind),
        _one_of("recipient_kind", RecipientKind),
        _one_of("ground", Ground),
        Index("ix_consent_override_subject", "subject_kind", "subject_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    sequence: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    recipient_kind: Mapped[str] = mapped_column(Text)
    recipient_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    ground: Mapped[str] = mapped_column(Text)
    #: The rule that forced it: a statute with the version of our data, or the yardstick.
    rule: Mapped[str] = mapped_column(Text)
    details: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    no_time: Mapped[bool]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("advocate.id"))
    until: Mapped[datetime] = mapped_column(Moment)
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


class ConsentSignOffRow(Base):
    """The second person's answer to an override; never the one who decided (a trigger holds it)."""

    __tablename__ = "consent_sign_off"

    override_id: Mapped[UUID] = mapped_column(ForeignKey("consent_override.id"), primary_key=True)
    advocate_id: Mapped[UUID] = mapped_column(ForeignKey("advocate.id"))
    agrees: Mapped[bool]
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


class DisclosureRow(Base):
    """A referral with details, or a report, that left the line: everything domain.md asks for."""

    __tablename__ = "disclosure"
    __table_args__ = (
        _one_of("subject_kind", SubjectKind),
        _one_of("recipient_kind", RecipientKind),
        _one_of("purpose", Purpose),
        CheckConstraint("(consent_id IS NULL) <> (override_id IS NULL)", name="one_basis"),
        _one_of("channel", Way),
        _one_of("occasion", Occasion),
        Index("ix_disclosure_subject", "subject_kind", "subject_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    sequence: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    #: What set it off; "trigger" is a word of SQL.
    occasion: Mapped[str] = mapped_column(Text)
    consent_id: Mapped[UUID | None] = mapped_column(ForeignKey("consent.id"))
    override_id: Mapped[UUID | None] = mapped_column(ForeignKey("consent_override.id"))
    #: The law or the version of the consent text, as it stood.
    basis: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    recipient_kind: Mapped[str] = mapped_column(Text)
    recipient_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: Name, badge and file number of who took it, as JSON.
    taken_by_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    channel: Mapped[str] = mapped_column(Text)
    details: Mapped[list[str]] = mapped_column(ARRAY(Text))
    #: The exact facts that were told, one for each kind of detail, as JSON.
    shared_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    withheld: Mapped[list[str]] = mapped_column(ARRAY(Text))
    told_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    follow_up_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: The version of the local protocol that was followed.
    protocol_version_id: Mapped[UUID | None]
    protocol_step: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("advocate.id"))
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


class DisclosureAdditionRow(Base):
    """What became known later: a file number, a call back, a correction."""

    __tablename__ = "disclosure_addition"
    __table_args__ = (_one_of("kind", Addition),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    disclosure_id: Mapped[UUID] = mapped_column(ForeignKey("disclosure.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    added_by: Mapped[UUID] = mapped_column(ForeignKey("advocate.id"))
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


class DecisionRow(Base):
    """A walk through the order of decision: danger, child, duty, wish, least harm."""

    __tablename__ = "decision"
    __table_args__ = (
        _one_of("subject_kind", SubjectKind),
        _one_of("danger", Danger),
        _one_of("wish", Wish),
        _one_of("option", Option),
        Index("ix_decision_subject", "subject_kind", "subject_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    sequence: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    danger: Mapped[str] = mapped_column(Text)
    province: Mapped[str | None] = mapped_column(Text)
    age: Mapped[int | None]
    #: How strong the duty was, and by which rule of which version of the data.
    duty: Mapped[str] = mapped_column(Text)
    duty_basis: Mapped[str] = mapped_column(Text)
    wish: Mapped[str] = mapped_column(Text)
    option: Mapped[str] = mapped_column(Text)
    protocol_version_id: Mapped[UUID | None]
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("advocate.id"))
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
