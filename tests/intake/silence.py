"""A person, a bot and two advocates who do anything in any order: does the bot stay silent?

The rules run on the real hall. Between the two transactions of a turn, while the engine thinks,
anything may happen: a claim, another turn, a crash. The machine knows one truth, the holder in
the table, and checks after every step that no line of the bot was put into the outbox while a
human held the conversation, except those that say what a human just did.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from intake.conversation import Holder, close, give_back, release
from intake.effects import EngineAnswer, Escalate, Reason, Say
from intake.errors import EngineFailure, NotHolder
from intake.turn import give_up_on_turn
from storage.database import Database, utc_now
from tests.intake.texter import CALM, Texter

# What is said for a human: that one came, went, or ended it; and what carriers demand.
OF_HUMANS = frozenset({"advocate.joined", "bot.back", "closed.bye", "wait.later"})
OF_CARRIERS = frozenset({"keyword.stop", "keyword.start", "keyword.info", "media.refused"})
WORDS = ("hello", "1", "2", "0", "help", "and then?", "he has a gun", "im 15", "person", "merci")


class Crash(Exception):
    """The worker dies here; its transaction is rolled back."""


@dataclass
class Machine:
    """One conversation at a time, two advocates, and steps that a driver picks."""

    database: Database
    voice: Any
    advocates: tuple[UUID, UUID]
    dice: random.Random
    steps: int = 0
    spoken: set[UUID] = field(default_factory=set)
    kinds: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.texter = Texter(self.database, self.voice)

    async def step(self, kind: str) -> None:
        """Take one step and check. Raises AssertionError when the bot spoke over a human."""
        self.steps += 1
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        verbs: dict[str, Callable[[], Awaitable[None]]] = {
            "text": self.text,
            "turn": self.turn,
            "turn_while_claimed": lambda: self.turn(self.claim),
            "turn_while_released": lambda: self.turn(self.release),
            "turn_while_turned": lambda: self.turn(self.turn),
            "turn_dies": self.turn_dies,
            "two_turns": self.two_turns,
            "give_up": self.give_up,
            "claim": self.claim,
            "release": self.release,
            "vanish": self.vanish,
            "close": self.close,
        }
        before = await self.held_since()
        await verbs[kind]()
        await self.check(kind, before)

    async def text(self) -> None:
        """The person writes."""
        await self.texter.text(self.dice.choice(WORDS))

    async def turn(self, meanwhile: Callable[[], Awaitable[None]] | None = None) -> None:
        """The worker takes a turn; `meanwhile` happens while the engine thinks."""
        if self.texter.conversation_id is None:
            return
        engine = self.texter.engine
        engine.meanwhile = meanwhile if engine.meanwhile is None else None
        engine.failure = EngineFailure("slow") if self.dice.random() < 0.1 else None
        wish = Escalate(Reason.UNSURE) if self.dice.random() < 0.1 else Say("Hm?", "utter_menu")
        engine.answer = EngineAnswer((wish,), CALM, "memory")
        try:
            await self.texter.turn()
        finally:
            engine.meanwhile = None

    async def turn_dies(self) -> None:
        """The worker is killed while the engine thinks; the job runs again."""

        async def die() -> None:
            raise Crash

        try:
            await self.turn(die)
        except Crash:
            await self.turn()

    async def two_turns(self) -> None:
        """The same job runs twice at once, and an advocate claims in between."""
        if self.texter.conversation_id is not None:
            await asyncio.gather(self.texter.turn(), self.claim(), self.texter.turn())

    async def give_up(self) -> None:
        """The turn broke for good."""
        if self.texter.conversation_id is not None:
            await give_up_on_turn(self.texter.id, self.texter.line)

    async def claim(self) -> None:
        """One of the two tries to take it, with the line of a claim, as the desk does."""
        if self.texter.conversation_id is None:
            return
        who, now = self.dice.choice(self.advocates), utc_now()
        async with self.database.transaction() as tx:
            lease = now + timedelta(seconds=60)
            if await tx.desk.claim(self.texter.id, who, lease, now):
                conversation = await tx.conversations.lock(self.texter.id)
                await self.voice.say(tx, conversation, "advocate.joined")

    async def release(self) -> None:
        """Whoever holds it gives it to the bot."""
        await self._end(release, "released", "bot.back")

    async def close(self) -> None:
        """Whoever holds it ends it; the next text opens another."""
        await self._end(lambda held, who: close(held, who, utc_now()), "closed", "closed.bye")

    async def vanish(self) -> None:
        """A laptop is closed: back to the list."""
        if self.texter.conversation_id is None:
            return
        async with self.database.transaction() as tx:
            conversation = await tx.conversations.lock(self.texter.id)
            if conversation.holder is not Holder.ADVOCATE:
                return
            waiting = give_back(conversation)
            await tx.conversations.save(waiting)
            await tx.desk.wait_again(self.texter.id, utc_now())
            await self.voice.say(tx, waiting, "wait.later")

    async def _end(self, how: Callable[..., Any], outcome: str, key: str) -> None:
        if self.texter.conversation_id is None:
            return
        async with self.database.transaction() as tx:
            held = await tx.conversations.lock(self.texter.id)
            if held.advocate_id is None:
                return
            try:
                after = how(held, held.advocate_id)
            except NotHolder:
                return
            await self.voice.say(tx, held, key)
            await tx.conversations.save(after)
            await tx.desk.close_escalation(self.texter.id, outcome, utc_now())

    async def held_since(self) -> bool:
        """Whether a human had the conversation before the step."""
        if self.texter.conversation_id is None:
            return False
        return bool((await self.texter.state()).holder is Holder.ADVOCATE)

    async def check(self, kind: str, held_before: bool) -> None:
        """No new line of the bot while a human holds, and none at all before the first text."""
        if self.texter.conversation_id is None:
            return
        async with self.database.transaction() as tx:
            lines = await tx.session.execute(
                text(
                    "SELECT id, key, sequence FROM message WHERE conversation_id = :id"
                    " AND author = 'bot' ORDER BY sequence"
                ),
                {"id": self.texter.id},
            )
            new = [(row.id, row.key) for row in lines if row.id not in self.spoken]
            holder = (await tx.conversations.get(self.texter.id)).holder
        keys = [key for _, key in new]
        self.spoken |= {one for one, _ in new}
        if held_before and kind != "turn_while_released":
            assert set(keys) <= OF_HUMANS | OF_CARRIERS, (kind, keys)
        if holder is Holder.ADVOCATE and "advocate.joined" in keys:
            after = keys[keys.index("advocate.joined") + 1 :]
            assert set(after) <= OF_CARRIERS, (kind, keys)
        if holder is Holder.ADVOCATE and not held_before:
            assert (
                "advocate.joined" in keys
                or not new
                or (await self.texter.state()).safety.value == "not_safe"
            ), (kind, keys)


KINDS = (
    *["text"] * 5,
    *["turn"] * 4,
    *["turn_while_claimed"] * 3,
    "turn_while_released",
    "turn_while_turned",
    "turn_dies",
    "two_turns",
    "two_turns",
    "give_up",
    *["claim"] * 3,
    "release",
    "release",
    "vanish",
    "close",
)


async def walk(machine: Machine, steps: int) -> None:
    """Random steps, a new person now and then."""
    for number in range(steps):
        if number % 40 == 39:
            machine.texter = Texter(machine.database, machine.voice)
        await machine.step(machine.dice.choice(KINDS))


async def two_advocates(database: Database) -> tuple[UUID, UUID]:
    """Two accounts of this run."""
    made: list[UUID | None] = []
    async with database.transaction() as tx:
        for _ in range(2):
            name = f"River {utc_now().timestamp()} {len(made)}"
            made.append(await tx.accounts.add_advocate(name, "-", "advocate", ["en"]))
    first, second = made
    assert first is not None and second is not None
    return first, second
