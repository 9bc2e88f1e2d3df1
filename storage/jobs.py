"""The job queue: procrastinate on the same database, deferred in the transaction of the cause.

Jobs carry an id and nothing else. What is to be done stands in the tables, so that a job that
runs twice, late or after a crash does the right thing.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from procrastinate import App, PsycopgConnector
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

TURN = "turn"
SEND = "send"
CHECK_WAITING = "check_waiting"
ROUTE = "route"
ALERT = "alert"

LAZY_COMMIT = "-c synchronous_commit=off"

# A person waits for the answer: turns before everything else.
_PRIORITY = {TURN: 10, SEND: 10, ROUTE: 20, ALERT: 20, CHECK_WAITING: 0}


def make_app(database_url: str) -> App:
    """The queue of one database; `open_async` it before a worker runs.

    Its own connections (fetching and ending jobs) commit lazily: what a crash of the database
    could undo there is done again. Jobs are inserted on the connection of the facts.
    """
    options = {"options": LAZY_COMMIT}
    return App(connector=PsycopgConnector(conninfo=database_url, kwargs=options))


class JobRepository:
    """Defers jobs on the session's own connection: they commit or roll back with the facts."""

    def __init__(self, session: AsyncSession, app: App, waiting_seconds: int) -> None:
        self._session = session
        self._app = app
        self._waiting_seconds = waiting_seconds

    async def turn(self, conversation_id: UUID) -> None:
        """Somebody wrote: take a turn, one at a time in a conversation."""
        await self._defer(TURN, f"turn:{conversation_id}", conversation_id=str(conversation_id))

    async def send(self, conversation_id: UUID) -> None:
        """Something waits in the outbox; sends of a conversation stay in order."""
        await self._defer(SEND, f"send:{conversation_id}", conversation_id=str(conversation_id))

    async def check_waiting(self, escalation_id: UUID) -> None:
        """Look after some minutes whether anybody came."""
        await self._defer(
            CHECK_WAITING,
            f"waiting:{escalation_id}",
            schedule_in={"seconds": self._waiting_seconds},
            escalation_id=str(escalation_id),
        )

    async def route(self) -> None:
        """Somebody begins to wait, or waits more urgently: look whom to ask, at once.

        One that is queued already does for all; the worker looks every few seconds anyway.
        """
        if not await _is_queued(self._session, ROUTE):
            await self._defer(ROUTE, ROUTE)

    async def alert(self, alert_id: UUID) -> None:
        """An advocate is to be told outside the desk that somebody waits."""
        await self._defer(ALERT, f"alert:{alert_id}", alert_id=str(alert_id))

    async def _defer(
        self, task: str, lock: str, schedule_in: dict[str, Any] | None = None, **arguments: str
    ) -> None:
        connection = await self._session.connection()
        raw = await connection.get_raw_connection()
        await self._app.configure_task(
            task,
            allow_unknown=True,
            lock=lock,
            schedule_in=schedule_in,
            priority=_PRIORITY[task],
            connection=raw.driver_connection,
        ).defer_async(**arguments)


async def _is_queued(session: AsyncSession, task: str) -> bool:
    found = await session.scalar(
        text(
            "SELECT EXISTS (SELECT 1 FROM procrastinate_jobs"
            " WHERE task_name = :task AND status = 'todo')"
        ),
        {"task": task},
    )
    return bool(found)


async def is_waiting(session: AsyncSession, task: str, conversation_id: UUID) -> bool:
    """Whether a job of this kind is queued or running for a conversation."""
    found = await session.scalar(
        text(
            "SELECT EXISTS (SELECT 1 FROM procrastinate_jobs"
            " WHERE lock = :lock AND status IN ('todo', 'doing'))"
        ),
        {"lock": f"{task}:{conversation_id}"},
    )
    return bool(found)
