"""The copies that providers keep of messages: which are due to go, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import and_, func, or_, select, update

from intake.tips import RECEIPT
from storage.shelf import Shelf
from storage.tables import ConversationRow, MessageRow


class Copy(Enum):
    """What became of a provider's copy."""

    ERASED = "erased"
    GONE = "gone"
    """The provider had none any more."""
    KEPT = "kept"
    """The provider will not erase it: too old, or not its to erase."""


@dataclass(frozen=True, repr=False)
class Due:
    """A message whose copy is due to go. Never printed: it holds an address."""

    message_id: UUID
    provider_id: str
    address: str | None
    created_at: datetime


class CopyRepository(Shelf):
    """Which copies lie at providers."""

    async def due(
        self, channel: str, before: datetime, receipts_before: datetime, limit: int
    ) -> Sequence[Due]:
        """Messages from before that moment whose copy still lies there, oldest first; the lines
        that gave out a tip's receipt from a moment of their own.
        """
        found = await self.session.execute(
            select(MessageRow, ConversationRow)
            .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
            .where(
                MessageRow.channel == channel,
                MessageRow.provider_id.is_not(None),
                MessageRow.provider_copy.is_(None),
                or_(
                    MessageRow.created_at < before,
                    and_(MessageRow.key == RECEIPT, MessageRow.created_at < receipts_before),
                ),
            )
            .order_by(MessageRow.created_at)
            .limit(limit)
        )
        return [
            Due(
                message_id=message.id,
                provider_id=message.provider_id or "",
                address=(
                    None
                    if conversation.address_sealed is None
                    else self.keyring.open(
                        conversation.address_sealed, f"conversation.address:{conversation.id}"
                    )
                ),
                created_at=message.created_at,
            )
            for message, conversation in found
        ]

    async def record(self, message_id: UUID, became: Copy, at: datetime) -> None:
        """Write down what became of a copy."""
        await self.session.execute(
            update(MessageRow)
            .where(MessageRow.id == message_id)
            .values(provider_copy=became.value, provider_copy_at=at)
        )

    async def left(self, channel: str, before: datetime) -> int:
        """How many copies from before that moment still lie at the provider."""
        return (
            await self.session.scalar(
                select(func.count())
                .select_from(MessageRow)
                .where(
                    MessageRow.channel == channel,
                    MessageRow.provider_id.is_not(None),
                    MessageRow.provider_copy.is_(None),
                    MessageRow.created_at < before,
                )
            )
            or 0
        )
