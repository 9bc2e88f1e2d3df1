"""Urgent tips that nobody has opened: whom to wake for them, and that it was done.

A tip by conversation fetches a human there; these are the tips by form and by organizations, and
what somebody adds with the receipt on the web. `wakes_at` is set with the words and emptied when
an officer opens the tip.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, insert, or_, select, update

from intake.risk import Tier
from storage.handoff_tables import AlertRow, DutyRow
from storage.routing import is_quiet
from storage.shelf import Shelf
from storage.tables import AdvocateRow
from storage.tip_tables import TipRow

#: Whose work tips are (handoff/rights.py).
OFFICERS = "tips_officer"


class TipCallRepository(Shelf):
    """Calls for tips."""

    async def due(self, now: datetime, again: timedelta) -> Sequence[tuple[UUID, Tier, bool]]:
        """Tips that wait for their first call, or for another after so long; most urgent first.

        The last value: whether they were called for before.
        """
        rows = await self.session.execute(
            select(TipRow.id, TipRow.tier, TipRow.paged_at.is_not(None))
            .where(
                TipRow.wakes_at.is_not(None),
                or_(TipRow.paged_at.is_(None), TipRow.paged_at <= now - again),
            )
            .order_by(TipRow.tier.desc(), TipRow.wakes_at)
            .with_for_update(skip_locked=True)
        )
        return [(tip_id, Tier(tier), before) for tip_id, tier, before in rows]

    async def last_call(self) -> datetime | None:
        """When people were last woken for any tip."""
        found: datetime | None = await self.session.scalar(
            select(func.max(AlertRow.created_at)).where(AlertRow.tip_id.is_not(None))
        )
        return found

    async def officers(self, now: datetime, tier: Tier) -> list[UUID]:
        """Accounts of the tips desk; quiet hours hold except when it is happening now."""
        rows = await self.session.execute(
            select(AdvocateRow.id, DutyRow)
            .outerjoin(DutyRow, DutyRow.id == AdvocateRow.id)
            .where(AdvocateRow.role == OFFICERS, AdvocateRow.disabled_at.is_(None))
        )
        return [one for one, duty in rows if tier is Tier.IMMINENT or not is_quiet(duty, now)]

    async def call(
        self, tip_id: UUID, ways: Mapping[UUID, Sequence[str]], now: datetime
    ) -> list[UUID]:
        """Put alerts down; returns those that are to be sent."""
        rows = [
            {
                "id": uuid4(),
                "tip_id": tip_id,
                "advocate_id": advocate,
                "kind": "tip",
                "channel": way,
                "state": "queued",
                "created_at": now,
            }
            for advocate, channels in ways.items()
            for way in channels
        ]
        if rows:
            await self.session.execute(insert(AlertRow), rows)
        return [row["id"] for row in rows if isinstance(row["id"], UUID)]

    async def called(self, tip_ids: Collection[UUID], now: datetime) -> None:
        """People were woken for these."""
        await self.session.execute(
            update(TipRow).where(TipRow.id.in_(tip_ids)).values(paged_at=now)
        )

    async def opened(self, tip_id: UUID, now: datetime) -> None:
        """An officer reads it: nobody needs to be woken any more."""
        await self.session.execute(
            update(TipRow)
            .where(TipRow.id == tip_id, TipRow.wakes_at.is_not(None))
            .values(wakes_at=None, paged_at=None)
        )
        await self.session.execute(
            update(AlertRow)
            .where(AlertRow.tip_id == tip_id, AlertRow.acknowledged_at.is_(None))
            .values(acknowledged_at=now)
        )

    async def unopened(self) -> int:
        """How many urgent tips nobody has opened."""
        found = await self.session.scalar(
            select(func.count()).select_from(TipRow).where(TipRow.wakes_at.is_not(None))
        )
        return found or 0
