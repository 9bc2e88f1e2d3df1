"""Offers with a lease, widening and calls on the real hall; nobody is lost whatever is killed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from channels.dispatch import Dispatch
from channels.upkeep import Upkeep, tell_that_nobody_came
from intake.messages import Inbound
from intake.receive import receive
from intake.risk import Tier
from intake.routing import Offer
from storage.crypto import Keyring
from storage.database import Database
from tests.conftest import fresh_database

EMPTY = "TRUNCATE advocate, conversation, procrastinate_jobs CASCADE"


@dataclass
class Night:
    """A line with its advocates, and a clock that a test moves."""

    database: Database
    voice: Any
    time: datetime

    def __post_init__(self) -> None:
        self.dispatch = Dispatch(self.database, lambda: self.time)

    async def advocate(self, name: str, *languages: str, role: str = "advocate") -> UUID:
        """An account without a screen."""
        async with self.database.transaction() as tx:
            made = await tx.accounts.add_advocate(name, "-", role, languages or ("en",))
        assert made is not None
        return made

    async def at_desk(self, *advocates: UUID) -> None:
        """These screens give a sign of life."""
        async with self.database.transaction() as tx:
            for one in advocates:
                await tx.routing.seen(one, self.time)

    async def text(self, words: str) -> UUID:
        """Somebody writes; returns the conversation."""
        inbound = Inbound(
            "sms", "+16135550100", f"+1613555{uuid4()}", f"SM{uuid4().hex}", words, self.time
        )
        await receive(
            inbound, transaction=self.database.transaction, voice=self.voice, now=lambda: self.time
        )
        async with self.database.transaction() as tx:
            return (await tx.conversations.find_or_open(inbound)).id

    async def round(self, seconds: float = 0, *present: UUID) -> None:
        """Time passes, screens live on, a worker looks."""
        self.time += timedelta(seconds=seconds)
        await self.at_desk(*present)
        await self.dispatch.run()

    async def entry(self, conversation_id: UUID) -> Any:
        """What the board says."""
        async with self.database.transaction() as tx:
            return await tx.board.entry(conversation_id)

    async def rows(self, sql: str, **values: Any) -> list[Any]:
        """A look at the hall."""
        async with self.database.transaction() as tx:
            return [tuple(row) for row in await tx.session.execute(text(sql), values)]

    async def alerts(self) -> list[tuple[str, str, str]]:
        """(kind, channel, state) of every alert, in order."""
        return await self.rows(
            "SELECT kind, channel, state FROM alert ORDER BY created_at, channel"
        )


@pytest.fixture(scope="session")
def dispatch_url(postgres: str) -> str:
    """A database of its own: routing looks at everybody who waits."""
    return fresh_database(postgres, "dispatch")


@pytest.fixture
async def night(dispatch_url: str, keyring: Keyring, voice: Any) -> AsyncIterator[Night]:
    """Nobody waits and nobody is there."""
    database = Database(dispatch_url, keyring)
    async with database.transaction() as tx:
        await tx.session.execute(text(EMPTY))
    yield Night(database, voice, datetime.now(UTC))
    await database.close()


DANGER, ASKS = "he has a gun and hes coming", "can i talk to a person"


async def test_an_offer_goes_from_one_to_the_next_and_is_told(night: Night) -> None:
    """Not taken in time: the next; who passes on: the next at once; claimed: nothing is left."""
    river, ash = await night.advocate("River"), await night.advocate("Ash", "en", "fr")
    conversation_id = await night.text("il a un fusil et il arrive, aidez moi")
    await night.round(0, river, ash)
    entry = await night.entry(conversation_id)
    first = entry.offered_to
    assert entry.offered_until == night.time + timedelta(seconds=20)
    await night.round(19, river, ash)
    assert (await night.entry(conversation_id)).offered_to == first
    await night.round(1, river, ash)
    second = (await night.entry(conversation_id)).offered_to
    assert {first, second} == {river, ash}
    async with night.database.transaction() as tx:
        assert await tx.routing.decline(conversation_id, second, night.time) is not None
        assert await tx.routing.decline(conversation_id, second, night.time) is None
    # An offer never keeps another from claiming.
    async with night.database.transaction() as tx:
        assert await tx.desk.claim(conversation_id, first, night.time, night.time)
    await night.round(1, river, ash)
    assert (await night.entry(conversation_id)).offered_to is None
    outcomes = await night.rows("SELECT outcome FROM offer ORDER BY offered_at")
    assert outcomes == [("expired",), ("declined",)]


async def test_who_claims_what_is_offered_has_taken_it(night: Night) -> None:
    """And what another had before them is withdrawn from that one."""
    river, ash = await night.advocate("River"), await night.advocate("Ash")
    mine, theirs = await night.text(DANGER), await night.text(DANGER)
    await night.round(0, river, ash)
    offered = {one: (await night.entry(one)).offered_to for one in (mine, theirs)}
    assert sorted(offered.values()) == sorted([river, ash])
    async with night.database.transaction() as tx:
        for one in (mine, theirs):
            await tx.desk.claim(one, offered[mine], night.time, night.time)
    await night.round(1, river, ash)
    assert sorted(await night.rows("SELECT outcome FROM offer")) == [("taken",), ("withdrawn",)]


async def test_the_most_urgent_goes_first(night: Night) -> None:
    """One advocate, three who wait: danger interrupts, the rest wait their turn."""
    river = await night.advocate("River")
    calm = await night.text(ASKS)
    await night.round(1, river)
    assert (await night.entry(calm)).offered_to == river
    later = await night.text(ASKS)
    danger = await night.text(DANGER)
    await night.round(1, river)
    assert (await night.entry(danger)).offered_to == river
    assert (await night.entry(later)).offered_to is None
    assert (await night.entry(later)).paged_at is None, "one who is deciding is not nobody"


async def test_nobody_there_wakes_the_shift_then_the_lead_again_and_again(night: Night) -> None:
    """By every way they have; who has none is put down as not reached."""
    shift, lead = await night.advocate("River"), await night.advocate("Ash")
    async with night.database.transaction() as tx:
        for one, call in ((shift, False), (lead, True)):
            await tx.routing.add_shift(
                one, night.time, night.time + timedelta(hours=8), on_call=call
            )
        await tx.alerts.set_addresses(shift, phone="+16135550147", email="river@example.org")
    conversation_id = await night.text(DANGER)
    await night.round()
    assert await night.alerts() == [("shift", "email", "queued"), ("shift", "sms", "queued")]
    jobs = await night.rows("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'alert'")
    assert jobs == [(2,)]
    await night.round(39)
    assert len(await night.alerts()) == 2
    await night.round(1)
    assert (await night.alerts())[2:] == [("lead", "none", "failed")]
    await night.round(59)
    assert len(await night.alerts()) == 3
    await night.round(1)
    assert len(await night.alerts()) == 6
    entry = await night.entry(conversation_id)
    assert (entry.paged_at, entry.lead_paged_at) == (night.time, night.time)
    async with night.database.transaction() as tx:
        found = await tx.alerts.unanswered()
        assert len(found) == 6 and found[0].conversation_id == conversation_id
        assert await tx.alerts.acknowledge(shift, night.time) == 4
        assert {one.advocate for one in await tx.alerts.unanswered()} == {"Ash"}


async def test_a_shift_that_is_planned_elsewhere_is_not_woken(night: Night) -> None:
    """Neither who worked yesterday nor who is in their quiet hours, unless there is danger."""
    past, quiet, boss = (
        await night.advocate("River"),
        await night.advocate("Ash"),
        await night.advocate("Lark", role="supervisor"),
    )
    hour = timedelta(hours=1)
    async with night.database.transaction() as tx:
        await tx.routing.add_shift(past, night.time - 2 * hour, night.time - hour, on_call=False)
        await tx.routing.add_shift(quiet, night.time - hour, night.time + hour, on_call=False)
        await tx.routing.set_duty(
            quiet,
            {
                "timezone": "UTC",
                "quiet_from": (night.time - hour).time(),
                "quiet_until": (night.time + hour).time(),
            },
        )
        for one in (past, quiet, boss):
            await tx.alerts.set_addresses(one, phone="+16135550147")
    who = "SELECT kind, name FROM alert JOIN advocate ON advocate.id = advocate_id ORDER BY name"
    await night.text(ASKS)
    await night.round()
    assert await night.rows(who) == [("lead", "Lark")]
    await night.text(DANGER)
    await night.round()
    assert await night.rows(who) == [("shift", "Ash"), ("lead", "Lark")]


async def test_a_screen_without_a_sign_of_life_is_offered_nothing(night: Night) -> None:
    """A closed laptop, a break and a sign-out are alike; a screen that comes back is asked."""
    river = await night.advocate("River")
    conversation_id = await night.text(DANGER)
    await night.at_desk(river)
    night.time += timedelta(seconds=46)
    await night.round()
    assert (await night.entry(conversation_id)).offered_to is None
    async with night.database.transaction() as tx:
        await tx.routing.set_duty(river, {"presence": "on_break"})
    await night.round(1, river)
    assert (await night.entry(conversation_id)).offered_to is None
    async with night.database.transaction() as tx:
        await tx.routing.set_duty(river, {"presence": "on_duty"})
    await night.round(1, river)
    assert (await night.entry(conversation_id)).offered_to == river
    async with night.database.transaction() as tx:
        await tx.routing.leave(river, night.time)
    assert (await night.entry(conversation_id)).offered_to is None


async def test_what_the_chosen_lacks_stands_on_the_entry(night: Night) -> None:
    """Language, training, load; in the words of the rules."""
    river = await night.advocate("River")
    conversation_id = await night.text("je suis crie et j'ai 15 ans, il a mon passeport")
    await night.round(0, river)
    entry = await night.entry(conversation_id)
    assert set(entry.needs) >= {"indigenous_cultural_safety"}
    assert "competency" in entry.widened


async def test_two_workers_and_one_that_dies_offer_once(night: Night) -> None:
    """Rounds at the same time take turns; one that is cut off leaves nothing behind."""
    people = [await night.advocate(f"River {number}") for number in range(4)]
    await night.at_desk(*people)
    waiting = [await night.text(DANGER) for _ in range(4)]

    async def dies() -> None:
        async with night.database.transaction() as tx:
            await tx.routing.alone()
            one, *_ = await tx.routing.waiting()
            await tx.routing.offer(one, Offer(people[0], ()), night.time, night.time)
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        await dies()
    await asyncio.gather(*(night.dispatch.run() for _ in range(3)))
    offers = await night.rows("SELECT escalation_id, advocate_id FROM offer WHERE ended_at IS NULL")
    assert len({one for one, _ in offers}) == len({one for _, one in offers}) == len(offers) == 4
    assert len(waiting) == 4


async def test_beginning_to_wait_queues_a_round_at_once(night: Night) -> None:
    """In the transaction of the text, once, however many texts come."""
    for _ in range(3):
        await night.text(DANGER)
    jobs = await night.rows("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'route'")
    assert jobs == [(1,)]


async def test_places_are_told_once_and_at_once_in_a_surge(night: Night) -> None:
    """After a minute, else at once; never to whoever hunts somebody or cannot text."""
    upkeep = Upkeep(night.database, None, night.voice, lambda: night.time)  # type: ignore[arg-type]
    first, second = await night.text(ASKS), await night.text(DANGER)
    hunter = await night.text("is maria there? where is the shelter")
    watched = await night.text("he checks my phone")

    async def told() -> dict[UUID, list[str]]:
        found: dict[UUID, list[str]] = {}
        async with night.database.transaction() as tx:
            for one in (first, second, hunter, watched):
                lines = await tx.desk.thread(one)
                found[one] = [m.text or "" for m in lines if m.key == "wait.place"]
        return found

    await upkeep.tell_places()
    assert not any((await told()).values())
    night.time += timedelta(seconds=60)
    for _ in range(2):
        await upkeep.tell_places()
    said = await told()
    assert [len(said[one]) for one in (first, second, hunter, watched)] == [1, 1, 0, 0]
    assert said[second][0].startswith("You are number 1 in line.")
    lark = await night.advocate("Lark", role="supervisor")
    async with night.database.transaction() as tx:
        await tx.switches.turn_on(
            "surge", lark, night.time, channel=None, language=None, hours=None, timezone="UTC"
        )
    late = await night.text(ASKS)
    await upkeep.tell_places()
    async with night.database.transaction() as tx:
        keys = [message.key for message in await tx.desk.thread(late)]
    assert keys[-1] == "wait.place"


async def test_a_text_and_the_workers_chores_never_wait_for_each_other(night: Night) -> None:
    """The conversation is locked before its escalation, and routing does not wait for it at all."""
    conversation_id = await night.text("my boss took my passport")
    async with night.database.transaction() as tx:
        (waiting,) = await tx.routing.waiting()
    chore = None
    async with night.database.transaction() as text_in:
        await text_in.conversations.lock(conversation_id)
        async with night.database.transaction() as routing:
            await routing.session.execute(text("SET LOCAL lock_timeout = '2s'"))
            for lead in (False, True):
                await routing.routing.called(
                    waiting.escalation_id, night.time, lead=lead, anew=True
                )
        chore = asyncio.create_task(
            tell_that_nobody_came(night.database, night.voice, waiting.escalation_id)
        )
        while not await night.rows("SELECT 1 FROM pg_locks WHERE NOT granted"):
            await asyncio.sleep(0)
        await text_in.session.execute(text("SET LOCAL lock_timeout = '2s'"))
        escalation = await text_in.escalations.open_for(conversation_id)
        assert escalation is not None
        await text_in.escalations.raise_tier(escalation, Tier.IMMINENT)
    await chore
    assert await night.rows("SELECT 1 FROM escalation WHERE told_no_one_at IS NOT NULL") == [(1,)]
