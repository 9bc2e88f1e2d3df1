"""How the chat looks and weighs: screens, zoom, contrast, right to left, bytes, slow lines."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.async_api import Page

from channels.web.doorbells import Doorbells
from channels.web.setup import add_pages
from intake.languages import direction
from intake.speaking import Voice
from locales.catalogue import Catalogue
from storage.database import Database, utc_now
from storage.keys import load
from storage.notify import VISITOR, Hub
from tests.browser.chat.conftest import Porch, send
from tests.browser.conftest import NewPage, Slips, overflow, violations
from tests.channels.conftest import serving

BUDGET_BYTES = 10_000
BUDGET_REQUESTS = 3
LONG = "averylongwordwithoutanyspaceinitthatnobodycanbreak" * 3

SCREENS: dict[str, dict[str, Any]] = {
    "320 px": {"viewport": {"width": 320, "height": 480}},
    "zoomed to 200%": {"viewport": {"width": 640, "height": 360}, "device_scale_factor": 2},
    "zoomed to 400%": {"viewport": {"width": 320, "height": 200}, "device_scale_factor": 4},
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "dark": {"viewport": {"width": 360, "height": 640}, "color_scheme": "dark"},
    "high contrast": {"viewport": {"width": 360, "height": 640}, "forced_colors": "active"},
    "French": {"viewport": {"width": 320, "height": 480}, "locale": "fr-CA"},
    "without script": {
        "viewport": {"width": 320, "height": 480},
        "java_script_enabled": False,
    },
}


async def _is_fit(page: Page, script: bool = True) -> None:
    """Nothing beyond the edge, nothing that axe-core finds wrong, big enough to touch."""
    assert await overflow(page) == 0
    if script:
        assert await violations(page) == []
    touched = "button:visible, summary, nav a:visible, textarea"
    for control in await page.locator(touched).all():
        box = await control.bounding_box()
        assert box is not None
        assert min(box["height"], box["width"]) >= 24


@pytest.mark.parametrize("screen", SCREENS)
async def test_every_page_fits_every_screen(
    porch: Porch, new_page: NewPage, slips: Slips, screen: str
) -> None:
    """Empty, in conversation, the pages on privacy and coming back, and one that is not there."""
    slips.expected.append("status of 404")
    options = SCREENS[screen]
    script = options.get("java_script_enabled", True)
    page = await new_page(**options)
    await page.goto(porch.url)
    await _is_fit(page, script)
    if script:
        await send(page, "hello")
        await porch.answer(f"a long answer: {LONG}")
        await page.locator(".bot").wait_for()
        await porch.answer("a human answer", as_person=True)
        await page.locator(".advocate").wait_for()
    else:
        await page.fill("#text", LONG)
        await page.click("#write button")
    await _is_fit(page, script)
    await page.goto(f"{porch.url}/privacy")
    await _is_fit(page, script)
    await page.goto(f"{porch.url}/return")
    await _is_fit(page, script)
    await page.goto(f"{porch.url}/no-such-page")
    await _is_fit(page, script)


async def test_codes_fit_a_small_screen(porch: Porch, new_page: NewPage) -> None:
    """Shown, and mistyped."""
    page = await new_page(**SCREENS["320 px"])
    await page.goto(porch.url)
    await send(page, "hello")
    await page.goto(f"{porch.url}/return")
    await page.click("form[action='/return/code'] button")
    await page.locator(".code").wait_for()
    await _is_fit(page)
    await page.goto(f"{porch.url}/return")
    await page.fill("#code", "999-199-0000")
    await page.click(".entry button")
    await page.locator("#wrong").wait_for()
    await _is_fit(page)


@pytest.mark.parametrize("screen", SCREENS)
async def test_the_picker_of_languages_fits_every_screen(
    porch: Porch, new_page: NewPage, screen: str
) -> None:
    """It opens without a script, every language can be reached, and the page stays the same."""
    options = SCREENS[screen]
    page = await new_page(**options)
    await page.goto(f"{porch.url}/privacy")
    await page.click("summary")
    await _is_fit(page, options.get("java_script_enabled", True))
    last = page.locator("nav a").last
    await last.scroll_into_view_if_needed()
    name = await last.inner_text()
    await last.click()
    assert await page.locator("summary").inner_text() == f"A ع 文 {name}"
    assert page.url.endswith("/privacy")


RIGHT_TO_LEFT = [
    tag for tag in sorted(Catalogue.load("pages").languages) if direction(tag) == "rtl"
]


@pytest.mark.parametrize("screen", ["320 px", "desktop", "without script"])
@pytest.mark.parametrize("tag", RIGHT_TO_LEFT)
async def test_pages_that_run_from_the_right(
    porch: Porch, new_page: NewPage, tag: str, screen: str
) -> None:
    """Mirrored, whole, and with the phone number as it is dialled."""
    options = SCREENS[screen]
    page = await new_page(**options)
    script = options.get("java_script_enabled", True)
    for path in (f"/{tag}", f"/{tag}/privacy", f"/{tag}/return"):
        await page.goto(f"{porch.url}{path}")
        await _is_fit(page, script)
        assert await page.evaluate("document.documentElement.dir") == "rtl"
        way = "(one) => getComputedStyle(one).direction"
        assert await page.locator('a[href^="tel:"]').first.evaluate(way) == "ltr"
        leave = await page.locator("#leave").bounding_box()
        assert leave is not None
        assert leave["x"] < options["viewport"]["width"] / 2


@pytest.mark.parametrize("screen", ["320 px", "zoomed to 400%"])
async def test_nothing_covers_what_has_the_focus(
    porch: Porch, new_page: NewPage, screen: str
) -> None:
    """WCAG 2.2, 2.4.11: each stop of the Tab key can be seen where it is."""
    page = await new_page(**SCREENS[screen])
    await page.goto(porch.url)
    for _ in range(8):
        await page.keyboard.press("Tab")
        seen = await page.evaluate(
            """() => {
                const one = document.activeElement;
                const box = one.getClientRects()[0] || one.getBoundingClientRect();
                const x = box.left + box.width / 2;
                const y = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
                const top = document.elementFromPoint(x, y);
                return box.height === 0 || one === document.body || one.contains(top);
            }"""
        )
        assert seen, await page.evaluate("document.activeElement.outerHTML.slice(0, 80)")


async def test_the_newest_line_is_in_view(porch: Porch, new_page: NewPage) -> None:
    """The box to write in does not hide it."""
    page = await new_page(**SCREENS["320 px"])
    await page.goto(porch.url)
    await send(page, "hello")
    for n in range(6):
        await porch.answer(f"answer {n} that is long enough to take more than one row of a phone")
    last = page.locator(".line").nth(6)
    await last.wait_for()
    box, form = await last.bounding_box(), await page.locator("#write").bounding_box()
    assert box is not None
    assert form is not None
    assert box["y"] + box["height"] <= form["y"]


@pytest.fixture
def right_to_left(porch: Porch, key_file: Path, tmp_path: Path) -> Iterator[str]:
    """The same pages with a catalogue in a language that is written from right to left."""
    for code in ("en", "ar"):
        (tmp_path / code).mkdir()
        said = Catalogue.load("pages").sentences["en"]
        words = "مرحبا بكم هنا في كل وقت"
        (tmp_path / code / "pages.po").write_text(
            'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
            + "\n\n".join(
                f'msgid "{key}"\nmsgstr "{one.text if code == "en" else words}"'
                for key, one in said.items()
            )
        )
    database = Database(porch.environment["DATABASE_URL"], load(key_file))
    app = FastAPI()
    add_pages(
        app,
        database=database,
        doorbells=Doorbells(Hub(database.url, VISITOR)),
        voice=Voice(Catalogue.load(), "1-833-900-1010"),
        catalogue=Catalogue.load("pages", tmp_path),
        public_url="http://127.0.0.1",
        exit_url=porch.exit_url,
        now=utc_now,
    )
    with serving(app) as url:
        yield url


async def test_right_to_left(right_to_left: str, new_page: NewPage) -> None:
    """The page is mirrored, the number is not, and each line runs as its own words do."""
    page = await new_page(viewport={"width": 320, "height": 568})
    await page.goto(f"{right_to_left}/ar")
    await send(page, "english words")
    assert await page.evaluate("document.documentElement.dir") == "rtl"
    mine = await page.locator(".contact").bounding_box()
    leave = await page.locator("#leave").bounding_box()
    assert mine is not None
    assert leave is not None
    assert mine["x"] < 20 > leave["x"]
    way = "(one) => getComputedStyle(one).direction"
    assert await page.locator(".contact span").evaluate(way) == "ltr"
    await _is_fit(page)
    # The stream of this page would end only with its life.
    await page.goto("about:blank")


async def test_the_first_load_stays_in_its_budget(
    porch: Porch, new_page: NewPage, capsys: pytest.CaptureFixture[str]
) -> None:
    """HTML, CSS and JavaScript together, as they come over the wire, headers included."""
    page = await new_page()
    wire: dict[str, int] = {}
    kinds: dict[str, str] = {}
    client = await page.context.new_cdp_session(page)
    await client.send("Network.enable")
    client.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))
    client.on(
        "Network.loadingFinished",
        lambda e: wire.update({e["requestId"]: int(e["encodedDataLength"])}),
    )
    await page.goto(porch.url, wait_until="load")
    await page.locator("html.live").wait_for()
    counted = {kinds[one]: size for one, size in wire.items()}
    counted.pop("EventSource", None)
    icon = counted.pop("Other", 0)
    with capsys.disabled():
        print(f"\nfirst load, bytes on the wire with headers: {counted}, icon {icon}")
    assert set(counted) == {"Document", "Stylesheet", "Script"}
    assert len(counted) <= BUDGET_REQUESTS
    assert sum(counted.values()) + icon <= BUDGET_BYTES


async def test_on_a_slow_line_the_page_can_be_used(
    porch: Porch, new_page: NewPage, capsys: pytest.CaptureFixture[str]
) -> None:
    """280 kbit/s, 800 ms, a processor six times slower; the time is told, not judged."""
    page = await new_page(viewport={"width": 360, "height": 640})
    client = await page.context.new_cdp_session(page)
    await client.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 800,
            "downloadThroughput": 280_000 / 8,
            "uploadThroughput": 280_000 / 8,
        },
    )
    await client.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    began = time.monotonic()
    await page.goto(porch.url, wait_until="commit")
    await page.locator("#text").wait_for()
    usable = time.monotonic() - began
    await page.locator("html.live").wait_for()
    live = time.monotonic() - began
    await send(page, "hello")
    sent = time.monotonic() - began - live
    with capsys.disabled():
        print(
            f"\nslow line: form after {usable:.1f} s, script after {live:.1f} s,"
            f" a message taken in {sent:.1f} s"
        )
