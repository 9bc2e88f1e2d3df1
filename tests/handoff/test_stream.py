"""Live screens: what they hear, how soon, and when they hear nothing any more."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import text

from handoff.auth import SignedIn, hashed
from handoff.stream import BEAT, LOOK, RECONNECT, SIGNED_OUT, Feed, Stream
from tests.handoff.people import Bench, Browser

PATIENCE = 10.0
NEWS = b"event: board\ndata: {}\n\n"


@pytest.fixture
async def feed(bench: Bench) -> AsyncIterator[Feed]:
    """The listener of the desk, already listening."""
    feed = bench.office.feed
    with feed.subscribe() as events:
        running = asyncio.create_task(feed.run())
        # The hub says "look for yourself" once it listens.
        assert await asyncio.wait_for(events.get(), PATIENCE) == LOOK
    yield feed
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def _stream(bench: Bench, browser: Browser, **how: Any) -> Stream:
    token = browser.client.cookies["desk"]
    signed_in = await bench.office.door.who(token, touch=False)
    assert signed_in is not None
    return Stream(bench.office.feed, bench.office.door, signed_in, **how)


async def _next(events: AsyncIterator[bytes]) -> bytes:
    return await asyncio.wait_for(anext(events), PATIENCE)


async def _news(events: AsyncIterator[bytes]) -> dict[str, Any]:
    """The next news of the board, whatever else comes before it."""
    while True:
        event = (await _next(events)).decode()
        if event.startswith("event: board"):
            news: dict[str, Any] = json.loads(event.split("data: ", 1)[1])
            return news


async def test_a_new_conversation_arrives_without_its_words(bench: Bench, feed: Feed) -> None:
    """Tier, language, channel and since when: enough to run, nothing to read."""
    stream = (await _stream(bench, await bench.advocate())).events()
    assert await _next(stream) == LOOK
    conversation_id = await bench.text("he has a gun, I am Invented", number=88)
    news = await _news(stream)
    (entry,) = news["entries"]
    assert entry["id"] == str(conversation_id)
    assert (entry["tier"], entry["channel"], entry["holder"]) == ("imminent", "sms", "waiting")
    assert all(word not in json.dumps(news) for word in ("gun", "Invented", "5550088"))


async def test_what_left_the_board_is_named(bench: Bench, feed: Feed) -> None:
    """Closing on one screen takes the line off all others."""
    river = await bench.advocate("River")
    conversation_id = await bench.text("he has a gun")
    await river.claim(conversation_id)
    seen = await river.seen(conversation_id)
    stream = (await _stream(bench, await bench.advocate("Sage"))).events()
    await _next(stream)
    await river.post(f"/api/conversations/{conversation_id}/close", {"seen": seen})
    while str(conversation_id) not in (news := await _news(stream))["gone"]:
        assert news["entries"]
    assert news["entries"] == []


async def test_signals_that_come_at_once_are_one_event(bench: Bench, feed: Feed) -> None:
    """A burst makes one look at the board, for all screens together."""
    streams = [
        (await _stream(bench, await bench.advocate(name))).events() for name in ("River", "Sage")
    ]
    for stream in streams:
        await _next(stream)
    async with bench.database.transaction() as tx:
        ids = [await bench.text("he has a gun") for _ in range(3)]
        for conversation_id in ids:
            await tx.signals.desk(conversation_id)
    for stream in streams:
        heard: set[str] = set()
        events = 0
        while heard != {str(one) for one in ids}:
            heard |= {entry["id"] for entry in (await _news(stream))["entries"]}
            events += 1
        assert events <= 6


async def test_signed_out_ends_the_stream(bench: Bench, feed: Feed) -> None:
    """A browser that signs out hears nothing more, though its connection is still open."""
    river = await bench.advocate()
    stream = (await _stream(bench, river, check=0.05)).events()
    await _next(stream)
    await river.post("/api/sign-out")
    assert await _next(stream) == SIGNED_OUT
    with pytest.raises(StopAsyncIteration):
        await _next(stream)


async def test_idle_ends_the_stream(bench: Bench, feed: Feed) -> None:
    """An open stream is no sign of life."""
    stream = (await _stream(bench, await bench.advocate(), check=0.05)).events()
    await _next(stream)
    bench.clock.forward(seconds=bench.office.settings.idle.total_seconds() + 1)
    assert await _next(stream) == SIGNED_OUT


async def test_beats_while_nothing_happens(bench: Bench, feed: Feed) -> None:
    """The beat keeps proxies and the screen's sign of life going."""
    stream = (await _stream(bench, await bench.advocate(), beat=0.02)).events()
    assert [await _next(stream) for _ in range(3)] == [LOOK, BEAT, BEAT]


async def test_beats_come_in_a_storm_of_news(bench: Bench) -> None:
    """News every moment must not starve the beat that keeps conversations with their advocate."""
    stream = (await _stream(bench, await bench.advocate(), beat=0.05)).events()
    await _next(stream)
    async with asyncio.timeout(PATIENCE):
        bench.office.feed._spread(NEWS)
        while await _next(stream) != BEAT:
            bench.office.feed._spread(NEWS)


async def test_life_is_capped(bench: Bench, feed: Feed) -> None:
    """A stream ends by itself and asks the browser to come back."""
    stream = (await _stream(bench, await bench.advocate(), life=0.05)).events()
    assert [event async for event in stream] == [LOOK, RECONNECT]


async def test_the_process_ends(bench: Bench, feed: Feed) -> None:
    """Stopping the desk ends the streams first, or it would wait for them."""
    stream = (await _stream(bench, await bench.advocate())).events()
    await _next(stream)
    feed.stop()
    assert [event async for event in stream] == [RECONNECT]


async def test_a_slow_screen_is_told_to_look(bench: Bench) -> None:
    """No endless backlog: one "look for yourself" stands for all that was missed."""
    with bench.office.feed.subscribe() as events:
        for _ in range(500):
            bench.office.feed._spread(NEWS)
        waiting = [events.get_nowait() for _ in range(events.qsize())]
    assert LOOK in waiting and len(waiting) <= 100


async def test_survives_a_lost_database(bench: Bench, feed: Feed) -> None:
    """After the connections broke, the screen is told to look and hears the next news."""
    stream = (await _stream(bench, await bench.advocate())).events()
    await _next(stream)
    async with bench.database.transaction() as tx:
        await tx.session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
            )
        )
    assert await _next(stream) == LOOK
    conversation_id = await bench.text("he has a gun")
    assert (await _news(stream))["entries"][0]["id"] == str(conversation_id)


async def test_a_check_that_cannot_be_made_ends_nothing(bench: Bench, feed: Feed) -> None:
    """While the database is away nothing can be shown, and the screen stays to hear it is back."""
    signed_in = SignedIn((await _account(bench)), hashed("token"))

    class Away:
        async def who_holds(self, *_: object, **__: object) -> None:
            raise ConnectionError

    stream = Stream(feed, Away(), signed_in, check=0.01, beat=0.03)  # type: ignore[arg-type]
    events = stream.events()
    assert [await _next(events) for _ in range(2)] == [LOOK, BEAT]


async def _account(bench: Bench) -> Any:
    await bench.account("River")
    async with bench.database.transaction() as tx:
        return await tx.accounts.advocate_by_name("River")
