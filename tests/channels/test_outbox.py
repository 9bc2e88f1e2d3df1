"""The outbox against a carrier that fails in every way: nothing lost, nothing doubled, in order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from channels.adapters.sms import Sms
from channels.adapters.twilio import Account
from channels.outbox import Outbox, TryAgain
from intake.messages import Delivery, Inbound
from intake.ports import Keeping
from practice.carrier import Fault
from storage.database import Database, utc_now
from tests.channels.conftest import LINE, PUBLIC, SID, TOKEN, Carrier


class Sender:
    """A conversation with something to say."""

    def __init__(self, database: Database, carrier: Carrier) -> None:
        self.database, self.carrier = database, carrier
        self.number = f"+1613555{uuid4().int % 10_000:04d}{uuid4().hex[:6]}"
        adapter = Sms(Account(SID, TOKEN, LINE, carrier.url, PUBLIC), utc_now)
        self.outbox = Outbox(database, {"sms": adapter}, utc_now, settling=timedelta(0))
        self.id: Any = None

    async def open(self) -> None:
        """Make the conversation."""
        inbound = Inbound("sms", LINE, self.number, f"SM{uuid4().hex}", "hi", utc_now())
        async with self.database.transaction() as tx:
            conversation = await tx.conversations.find_or_open(inbound)
            await tx.arrivals.keep(Keeping(conversation, inbound))
            self.id = conversation.id

    async def queue(self, *texts: str) -> None:
        """Put texts into the outbox."""
        async with self.database.transaction() as tx:
            conversation = await tx.conversations.get(self.id)
            for words in texts:
                await tx.messages.add_outbound(conversation, words, None)

    async def deliver(self, tries: int = 6) -> None:
        """Deliver as the worker would, without the pauses."""
        for _ in range(tries):
            try:
                await self.outbox.deliver(self.id)
                return
            except TryAgain:
                continue

    async def states(self) -> list[tuple[Delivery | None, str | None]]:
        """Delivery and error of each outbound message."""
        async with self.database.transaction() as tx:
            return [
                (message.delivery, message.delivery_error)
                for message in await tx.desk.thread(self.id)
                if message.delivery is not None
            ]


@pytest.fixture
async def sender(database: Database, carrier: Carrier) -> AsyncIterator[Sender]:
    """A conversation with an open outbox."""
    made = Sender(database, carrier)
    await made.open()
    yield made


async def test_texts_leave_in_order_and_once(sender: Sender) -> None:
    """Five texts, delivered by two workers at once under the queue's lock, and once more."""
    texts = [f"part {i}" for i in range(5)]
    await sender.queue(*texts)
    await sender.deliver()
    await sender.deliver()
    assert sender.carrier.sent_to(sender.number) == texts
    assert await sender.states() == [(Delivery.SENT, None)] * 5


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500, code=20500, take=True),
        Fault(status=503, code=20503, take=True),
        Fault(status=500, code=20500, take=False),
        Fault(status=429, code=20429, take=False),
        Fault(status=429, code=20429, take=False, times=3),
    ],
)
async def test_a_failing_carrier_gets_each_text_exactly_once(sender: Sender, fault: Fault) -> None:
    """Taken or not, answered or not: looked up before any second try, order kept."""
    sender.carrier.exchange.faults.append(fault)
    await sender.queue("first", "second")
    await sender.deliver(10)
    assert sender.carrier.sent_to(sender.number) == ["first", "second"]
    assert [state for state, _ in await sender.states()] == [Delivery.SENT] * 2


async def test_a_look_up_that_fails_sends_nothing(sender: Sender) -> None:
    """Sending twice is worse than sending late."""
    faults = [Fault(status=500, take=True), Fault(status=503, times=3)]
    sender.carrier.exchange.faults.extend(faults)
    await sender.queue("only once")
    await sender.deliver(3)
    assert sender.carrier.sent_to(sender.number) == ["only once"]
    assert (await sender.states())[0][0] is Delivery.SENDING
    await sender.deliver(5)
    assert sender.carrier.sent_to(sender.number) == ["only once"]
    assert (await sender.states())[0][0] is Delivery.SENT


async def test_equal_texts_are_not_mistaken_for_each_other(sender: Sender) -> None:
    """The same words twice on purpose, the second in doubt."""
    await sender.queue("ok")
    await sender.deliver()
    sender.carrier.exchange.faults.append(Fault(status=500, take=False))
    await sender.queue("ok")
    await sender.deliver()
    assert sender.carrier.sent_to(sender.number) == ["ok", "ok"]


async def test_a_worker_killed_between_asking_and_writing_down(sender: Sender) -> None:
    """The next worker finds the attempt, looks it up, and does not repeat it."""
    await sender.queue("hello")
    adapter = sender.outbox.adapters["sms"]

    async def killed(*_: object) -> None:
        raise asyncio.CancelledError

    sent = sender.outbox._sent
    object.__setattr__(sender.outbox, "_sent", killed)
    with pytest.raises(asyncio.CancelledError):
        await sender.outbox.deliver(sender.id)
    object.__setattr__(sender.outbox, "_sent", sent)
    assert (await sender.states())[0][0] is Delivery.SENDING
    other = replace(sender.outbox, adapters={"sms": adapter})
    await other.deliver(sender.id)
    assert sender.carrier.sent_to(sender.number) == ["hello"]
    assert (await sender.states())[0][0] is Delivery.SENT


async def test_a_request_on_its_way_is_given_time(sender: Sender) -> None:
    """A fresh attempt in doubt is not looked up at once: it may still arrive."""
    slow = replace(sender.outbox, settling=timedelta(seconds=30))
    sender.carrier.exchange.faults.append(Fault(status=500, take=True))
    await sender.queue("hello")
    for _ in range(2):
        with pytest.raises(TryAgain) as raised:
            await slow.deliver(sender.id)
        assert 20 < raised.value.seconds <= 30


async def test_an_opt_out_at_the_carrier_blocks_the_rest(sender: Sender) -> None:
    """Error 21610: marked, the desk sees why, nothing more is tried."""
    sender.carrier.exchange.opted_out.add((LINE, sender.number))
    await sender.queue("one", "two")
    await sender.deliver()
    assert await sender.states() == [(Delivery.BLOCKED, "opted_out")] * 2
    async with sender.database.transaction() as tx:
        assert (await tx.conversations.get(sender.id)).opted_out


async def test_a_refusal_ends_that_text_and_not_the_next(
    sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    """The code is kept for the desk; neither words nor number are in the log."""
    sender.carrier.exchange.faults.append(Fault(status=400, code=21614))
    await sender.queue("my secret words", "second")
    with caplog.at_level(logging.DEBUG):
        await sender.deliver()
    assert await sender.states() == [(Delivery.FAILED, "21614"), (Delivery.SENT, None)]
    assert "secret words" not in caplog.text
    assert sender.number not in caplog.text


async def test_a_carrier_that_is_gone(sender: Sender) -> None:
    """Connection refused: certainly not taken, tried again later, the desk sees it waiting."""
    gone = Sms(Account(SID, TOKEN, LINE, "http://127.0.0.1:9", PUBLIC), utc_now)
    outbox = replace(sender.outbox, adapters={"sms": gone})
    await sender.queue("hello")
    with pytest.raises(TryAgain):
        await outbox.deliver(sender.id)
    assert await sender.states() == [(Delivery.QUEUED, "no_connection")]
    await sender.deliver()
    assert sender.carrier.sent_to(sender.number) == ["hello"]


async def test_a_channel_that_is_off_fails_plainly(sender: Sender) -> None:
    """No credentials any more: the desk sees it, the job ends."""
    await sender.queue("hello")
    await replace(sender.outbox, adapters={}).deliver(sender.id)
    assert await sender.states() == [(Delivery.FAILED, "channel_off")]
