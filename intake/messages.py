"""A message as every channel hands it in, and as the line sends it out."""

from __future__ import annotations

import enum
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

MAX_CHARACTERS = 4_000
# Kept: newline and tab, and the joiners that Persian and emoji need (U+200C, U+200D).
_KEPT_CONTROLS = frozenset("\n\t\u200c\u200d")


class Keyword(enum.Enum):
    """A whole message that carriers give a fixed meaning (domain.md section 3)."""

    STOP = "stop"
    START = "start"
    INFO = "info"


class InboundKind(enum.Enum):
    """What came in."""

    TEXT = "text"
    MEDIA = "media"


@dataclass(frozen=True)
class Inbound:
    """One message from a person, foreign words already translated by the adapter.

    `answered_by_provider`: the carrier sent its own reply to a keyword, so the line must not
    answer a second time.
    """

    channel: str
    inbox: str
    address: str
    provider_id: str
    text: str
    received_at: datetime
    kind: InboundKind = InboundKind.TEXT
    keyword: Keyword | None = None
    answered_by_provider: bool = False


class Delivery(enum.Enum):
    """The state of an outbound message; `rank` only ever rises."""

    QUEUED = "queued"
    HELD = "held"
    """It waits for a time at which the person may be texted (intake/contact.py)."""
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    BLOCKED = "blocked"

    @property
    def rank(self) -> int:
        """Late reports of an earlier state change nothing."""
        return _RANKS[self]


_RANKS = {
    Delivery.QUEUED: 0,
    Delivery.HELD: 0,
    Delivery.SENDING: 1,
    Delivery.SENT: 2,
    Delivery.DELIVERED: 3,
    Delivery.UNDELIVERED: 3,
    Delivery.FAILED: 3,
    Delivery.BLOCKED: 3,
}


@dataclass(frozen=True)
class DeliveryReport:
    """What the provider says became of a message that it took from us."""

    channel: str
    provider_id: str
    delivery: Delivery
    error: str | None = None


class Author(enum.Enum):
    """Who wrote a message."""

    CONTACT = "contact"
    BOT = "bot"
    ADVOCATE = "advocate"


@dataclass(frozen=True)
class Stored:
    """A message of a conversation as read back from the hall; `text` is None once purged."""

    id: UUID
    sequence: int
    author: Author
    text: str | None
    created_at: datetime
    key: str | None = None
    delivery: Delivery | None = None
    delivery_error: str | None = None
    hold_until: datetime | None = None
    advocate_id: UUID | None = None


def clean(text: str) -> str:
    """NFC, without control characters, surrogates or more than 4,000 characters."""
    kept = "".join(
        c for c in text if c in _KEPT_CONTROLS or unicodedata.category(c) not in ("Cc", "Cf", "Cs")
    )
    return unicodedata.normalize("NFC", kept)[:MAX_CHARACTERS].strip()
