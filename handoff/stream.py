"""Live screens: server-sent events that say what changed on the board, never what was written.

One listener a process hears the hall's signals, gathers those that come at once, looks the board
up once and hands the same bytes to every open screen. Each stream looks again and again whether
its session still lives, and ends after some minutes so that a browser reconnects politely.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from fastapi.sse import format_sse_event
from sqlalchemy.exc import SQLAlchemyError

from handoff.auth import Door, SignedIn
from handoff.rights import Right, may
from handoff.schemas import BoardLine, BoardNews
from intake.ports import Clock
from storage.database import Database
from storage.notify import Hub

log = logging.getLogger(__name__)

# Signals that come within this time make one look at the board.
GATHER_SECONDS = 0.04
BEAT_SECONDS = 15.0
LIFE_SECONDS = 600.0
CHECK_SECONDS = 5.0
_RETRY_MILLISECONDS = 1_500
_BACKLOG = 100

# The screen fetches the whole board: something may have been missed.
LOOK = format_sse_event(event="look", data_str="{}", retry=_RETRY_MILLISECONDS)
BEAT = format_sse_event(event="beat", data_str="{}", comment="still here")
SIGNED_OUT = format_sse_event(event="signed_out", data_str="{}")
RECONNECT = format_sse_event(event="reconnect", data_str="{}", retry=_RETRY_MILLISECONDS)


@dataclass
class Feed:
    """The news of one process: hears signals, hands events to every open screen."""

    hub: Hub
    database: Database
    now: Clock
    _screens: set[asyncio.Queue[bytes]] = field(default_factory=set)

    async def run(self) -> None:
        """Listen until cancelled; survives restarts of the database."""
        async with self.hub.subscribe() as signals, asyncio.TaskGroup() as tasks:
            tasks.create_task(self.hub.run())
            while True:
                self._spread(await self._news(await _gather(signals)))

    @contextmanager
    def subscribe(self) -> Iterator[asyncio.Queue[bytes]]:
        """A queue of events for as long as the context lasts."""
        events: asyncio.Queue[bytes] = asyncio.Queue(maxsize=_BACKLOG)
        self._screens.add(events)
        try:
            yield events
        finally:
            self._screens.discard(events)

    def stop(self) -> None:
        """The process ends: every screen is told to come back."""
        self._spread(RECONNECT)

    async def _news(self, payloads: set[str]) -> bytes:
        if "" in payloads:
            return LOOK
        try:
            async with self.database.transaction() as tx:
                ids = {UUID(payload) for payload in payloads}
                entries = await tx.board.entries(ids)
        except (SQLAlchemyError, OSError) as error:
            log.warning("the board cannot be read (%s)", type(error).__name__)
            return LOOK
        news = BoardNews(
            now=self.now(),
            entries=[BoardLine.of(entry) for entry in entries],
            gone=sorted(ids - {entry.conversation_id for entry in entries}),
        )
        return format_sse_event(event="board", data_str=news.model_dump_json())

    def _spread(self, event: bytes) -> None:
        for events in self._screens:
            full = events.full()
            if full:
                # A slow screen gets one "look for yourself" instead of a growing backlog.
                while not events.empty():
                    events.get_nowait()
            events.put_nowait(LOOK if full and event != RECONNECT else event)


@dataclass(frozen=True)
class Stream:
    """One screen's stream of events, while its session lives."""

    feed: Feed
    door: Door
    signed_in: SignedIn
    beat: float = BEAT_SECONDS
    life: float = LIFE_SECONDS
    check: float = CHECK_SECONDS
    clock: Callable[[], float] = field(default_factory=lambda: asyncio.get_running_loop().time)

    async def events(self) -> AsyncIterator[bytes]:
        """Events until the stream's life, the session or the process is over."""
        end = self.clock() + self.life
        beat_at = self.clock() + self.beat
        check_at = self.clock() + self.check
        with self.feed.subscribe() as waiting:
            yield LOOK
            while (now := self.clock()) < end:
                try:
                    until = min(beat_at, check_at, end) - now
                    event = await asyncio.wait_for(waiting.get(), max(0.0, until))
                except TimeoutError:
                    event = b""
                if self.clock() >= check_at:
                    check_at = self.clock() + self.check
                    if not await self._still_signed_in():
                        yield SIGNED_OUT
                        return
                if self.clock() >= beat_at:
                    beat_at = self.clock() + self.beat
                    yield BEAT
                if event:
                    yield event
                if event == RECONNECT:
                    return
            yield RECONNECT

    async def _still_signed_in(self) -> bool:
        try:
            found = await self.door.who_holds(self.signed_in.token_hash, touch=False)
        except (SQLAlchemyError, OSError):
            # The database is away: nothing can be shown either, and it will be asked again.
            return True
        return found is not None and may(found.advocate, Right.WORK_BOARD)


async def _gather(signals: asyncio.Queue[str]) -> set[str]:
    payloads = {await signals.get()}
    await asyncio.sleep(GATHER_SECONDS)
    while not signals.empty():
        payloads.add(signals.get_nowait())
    return payloads
