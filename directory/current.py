"""Keep an index at hand that is never older than the database.

Triggers note in `directory_touched` which service changed in which transaction
(`directory/tables.py`). Before each search one short query asks whether there
is anything new; what changed is read again and judged beside the index, until
so much has changed that the index is made anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from directory.index import Index
from directory.question import Reader
from directory.reading import everything, these
from directory.tables import EVERYTHING, TouchedRow

MOST_LOOSE = 128
"""With more changed services than that, the index is made anew."""
_OLDEST_RUNNING: ColumnElement[int] = literal_column(
    "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
)


class CurrentIndex:
    """The index for one kind of reader."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._index: Index | None = None
        self._seen_until = 0
        self._seen: dict[UUID, int] = {}
        self._one_at_a_time = asyncio.Lock()

    async def of_today(self, session: AsyncSession) -> Index:
        """The index with every change that was committed before now."""
        async with self._one_at_a_time:
            oldest, touched = await self._touched(session)
            fresh = {key: xid for key, xid in touched.items() if self._seen.get(key) != xid}
            if self._index is None or EVERYTHING in fresh:
                self._index = await self._made_anew(session)
            elif fresh:
                found = await these(session, self._reader, list(fresh))
                self._index.change(fresh, found)
                if self._index.loose > MOST_LOOSE:
                    self._index = await asyncio.to_thread(Index, self._index.everything())
            # Of what is older than every running transaction nothing more can appear.
            self._seen_until, self._seen = oldest, touched
            return self._index

    async def _touched(self, session: AsyncSession) -> tuple[int, dict[UUID, int]]:
        """(oldest transaction still running, changes that may be new with their transaction)."""
        statement = select(
            _OLDEST_RUNNING, TouchedRow.service_id, TouchedRow.transaction
        ).join_from(
            select(func.now().label("now")).subquery(),
            TouchedRow,
            TouchedRow.transaction >= self._seen_until,
            isouter=True,
        )
        rows = (await session.execute(statement)).all()
        return rows[0][0], {key: xid for _, key, xid in rows if xid}

    async def _made_anew(self, session: AsyncSession) -> Index:
        candidates = await everything(session, self._reader)
        return await asyncio.to_thread(Index, candidates)


class Indexes:
    """One index for each kind of reader, made when it is first asked for."""

    def __init__(self, sessions: Callable[[], AsyncSession]) -> None:
        self._sessions = sessions
        self._kept: dict[Reader, CurrentIndex] = {}

    async def of_today(self, reader: Reader) -> Index:
        """The index that answers this reader, up to date."""
        current = self._kept.setdefault(reader, CurrentIndex(reader))
        async with self._sessions() as session:
            return await current.of_today(session)
