"""Real Chromium for tests of pages: no third party is reachable, and every slip fails the test."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

# Debian's package is `chromium`; others call it by these names.
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
CHROMIUM = next((path for name in _NAMES if (path := shutil.which(name))), None)
AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text()
# Names are resolved for nobody: a page that asks a third party for anything fails loudly.
_ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
PATIENCE_MS = 10_000

NewPage = Callable[..., Awaitable[Page]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop and one browser for all of them; skipped by name without Chromium."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip("chromium is not installed"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for the run."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[_ALONE])
        yield browser
        await browser.close()


@dataclass
class Slips:
    """What must not happen on any page: errors, policy violations, requests to elsewhere.

    `expected`: pieces of console lines that a test provokes on purpose (a refused request).
    `hosts`: by what names our own pages may be asked for.
    """

    expected: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    hosts: set[str] = field(default_factory=lambda: {"127.0.0.1"})

    def watch(self, page: Page) -> None:
        """Gather everything that the page complains about, and where it asks."""
        page.on("console", lambda line: self._said(line.type, f"{line.text} ({_path(line)})"))
        page.on("pageerror", lambda error: self.seen.append(f"error: {error}"))
        page.on("request", lambda request: self.asked.add(request.url.split("/")[2]))

    def _said(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.seen.append(f"{kind}: {text}")

    def unexpected(self) -> list[str]:
        """Complaints that no test asked for."""
        return [line for line in self.seen if not any(part in line for part in self.expected)]


@pytest.fixture
def slips() -> Slips:
    """The slips of one test; it may name those that it provokes."""
    return Slips()


@pytest_asyncio.fixture(loop_scope="session")
async def new_page(chromium: Browser, slips: Slips) -> AsyncIterator[NewPage]:
    """Opens pages, each in a browser profile of its own (options as Playwright's new_context)."""
    contexts = []

    async def make(**options: Any) -> Page:
        context = await chromium.new_context(**{"locale": "en-CA", **options})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = await context.new_page()
        slips.watch(page)
        return page

    yield make
    for context in contexts:
        await context.close()
    assert slips.unexpected() == []
    assert {host.split(":")[0] for host in slips.asked} <= slips.hosts


def _path(line: ConsoleMessage) -> str:
    """Where a console line comes from, without the host."""
    return "/".join(line.location["url"].split("/")[3:])


async def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with a page as it is now: rule and where."""
    # A page that a click has just brought may still lack its styles.
    await page.wait_for_load_state("load")
    await page.evaluate(AXE)
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


async def overflow(page: Page) -> int:
    """How many pixels of a page lie beyond its right edge."""
    wide: int = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wide


async def fits(page: Page, name: str) -> None:
    """At both widths nothing runs over, and axe finds nothing. PICTURES: a folder for views."""
    for width in (1280, 320):
        await page.set_viewport_size({"width": width, "height": 900})
        if folder := os.environ.get("PICTURES"):
            await page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
        assert await overflow(page) == 0
    assert await violations(page) == []
