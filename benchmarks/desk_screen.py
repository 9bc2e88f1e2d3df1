"""`python -m benchmarks.desk_screen`: one screen of the desk with 500 waiting and 50 own people.

DATABASE_URL names an empty, migrated database and HOTLINE_KEY_FILE its keys; a database that
holds a conversation is refused. People are invented. The desk runs as in service; the screen is
Chromium.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import statistics
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import httpx
from playwright.async_api import Page, async_playwright
from sqlalchemy import func, select

from handoff.passwords import Passwords
from intake.messages import Inbound
from intake.receive import receive
from intake.speaking import Voice
from locales.catalogue import Catalogue
from storage.database import Database
from storage.keys import load
from storage.tables import ConversationRow

WAITING, OWN, TIMES = 500, 50, 20
_PORT = 8793
_NAME = "Bench"
_CALM = ("my boss took my passport", "can i talk to a person", "he checks my phone")


async def _text(database: Database, number: int, words: str, ago: float = 0) -> None:
    at = datetime.now(UTC) - timedelta(seconds=ago)
    inbound = Inbound(
        "sms",
        "+18005550100",
        f"bench-{number}",
        f"bench-{number}-{secrets.token_hex(4)}",
        words,
        at,
    )
    voice = Voice(Catalogue.load(), "1-833-900-1010")
    await receive(inbound, transaction=database.transaction, voice=voice, now=lambda: at)


async def _seed(database: Database, password: str) -> None:
    async with database.transaction() as tx:
        if await tx.session.scalar(select(func.count()).select_from(ConversationRow)):
            raise SystemExit("this database holds conversations; give an empty one")
        hashed = await Passwords().hash(password)
        me = await tx.accounts.add_advocate(_NAME, hashed, "advocate", ["en"])
    assert me is not None
    for number in range(WAITING + OWN):
        await _text(database, number, _CALM[number % len(_CALM)], ago=3_600 - number)
    for _ in range(OWN):
        async with database.transaction() as tx:
            found = await tx.board.next_waiting()
            assert found is not None
            now = datetime.now(UTC)
            await tx.desk.claim(found, me, now + timedelta(hours=1), now)


async def _open(page: Page, password: str) -> float:
    await page.goto(f"http://127.0.0.1:{_PORT}/")
    await page.fill("#name", _NAME)
    await page.fill("#password", password)
    await page.press("#password", "Enter")
    await page.wait_for_selector(".waiting .row")
    return float(
        await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    )


async def _imminent(page: Page, database: Database) -> list[float]:
    """From before the text is taken in until it stands on the screen."""
    waits = []
    for number in range(TIMES):
        rows = ".waiting .row[data-tier=imminent]"
        began = perf_counter()
        await _text(database, 10_000 + number, "he has a gun and hes coming back")
        await page.locator(rows).nth(number).wait_for(state="attached")
        waits.append(perf_counter() - began)
    return waits


async def _keys(page: Page) -> list[float]:
    """From a key to the frame that shows its letter, in an open conversation."""
    await page.locator(".mine .row").first.click()
    await page.wait_for_selector("#reply")
    await page.focus("#reply")
    waits = await page.evaluate(
        """async (times) => {
          const reply = document.getElementById("reply"), waits = [];
          for (let at = 0; at < times; at += 1) {
            const began = performance.now();
            document.execCommand("insertText", false, "a");
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            waits.push((performance.now() - began) / 1000);
          }
          return waits;
        }""",
        TIMES,
    )
    return [float(one) for one in waits]


def _said(name: str, waits: list[float]) -> None:
    ordered = sorted(waits)
    median = statistics.median(ordered)
    print(f"{name}: median {median * 1000:.0f} ms, worst {ordered[-1] * 1000:.0f} ms")


async def measure() -> None:
    """Seed, start the desk, look, print."""
    database = Database(os.environ["DATABASE_URL"], load(Path(os.environ["HOTLINE_KEY_FILE"])))
    password = secrets.token_urlsafe(16)
    await _seed(database, password)
    desk = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "handoff", env={**os.environ, "STAFF_PORT": str(_PORT)}
    )
    try:
        async with httpx.AsyncClient() as client, asyncio.timeout(30):
            while True:
                try:
                    if (await client.get(f"http://127.0.0.1:{_PORT}/healthz")).is_success:
                        break
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"))
            page = await browser.new_page()
            began = perf_counter()
            paint = await _open(page, password)
            print(f"signing in until the board is drawn: {perf_counter() - began:.2f} s")
            print(f"first paint of the console: {paint:.0f} ms")
            _said("a new imminent one on the screen", await _imminent(page, database))
            _said("a key until its letter is drawn", await _keys(page))
            await browser.close()
    finally:
        desk.terminate()
        await desk.wait()
        await database.close()


if __name__ == "__main__":
    asyncio.run(measure())
