"""Sends what waits in a conversation's outbox, in order, never twice, and only when it may.

An attempt is written down before the provider is asked. When its end is not known (a crash, a
timeout, a server error) the message is in doubt: it is looked up at the provider before anything
is sent again. Sending twice is worse than sending late.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from channels.adapter import Adapter
from channels.send_errors import CannotTell, OptedOut, SendError, Temporary, Unknown, WindowClosed
from intake.contact import Outgoing, Passage, Verdict, verdict
from intake.messages import Delivery
from intake.ports import Clock
from storage.database import Database, Transaction
from storage.outbox import Letter

log = logging.getLogger(__name__)

# A request of a killed worker may still be on its way: look it up only after this.
SETTLING = timedelta(seconds=12)
# After this long without success the desk is told that the message did not go out.
GIVE_UP = timedelta(hours=2)
_WAITS = (1, 2, 5, 10, 20, 30, 60)


class TryAgain(Exception):
    """The outbox is not empty and the provider needs time; seconds until the next try."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the outbox is tried again in {seconds:.0f} s")
        self.seconds = seconds


@dataclass(frozen=True)
class Outbox:
    """Sends for every channel that is on."""

    database: Database
    adapters: Mapping[str, Adapter]
    now: Clock
    settling: timedelta = SETTLING

    async def deliver(self, conversation_id: UUID) -> None:
        """Send until nothing is left that may leave now. Raises TryAgain."""
        async with self.database.transaction() as tx:
            await tx.outbox.reconsider(conversation_id)
        while (letter := await self._next(conversation_id)) is not None:
            adapter = self.adapters.get(letter.channel)
            if adapter is None:
                await self._end(conversation_id, letter, Delivery.FAILED, "channel_off")
            elif letter.in_doubt:
                await self._look_up(conversation_id, letter, adapter)
            else:
                await self._send(conversation_id, letter, adapter)

    async def _next(self, conversation_id: UUID) -> Letter | None:
        async with self.database.transaction() as tx:
            letter = await tx.outbox.next_letter(conversation_id)
            if letter is None or letter.in_doubt or letter.channel not in self.adapters:
                return letter
            now = self.now()
            may = await self._may_leave(tx, conversation_id, letter, now)
            if may.passage is Passage.LEAVE:
                await tx.outbox.begin(letter.message_id, now)
                return letter
            if may.passage is Passage.WAIT:
                await tx.outbox.hold(letter.message_id, may.why, may.until)
            else:
                await tx.outbox.failed(letter.message_id, Delivery.BLOCKED, may.why)
            await tx.signals.desk(conversation_id)
        return await self._next(conversation_id)

    async def _may_leave(
        self, tx: Transaction, conversation_id: UUID, letter: Letter, now: datetime
    ) -> Verdict:
        """Every line is asked here, just before it leaves (intake/contact.py)."""
        return verdict(
            Outgoing(letter.author, letter.key, letter.created_at, letter.confirmed),
            await tx.conversations.get(conversation_id),
            await tx.contacts.preference(conversation_id),
            now,
            rings=self.adapters[letter.channel].rings,
        )

    async def _send(self, conversation_id: UUID, letter: Letter, adapter: Adapter) -> None:
        try:
            provider_id = await adapter.send(letter)
        except Temporary as error:
            await self._later(conversation_id, letter, error)
        except Unknown as error:
            log.warning("a send on %s is in doubt: %s", letter.channel, error.code)
            raise TryAgain(self.settling.total_seconds()) from None
        except SendError as error:
            await self._refused(conversation_id, letter, error)
        else:
            await self._sent(conversation_id, letter, provider_id)

    async def _look_up(self, conversation_id: UUID, letter: Letter, adapter: Adapter) -> None:
        began = letter.first_attempt_at or letter.created_at
        since = self.now() - (letter.last_attempt_at or began)
        if since < self.settling:
            raise TryAgain((self.settling - since).total_seconds())
        async with self.database.transaction() as tx:
            known = await tx.outbox.known_provider_ids(conversation_id)
        try:
            provider_id = await adapter.find_sent(letter, known)
        except CannotTell as error:
            # Waiting would change nothing, and would hold up what comes after it.
            await self._end(conversation_id, letter, Delivery.FAILED, error.code)
            return
        except SendError as error:
            if self.now() - began > GIVE_UP:
                await self._end(conversation_id, letter, Delivery.FAILED, "unknown")
                return
            log.warning("a send on %s cannot be looked up: %s", letter.channel, error.code)
            raise TryAgain(_wait(letter.attempts)) from None
        if provider_id is not None:
            await self._sent(conversation_id, letter, provider_id)
            return
        async with self.database.transaction() as tx:
            await tx.outbox.back_to_queue(letter.message_id, "not_taken")

    async def _later(self, conversation_id: UUID, letter: Letter, error: SendError) -> None:
        began = letter.first_attempt_at or self.now()
        if self.now() - began > GIVE_UP:
            await self._end(conversation_id, letter, Delivery.FAILED, error.code)
            return
        async with self.database.transaction() as tx:
            await tx.outbox.back_to_queue(letter.message_id, error.code)
            await tx.signals.desk(conversation_id)
        raise TryAgain(_wait(letter.attempts))

    async def _refused(self, conversation_id: UUID, letter: Letter, error: SendError) -> None:
        log.warning("a send on %s was refused: %s", letter.channel, error.code)
        if isinstance(error, OptedOut):
            async with self.database.transaction() as tx:
                await tx.conversations.opt_out(conversation_id, self.now())
            await self._end(conversation_id, letter, Delivery.BLOCKED, "opted_out")
            return
        if isinstance(error, WindowClosed):
            await self._end(conversation_id, letter, Delivery.BLOCKED, error.code)
            return
        await self._end(conversation_id, letter, Delivery.FAILED, error.code)

    async def _sent(self, conversation_id: UUID, letter: Letter, provider_id: str) -> None:
        async with self.database.transaction() as tx:
            await tx.outbox.sent(letter.message_id, provider_id)
            await tx.signals.desk(conversation_id)

    async def _end(
        self, conversation_id: UUID, letter: Letter, delivery: Delivery, code: str
    ) -> None:
        async with self.database.transaction() as tx:
            await tx.outbox.failed(letter.message_id, delivery, code)
            await tx.signals.desk(conversation_id)


def _wait(attempts: int) -> float:
    """Seconds until the next try: soon at first, then once a minute."""
    return float(_WAITS[min(attempts, len(_WAITS) - 1)])
