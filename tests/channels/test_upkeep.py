"""What the worker mends unasked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from procrastinate import App
from procrastinate.jobs import Job

from channels.upkeep import Running, Upkeep
from storage.database import Database, utc_now
from storage.jobs import make_app


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
