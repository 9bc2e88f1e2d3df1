"""A real desk process on loopback with a database of its own, and advocates' screens."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Page
from psycopg.errors import DeadlockDetected
from sqlalchemy.exc import OperationalError

from handoff.passwords import Passwords
from storage.database import Database
from storage.keys import create, load
from tests.browser.conftest import NewPage
from tests.handoff.conftest import EMPTY
from tests.handoff.people import PASSWORD, text_in

NAMES = ("River", "Sage")


@dataclass
class DeskProcess:
    """`python -m handoff`, started and stopped like the launcher does."""

    environment: dict[str, str]
    port: int
    log: Path
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Where the screens look."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start and wait until it answers."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "handoff", env=self.environment, stdout=log, stderr=log
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
            return await self.process.wait()


@dataclass
class Line:
    """The desk, its hall and the people who write."""

    desk: DeskProcess
    database: Database
    voice: Any
    accounts: dict[str, UUID] = field(default_factory=dict)

    async def text(self, *words: str, **how: Any) -> UUID:
        """Somebody writes; returns the conversation."""
        return await text_in(self.database, self.voice, *words, **how)

    async def changed(self, conversation_id: UUID) -> None:
        """Wake the screens."""
        async with self.database.transaction() as tx:
            await tx.signals.desk(conversation_id)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def desk_process(
    postgres: str, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[DeskProcess]:
    """One desk for the run."""
    from tests.conftest import fresh_database

    folder = tmp_path_factory.mktemp("desk")
    create(folder / "key.json")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    desk = DeskProcess(
        environment={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(root),
            "DATABASE_URL": fresh_database(postgres, "desk_browser"),
            "HOTLINE_KEY_FILE": str(folder / "key.json"),
            "STAFF_PORT": str(port),
            "LOG_LEVEL": "DEBUG",
        },
        port=port,
        log=folder / "desk.log",
    )
    await desk.start()
    yield desk
    # The server ends in good order and then obeys the signal as it came.
    assert await desk.stop() in (0, -signal.SIGTERM)
    assert "Traceback" not in desk.log.read_text()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def password_hash() -> str:
    """Of every advocate's password here, with the parameters that the desk expects."""
    return await Passwords().hash(PASSWORD)


@pytest_asyncio.fixture(loop_scope="session")
async def line(desk_process: DeskProcess, voice: Any, password_hash: str) -> AsyncIterator[Line]:
    """The desk with an empty board and two advocates."""
    keyring = load(Path(desk_process.environment["HOTLINE_KEY_FILE"]))
    database = Database(desk_process.environment["DATABASE_URL"], keyring)
    made = Line(desk_process, database, voice)
    await _emptied(database)
    async with database.transaction() as tx:
        for name in NAMES:
            account = await tx.accounts.add_advocate(name, password_hash, "advocate", ["en", "fr"])
            assert account is not None
            made.accounts[name] = account
    yield made
    await database.close()


async def _emptied(database: Database) -> None:
    """Empty the board. The running desk reads several tables at a time, and may be in the way."""
    for left in reversed(range(5)):
        try:
            async with database.transaction() as tx:
                await (await tx.session.connection()).exec_driver_sql(EMPTY)
            return
        except OperationalError as error:
            if not (left and isinstance(error.orig, DeadlockDetected)):
                raise


@dataclass
class Screens:
    """Opens advocates' screens."""

    line: Line
    new_page: NewPage

    async def of(self, name: str = "River", **options: Any) -> Page:
        """A signed-in screen that shows the live board."""
        page = await self.new_page(**options)
        await page.goto(self.line.desk.url)
        await page.fill("#name", name)
        await page.fill("#password", PASSWORD)
        await page.press("#password", "Enter")
        await page.wait_for_selector(".connection.is-live")
        return page


@pytest.fixture
def screens(line: Line, new_page: NewPage) -> Screens:
    """Advocates' screens on the line."""
    return Screens(line, new_page)
