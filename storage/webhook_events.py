"""The outbox of the webhook: what happened to a conversation, by ids, tier and state alone.

A trigger writes the rows in the transaction that makes the change (migration `webhook`), while the
switch row says that somebody follows. The worker sends them (channels/webhook.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.handoff_tables import WebhookEventRow, WebhookSwitchRow
from storage.shelf import Shelf

#: What was sent is kept this long, to tell what was lost on the way from what never left; what
#: failed for good, longer.
KEEP_SENT, KEEP_FAILED = timedelta(days=7), timedelta(days=30)


@dataclass(frozen=True)
class Event:
    """One thing that happened. `attempts`: how often it was sent before."""

    id: UUID
    conversation_id: UUID
    kind: str
    state: str
    tier: int | None
    at: datetime
    attempts: int


class WebhookRepository(Shelf):
    """Events that another system follows."""

    async def follow(self, on: bool) -> None:
        """From now on events are written down, or not; what was not sent stays."""
        values = {"followed": on}
        await self.session.execute(
            insert(WebhookSwitchRow)
            .values(id=1, **values)
            .on_conflict_do_update(index_elements=["id"], set_=values)
        )

    async def next(self, conversation_id: UUID) -> Event | None:
        """The oldest event of a conversation that was not sent; one sender at a time."""
        row = await self.session.scalar(
            select(WebhookEventRow)
            .where(
                WebhookEventRow.conversation_id == conversation_id,
                WebhookEventRow.state == "queued",
            )
            .order_by(WebhookEventRow.sequence)
            .limit(1)
        )
        if row is None:
            return None
        return Event(
            id=row.id,
            conversation_id=row.conversation_id,
            kind=row.kind,
            state=row.became,
            tier=row.tier,
            at=row.at,
            attempts=row.attempts,
        )

    async def sent(self, event_id: UUID, now: datetime) -> None:
        """The other system took it."""
        await self._set(event_id, state="sent", ended_at=now, error=None)

    async def failed(self, event_id: UUID, error: str, now: datetime) -> None:
        """It was tried for days and is given up."""
        await self._set(event_id, state="failed", ended_at=now, error=error)

    async def later(self, event_id: UUID, error: str, due_at: datetime) -> None:
        """It is tried again."""
        await self.session.execute(
            update(WebhookEventRow)
            .where(WebhookEventRow.id == event_id)
            .values(attempts=WebhookEventRow.attempts + 1, error=error, due_at=due_at)
        )

    async def due(self, now: datetime) -> list[UUID]:
        """Conversations whose oldest unsent event may be sent now."""
        first = (
            select(func.min(WebhookEventRow.sequence))
            .where(WebhookEventRow.state == "queued")
            .group_by(WebhookEventRow.conversation_id)
        )
        rows = await self.session.scalars(
            select(WebhookEventRow.conversation_id).where(
                WebhookEventRow.sequence.in_(first), WebhookEventRow.due_at <= now
            )
        )
        return list(rows)

    async def forget(self, now: datetime) -> None:
        """Remove what was sent long ago."""
        for state, keep in (("sent", KEEP_SENT), ("failed", KEEP_FAILED)):
            await self.session.execute(
                delete(WebhookEventRow).where(
                    WebhookEventRow.state == state, WebhookEventRow.ended_at < now - keep
                )
            )

    async def _set(self, event_id: UUID, **values: object) -> None:
        await self.session.execute(
            update(WebhookEventRow).where(WebhookEventRow.id == event_id).values(**values)
        )
