"""The worker: turns of dialogue, sending, honest waiting lines, upkeep.

Started by `python -m channels.worker`. Jobs hold an id only; what is to be done stands in the
tables. A worker may be killed at any point: its jobs go to another within seconds (upkeep.py).
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from procrastinate import App, JobContext, RetryDecision
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy

from channels.alarm import Alarm, build_alarm
from channels.engine import RasaEngine
from channels.logs import configure
from channels.outbox import Outbox, TryAgain
from channels.registry import Registry
from channels.settings import WorkerSettings, explain
from channels.signing import secrets_in
from channels.upkeep import (
    DEAD_AFTER_SECONDS,
    HEARTBEAT_SECONDS,
    Upkeep,
    tell_that_nobody_came,
)
from channels.webhook import Webhook
from intake.errors import ConversationNotFound
from intake.speaking import Voice
from intake.turn import Line, give_up_on_turn, take_turn
from locales.catalogue import Catalogue
from storage.database import Database, utc_now
from storage.jobs import ALERT, CHECK_WAITING, ROUTE, SEND, TURN, WEBHOOK, make_app
from storage.keys import BadKeyFile, load

log = logging.getLogger(__name__)

CONCURRENCY = 16
NICENESS = 5
# Jobs announce themselves, but the connection that listens does not come back when the database
# was away: then this is how long a person waits for each step.
POLLING_SECONDS = 0.5
# The first try of a turn that breaks is repeated once; then a human answers instead.
TURN_TRIES = 2
_SEND_TRIES_OF_BUGS = 20


class Again(BaseRetryStrategy):
    """When a job is tried again: as the outbox says, else soon and then less often."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Never None for what the outbox wants tried again."""
        if isinstance(exception, TryAgain):
            return RetryDecision(retry_in={"seconds": max(1, round(exception.seconds))})
        if job.attempts >= _SEND_TRIES_OF_BUGS:
            return None
        return RetryDecision(retry_in={"seconds": min(60, 2**job.attempts)})


@dataclass(frozen=True)
class Worker:
    """Everything that the jobs need."""

    database: Database
    queue: App
    engine: RasaEngine
    outbox: Outbox
    line: Line
    upkeep: Upkeep
    alarm: Alarm
    webhook: Webhook

    @classmethod
    def build(cls, settings: WorkerSettings) -> Worker:
        """Wire the worker. Raises BadKeyFile."""
        database = Database(
            settings.database_url,
            load(settings.hotline_key_file),
            pool_size=CONCURRENCY,
            waiting_seconds=settings.waiting_seconds,
            lazy=True,
        )
        queue = make_app(settings.database_url)
        sentences = Catalogue.load(unreviewed=settings.unreviewed_sentences)
        voice = Voice(sentences, settings.line_phone, settings.inbox_languages)
        engine = RasaEngine(settings.engine_url, settings.engine_token.get_secret_value())
        adapters = Registry.build(settings, database).on
        secret = settings.webhook_secret
        webhook = Webhook(
            database,
            settings.webhook_url,
            secrets_in(secret.get_secret_value()) if secret else (),
            utc_now,
        )
        worker = cls(
            database=database,
            queue=queue,
            engine=engine,
            outbox=Outbox(database, adapters, utc_now),
            line=Line(database.transaction, engine, voice, utc_now),
            upkeep=Upkeep(
                database,
                queue,
                voice,
                utc_now,
                settings.worker_ready_file,
                adapters=adapters,
                webhook=webhook,
            ),
            alarm=build_alarm(settings, database, adapters.get("sms")),
            webhook=webhook,
        )
        worker._register()
        return worker

    def _register(self) -> None:
        again = Again()
        hold = self.upkeep.running.hold

        @self.queue.task(name=TURN, pass_context=True, retry=again)
        async def turn(context: JobContext, conversation_id: str) -> None:
            with hold(context.job):
                await self.turn(UUID(conversation_id), context.job.attempts)

        @self.queue.task(name=SEND, pass_context=True, retry=again)
        async def send(context: JobContext, conversation_id: str) -> None:
            with hold(context.job):
                await self.outbox.deliver(UUID(conversation_id))

        @self.queue.task(name=CHECK_WAITING, pass_context=True, retry=again)
        async def check_waiting(context: JobContext, escalation_id: str) -> None:
            with hold(context.job):
                await tell_that_nobody_came(self.database, self.line.voice, UUID(escalation_id))

        @self.queue.task(name=ROUTE, pass_context=True, retry=again)
        async def route(context: JobContext) -> None:
            with hold(context.job):
                await self.upkeep.dispatch.run()

        @self.queue.task(name=ALERT, pass_context=True, retry=again)
        async def alert(context: JobContext, alert_id: str) -> None:
            with hold(context.job):
                await self.alarm.sound(UUID(alert_id))

        @self.queue.task(name=WEBHOOK, pass_context=True, retry=again)
        async def webhook(context: JobContext, conversation_id: str) -> None:
            with hold(context.job):
                await self.webhook.deliver(UUID(conversation_id))

    async def turn(self, conversation_id: UUID, attempts: int) -> None:
        """Take a turn; when that breaks again, a human answers instead."""
        try:
            await take_turn(conversation_id, self.line)
        except ConversationNotFound:
            return
        except Exception as error:
            if attempts + 1 < TURN_TRIES:
                raise
            log.error("a turn failed for good (%s); a human is fetched", type(error).__name__)
            await give_up_on_turn(conversation_id, self.line)

    async def run(self) -> None:
        """Work until SIGTERM or SIGINT."""
        async with self.queue.open_async():
            await self.webhook.begin()
            upkeep = asyncio.create_task(self.upkeep.run())
            await self.queue.run_worker_async(
                concurrency=CONCURRENCY,
                delete_jobs="successful",
                fetch_job_polling_interval=POLLING_SECONDS,
                shutdown_graceful_timeout=5,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=DEAD_AFTER_SECONDS,
            )
            upkeep.cancel()
            with suppress(asyncio.CancelledError):
                await upkeep
        await self.engine.close()
        for adapter in self.upkeep.adapters.values():
            await adapter.close()
        await self.database.close()


def main() -> int:
    """Run until stopped; one sentence when a setting is missing."""
    try:
        settings = WorkerSettings()  # type: ignore[call-arg]  # from the environment
        configure(settings.log_level)
        worker = Worker.build(settings)
    except (ValueError, BadKeyFile) as error:
        print(f"the worker does not start: {explain(error)}", file=sys.stderr)
        return 2
    # Taking a text in must never wait for answering another one.
    os.nice(NICENESS)
    asyncio.run(worker.run())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
