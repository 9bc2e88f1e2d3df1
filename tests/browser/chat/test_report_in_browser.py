"""Reports in a real browser: with and without a script, small screens, and what is left after."""

from __future__ import annotations

import asyncio
import re
import zlib
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright

from tests.browser.chat.conftest import Porch
from tests.browser.conftest import CHROMIUM, NewPage, Slips, overflow, violations
from tests.channels.samples import SECRET, SERIAL, photo

WORDS = "a grey van behind the Marmalade Motel"
_NAME = f"{SECRET}.jpg"
_TYPED = re.compile(r"\d{4} \d{4} \d{4} \d{4}")


async def report(page: Page, url: str, language: str = "en") -> str:
    """Fill the form, add a photo, send it; returns the receipt."""
    await page.goto(f"{url}/{language}/report")
    await page.fill("#words", WORDS)
    await page.fill("#where", "Zebrafinch Road 12")
    await page.set_input_files(
        "#file", {"name": _NAME, "mimeType": "image/jpeg", "buffer": photo()}
    )
    await page.click("form.report > button")
    found = _TYPED.search(await page.locator(".receipt").inner_text())
    assert found is not None
    return found[0]


@pytest.mark.parametrize(("language", "script"), [("en", False), ("ar", True)])
async def test_there_and_back_on_a_small_screen(
    porch: Porch, new_page: NewPage, language: str, script: bool
) -> None:
    """Every page fits 320 pixels, and a photo goes with either visit."""
    page = await new_page(viewport={"width": 320, "height": 480}, java_script_enabled=script)

    async def fits() -> None:
        assert await overflow(page) == 0
        if script:
            assert await violations(page) == []

    await page.goto(f"{porch.url}/{language}/report")
    await fits()
    receipt = await report(page, porch.url, language)
    await fits()
    assert await page.locator('[role="status"]').count() == 1
    await page.goto(f"{porch.url}/{language}/report/return")
    await page.fill("#receipt", receipt)
    await page.click("form.report button")
    await page.set_input_files(
        "#file", {"name": "x.png", "mimeType": "image/png", "buffer": b"no picture"}
    )
    await page.locator("form.report > button").first.click()
    await page.locator(".care[role='alert']").wait_for()
    await fits()


async def test_the_browser_works_while_somebody_writes(
    porch: Porch, new_page: NewPage, slips: Slips
) -> None:
    """By a worker of our own origin, under Trusted Types; nothing is asked of the line for it."""
    page = await new_page()
    await page.goto(f"{porch.url}/en/report")
    assert await page.locator("[name=work]").input_value() == ""
    await page.fill("#words", WORDS)
    async with asyncio.timeout(20):
        while len(await page.locator("[name=work]").input_value()) < 100:
            await asyncio.sleep(0.05)
    assert await page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert await page.context.cookies() == []


async def test_the_profile_of_a_browser_keeps_nothing_that_was_told(
    porch: Porch, tmp_path: Path
) -> None:
    """Every file of the profile, cache included, as it lies on disk after the browser is closed.

    That the pages were visited stays in the history: no page can prevent that.
    """
    profile = tmp_path / "profile"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, headless=True
        )
        page = await browser.new_page()
        receipt = await report(page, porch.url)
        await page.goto(f"{porch.url}/en/report/return")
        await page.fill("#receipt", receipt)
        await page.click("form.report button")
        await page.fill("#words", "and a Quincunx sign")
        await page.locator("form.report > button").first.click()
        await page.locator('[role="status"]').first.wait_for()
        await page.goto(porch.exit_url)
        await browser.close()
    needles = [WORDS, "Zebrafinch", "Quincunx", receipt, receipt.replace(" ", ""), SECRET, SERIAL]
    looked = 0
    for path in profile.rglob("*"):
        if path.is_file() and not path.is_symlink():
            looked += 1
            content = _whole(path.read_bytes())
            for needle in needles:
                for written in (needle.encode(), needle.encode("utf-16-le")):
                    assert written not in content, (path.relative_to(profile), needle)
    assert looked > 10
    history = (profile / "Default" / "History").read_bytes()
    assert b"/report" in history, "the check would not see what a browser keeps"


def _whole(content: bytes) -> bytes:
    """A file, with what lies compressed in it."""
    found: list[Any] = [content]
    for start in re.finditer(rb"\x1f\x8b\x08", content):
        try:
            found.append(zlib.decompressobj(31).decompress(content[start.start() :], 1_000_000))
        except zlib.error:
            continue
    return b"\n".join(found)
