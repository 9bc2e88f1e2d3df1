"""Switches of the line: surge, and human-only by channel, language and hour."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.handoff_tables import LineSwitchRow
from storage.shelf import Shelf

SURGE, HUMAN_ONLY = "surge", "human_only"


class SwitchRepository(Shelf):
    """What is switched on now."""

    async def on(self) -> list[LineSwitchRow]:
        """Every switch that is on, the newest first."""
        rows = await self.session.scalars(
            select(LineSwitchRow)
            .where(LineSwitchRow.off_at.is_(None))
            .order_by(LineSwitchRow.on_at.desc())
        )
        return list(rows)

    async def turn_on(
        self,
        kind: str,
        by: UUID,
        now: datetime,
        *,
        channel: str | None,
        language: str | None,
        hours: tuple[time, time] | None,
        timezone: str,
    ) -> UUID:
        """Switch on; what is not named means all of them."""
        switch_id = uuid4()
        await self.session.execute(
            insert(LineSwitchRow).values(
                id=switch_id,
                kind=kind,
                channel=channel,
                language=language,
                from_time=hours and hours[0],
                until_time=hours and hours[1],
                timezone=timezone,
                on_at=now,
                on_by=by,
            )
        )
        return switch_id

    async def turn_off(self, switch_id: UUID, by: UUID, now: datetime) -> bool:
        """Switch off; False when it was not on."""
        found = await self.session.scalar(
            update(LineSwitchRow)
            .where(LineSwitchRow.id == switch_id, LineSwitchRow.off_at.is_(None))
            .values(off_at=now, off_by=by)
            .returning(LineSwitchRow.id)
        )
        return found is not None

    async def human_only(self, channel: str, language: str | None, now: datetime) -> bool:
        """Whether the bot only opens here and now, and people answer.

        A language's switch needs a language that is known.
        """
        code = None if language is None else language.split("-")[0]
        rows = await self.session.scalars(
            select(LineSwitchRow).where(
                LineSwitchRow.off_at.is_(None),
                LineSwitchRow.kind == HUMAN_ONLY,
                or_(LineSwitchRow.channel.is_(None), LineSwitchRow.channel == channel),
                or_(LineSwitchRow.language.is_(None), LineSwitchRow.language == code),
            )
        )
        return any(_holds(row, now) for row in rows)


def _holds(row: LineSwitchRow, now: datetime) -> bool:
    """Whether the hours of a switch hold, by its own clock; they may pass midnight."""
    if row.from_time is None or row.until_time is None:
        return True
    there = now.astimezone(ZoneInfo(row.timezone)).time()
    if row.from_time <= row.until_time:
        return row.from_time <= there < row.until_time
    return there >= row.from_time or there < row.until_time
