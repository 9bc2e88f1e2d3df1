"""The job queue: procrastinate on the same database, deferred in the transaction of the cause.

Jobs carry an id and nothing else. What is to be done stands in the tables, so that a job that
runs twice, late or after a crash does the right thing.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from procrastinate import App, PsycopgConnector
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.wire import run

TURN = "turn"
SEND = "send"
CHECK_WAITING = "check_waiting"
ROUTE = "route"
ALERT = "alert"
WEBHOOK = "webhook"

LAZY_COMMIT = "-c synchronous_commit=off"

# A person waits for the answer: turns before everything else.
_PRIORITY = {TURN: 10, SEND: 10, ROUTE: 20, ALERT: 20, CHECK_WAITING: 0, WEBHOOK: 0}

#: Inserts one job by the queue's own function; its values are those of `job`.
DEFER = (
    "procrastinate_defer_jobs_v1(ARRAY[ROW('default', %(job_task)s, %(job_priority)s, %(job_lock)s,"
    " NULL, %(job_arguments)s, %(job_at)s)::procrastinate_job_to_defer_v1])"
)


def job(task: str, lock: str, at: datetime | None = None, **arguments: str) -> dict[str, Any]:
    """The values of DEFER; `at`: not before then."""
    return {
        "job_task": task,
        "job_priority": _PRIORITY[task],
        "job_lock": lock,
        "job_arguments": json.dumps(arguments),
        "job_at": at,
    }


def turn_job(conversation_id: UUID) -> dict[str, Any]:
    """The values of the job for a text that came in; one at a time in a conversation."""
    return job(TURN, f"turn:{conversation_id}", conversation_id=str(conversation_id))


def make_app(database_url: str) -> App:
    """The queue of one database; `open_async` it before a worker runs.

    Its own connections (fetching and ending jobs) commit lazily: what a crash of the database
    could undo there is done again. Jobs are inserted on the connection of the facts.
    """
    options = {"options": LAZY_COMMIT}
    return App(connector=PsycopgConnector(conninfo=database_url, kwargs=options))


class JobRepository:
    """Defers jobs on the session's own connection: they commit or roll back with the facts."""

    def __init__(self, session: AsyncSession, waiting_seconds: int) -> None:
        self._session = session
        self._waiting_seconds = waiting_seconds

    async def turn(self, conversation_id: UUID) -> None:
        """Somebody wrote: take a turn, one at a time in a conversation."""
        await self._defer(turn_job(conversation_id))

    async def send(self, conversation_id: UUID) -> None:
        """Something waits in the outbox; sends of a conversation stay in order."""
        lock = f"send:{conversation_id}"
        await self._defer(job(SEND, lock, conversation_id=str(conversation_id)))

    async def check_waiting(self, escalation_id: UUID) -> None:
        """Look after some minutes whether anybody came."""
        then = datetime.now(UTC) + timedelta(seconds=self._waiting_seconds)
        lock = f"waiting:{escalation_id}"
        await self._defer(job(CHECK_WAITING, lock, then, escalation_id=str(escalation_id)))

    async def route(self) -> None:
        """Somebody begins to wait, or waits more urgently: look whom to ask, at once.

        One that is queued already does for all; the worker looks every few seconds anyway.
        """
        if not await _is_queued(self._session, ROUTE):
            await self._defer(job(ROUTE, ROUTE))

    async def alert(self, alert_id: UUID) -> None:
        """An advocate is to be told outside the desk that somebody waits."""
        await self._defer(job(ALERT, f"alert:{alert_id}", alert_id=str(alert_id)))

    async def webhook(self, conversation_id: UUID) -> None:
        """Another system is to be told of a conversation; one job at a time for each."""
        if not await is_waiting(self._session, WEBHOOK, conversation_id):
            lock = f"{WEBHOOK}:{conversation_id}"
            await self._defer(job(WEBHOOK, lock, conversation_id=str(conversation_id)))

    async def _defer(self, values: dict[str, Any]) -> None:
        await run(self._session, f"SELECT {DEFER}", values)


async def _is_queued(session: AsyncSession, task: str) -> bool:
    query = (
        "SELECT EXISTS (SELECT FROM procrastinate_jobs"
        " WHERE task_name = %(task)s AND status = 'todo')"
    )
    found = await (await run(session, query, {"task": task})).fetchone()
    return bool(found and found[0])


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
