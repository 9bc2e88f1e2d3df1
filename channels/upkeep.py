"""What the worker does unasked: mend lost jobs, take back abandoned conversations, tell people
honestly that nobody has come yet, and purge what is past its date."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from procrastinate import App
from procrastinate.jobs import Job

from channels.adapter import Adapter
from channels.dispatch import Dispatch
from channels.send_errors import SendError
from channels.surge import HUNTING_LINE, offer_call
from channels.tip_calls import TipCalls
from channels.webhook import Webhook
from intake.conversation import GAP, Holder, give_back
from intake.errors import ConversationNotFound
from intake.ports import Clock
from intake.speaking import Voice
from storage.database import Database
from storage.jobs import ALERT, SEND, TURN, is_waiting
from storage.retention import purge
from storage.tip_clock import purge_tips

log = logging.getLogger(__name__)

EVERY_SECONDS = 3.0
PURGE_EVERY = timedelta(hours=1)
# Whoever waits longer than this is told their place; in a surge everybody is, at once.
PLACE_AFTER = timedelta(seconds=60)
ERASE_EVERY = timedelta(minutes=1)
# Copies that could not be erased for this long are complained of.
COPIES_OVERDUE = timedelta(days=1)
_ERASED_AT_ONCE = 100
# A job should start at once; after this long without one it was lost.
LOST_AFTER = timedelta(seconds=15)
# A worker that has not given a sign for this long is dead, and its jobs are anybody's.
HEARTBEAT_SECONDS = 2.0
DEAD_AFTER_SECONDS = 8.0


@dataclass
class Running:
    """The jobs that this process has in hand now, and its name in the queue's own tables."""

    job_ids: set[int | None] = field(default_factory=set)
    worker_id: int | None = None

    @contextmanager
    def hold(self, job: Job) -> Iterator[None]:
        """While a job runs."""
        self.worker_id = job.worker_id
        self.job_ids.add(job.id)
        try:
            yield
        finally:
            self.job_ids.discard(job.id)


@dataclass
class Upkeep:
    """Runs beside the jobs in every worker; two at once do no harm."""

    database: Database
    queue: App
    voice: Voice
    now: Clock
    ready_file: Path | None = None
    running: Running = field(default_factory=Running)
    adapters: Mapping[str, Adapter] = field(default_factory=dict)
    webhook: Webhook | None = None
    dispatch: Dispatch = field(init=False)
    tip_calls: TipCalls = field(init=False)
    _purged_at: datetime | None = None
    _erased_at: datetime | None = None
    _unheld: frozenset[int | None] = frozenset()

    def __post_init__(self) -> None:
        self.dispatch = Dispatch(self.database, self.now)
        self.tip_calls = TipCalls(self.database, self.now)

    async def run(self) -> None:
        """Until cancelled. A failure is logged by its kind and tried again."""
        while True:
            for chore in (
                self.revive,
                self.let_go,
                self.mend,
                self.take_back,
                self.dispatch.run,
                self.tip_calls.run,
                self.mend_alerts,
                self.mend_webhook,
                self.tell_places,
                self.offer_calls,
                self.end_visits,
                self.forget_words,
                self.purge,
                self.erase_copies,
            ):
                try:
                    await chore()
                except Exception as error:
                    # The next round tries again; a broken database must not end the worker.
                    log.error("upkeep failed: %s", type(error).__name__)
            if self.ready_file is not None:
                await asyncio.to_thread(self.ready_file.touch)
            await asyncio.sleep(EVERY_SECONDS)

    async def revive(self) -> None:
        """Give the jobs of dead workers to the living."""
        jobs = self.queue.job_manager
        for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS):
            log.warning("a %s job of a dead worker goes on", job.task_name)
            await jobs.retry_job(job)

    async def let_go(self) -> None:
        """Queue again what the tables say this worker does and it does not.

        The queue writes the end of a job once. When the database is gone at that moment the job
        stays "doing" under a worker that lives, and its lock would hold up the conversation.
        """
        if self.running.worker_id is None:
            return
        jobs = self.queue.job_manager
        doing = await jobs.list_jobs_async(status="doing", worker_id=self.running.worker_id)
        unheld = {job.id: job for job in doing if job.id not in self.running.job_ids}
        # Twice in a row: a job may be between being fetched and being held, or ended and noted.
        for job_id in unheld.keys() & self._unheld:
            log.warning("a %s job whose end was not written down goes on", unheld[job_id].task_name)
            await jobs.retry_job(unheld[job_id])
        self._unheld = frozenset(unheld)

    async def mend(self) -> None:
        """Queue a job where a message waits and none does: the tables are the truth."""
        now = self.now()
        async with self.database.transaction() as tx:
            for conversation_id in await tx.outbox.conversations_with_pending(LOST_AFTER, now):
                if not await is_waiting(tx.session, TURN, conversation_id):
                    await tx.jobs.turn(conversation_id)
            due = await tx.outbox.conversations_with_due(now)
            lost = await tx.outbox.conversations_with_unsent(LOST_AFTER, now)
            for conversation_id in {*due, *lost}:
                if not await is_waiting(tx.session, SEND, conversation_id):
                    await tx.jobs.send(conversation_id)

    async def mend_alerts(self) -> None:
        """Queue the job of an alert that has none: it was lost with its worker."""
        async with self.database.transaction() as tx:
            for alert_id in await tx.alerts.unsent(LOST_AFTER, self.now()):
                if not await is_waiting(tx.session, ALERT, alert_id):
                    await tx.jobs.alert(alert_id)

    async def mend_webhook(self) -> None:
        """Queue the jobs of events that another system is to be told of."""
        if self.webhook is not None:
            await self.webhook.mend(self.now())

    async def tell_places(self) -> None:
        """Tell those who have waited a minute, once, how far they are from their turn."""
        async with self.database.transaction() as tx:
            untold = await tx.routing.untold_places(self.now(), PLACE_AFTER)
        for conversation_id in untold:
            await self._tell_place(conversation_id)

    async def _tell_place(self, conversation_id: UUID) -> None:
        async with self.database.transaction() as tx:
            conversation = await tx.conversations.lock(conversation_id)
            place = await tx.board.place_in_line(conversation_id)
            told = await tx.routing.told_place(conversation_id, self.now())
            if place is None or not told:
                return
            # Whoever hunts a person learns nothing, not even that others write here (R15).
            if not await tx.messages.has_outbound(conversation_id, HUNTING_LINE):
                await self.voice.say(tx, conversation, "wait.place", values={"place": str(place)})

    async def offer_calls(self) -> None:
        """In a surge ask those who wait, once, whether a call later would do."""
        async with self.database.transaction() as tx:
            waiting = await tx.call_backs.to_offer()
        for conversation_id in waiting:
            await offer_call(self.database, self.voice, conversation_id, self.now())

    async def take_back(self) -> None:
        """An advocate whose screen is gone gives the conversation back, with its tier."""
        async with self.database.transaction() as tx:
            expired = await tx.desk.expired_leases(self.now())
        for conversation_id in expired:
            await self._take_back(conversation_id)

    async def _take_back(self, conversation_id: UUID) -> None:
        async with self.database.transaction() as tx:
            conversation = await tx.conversations.lock(conversation_id)
            still = conversation.holder is Holder.ADVOCATE and await tx.desk.lease_expired(
                conversation_id, self.now()
            )
            if not still:
                return
            waiting = give_back(conversation)
            await tx.conversations.save(waiting)
            await tx.desk.wait_again(conversation_id, self.now())
            await tx.desk.audit(
                "lease_expired",
                advocate_id=conversation.advocate_id,
                conversation_id=conversation_id,
            )
            await self.voice.say(tx, waiting, "wait.later")
            await tx.jobs.route()
            await tx.signals.desk(conversation_id)

    async def end_visits(self) -> None:
        """Wipe the web visits that fell idle, and tell pages that are still open."""
        async with self.database.transaction() as tx:
            for fingerprint in await tx.mailbox.end_idle(self.now()):
                await tx.signals.visitor(fingerprint)

    async def forget_words(self) -> None:
        """Drop the ends of texts that the rules kept for what might follow at once."""
        async with self.database.transaction() as tx:
            await tx.risks.forget_words(self.now() - GAP)

    async def purge(self) -> None:
        """Remove what is past its date, once an hour; complain when something is left."""
        now = self.now()
        if self._purged_at is not None and now - self._purged_at < PURGE_EVERY:
            return
        async with self.database.transaction() as tx:
            done = await purge(tx.session, now)
            tips = await purge_tips(tx.tips, now)
        self._purged_at = now
        if tips.overdue_left:
            log.error("the purge left %d tips past their date", tips.overdue_left)
        if done.overdue_left:
            log.error("the purge left %d bodies past their date", done.overdue_left)

    async def erase_copies(self) -> None:
        """Erase the copies that providers keep, once a minute, and complain of what is left."""
        now = self.now()
        if self._erased_at is not None and now - self._erased_at < ERASE_EVERY:
            return
        self._erased_at = now
        for name, adapter in self.adapters.items():
            if adapter.copies_kept is not None:
                await self._erase_copies_of(name, adapter, adapter.copies_kept, now)

    async def _erase_copies_of(
        self, name: str, adapter: Adapter, kept: timedelta, now: datetime
    ) -> None:
        receipts = now - min(kept, adapter.receipts_kept or kept)
        async with self.database.transaction() as tx:
            due = await tx.copies.due(name, now - kept, receipts, _ERASED_AT_ONCE)
            left = await tx.copies.left(name, now - kept - COPIES_OVERDUE)
        if left:
            log.error("%d copies at the provider of %s are past their date", left, name)
        for one in due:
            try:
                became = await adapter.erase(one)
            except SendError as error:
                log.warning("a copy at the provider of %s stays for now: %s", name, error.code)
                continue
            async with self.database.transaction() as tx:
                await tx.copies.record(one.message_id, became, now)


async def tell_that_nobody_came(database: Database, voice: Voice, escalation_id: UUID) -> None:
    """Once, while the alert stays open: the phone line, and that we still try."""
    async with database.transaction() as tx:
        conversation_id = await tx.desk.conversation_of(escalation_id)
        if conversation_id is None:
            return
        try:
            conversation = await tx.conversations.lock(conversation_id)
        except ConversationNotFound:
            return
        told = await tx.desk.still_waiting(escalation_id)
        if told and conversation.holder is Holder.WAITING:
            await voice.say(tx, conversation, "wait.no_one_yet")
            await tx.signals.desk(conversation_id)
