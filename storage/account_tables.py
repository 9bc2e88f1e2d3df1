"""Tables of how an account of the desk is opened, besides its password (storage/tables.py)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, LargeBinary, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base

_Moment = DateTime(timezone=True)


class PasskeyRow(Base):
    """A passkey: its public half. The name is what its owner calls the device."""

    __tablename__ = "passkey"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    advocate_id: Mapped[UUID] = mapped_column(
        ForeignKey("advocate.id", ondelete="CASCADE"), index=True
    )
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    # How often its device has signed, as it says itself: a smaller number than before is a copy.
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_Moment, server_default=func.now())
    used_at: Mapped[datetime | None] = mapped_column(_Moment)


class CeremonyRow(Base):
    """Something begun with a browser that must come back soon, and once: a challenge for a key.

    Only a hash of the browser's token is kept; `advocate_id` is who began it, if signed in.
    """

    __tablename__ = "ceremony"
    __table_args__ = (CheckConstraint("kind IN ('passkey_new', 'passkey_use')", name="kind"),)

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    advocate_id: Mapped[UUID | None] = mapped_column(ForeignKey("advocate.id", ondelete="CASCADE"))
    challenge: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(_Moment)


class BreakGlassRow(Base):
    """Somebody opened a conversation that was not theirs, with a reason, for a while."""

    __tablename__ = "break_glass"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    advocate_id: Mapped[UUID] = mapped_column(ForeignKey("advocate.id"))
    conversation_id: Mapped[UUID] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(_Moment, index=True)
    until: Mapped[datetime] = mapped_column(_Moment)
    # The privacy officer looked at it.
    reviewed_at: Mapped[datetime | None] = mapped_column(_Moment)
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("advocate.id"))


class SetUpCodeRow(Base):
    """A code with which the owner of an account chooses a password, once; a keyed hash."""

    __tablename__ = "set_up_code"

    advocate_id: Mapped[UUID] = mapped_column(
        ForeignKey("advocate.id", ondelete="CASCADE"), primary_key=True
    )
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(_Moment)


class SignInAttemptRow(Base):
    """How often somebody tried to get in; `mark`: a keyed fingerprint of account and network."""

    __tablename__ = "sign_in_attempt"

    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    since: Mapped[datetime] = mapped_column(_Moment)
    # How often in a row it was shut, and until when it is now.
    rounds: Mapped[int] = mapped_column(BigInteger)
    until: Mapped[datetime | None] = mapped_column(_Moment)
