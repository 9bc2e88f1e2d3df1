"""The tables of tips: a file of its own a tip, and the vault that alone knows whence it came.

What a tip says is `*_locked`: encrypted with the tip's own data key (storage/tip_locks.py). The
vault is a schema with a role of its own; nothing outside it leads from a tip to an address.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base
from storage.tables import Moment, _now, _one_of

VAULT = "vault"


class TipRow(Base):
    """A report about somebody else. An allegation, whatever becomes of it.

    `number` is what the desk calls it. `receipt_mark` is empty once the tip is withdrawn or past
    its date; a receipt then opens as little as a wrong one. `body_sealed` holds what was taken
    before tips had files of their own.
    """

    __tablename__ = "tip"
    __table_args__ = (
        _one_of("origin", "conversation", "form", "organization"),
        _one_of("status", "received", "reading", "passed_on", "closed", "withdrawn"),
        _one_of("label", "actionable", "insufficient", "unfounded", "spam", "prank"),
        CheckConstraint("tier BETWEEN 1 AND 3", name="tier"),
        Index("ix_tip_queue", "status", "tier", "at"),
        Index("ix_tip_wakes", "wakes_at", postgresql_where="wakes_at IS NOT NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(Integer, Identity(start=1001), unique=True)
    origin: Mapped[str] = mapped_column(Text, server_default="conversation")
    language: Mapped[str | None] = mapped_column(Text)
    tier: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    status: Mapped[str] = mapped_column(Text, server_default="received")
    label: Mapped[str | None] = mapped_column(Text)
    fields_locked: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: The same fields as the desk reads them; what the tipster answered stays as it was.
    desk_fields_locked: Mapped[bytes | None] = mapped_column(LargeBinary)
    body_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    desk_key_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    receipt_mark: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    receipt_key_locked: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime] = _now()
    changed_at: Mapped[datetime] = _now()
    #: Since when it stands where it stands, and since when it has its label: the clocks start here.
    status_at: Mapped[datetime | None] = mapped_column(Moment)
    label_at: Mapped[datetime | None] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    #: Urgent words came where nobody waits in a conversation, and no officer has opened them yet.
    wakes_at: Mapped[datetime | None] = mapped_column(Moment)
    paged_at: Mapped[datetime | None] = mapped_column(Moment)


class TipEntryRow(Base):
    """One piece of a tip: words of the tipster, a question of the desk, an answer, a note."""

    __tablename__ = "tip_entry"
    __table_args__ = (
        _one_of("kind", "words", "question", "answer", "note", "unmasked", "file_opened"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    sequence: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    tip_id: Mapped[UUID] = mapped_column(ForeignKey("tip.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    text_locked: Mapped[bytes] = mapped_column(LargeBinary)
    #: Keyed hash of the message that this came in, so that it is taken once; leads nowhere.
    source_mark: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    advocate_id: Mapped[UUID | None] = mapped_column(ForeignKey("advocate.id"))
    at: Mapped[datetime] = _now()


class AttachmentRow(Base):
    """A file of a tip, made anew before it came here and never previewed.

    `parts`: pages, or pictures that an animation had. Once it is marked as a picture of the abuse
    of a child, its content lies in the vault and nobody opens it here.
    """

    __tablename__ = "tip_attachment"
    __table_args__ = (_one_of("kind", "picture", "document"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    sequence: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    tip_id: Mapped[UUID] = mapped_column(ForeignKey("tip.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    parts: Mapped[int] = mapped_column(Integer, server_default="1")
    content_locked: Mapped[bytes | None] = mapped_column(LargeBinary)
    marked_at: Mapped[datetime | None] = mapped_column(Moment)
    marked_by: Mapped[UUID | None] = mapped_column(ForeignKey("advocate.id"))
    at: Mapped[datetime] = _now()


class TipScrubRow(Base):
    """A version of the tip that a human accepted for others to read; the newest counts.

    `covers`: how many pieces the tipster had told by then. More came in, and it counts no more.
    """

    __tablename__ = "tip_scrub"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    sequence: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    tip_id: Mapped[UUID] = mapped_column(ForeignKey("tip.id", ondelete="CASCADE"), index=True)
    facts_locked: Mapped[bytes] = mapped_column(LargeBinary)
    covers: Mapped[int] = mapped_column(Integer)
    advocate_id: Mapped[UUID] = mapped_column(ForeignKey("advocate.id"))
    at: Mapped[datetime] = _now()


class TipTraceRow(Base):
    """The blind index: a keyed hash of a plate, number, handle or place that a tip names."""

    __tablename__ = "tip_trace"
    __table_args__ = (Index("ix_tip_trace_mark", "mark"),)

    tip_id: Mapped[UUID] = mapped_column(ForeignKey("tip.id", ondelete="CASCADE"), primary_key=True)
    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)


class OrganizationKeyRow(Base):
    """A key by which an organization posts tips; its secret is shown once and not kept."""

    __tablename__ = "organization_key"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(Text)
    #: Keyed hash of the secret.
    mark: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("advocate.id"))
    at: Mapped[datetime] = _now()
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("advocate.id"))


class TipPostRow(Base):
    """A post of an organization, so that its repeats open no second file; leads nowhere."""

    __tablename__ = "tip_post"

    #: Keyed hash of the sender's key and the idempotency key.
    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    body_mark: Mapped[bytes] = mapped_column(LargeBinary)
    number: Mapped[int | None] = mapped_column(Integer)
    at: Mapped[datetime] = _now()


class TipsterRow(Base):
    """Whence a tip came. Read only in the vault's role, with a reason that is on the audit log."""

    __tablename__ = "tipster"
    __table_args__ = ({"schema": VAULT},)

    #: The tip's id. No foreign key: the vault could stand in another database.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    address_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(Moment)


class SealedAttachmentRow(Base):
    """A file that was marked: kept for the police, opened by nobody at the desk.

    It outlives the tip, since taking a tip back must not destroy it (domain brief, section 6).
    """

    __tablename__ = "sealed_attachment"
    __table_args__ = ({"schema": VAULT},)

    #: The attachment's id.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    tip_number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Text)
    content_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    marked_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
