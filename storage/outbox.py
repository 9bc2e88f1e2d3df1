"""The outbox: what is to be sent, what is being sent, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import defer

from intake.messages import Author, Delivery, DeliveryReport
from storage.shelf import Shelf
from storage.tables import ConversationRow, MessageRow

_UNSENT = (Delivery.QUEUED.value, Delivery.SENDING.value)


@dataclass(frozen=True, repr=False)
class Letter:
    """One outbound message on its way to its channel. Never printed: it holds words and a number.

    `in_doubt`: an earlier attempt was begun and its end is not known; look it up before sending.
    """

    message_id: UUID
    channel: str
    inbox: str
    address: str
    author: Author
    text: str
    key: str | None
    attempts: int
    in_doubt: bool
    first_attempt_at: datetime | None
    last_attempt_at: datetime | None
    created_at: datetime
    last_inbound_at: datetime
    """When the person last wrote: some channels allow free text only for a while after it."""
    confirmed: bool = False
    """An advocate sent it though the person had said that texting is not safe."""


class OutboxRepository(Shelf):
    """Outbound messages in order; the only place that reads an address for sending."""

    async def next_letter(self, conversation_id: UUID) -> Letter | None:
        """The oldest unsent message of a conversation."""
        found = (
            await self.session.execute(
                select(MessageRow, ConversationRow)
                .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
                .where(
                    MessageRow.conversation_id == conversation_id,
                    MessageRow.delivery.in_(_UNSENT),
                )
                .order_by(MessageRow.sequence)
                .limit(1)
                .with_for_update(of=MessageRow)
            )
        ).first()
        if found is None:
            return None
        message, conversation = found
        words = self.open_body(message.id, message.body_sealed)
        sealed = conversation.address_sealed
        return Letter(
            message_id=message.id,
            channel=conversation.channel,
            inbox=conversation.inbox,
            address=(
                ""
                if sealed is None
                else self.keyring.open(sealed, f"conversation.address:{conversation.id}")
            ),
            author=Author(message.author),
            text=words or "",
            key=message.key,
            attempts=message.attempts,
            in_doubt=message.delivery == Delivery.SENDING.value,
            first_attempt_at=message.first_attempt_at,
            last_attempt_at=message.last_attempt_at,
            created_at=message.created_at,
            last_inbound_at=conversation.last_inbound_at,
            confirmed=message.confirmed,
        )

    async def reconsider(self, conversation_id: UUID) -> None:
        """Put what is held back among what is to be sent: something has changed."""
        await self.session.execute(
            update(MessageRow)
            .where(
                MessageRow.conversation_id == conversation_id,
                MessageRow.delivery == Delivery.HELD.value,
            )
            .values(delivery=Delivery.QUEUED.value, delivery_error=None, hold_until=None)
            .execution_options(synchronize_session=False)
        )

    async def hold(self, message_id: UUID, why: str, until: datetime | None) -> None:
        """It may not leave now; `until` is None while only the person can open the way."""
        await self._set(message_id, Delivery.HELD, error=why, hold_until=until)

    async def conversations_with_due(self, now: datetime) -> Sequence[UUID]:
        """Conversations in which something held may leave by now."""
        rows = await self.session.scalars(
            select(MessageRow.conversation_id)
            .where(MessageRow.delivery == Delivery.HELD.value, MessageRow.hold_until <= now)
            .distinct()
        )
        return rows.all()

    async def begin(self, message_id: UUID, at: datetime) -> None:
        """An attempt starts: on disk before the provider is asked, also on a lazy connection."""
        await self.session.execute(text("SET LOCAL synchronous_commit = on"))
        await self.session.execute(
            update(MessageRow)
            .where(MessageRow.id == message_id)
            .values(
                delivery=Delivery.SENDING.value,
                attempts=MessageRow.attempts + 1,
                first_attempt_at=func.coalesce(MessageRow.first_attempt_at, at),
                last_attempt_at=at,
            )
        )

    async def back_to_queue(self, message_id: UUID, error: str) -> None:
        """The provider certainly did not take it: it may be sent again later."""
        await self._set(message_id, Delivery.QUEUED, error=error)

    async def sent(self, message_id: UUID, provider_id: str) -> None:
        """The provider took it."""
        await self._set(message_id, Delivery.SENT, provider_id=provider_id, error=None)

    async def failed(self, message_id: UUID, delivery: Delivery, error: str) -> None:
        """It will not be sent; the desk sees why."""
        await self._set(message_id, delivery, error=error)

    async def known_provider_ids(self, conversation_id: UUID) -> frozenset[str]:
        """Ids of messages that are accounted for already."""
        rows = await self.session.scalars(
            select(MessageRow.provider_id).where(
                MessageRow.conversation_id == conversation_id,
                MessageRow.provider_id.is_not(None),
            )
        )
        return frozenset(found for found in rows if found)

    async def report(self, report: DeliveryReport) -> UUID | None:
        """Take in a delivery report; late news of an earlier state changes nothing.

        Returns the conversation that it changed.
        """
        row = await self.session.scalar(
            select(MessageRow)
            .options(defer(MessageRow.body_sealed, raiseload=True))
            .where(
                MessageRow.channel == report.channel,
                MessageRow.provider_id == report.provider_id,
                MessageRow.direction == "out",
            )
            .with_for_update()
        )
        if row is None or Delivery(cast(str, row.delivery)).rank >= report.delivery.rank:
            return None
        row.delivery = report.delivery.value
        row.delivery_error = report.error
        return row.conversation_id

    async def conversations_with_unsent(
        self, older_than: timedelta, now: datetime
    ) -> Sequence[UUID]:
        """Conversations whose outbox has waited too long; their job may have been lost."""
        rows = await self.session.scalars(
            select(MessageRow.conversation_id)
            .where(MessageRow.delivery.in_(_UNSENT), MessageRow.created_at < now - older_than)
            .distinct()
        )
        return rows.all()

    async def conversations_with_pending(
        self, older_than: timedelta, now: datetime
    ) -> Sequence[UUID]:
        """Conversations whose turn has waited too long; their job may have been lost."""
        rows = await self.session.scalars(
            select(MessageRow.conversation_id)
            .where(MessageRow.turn == "pending", MessageRow.created_at < now - older_than)
            .distinct()
        )
        return rows.all()

    async def _set(self, message_id: UUID, delivery: Delivery, **values: Any) -> None:
        if "error" in values:
            values["delivery_error"] = values.pop("error")
        await self.session.execute(
            update(MessageRow)
            .where(MessageRow.id == message_id)
            .values(delivery=delivery.value, **values)
        )
