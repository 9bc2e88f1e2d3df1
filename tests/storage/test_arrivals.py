"""The way in for texts, and the bare statements it goes by."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from intake.messages import Inbound
from intake.ports import Keeping
from intake.receive import Received, receive
from storage.database import Database, utc_now
from storage.jobs import make_app
from storage.wire import run


def inbound(**more: Any) -> Inbound:
    """A text from somebody new."""
    given: dict[str, Any] = {
        "channel": "sms",
        "inbox": "+16135550100",
        "address": f"somebody-{uuid4()}",
        "provider_id": f"SM{uuid4().hex}",
        "text": "hello",
        "received_at": utc_now(),
    }
    return Inbound(**{**given, **more})


async def test_a_repeat_of_a_closed_conversation_opens_none(database: Database, voice: Any) -> None:
    """The catch-up hands in what is long done: it must not begin anything."""
    known = inbound()

    async def again() -> Received:
        return await receive(known, transaction=database.transaction, voice=voice, now=utc_now)

    assert await again() is Received.NEW
    async with database.transaction() as tx:
        first = (await tx.conversations.find_or_open(known)).id
        await tx.session.execute(
            text("UPDATE conversation SET closed_at = now() WHERE id = :id"), {"id": first}
        )
    assert await again() is Received.REPEATED
    async with database.transaction() as tx:
        mark = text(
            "SELECT count(*) FROM conversation WHERE address_fingerprint ="
            " (SELECT address_fingerprint FROM conversation WHERE id = :id)"
        )
        assert await tx.session.scalar(mark, {"id": first}) == 1


async def test_an_id_of_another_conversation_keeps_nothing(database: Database) -> None:
    """Neither a message, nor a job, nor a state: the id is unique on its channel."""
    known = inbound()
    async with database.transaction() as tx:
        conversation = await tx.conversations.find_or_open(known)
        assert await tx.arrivals.keep(Keeping(conversation, known))
    other = inbound(provider_id=known.provider_id)
    async with database.transaction() as tx:
        conversation = await tx.conversations.find_or_open(other)
        assert await tx.arrivals.keep(Keeping(conversation, other, turn=True, tell=True)) is None
        lock = {"lock": f"turn:{conversation.id}"}
        jobs = text("SELECT count(*) FROM procrastinate_jobs WHERE lock = :lock")
        assert await tx.session.scalar(jobs, lock) == 0


async def test_a_job_is_what_the_queue_itself_would_insert(database: Database) -> None:
    """Column by column, but for its number."""
    conversation = uuid4()
    lock = f"turn:{conversation}"
    async with database.transaction() as tx:
        await tx.jobs.turn(conversation)
        driver = (await (await tx.session.connection()).get_raw_connection()).driver_connection
        await (
            make_app(database.url)
            .configure_task("turn", allow_unknown=True, lock=lock, priority=10, connection=driver)
            .defer_async(conversation_id=str(conversation))
        )
        rows = await tx.session.execute(
            text("SELECT to_jsonb(job) - 'id' FROM procrastinate_jobs AS job WHERE lock = :lock"),
            {"lock": lock},
        )
        ours, theirs = rows.scalars()
        assert ours == theirs
        await tx.session.rollback()


async def test_a_connection_that_the_server_ended_is_not_used(database: Database) -> None:
    """Nobody asks before each use; the end of a connection shows all the same."""
    async with database.transaction() as tx:
        pid = await tx.session.scalar(text("SELECT pg_backend_pid()"))
    async with await psycopg.AsyncConnection.connect(database.url, autocommit=True) as other:
        await other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    async with database.transaction() as tx:
        assert await tx.session.scalar(text("SELECT pg_backend_pid()")) != pid


async def test_a_bare_statement_fails_like_any_other(database: Database) -> None:
    """What waits on disk for the database, and the pages, know SQLAlchemy's errors alone."""
    with pytest.raises(DBAPIError, match="division"):
        async with database.transaction() as tx:
            await run(tx.session, "SELECT 1 / %(zero)s::int", {"zero": 0})
    with pytest.raises(OperationalError):
        async with database.transaction() as tx:
            query = "SELECT pg_terminate_backend(pg_backend_pid()), %(at)s::timestamptz"
            await run(tx.session, query, {"at": datetime.now(UTC)})
    async with database.transaction() as tx:
        assert await (await run(tx.session, "SELECT 1", {})).fetchone() == (1,)
