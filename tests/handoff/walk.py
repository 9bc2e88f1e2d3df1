"""The whole handoff under random steps: people text, advocates work, workers route, things die.

The real rules, verbs, routing and upkeep run on the real hall, with a clock that the walk moves.
A step may be taken twice at once with another, may be taken again (a retry), may die before any
of its transactions commits, and every process may be started anew. What must always hold is
checked in the tables after each step (`tests/handoff/walk_checks.py`).
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from channels.dispatch import Dispatch
from channels.upkeep import Upkeep, tell_that_nobody_came
from handoff.desk import LEASE, Desk
from intake.competencies import Competency
from intake.effects import EngineAnswer, Escalate, Reason, Say
from intake.errors import EngineFailure, LineError
from intake.messages import Inbound
from intake.receive import receive
from intake.risk import Tier
from intake.turn import Line, give_up_on_turn, take_turn
from storage.accounts import Advocate
from storage.database import Database, Transaction
from tests.handoff.walk_checks import Checks
from tests.intake.texter import CALM, Scripted

WORDS = (
    *("hello", "1", "1", "1", "2", "0", "ok", "stop"),
    *("he has a gun", "im 15", "my boss took my passport"),
    *("613 555 0123", "19-21"),
)
PEOPLE = 4
Verb = Callable[[], Awaitable[object]]


class Killed(Exception):
    """The process dies here; its open transaction is rolled back."""


class Mortal(Database):
    """A database whose process may be killed just before one of its transactions commits."""

    dies_at: int | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """As ever, unless it is the one that must not commit."""
        async with super().transaction() as tx:
            yield tx
            if self.dies_at is not None:
                self.dies_at -= 1
                if self.dies_at < 0:
                    self.dies_at = None
                    raise Killed


@dataclass
class Person:
    """Somebody with one number; `sent` counts the texts that were accepted."""

    address: str = field(default_factory=lambda: f"+1613555-{uuid4()}")
    conversations: list[UUID] = field(default_factory=list)
    last: Inbound | None = None
    sent: int = 0


@dataclass
class Walk:
    """Four people, two advocates and a supervisor; `step` takes one random step and checks."""

    url: str
    keyring: Any
    voice: Any
    dice: random.Random
    time: datetime = field(default_factory=lambda: datetime.now(UTC))
    steps: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    transitions: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    advocates: list[Advocate] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    onces: dict[UUID, UUID] = field(default_factory=dict)

    async def run(self, steps: int) -> Walk:
        """All of it; it ends early where a promise broke, since what follows would break too."""
        await self.begin()
        try:
            for _ in range(steps):
                await self.step()
                if self.violations:
                    break
        finally:
            await self.end()
        return self

    async def begin(self) -> None:
        """Accounts and people."""
        self.database = Mortal(self.url, self.keyring)
        self.checks = Checks()
        self._wire()
        async with self.database.transaction() as tx:
            for name, role in (("River", "advocate"), ("Sage", "advocate"), ("Fern", "supervisor")):
                await tx.accounts.add_advocate(f"{name} {uuid4()}", "-", role, ["en"])
            self.advocates = (await tx.accounts.all_advocates())[-3:]
            await tx.switches.turn_on(
                "surge",
                self.advocates[0].id,
                self.time,
                channel=None,
                language=None,
                hours=None,
                timezone="America/Toronto",
            )
        self.people = [Person() for _ in range(PEOPLE)]

    async def end(self) -> None:
        """Close the last connections."""
        await self.database.close()

    def _wire(self) -> None:
        """What a worker and a desk hold in memory, made anew."""
        self.engine = Scripted()
        self.line = Line(self.database.transaction, self.engine, self.voice, self.now)
        self.dispatch = Dispatch(self.database, self.now)
        self.upkeep = Upkeep(self.database, None, self.voice, self.now)  # type: ignore[arg-type]

    def now(self) -> datetime:
        """The clock of every process."""
        return self.time

    # The steps ------------------------------------------------------------------------------

    async def step(self) -> None:
        """One step, alone, twice, in a race, or dying; then everything is checked."""
        self.steps += 1
        self.time += timedelta(seconds=self.dice.choice((0, 0, 0, 1, 5, 20, 45, 70)))
        if self.steps % 60 == 0:
            await self._new_person()
            await self._judge("a new person", ["close"], [], await self._holders())
        before = await self._holders()
        how = self.dice.choices(("alone", "race", "retry", "dies", "restart"), (60, 20, 6, 10, 4))[
            0
        ]
        names = [self.dice.choices(KINDS, WEIGHTS)[0]]
        if how == "race":
            names.append(self.dice.choices(KINDS, WEIGHTS)[0])
        verbs = [self._pick(name) for name in names]
        for name in names:
            self.taken[name] += 1
        self.taken[f"({how})"] += 1
        if how == "restart":
            await self.database.close()
            self.database = Mortal(self.url, self.keyring)
            self._wire()
            verbs = [self._pick(name) for name in names]
        if how == "dies":
            self.database.dies_at = self.dice.choice((0, 0, 1))
        outcomes = await asyncio.gather(*(verb() for verb in verbs), return_exceptions=True)
        self.database.dies_at = None
        if how in ("retry", "dies"):
            outcomes += await asyncio.gather(verbs[0](), return_exceptions=True)
        await self._judge("+".join(names) + f" ({how})", names, outcomes, before)

    async def _judge(
        self, what: str, names: list[str], outcomes: list[Any], before: dict[UUID, str]
    ) -> None:
        for outcome in outcomes:
            if isinstance(outcome, LineError):
                self.refused[type(outcome).__name__] += 1
            elif isinstance(outcome, BaseException) and not isinstance(outcome, Killed):
                self.violations.append(f"{self.steps} {what}: {type(outcome).__name__} {outcome}")
        after = await self._holders()
        for conversation_id, holder in after.items():
            came_from = before.get(conversation_id, "new")
            if came_from != holder:
                self.transitions[came_from, "+".join(sorted(set(names))), holder] += 1
        found = await self.checks.look(
            self.database,
            names=set(names),
            sent={person.address: person.sent for person in self.people},
            now=self.time,
        )
        self.violations += [f"{self.steps} {what}: {one}" for one in found]

    async def _holders(self) -> dict[UUID, str]:
        return await self.checks.holders(self.database)

    async def _new_person(self) -> None:
        """Somebody else comes; whom the first one left is closed by an advocate."""
        person = self.people.pop(0)
        self.people.append(Person())
        for conversation_id in person.conversations[-1:]:
            for verb in ("claim", "close"):
                async with self.database.transaction() as tx:
                    conversation = await tx.conversations.lock(conversation_id)
                    holder = conversation.advocate_id or self.advocates[0].id
                    advocate = next(one for one in self.advocates if one.id == holder)
                    desk = Desk(tx, advocate, self.voice, self.time)
                    if verb == "claim" and conversation.holder.value == "waiting":
                        await desk.claim(conversation_id)
                    if verb == "close" and conversation.holder.value == "advocate":
                        await desk.close(conversation_id, 10**12)

    def _pick(self, name: str) -> Verb:
        """A step with its people and choices fixed, so that a retry is the same step."""
        person = self.dice.choice(self.people)
        advocate = self.dice.choice(self.advocates)
        other = self.dice.choice([one for one in self.advocates if one is not advocate])
        conversation_id = person.conversations[-1] if person.conversations else None
        row = self.checks.before.get(conversation_id) if conversation_id else None
        if row is not None and row.advocate_id is not None and self.dice.random() < 0.7:
            advocate = next(one for one in self.advocates if one.id == row.advocate_id)
            other = next(one for one in self.advocates if one is not advocate)
        if name in _PERSONS:
            return lambda: getattr(self, name)(person)
        if name in _WORKERS:
            return lambda: getattr(self, name)()
        if conversation_id is None:
            return self._nothing
        # The choice is made here; the step only carries it out.
        chance = self.dice.random()
        return lambda: getattr(self, name)(conversation_id, advocate, other, chance)

    async def _nothing(self) -> None:
        """Nobody is there yet."""

    async def text(self, person: Person) -> None:
        """The person writes."""
        inbound = Inbound(
            channel="sms",
            inbox="+16135550100",
            address=person.address,
            provider_id=f"SM{uuid4().hex}",
            text=self.dice.choice(WORDS),
            received_at=self.time,
        )
        await self._take_in(person, inbound)

    async def repeat(self, person: Person) -> None:
        """The provider calls twice for the same text, at once."""
        if person.last is not None:
            one = person.last
            await asyncio.gather(self._take_in(person, one), self._take_in(person, one))

    async def _take_in(self, person: Person, inbound: Inbound) -> None:
        new = person.last is not inbound
        await receive(
            inbound, transaction=self.database.transaction, voice=self.voice, now=self.now
        )
        if new:
            person.last, person.sent = inbound, person.sent + 1
        async with self.database.transaction() as tx:
            found = (await tx.conversations.find_or_open(inbound)).id
        if found not in person.conversations:
            person.conversations.append(found)

    async def turn(self, person: Person) -> None:
        """The worker takes a turn; the engine may fail, or wish for a human."""
        if not person.conversations:
            return
        wish = Escalate(Reason.UNSURE) if self.dice.random() < 0.1 else Say("Hm?", "utter_menu")
        self.engine.failure = EngineFailure("slow") if self.dice.random() < 0.1 else None
        self.engine.answer = EngineAnswer((wish,), CALM, "memory")
        await take_turn(person.conversations[-1], self.line)

    async def give_up(self, person: Person) -> None:
        """The turn broke for good."""
        if person.conversations:
            await give_up_on_turn(person.conversations[-1], self.line)

    async def route(self) -> None:
        """A worker offers and wakes."""
        await self.dispatch.run()

    async def take_back(self) -> None:
        """A worker takes back what vanished advocates held."""
        await self.upkeep.take_back()

    async def tell_places(self) -> None:
        """A worker tells places in line, offers calls, and says that nobody came."""
        await self.upkeep.tell_places()
        await self.upkeep.offer_calls()
        async with self.database.transaction() as tx:
            waiting = await tx.routing.waiting()
        for one in waiting[:1]:
            await tell_that_nobody_came(self.database, self.voice, one.escalation_id)

    async def heartbeat(self) -> None:
        """Two screens out of three are alive."""
        for advocate in self.dice.sample(self.advocates, 2):
            async with self.database.transaction() as tx:
                await tx.desk.renew_leases(advocate.id, self.time + LEASE)
                await tx.routing.seen(advocate.id, self.time)

    async def claim(self, conversation_id: UUID, me: Advocate, _: Advocate, chance: float) -> None:
        """Take this one, or the next."""
        async with self._desk(me) as desk:
            if chance < 0.7:
                await desk.claim(conversation_id)
            else:
                await desk.claim_next()

    async def reply(self, conversation_id: UUID, me: Advocate, _: Advocate, chance: float) -> None:
        """Answer; a retry carries the same once-only key."""
        once = self.onces.setdefault(UUID(int=int(chance * 2**100)), uuid4())
        async with self._desk(me) as desk:
            await desk.reply(conversation_id, "I am here.", once, confirmed=True)

    async def decline(self, conversation_id: UUID, me: Advocate, _: Advocate, __: float) -> None:
        """Pass on what is offered."""
        async with self.database.transaction() as tx:
            await tx.routing.decline(conversation_id, me.id, self.time)

    async def transfer(
        self, conversation_id: UUID, me: Advocate, other: Advocate, chance: float
    ) -> None:
        """Hand on to a colleague, a skill or a supervisor."""
        to: dict[str, Any] = {"advocate_id": other.id}
        if chance < 0.3:
            to = {"supervisor": True}
        elif chance < 0.6:
            to = {"competencies": [Competency.MINORS]}
        async with self._desk(me) as desk:
            await desk.transfer(conversation_id, 10**12, **to)

    async def invite(
        self, conversation_id: UUID, me: Advocate, other: Advocate, chance: float
    ) -> None:
        """Ask a colleague in, or leave."""
        async with self._desk(me) as desk:
            if chance < 0.7:
                await desk.invite(conversation_id, other.id)
            else:
                await desk.leave(conversation_id)

    async def release(
        self, conversation_id: UUID, me: Advocate, _: Advocate, chance: float
    ) -> None:
        """Give it to the bot, having seen all, or not."""
        async with self._desk(me) as desk:
            await desk.release(conversation_id, 10**12 if chance < 0.8 else 0)

    async def close(self, conversation_id: UUID, me: Advocate, _: Advocate, chance: float) -> None:
        """End it, having seen all, or not."""
        async with self._desk(me) as desk:
            await desk.close(conversation_id, 10**12 if chance < 0.8 else 0)

    async def lower(self, conversation_id: UUID, me: Advocate, _: Advocate, chance: float) -> None:
        """Lower the tier, as shown or as it was."""
        async with self._desk(me) as desk:
            await desk.lower_tier(
                conversation_id,
                shown=Tier.IMMINENT if chance < 0.6 else Tier.URGENT,
                tier=None if chance < 0.3 else Tier.CONCERN,
                reason="told me it is over",
            )

    @asynccontextmanager
    async def _desk(self, me: Advocate) -> AsyncIterator[Desk]:
        async with self.database.transaction() as tx:
            yield Desk(tx, me, self.voice, self.time)


_PERSONS = frozenset({"text", "repeat", "turn", "give_up"})
_WORKERS = frozenset({"route", "take_back", "tell_places", "heartbeat"})
_ODDS = {
    "text": 18,
    "repeat": 3,
    "turn": 12,
    "give_up": 1,
    "route": 12,
    "take_back": 6,
    "tell_places": 3,
    "heartbeat": 10,
    "claim": 14,
    "reply": 6,
    "decline": 3,
    "transfer": 4,
    "invite": 4,
    "release": 4,
    "close": 3,
    "lower": 3,
}
KINDS, WEIGHTS = tuple(_ODDS), tuple(_ODDS.values())
