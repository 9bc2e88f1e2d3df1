"""Tells another case system what happened to a conversation: ids, tier and state, signed.

The scheme is Standard Webhooks (https://www.standardwebhooks.com): `webhook-id`, which stays the
same when an event is sent again, `webhook-timestamp`, and `webhook-signature` over both and the
body. Off without WEBHOOK_URL. Events of one conversation arrive in order; the first that is not
taken holds up those behind it until it is given up after about three days.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import httpx

from channels.outbox import TryAgain
from channels.signing import signature
from intake.ports import Clock
from intake.risk import Tier
from storage.database import Database
from storage.webhook_events import Event

log = logging.getLogger(__name__)

SECONDS = 10.0
#: The pauses after each failed try, as the specification proposes; then the event is given up.
PAUSES = tuple(
    timedelta(seconds=one) for one in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)


def body_of(event: Event) -> bytes:
    """What is sent: no word, number, language or name; `state` says who has the conversation."""
    return json.dumps(
        {
            "type": f"conversation.{event.kind}",
            "timestamp": event.at.isoformat(),
            "data": {
                "id": str(event.conversation_id),
                "state": event.state,
                "tier": None if event.tier is None else Tier(event.tier).label,
            },
        },
        separators=(",", ":"),
    ).encode()


@dataclass(frozen=True)
class Webhook:
    """The one address that follows, if any does."""

    database: Database
    url: str | None
    secrets: Sequence[bytes]
    now: Clock

    async def begin(self) -> None:
        """Say in the hall whether anybody follows; the trigger asks there."""
        async with self.database.transaction() as tx:
            await tx.webhooks.follow(self.url is not None)

    async def deliver(self, conversation_id: UUID) -> None:
        """Send what waits of a conversation, oldest first. Raises TryAgain."""
        if self.url is None:
            return
        async with httpx.AsyncClient(timeout=SECONDS, trust_env=False) as client:
            while True:
                async with self.database.transaction() as tx:
                    event = await tx.webhooks.next(conversation_id)
                if event is None:
                    return
                error = await self._send(client, self.url, event)
                await self._written(event, error)

    async def _send(self, client: httpx.AsyncClient, url: str, event: Event) -> str | None:
        """Send one event; returns what went wrong as a code, None when it was taken."""
        body, timestamp = body_of(event), int(self.now().timestamp())
        try:
            answer = await client.post(
                url,
                content=body,
                headers={
                    "content-type": "application/json",
                    "webhook-id": str(event.id),
                    "webhook-timestamp": str(timestamp),
                    "webhook-signature": signature(self.secrets, str(event.id), timestamp, body),
                },
            )
        except httpx.TimeoutException:
            return "slow"
        except httpx.HTTPError:
            return "no_connection"
        return None if answer.is_success else f"status_{answer.status_code}"

    async def _written(self, event: Event, error: str | None) -> None:
        now = self.now()
        async with self.database.transaction() as tx:
            if error is None:
                await tx.webhooks.sent(event.id, now)
                return
            if event.attempts >= len(PAUSES):
                log.error("an event for the webhook is given up: %s", error)
                await tx.webhooks.failed(event.id, error, now)
                return
            pause = PAUSES[event.attempts]
            await tx.webhooks.later(event.id, error, now + pause)
        log.warning("the webhook did not take an event (%s); again in %s", error, pause)
        raise TryAgain(pause.total_seconds())

    async def mend(self, now: datetime) -> None:
        """Queue a job where an event is due and none is queued; runs every few seconds."""
        if self.url is None:
            return
        async with self.database.transaction() as tx:
            for conversation_id in await tx.webhooks.due(now):
                await tx.jobs.webhook(conversation_id)
            await tx.webhooks.forget(now)
