"""Makes the pictures of the README from a running line, with invented people.

    python scripts/pictures.py --desk http://127.0.0.1:8081 --porch http://127.0.0.1:8080 River

asks for the advocate's password (or reads it with --password-stdin). Run it on a practice line
that is otherwise empty: it writes to it, takes one conversation, and ends it. Only a line on
loopback is accepted, so that no real person ever stands in a picture.
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import shutil
import sys
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
MOST_BYTES = 150_000
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_DESK = {"width": 1280, "height": 800}
_PHONE = {"width": 360, "height": 640}
# What the invented people write, the last one's chat is in the picture.
_OTHERS = (
    ("my boss keeps my passport and i owe him for the flight",),
    ("can i talk to a person",),
    ("mon patron garde mon passeport",),
)
_FIRST = ("hi is anyone there", "he has a gun and hes coming back")
_REPLY = "I am a person, and I am here with you. You can go at your own pace."


async def _write(page: Page, *texts: str) -> None:
    for text in texts:
        await page.fill("#text", text)
        await page.press("#text", "Enter")
        await page.get_by_text(text).first.wait_for()


async def _visitor(browser: Browser, porch: str, *texts: str, locale: str = "en-CA") -> Page:
    context = await browser.new_context(viewport=_PHONE, locale=locale, device_scale_factor=2)
    page = await context.new_page()
    await page.goto(porch)
    await _write(page, *texts)
    return page


async def _advocate(browser: Browser, desk: str, name: str, password: str) -> Page:
    context = await browser.new_context(viewport=_DESK, locale="en-CA")
    page = await context.new_page()
    await page.goto(desk)
    await page.fill("#name", name)
    await page.fill("#password", password)
    await page.press("#password", "Enter")
    await page.wait_for_selector(".connection.is-live")
    return page


async def _keep(page: Page, name: str) -> None:
    """A small PNG: 64 colours are enough for a flat screen."""
    with Image.open(BytesIO(await page.screenshot())) as shot:
        small = shot.convert("RGB").quantize(64, dither=Image.Dither.NONE)
        path = PICTURES / name
        small.save(path, optimize=True)
    if path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{path.name} is larger than {MOST_BYTES} bytes")
    print(f"{path.name}: {path.stat().st_size} bytes")


async def make(desk: str, porch: str, name: str, password: str) -> None:
    """Play it through and take the pictures."""
    chromium = next((path for one in _NAMES if (path := shutil.which(one))), None)
    if chromium is None:
        raise SystemExit("chromium is not installed")
    PICTURES.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium)
        for texts in _OTHERS:
            await _visitor(browser, porch, *texts)
        visitor = await _visitor(browser, porch, *_FIRST)
        page = await _advocate(browser, desk, name, password)
        await page.locator(".waiting .row").nth(len(_OTHERS)).wait_for()
        await page.keyboard.press("c")
        await page.wait_for_selector("#reply:focus")
        await page.keyboard.type(_REPLY)
        await page.keyboard.press("Control+Enter")
        await visitor.get_by_text(_REPLY).wait_for()
        await page.keyboard.type("Is anyone with you? /pa")
        await page.get_by_role("option").first.wait_for()
        await _keep(page, "desk.png")
        await _keep(visitor, "chat.png")
        await page.keyboard.press("Escape")
        await page.keyboard.press("Escape")
        await page.keyboard.press("x")
        await page.get_by_role("dialog").get_by_role("button", name="Close").click()
        await page.locator(".mine").wait_for(state="detached")
        await browser.close()


def main() -> int:
    """Read what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", help="shift name of an advocate of the practice line")
    parser.add_argument("--desk", default="http://127.0.0.1:8081")
    parser.add_argument("--porch", default="http://127.0.0.1:8080")
    parser.add_argument("--password-stdin", action="store_true")
    asked = parser.parse_args()
    for address in (asked.desk, asked.porch):
        if urlsplit(address).hostname not in ("127.0.0.1", "localhost", "::1"):
            print(f"{address} is not on this machine; pictures show a practice line only")
            return 2
    password = sys.stdin.readline().rstrip("\n") if asked.password_stdin else getpass.getpass()
    asyncio.run(make(asked.desk, asked.porch, asked.name, password))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
