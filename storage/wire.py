"""Statements on the bare driver, for what happens with every text that comes in.

Composing a statement with SQLAlchemy costs several times what the database needs for it. So the
few statements that every text passes are written out, and run on the session's own connection:
they commit or roll back with everything else of the unit of work.
"""

from __future__ import annotations

import select
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.rows import TupleRow, tuple_row
from sqlalchemy import event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

_WIRE = "wire"


async def run(
    session: AsyncSession, statement: str, values: Mapping[str, Any]
) -> psycopg.AsyncCursor[TupleRow]:
    """Run a statement with `%(name)s` in it; the server keeps its plan.

    Raises DBAPIError and its kin, as SQLAlchemy's own statements do.
    """
    connection = await _driver(session)
    try:
        return await connection.cursor(row_factory=tuple_row).execute(
            statement, values, prepare=True
        )
    except psycopg.Error as error:
        raise DBAPIError.instance(
            statement, None, error, psycopg.Error, hide_parameters=True, dialect=_DIALECT
        ) from error


_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]


async def _driver(session: AsyncSession) -> psycopg.AsyncConnection[Any]:
    sync = session.sync_session
    if sync.new or sync.dirty or sync.deleted:
        # What was changed on objects comes first, as before any other statement.
        await session.flush()
    known = sync.info
    if _WIRE not in known:
        raw = await (await session.connection()).get_raw_connection()
        known[_WIRE] = raw.driver_connection
    connection: psycopg.AsyncConnection[Any] = known[_WIRE]
    return connection


def look_before_use(engine: AsyncEngine) -> None:
    """Ask the server whether a pooled connection lives only when there is a sign that it may not.

    A server that ends a connection says so, and the socket has something to read; a question for
    each unit of work would cost as much as a statement.
    """

    @event.listens_for(engine.sync_engine, "checkout")
    def look(connection: Any, record: object, fairy: object) -> None:
        driver: psycopg.AsyncConnection[Any] = connection.driver_connection
        try:
            quiet = select.poll()
            quiet.register(driver.fileno(), select.POLLIN)
            if quiet.poll(0):
                engine.dialect.do_ping(connection)
        except psycopg.Error:
            raise InvalidatePoolError from None
