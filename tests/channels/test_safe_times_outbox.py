"""The outbox keeps to what the person said: held over restarts, and let go when the time comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from channels.outbox import Outbox
from channels.upkeep import Upkeep
from intake.contact import Preference, Texting, Window
from intake.conversation import Safety
from intake.messages import Delivery
from storage.database import Database, utc_now
from storage.jobs import SEND, is_waiting, make_app
from storage.tables import AdvocateRow
from tests.channels.conftest import Carrier
from tests.channels.test_outbox import Sender

NOON = datetime.fromisoformat("2031-03-03T12:00:00-05:00")
EVENING = NOON + timedelta(hours=7, minutes=30)
EVENINGS = Preference(Texting.WINDOWS, (Window(19 * 60, 21 * 60),))


class Kept(Sender):
    """A person who said when they may be texted, at a moment that the test chooses."""

    def at(self, moment: datetime) -> None:
        """Another worker, at another time."""
        self.outbox = Outbox(self.database, self.outbox.adapters, lambda: moment, timedelta(0))

    async def keep(self, preference: Preference, heard: datetime, safety: Safety) -> None:
        """What the person said, when they last wrote, and how the check stands."""
        async with self.database.transaction() as tx:
            await tx.contacts.set_preference(self.id, preference, by_advocate=False)
            conversation = await tx.conversations.lock(self.id)
            await tx.conversations.save(replace(conversation, safety=safety, last_inbound_at=heard))

    async def write(self, words: str, at: datetime, *, confirmed: bool = False) -> None:
        """An advocate writes."""
        async with self.database.transaction() as tx:
            advocate = AdvocateRow(name=f"shift {uuid4()}", password_hash="-", role="advocate")
            tx.session.add(advocate)
            await tx.session.flush()
            conversation = await tx.conversations.get(self.id)
            message_id = await tx.messages.add_outgoing(
                conversation, words, key=None, advocate_id=advocate.id, confirmed=confirmed
            )
            await self._written_at(tx, message_id, at)

    async def say(self, words: str, key: str | None, at: datetime) -> None:
        """The bot says a line."""
        async with self.database.transaction() as tx:
            conversation = await tx.conversations.get(self.id)
            message_id = await tx.messages.add_outbound(conversation, words, key)
            await self._written_at(tx, message_id, at)

    async def _written_at(self, tx: Any, message_id: UUID, at: datetime) -> None:
        await tx.session.execute(
            text("UPDATE message SET created_at = :at WHERE id = :id"),
            {"at": at, "id": message_id},
        )

    async def due(self, moment: datetime) -> bool:
        """Whether the upkeep of a fresh worker queues a job to send, at a moment."""
        queue = make_app(self.database.url)
        async with queue.open_async(), self.database.transaction() as tx:
            await tx.session.execute(
                text("DELETE FROM procrastinate_jobs WHERE lock = :lock"),
                {"lock": f"send:{self.id}"},
            )
        await Upkeep(self.database, queue, None, lambda: moment).mend()  # type: ignore[arg-type]
        async with self.database.transaction() as tx:
            return await is_waiting(tx.session, SEND, self.id)


@pytest.fixture
async def kept(database: Database, carrier: Carrier) -> AsyncIterator[Kept]:
    """A person with an open outbox."""
    made = Kept(database, carrier)
    await made.open()
    yield made


async def test_words_wait_for_the_safe_time_over_a_restart(kept: Kept) -> None:
    """Held with its time; another worker lets it go then and not before; automatic lines go."""
    await kept.keep(EVENINGS, NOON - timedelta(hours=3), Safety.OK)
    await kept.say("A person has joined.", "advocate.joined", NOON)
    await kept.write("good news", NOON)
    await kept.write("and more", NOON)
    kept.at(NOON)
    await kept.deliver()
    assert kept.carrier.sent_to(kept.number) == []
    why = "outside_safe_times"
    assert await kept.states() == [(Delivery.BLOCKED, why), *[(Delivery.HELD, why)] * 2]
    async with kept.database.transaction() as tx:
        (_, held, _) = await tx.desk.deliveries(kept.id)
    assert held.hold_until == NOON + timedelta(hours=7)
    assert not await kept.due(NOON + timedelta(hours=6, minutes=59))
    assert await kept.due(EVENING)
    kept.at(EVENING)
    await kept.deliver()
    assert kept.carrier.sent_to(kept.number) == ["good news", "and more"]


async def test_an_answer_goes_at_once_and_does_not_take_old_words_along(kept: Kept) -> None:
    """They have the phone in hand; but what was held waits until they pass the check."""
    await kept.keep(EVENINGS, NOON - timedelta(hours=3), Safety.OK)
    await kept.write("from before", NOON - timedelta(hours=2))
    kept.at(NOON)
    await kept.deliver()
    await kept.keep(EVENINGS, NOON, Safety.ASKED)
    await kept.say("Is it OK to text now?", "open.again", NOON)
    await kept.deliver()
    assert kept.carrier.sent_to(kept.number) == ["Is it OK to text now?"]
    await kept.keep(EVENINGS, NOON, Safety.OK)
    await kept.say("OK.", "utter_menu", NOON)
    await kept.deliver()
    assert kept.carrier.sent_to(kept.number)[1:] == ["from before", "OK."]


async def test_not_safe_holds_words_and_drops_lines(kept: Kept) -> None:
    """Also those that were on their way when the person said so; neutral lines go."""
    await kept.keep(Preference(), NOON, Safety.NOT_SAFE)
    await kept.say("OK. Thanks.", "safety.not_now", NOON)
    await kept.say("What would help?", "utter_menu", NOON)
    await kept.write("are you there", NOON)
    await kept.write("sent with a reason", NOON, confirmed=True)
    kept.at(NOON)
    await kept.deliver()
    assert kept.carrier.sent_to(kept.number) == ["OK. Thanks.", "sent with a reason"]
    assert await kept.states() == [
        (Delivery.SENT, None),
        (Delivery.BLOCKED, "not_safe"),
        (Delivery.HELD, "not_safe"),
        (Delivery.SENT, None),
    ]
    assert not await kept.due(NOON + timedelta(days=30))


async def test_stop_ends_what_was_held(kept: Kept) -> None:
    """STOP is stronger than a safe time that comes."""
    await kept.keep(EVENINGS, NOON - timedelta(hours=3), Safety.OK)
    await kept.write("good news", NOON)
    kept.at(NOON)
    await kept.deliver()
    async with kept.database.transaction() as tx:
        await tx.conversations.opt_out(kept.id, utc_now())
    kept.at(EVENING)
    await kept.deliver()
    assert kept.carrier.sent_to(kept.number) == []
    assert await kept.states() == [(Delivery.BLOCKED, "opted_out")]


async def test_a_preference_outlives_the_conversation_and_then_goes(kept: Kept) -> None:
    """It hangs on the address; after 90 days without a text it is gone."""
    from storage.retention import purge

    await kept.keep(EVENINGS, utc_now(), Safety.OK)
    async with kept.database.transaction() as tx:
        await purge(tx.session, utc_now() + timedelta(days=89))
        assert await tx.contacts.preference(kept.id) == EVENINGS
        await purge(tx.session, utc_now() + timedelta(days=91))
        assert await tx.contacts.preference(kept.id) == Preference()
        await tx.session.rollback()
