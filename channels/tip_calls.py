"""Wakes people for an urgent tip that came where nobody waits in a conversation. Never any content.

At once the tips desk; where none of it can be reached, and after five minutes in which nobody
opened the tip, whoever is on shift and the lead too: they cannot read it, and can fetch who may.
However many come at once, people are woken once a minute at the most.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from intake.ports import Clock
from intake.risk import Tier
from intake.routing import Call, to_wake
from storage.database import Database, Transaction

log = logging.getLogger(__name__)

AGAIN = timedelta(minutes=5)
APART = timedelta(minutes=1)


@dataclass(frozen=True)
class TipCalls:
    """Calls for tips, for the whole line."""

    database: Database
    now: Clock

    async def run(self) -> None:
        """One round."""
        now = self.now()
        async with self.database.transaction() as tx:
            await tx.routing.alone()
            due = await tx.tip_calls.due(now, AGAIN)
            last = await tx.tip_calls.last_call()
            if not due or (last is not None and now - last < APART):
                return
            tip_id, tier, _ = due[0]
            ways = await self._ways(tx, tier, any(before for _, _, before in due), now)
            if not ways:
                log.error("an urgent tip waits and nobody can be alerted")
            for alert_id in await tx.tip_calls.call(tip_id, ways, now):
                await tx.jobs.alert(alert_id)
            await tx.tip_calls.called([one for one, _, _ in due], now)

    async def _ways(
        self, tx: Transaction, tier: Tier, before: bool, now: datetime
    ) -> dict[UUID, tuple[str, ...]]:
        """Everybody to wake, with the ways that reach them."""
        officers = await tx.routing.reachable(await tx.tip_calls.officers(now, tier))
        reached = {one: ways for one, ways in officers.items() if ways}
        if before or not reached:
            colleagues = await tx.routing.colleagues(now)
            others = {one.id for who in Call for one in to_wake(who, tier, colleagues)}
            more = await tx.routing.reachable(others - reached.keys())
            reached |= {one: ways for one, ways in more.items() if ways}
        return reached
