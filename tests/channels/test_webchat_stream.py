"""Live lines: resumed without loss or double, capped, patient with the database, shut politely."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from channels.app import create_app
from channels.web.doorbells import PER_VISIT, Doorbells, TooMany
from channels.web.stream import Pace, Streams
from storage.database import utc_now
from storage.mailbox import IDLE
from storage.notify import VISITOR, Hub
from tests.channels.test_webchat import PUBLIC, age, settings
from tests.channels.webchat import SAME, Visitor
from tests.conftest import hall

# Far above what anything here takes; a test that waits this long has failed.
PATIENCE = 10
NOBODY_WAITS = {"event": "wait", "data": '{"place": null}'}


@pytest.fixture
async def visitor(database_url: str, key_file: Path) -> AsyncIterator[Visitor]:
    """A browser without a past."""
    app = create_app(settings(database_url, key_file))
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client,
    ):
        yield Visitor(client, app, hall(app))


class Listener:
    """Reads a stream event by event."""

    def __init__(self, stream: AsyncGenerator[bytes]) -> None:
        self._stream = stream
        self._told = False

    async def event(self) -> dict[str, str]:
        """The next event; comments, the retry time and the news of no wait are passed over."""
        while True:
            async with asyncio.timeout(PATIENCE):
                block = (await anext(self._stream)).decode()
            fields = dict(
                line.split(": ", 1)
                for line in block.splitlines()
                if line and not line.startswith(":")
            )
            first, self._told = not self._told, self._told or fields.get("event") == "wait"
            if "event" in fields and not (first and fields == NOBODY_WAITS):
                return fields

    async def line(self) -> tuple[int, str]:
        """The next line: its number and its words."""
        event = await self.event()
        assert event["event"] == "line"
        return int(event["id"]), json.loads(event["data"])["text"]


def streams_of(visitor: Visitor, pace: Pace | None = None) -> Streams:
    """Streams on the running porch's bells, at another pace."""
    return Streams(visitor.database, visitor.app.state.doorbells, utc_now, pace or Pace())


@asynccontextmanager
async def listening(
    visitor: Visitor, after: int = 0, pace: Pace | None = None
) -> AsyncIterator[Listener]:
    """An open page of the visitor."""
    token = visitor.client.cookies["visit"]
    async with aclosing(streams_of(visitor, pace).events(token, after)) as stream:
        yield Listener(stream)


async def test_lines_arrive_and_a_comeback_misses_nothing(visitor: Visitor) -> None:
    """What came while the page was away follows the last number that it has seen."""
    await visitor.say("hello")
    async with listening(visitor) as page:
        _, words = await page.line()
        assert words == "hello"
        await visitor.answer("one")
        number, words = await page.line()
        assert words == "one"
    await visitor.answer("two")
    await visitor.answer("three")
    async with listening(visitor, number) as page:
        assert [(await page.line())[1] for _ in range(2)] == ["two", "three"]


async def test_lines_written_at_once_are_all_seen_in_order(visitor: Visitor) -> None:
    """Numbers rise in order of commit, whoever writes: no line hides behind a later one."""
    await visitor.say("hello")
    async with listening(visitor) as page:
        said = [f"line {n}" for n in range(10)]
        writing = asyncio.gather(*(visitor.say(words) for words in said), visitor.answer("bot"))
        seen = [await page.line() for _ in range(12)]
        await writing
    numbers = [number for number, _ in seen]
    assert numbers == sorted(set(numbers))
    assert {words for _, words in seen} == {"hello", "bot", *said}


async def test_a_page_hears_of_its_own_visit_only(visitor: Visitor) -> None:
    """Another visitor's line neither shows nor wakes."""
    await visitor.say("mine")
    mine = visitor.client.cookies["visit"]
    async with listening(visitor) as page:
        await page.line()
        visitor.client.cookies.clear()
        await visitor.say("of somebody else")
        await visitor.answer("to somebody else")
        visitor.client.cookies.clear()
        visitor.client.cookies.update({"visit": mine})
        await visitor.say("mine again")
        assert (await page.line())[1] == "mine again"


@pytest.mark.parametrize("cookies", [{}, {"visit": "f" * 64}, {"visit": "nonsense"}])
async def test_a_browser_without_a_visit_is_told_so(
    visitor: Visitor, cookies: dict[str, str]
) -> None:
    """The answer is a stream that ends, so that the page does not ask again and again."""
    await visitor.say("of somebody else")
    visitor.client.cookies.clear()
    visitor.client.cookies.update(cookies)
    answer = await visitor.client.get("/events?after=0")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in answer.headers
    assert "event: over" in answer.text
    assert "event: line" not in answer.text


@pytest.mark.parametrize("after", ["-1", "x", "9" * 5_000, "1e3", "٣", ""])
async def test_a_strange_number_means_from_the_start(visitor: Visitor, after: str) -> None:
    """Nothing that a browser sends breaks the frame or the stream."""
    await visitor.say("hello")
    assert await visitor.lines(f"/en/lines?after={after}") == [("contact", "hello")]


async def test_leaving_in_one_tab_ends_the_other(visitor: Visitor) -> None:
    """And so does the idle clock."""
    await visitor.say("hello")
    token = visitor.client.cookies["visit"]
    async with listening(visitor) as page:
        await page.line()
        await visitor.client.post("/leave", headers=SAME)
        assert (await page.event())["event"] == "over"
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(StopAsyncIteration):
                await page.event()
    assert visitor.app.state.doorbells.open == 0
    assert token not in visitor.client.cookies.values()


async def test_an_open_page_counts_as_seen_and_warns_before_it_ends(visitor: Visitor) -> None:
    """Five minutes before, and takes it back when the person stays."""
    await visitor.say("hello")
    await age(visitor.database, IDLE - timedelta(minutes=1))
    async with listening(visitor) as page:
        await page.line()
        assert (await page.event())["event"] == "closing"
        async with visitor.database.transaction() as tx:
            seen = await tx.session.scalar(
                text("SELECT max(seen_at) > now() - interval '1 minute' FROM web_visit")
            )
        assert seen
        await visitor.client.post("/stay", headers=SAME)
        assert (await page.event())["event"] == "goes_on"


async def test_a_visitor_has_a_few_pages_and_no_more(visitor: Visitor) -> None:
    """The next one is asked to come back later; a closed one makes room."""
    await visitor.say("hello")
    async with AsyncExitStack() as stack:
        pages = [await stack.enter_async_context(listening(visitor)) for _ in range(PER_VISIT)]
        for page in pages:
            await page.line()
        refused = await visitor.client.get("/events")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
    async with listening(visitor) as page:
        await page.line()


async def test_a_stream_lives_for_a_while_and_ends_politely(visitor: Visitor) -> None:
    """With a heartbeat meanwhile, and a time after which to come back."""
    await visitor.say("hello")
    token = visitor.client.cookies["visit"]
    pace = Pace(heartbeat=0.02, life=0.2)
    async with asyncio.timeout(PATIENCE):
        blocks = [block async for block in streams_of(visitor, pace).events(token, 0)]
    assert blocks[0].startswith(b"retry: ")
    assert b": still here\n\n" in blocks


async def test_a_porch_that_stops_ends_its_streams(visitor: Visitor) -> None:
    """So that stopping does not wait for pages that stay open."""
    await visitor.say("hello")
    async with listening(visitor) as page:
        await page.line()
        visitor.app.state.doorbells.close()
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(StopAsyncIteration):
                await page.event()


async def test_a_stream_outlives_a_restart_of_the_database(visitor: Visitor, postgres: str) -> None:
    """Every connection is cut while a line is written; the page shows it all the same, once."""
    import psycopg

    await visitor.say("hello")
    async with listening(visitor, pace=Pace(heartbeat=0.2, after_failure=0.05)) as page:
        await page.line()
        async with await psycopg.AsyncConnection.connect(postgres, autocommit=True) as connection:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = 'line' AND pid <> pg_backend_pid()"
            )
        await visitor.answer("after the storm")
        assert (await page.line())[1] == "after the storm"


async def test_a_broken_look_is_tried_again(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that is away for a moment costs a moment."""
    from sqlalchemy.exc import OperationalError

    await visitor.say("hello")
    streams = streams_of(visitor, Pace(after_failure=0.01))
    real, failures = Streams.look, iter([True, True])

    async def look(self: Streams, token: str, after: int, *, present: bool) -> object:
        if next(failures, False):
            raise OperationalError("", {}, Exception())
        return await real(self, token, after, present=present)

    monkeypatch.setattr(Streams, "look", look)
    async with aclosing(streams.events(visitor.client.cookies["visit"], 0)) as stream:
        assert (await Listener(stream).line())[1] == "hello"


def test_bells_are_counted_for_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood of pages does not take the porch down."""
    monkeypatch.setattr("channels.web.doorbells.PER_PROCESS", 1)
    doorbells = Doorbells(Hub("", VISITOR))
    with doorbells.bell(b"a"), pytest.raises(TooMany), doorbells.bell(b"b"):
        pass
    assert doorbells.open == 0


def test_a_missed_signal_wakes_everybody() -> None:
    """The hub says so with an empty mark after it was away."""
    doorbells = Doorbells(Hub("", VISITOR))
    with doorbells.bell(b"a") as one, doorbells.bell(b"b") as other:
        doorbells._ring(b"a".hex())
        assert (one.is_set(), other.is_set()) == (True, False)
        doorbells._ring("")
        assert other.is_set()


async def test_a_wait_is_told_as_it_is(visitor: Visitor) -> None:
    """The place in line as it changes, words on their way, and that somebody took over."""
    async with visitor.database.transaction() as tx:
        await tx.session.execute(text("UPDATE conversation SET holder = 'bot', advocate_id = NULL"))
    await visitor.say("he has a gun and hes coming")
    other = await visitor.conversation()
    visitor.client.cookies.clear()
    await visitor.say("0")
    mine = await visitor.conversation()
    async with listening(visitor, pace=Pace(heartbeat=0.05)) as page:
        await page.line()
        assert await page.event() == {"event": "wait", "data": '{"place": 2}'}
        assert "place in line: 2" in (await visitor.client.get("/en/lines?after=0")).text
        async with visitor.database.transaction() as tx:
            await tx.session.execute(
                text("UPDATE conversation SET holder = 'bot' WHERE id = :id"), {"id": other}
            )
        assert await page.event() == {"event": "wait", "data": '{"place": 1}'}
    async with listening(visitor) as page:
        # No heartbeat in this test's life: what follows is told by signals alone.
        await page.line()
        assert (await page.event())["data"] == '{"place": 1}'
        async with visitor.database.transaction() as tx:
            advocate = await tx.session.scalar(
                text(
                    "INSERT INTO advocate (id, name, password_hash)"
                    " VALUES (gen_random_uuid(), 'Wait', '-') RETURNING id"
                )
            )
            now = utc_now()
            assert await tx.desk.claim(mine, advocate, now + timedelta(minutes=1), now)
        assert await page.event() == NOBODY_WAITS
        async with visitor.database.transaction() as tx:
            await tx.signals.writing(mine)
        assert (await page.event())["event"] == "writing"
    assert "place in line" not in (await visitor.client.get("/en/lines?after=0")).text
