"""A real porch process on loopback, a page to leave to, and the line's own voice."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Page
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from channels.adapters.webchat import WebChat
from storage.database import Database, utc_now
from storage.keys import load
from tests.channels.conftest import free_port, serving
from tests.channels.webchat import newest_conversation, say_as_line
from tests.conftest import fresh_database

WEATHER = "Sunny, 21 degrees"
# The one site that may frame the chat; another name of loopback is another site to a browser.
EMBED_PORT = free_port()


@dataclass
class Porch:
    """`python -m channels`, started and stopped as the launcher does, and what it stores."""

    environment: dict[str, str]
    port: int
    log: Path
    database: Database
    exit_url: str
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Where the browsers look."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start and wait until it answers."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "channels", env=self.environment, stdout=log, stderr=log
            )
        async with httpx.AsyncClient() as client, asyncio.timeout(30):
            while True:
                try:
                    if (await client.get(f"{self.url}/healthz")).is_success:
                        return
                except httpx.TransportError:
                    assert self.process.returncode is None, self.log.read_text()
                await asyncio.sleep(0.05)

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Stop and wait until it is gone; returns the exit status."""
        assert self.process is not None
        self.process.send_signal(how)
        async with asyncio.timeout(15):
            status = await self.process.wait()
            # Its processes end a moment after a parent that was killed.
            while await self._listens():
                await asyncio.sleep(0.02)
        return status

    async def _listens(self) -> bool:
        try:
            _, call = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        call.close()
        with suppress(OSError):
            await call.wait_closed()
        return True

    async def answer(self, words: str, *, as_person: bool = False) -> None:
        """The line says something to the newest visitor, through the real outbox and adapter."""
        advocate = None
        if as_person:
            async with self.database.transaction() as tx:
                advocate = await tx.session.scalar(
                    text(
                        "INSERT INTO advocate (id, name, password_hash)"
                        " VALUES (gen_random_uuid(), 'River', '-')"
                        " ON CONFLICT (name) DO UPDATE SET name = 'River' RETURNING id"
                    )
                )
        adapters = {"web": WebChat(self.database, utc_now)}
        await say_as_line(self.database, adapters, words, advocate_id=advocate)

    async def heard(self) -> list[str]:
        """What the newest visitor's conversation holds of their own words, in order."""
        conversation_id = await newest_conversation(self.database)
        async with self.database.transaction() as tx:
            thread = await tx.desk.thread(conversation_id)
        return [m.text or "" for m in thread if m.author.value == "contact"]

    async def lines_kept(self) -> int:
        """How many lines lie in all mailboxes."""
        async with self.database.transaction() as tx:
            found: Any = await tx.session.scalar(text("SELECT count(*) FROM web_mailbox"))
        return int(found)


@pytest.fixture(scope="session")
def weather() -> Iterator[str]:
    """A dull page on another origin, to leave to."""

    async def page(_: Any) -> HTMLResponse:
        icon = '<link rel="icon" href="data:,">'
        return HTMLResponse(f"<!doctype html><title>Weather</title>{icon}<p>{WEATHER}</p>")

    with serving(Starlette(routes=[Route("/", page)])) as url:
        yield f"{url}/"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def porch(
    postgres: str, tmp_path_factory: pytest.TempPathFactory, key_file: Path, weather: str
) -> AsyncIterator[Porch]:
    """One porch for all browser tests of the chat."""
    url, port = fresh_database(postgres, "chat_pages"), free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "HOTLINE_KEY_FILE": str(key_file),
        "PUBLIC_PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "EXIT_URL": weather,
        "WEB_EMBED_ORIGINS": f"http://localhost:{EMBED_PORT}",
    }
    log = tmp_path_factory.mktemp("porch") / "log"
    running = Porch(environment, port, log, Database(url, load(key_file)), weather)
    await running.start()
    yield running
    assert running.process is not None
    if running.process.returncode is None:
        await running.stop()
    await running.database.close()


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real key file."""
    from storage.keys import create

    path = tmp_path_factory.mktemp("chat-keys") / "line.json"
    create(path)
    return path


async def lines(page: Page) -> list[str]:
    """The words that the page shows, in order."""
    return await page.locator("#log .line span").all_inner_texts()


async def send(page: Page, words: str) -> None:
    """Type and send, and wait until the line has it."""
    await page.fill("#text", words)
    await page.click("#write button")
    await page.locator(f'.contact[data-number]:has-text("{words}")').last.wait_for()
