"""What the worker mends and clears away unasked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from procrastinate import App
from procrastinate.jobs import Job
from sqlalchemy import text

from channels.adapters.sms import Sms
from channels.adapters.twilio import Account
from channels.upkeep import Running, Upkeep
from intake.messages import Inbound
from intake.ports import Keeping
from storage.database import Database, utc_now
from storage.jobs import make_app
from tests.channels.conftest import LINE, PUBLIC, SID, TOKEN, Carrier


@pytest.fixture
async def queue(database_url: str) -> AsyncIterator[App]:
    """The job queue, open."""
    app = make_app(database_url)
    async with app.open_async():
        yield app


async def _fetched(database: Database, queue: App) -> tuple[Job, int]:
    """A job that a living worker has fetched."""
    jobs = queue.job_manager
    async with database.transaction() as tx:
        await tx.jobs.send(uuid4())
    worker_id = await jobs.register_worker()
    job = await jobs.fetch_job(queues=None, worker_id=worker_id)
    assert job is not None
    return job, worker_id


async def _status(queue: App, job: Job) -> str:
    assert job.id is not None
    return (await queue.job_manager.get_job_status_async(job.id)).value


async def test_a_job_whose_end_was_not_written_is_queued_again(
    database: Database, queue: App
) -> None:
    """The database died while the job ended: its lock must not hold up the conversation."""
    job, worker_id = await _fetched(database, queue)
    upkeep = Upkeep(database, queue, None, utc_now, running=Running(worker_id=worker_id))  # type: ignore[arg-type]
    await upkeep.let_go()
    assert await _status(queue, job) == "doing", "one look is not enough"
    await upkeep.let_go()
    assert await _status(queue, job) == "todo"


async def test_a_job_in_hand_stays_in_hand(database: Database, queue: App) -> None:
    """However often it is looked at."""
    job, worker_id = await _fetched(database, queue)
    upkeep = Upkeep(database, queue, None, utc_now)  # type: ignore[arg-type]
    with upkeep.running.hold(job):
        assert upkeep.running.worker_id == worker_id
        for _ in range(3):
            await upkeep.let_go()
        assert await _status(queue, job) == "doing"


async def _message(
    database: Database, provider_id: str, age: timedelta, key: str | None = None
) -> UUID:
    inbound = Inbound("sms", LINE, f"+1613{uuid4().int % 10**7:07d}", provider_id, "hi", utc_now())
    async with database.transaction() as tx:
        conversation = await tx.conversations.find_or_open(inbound)
        message_id = await tx.arrivals.keep(Keeping(conversation, inbound))
        await tx.session.execute(
            text("UPDATE message SET created_at = now() - :age, key = :key WHERE id = :id"),
            {"age": age, "key": key, "id": message_id},
        )
    assert message_id is not None
    return message_id


async def _became(database: Database, message_id: UUID) -> str | None:
    async with database.transaction() as tx:
        found = await tx.session.scalar(
            text("SELECT provider_copy FROM message WHERE id = :id"), {"id": message_id}
        )
        return None if found is None else str(found)


async def test_copies_at_the_provider_go_after_a_day(
    database: Database, carrier: Carrier, caplog: pytest.LogCaptureFixture
) -> None:
    """What is due is erased once, what is on its way waits, what is gone is said to be."""
    exchange = carrier.exchange
    number = "+16135550144"
    heard = exchange.new(number, LINE, "old words", direction="inbound")
    fresh = exchange.new(number, LINE, "fresh words", direction="inbound")
    moving = exchange.new(LINE, number, "on its way", direction="outbound-api")
    for one in (heard, fresh, moving):
        await exchange.add(one)
    receipt = exchange.new(LINE, number, "a receipt", direction="outbound-api")
    receipt.status = "delivered"
    await exchange.add(receipt)
    told = await _message(database, receipt.sid, timedelta(minutes=11), key="tip.receipt")
    old = await _message(database, heard.sid, timedelta(hours=24))
    new = await _message(database, fresh.sid, timedelta(hours=1))
    unfinished = await _message(database, moving.sid, timedelta(hours=60))
    unknown = await _message(database, f"SM{uuid4().hex}", timedelta(hours=24))
    adapter = Sms(Account(SID, TOKEN, LINE, carrier.url, PUBLIC), utc_now)
    upkeep = Upkeep(database, None, None, utc_now, adapters={"sms": adapter})  # type: ignore[arg-type]
    await upkeep.erase_copies()
    assert [await _became(database, one) for one in (told, old, new, unfinished, unknown)] == [
        "erased",
        "erased",
        None,
        None,
        "gone",
    ]
    assert exchange.erased == [heard.sid, receipt.sid]
    assert "1 copies at the provider of sms are past their date" in caplog.text
    assert "words" not in caplog.text and number not in caplog.text
