"""Offers waiting conversations to advocates and wakes people when nobody takes them.

Run by every worker every few seconds and at once when somebody begins to wait. One transaction
does all of it: offers, alerts and the jobs that send them commit together or not at all, so a
worker may be killed at any instant.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from intake.ports import Clock
from intake.routing import (
    PACES,
    Call,
    Colleague,
    NoOffer,
    Waiting,
    call,
    in_order,
    offer,
    to_wake,
)
from storage.database import Database, Transaction

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Dispatch:
    """Routing for the whole line."""

    database: Database
    now: Clock

    async def run(self) -> None:
        """One round: end what is over, offer what waits, wake who must be woken."""
        now = self.now()
        async with self.database.transaction() as tx:
            await tx.routing.alone()
            changed = set(await tx.routing.sweep(now))
            colleagues = await tx.routing.colleagues(now)
            for waiting in in_order(await tx.routing.waiting()):
                made = offer(waiting, colleagues)
                if not isinstance(made, NoOffer):
                    until = now + PACES[waiting.tier].offer
                    await tx.routing.offer(waiting, made, now, until)
                    colleagues = [_deciding(one, made.colleague, waiting) for one in colleagues]
                    await self._alert(tx, waiting, "offer", [made.colleague], now)
                    changed.add(waiting.conversation_id)
                if await self._wake(tx, waiting, made is NoOffer.NOBODY, colleagues, now):
                    changed.add(waiting.conversation_id)
            for waiting in in_order(await tx.routing.offered()):
                if await self._wake(tx, waiting, False, colleagues, now):
                    changed.add(waiting.conversation_id)
            for conversation_id in changed:
                await tx.signals.desk(conversation_id)

    async def _wake(
        self,
        tx: Transaction,
        waiting: Waiting,
        nobody: bool,
        colleagues: Sequence[Colleague],
        now: datetime,
    ) -> bool:
        """Call people outside the desk, where that is due; whether anybody was called."""
        shift = to_wake(Call.SHIFT, waiting.tier, colleagues)
        calls = call(waiting, nobody, not shift, now)
        for who in calls:
            reached = to_wake(who, waiting.tier, colleagues)
            await self._alert(tx, waiting, who.value, [one.id for one in reached], now)
            await tx.routing.called(
                waiting.escalation_id, now, lead=who is Call.LEAD, anew=who is Call.SHIFT or nobody
            )
            if not reached and who is Call.LEAD:
                log.error("a conversation waits and nobody can be alerted: no lead, no supervisor")
        return bool(calls)

    async def _alert(
        self,
        tx: Transaction,
        waiting: Waiting,
        kind: str,
        advocates: Sequence[UUID],
        now: datetime,
    ) -> None:
        ways = await tx.routing.reachable(advocates)
        if kind == "offer":
            # The offer is on the screen; a push helps when the tab is not in front.
            ways = {one: ("push",) for one, channels in ways.items() if "push" in channels}
        for alert_id in await tx.alerts.add(waiting.escalation_id, kind, dict(ways), now):
            await tx.jobs.alert(alert_id)


def _deciding(one: Colleague, chosen: UUID, waiting: Waiting) -> Colleague:
    if one.id != chosen:
        return one
    return replace(one, deciding=(*one.deciding, int(waiting.tier or 0)))
