"""A person who texts, the line on the real hall, and an engine that says what a test wants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from intake.effects import EngineAnswer, Judgement, Say
from intake.errors import EngineFailure
from intake.messages import Inbound
from intake.ports import EngineRequest
from intake.receive import Received, receive
from intake.turn import Line, take_turn
from storage.database import Database, utc_now

CALM = Judgement("en", 0.95, "greet", None, (), "model-test", False)


class Scripted:
    """An engine that answers what the test says, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer = EngineAnswer((Say("What would help?", "utter_menu"),), CALM, "memory-1")
        self.judgement = CALM
        self.failure: EngineFailure | None = None
        self.asked: list[EngineRequest] = []
        self.meanwhile: Callable[[], Any] | None = None

    async def turn(self, request: EngineRequest) -> EngineAnswer:
        """One scripted turn."""
        await self._ask(request)
        return replace(self.answer, judgement=self.judgement)

    async def judge(self, request: EngineRequest) -> Judgement:
        """One scripted judgement."""
        await self._ask(request)
        return self.judgement

    async def _ask(self, request: EngineRequest) -> None:
        self.asked.append(request)
        if self.meanwhile is not None:
            await self.meanwhile()
        if self.failure is not None:
            raise self.failure


class Texter:
    """One person on one number, the line, and a scripted engine."""

    def __init__(self, database: Database, voice: Any) -> None:
        self.database = database
        self.voice = voice
        self.engine = Scripted()
        self.address = f"+1613555{uuid4().int % 10_000:04d}-{uuid4()}"
        self.line = Line(database.transaction, self.engine, voice, utc_now)
        self.conversation_id: UUID | None = None

    def inbound(self, words: str, **more: Any) -> Inbound:
        """A text from this person."""
        given = {
            "channel": "sms",
            "inbox": "+16135550100",
            "address": self.address,
            "provider_id": f"SM{uuid4().hex}",
            "text": words,
            "received_at": utc_now(),
        }
        return Inbound(**{**given, **more})

    async def text(self, words: str, **more: Any) -> Received:
        """The person texts."""
        inbound = self.inbound(words, **more)
        result = await receive(
            inbound, transaction=self.database.transaction, voice=self.voice, now=utc_now
        )
        async with self.database.transaction() as tx:
            self.conversation_id = (await tx.conversations.find_or_open(inbound)).id
        return result

    async def turn(self) -> None:
        """The worker takes the turn."""
        await take_turn(self.id, self.line)

    @property
    def id(self) -> UUID:
        """The conversation."""
        assert self.conversation_id is not None
        return self.conversation_id

    async def said(self) -> list[str]:
        """Keys (or words) of what the line has said so far."""
        async with self.database.transaction() as tx:
            return [
                message.key or message.text or ""
                for message in await tx.desk.thread(self.id)
                if message.delivery is not None
            ]

    async def state(self) -> Any:
        """The conversation as it stands."""
        async with self.database.transaction() as tx:
            return await tx.conversations.get(self.id)

    async def met(self, tx: Any) -> Any:
        """What the next text would meet."""
        return await tx.arrivals.meet(self.inbound("hi"))

    async def rows(self, sql: str) -> list[Any]:
        """A look at the hall."""
        async with self.database.transaction() as tx:
            return list(await tx.session.execute(text(sql), {"id": self.id}))

    async def open_up(self) -> None:
        """Past the safety check."""
        await self.text("hello")
        await self.turn()
        await self.text("1")
        await self.turn()
