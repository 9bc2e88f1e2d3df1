"""The account's page in a real browser: a code app set up by keyboard, for every eye and width."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import NewPage, overflow, violations
from tests.browser.desk.conftest import Line
from tests.handoff.people import PASSWORD


async def _fits(page: Page, name: str) -> None:
    for width in (1280, 320):
        await page.set_viewport_size({"width": width, "height": 900})
        if folder := os.environ.get("PICTURES"):
            await page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
        assert await violations(page) == []
        assert await overflow(page) == 0


@pytest.mark.parametrize(("locale", "scheme"), [("en-CA", "light"), ("fr-CA", "dark")])
async def test_a_code_app(line: Line, new_page: NewPage, locale: str, scheme: str) -> None:
    """Offered, proved, and asked for at the next sign-in."""
    page = await new_page(locale=locale, color_scheme=scheme)
    await page.goto(line.desk.url + "/sign-in")
    await page.fill("#name", "River")
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_url(line.desk.url + "/")
    await page.goto(line.desk.url + "/account")
    await _fits(page, f"account-{locale}")
    await page.focus("#on-password")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator(".qr svg")).to_be_visible()
    await _fits(page, f"account-offer-{locale}")
    app = pyotp.TOTP((await page.inner_text("main code")).replace(" ", ""))
    await page.focus("#on-code")
    await page.keyboard.type(app.at(datetime.now(UTC)))
    await page.keyboard.press("Enter")
    await expect(page.locator(".codes li")).to_have_count(10)
    await _fits(page, f"account-codes-{locale}")
    await page.click("header form[action='/sign-out'] button")
    await page.fill("#name", "River")
    await page.fill("#password", PASSWORD)
    # The next time step: the present one was used up; a step of drift is allowed.
    await page.fill("#code", app.at(datetime.now(UTC) + timedelta(seconds=30)))
    await page.press("#code", "Enter")
    await page.wait_for_url(line.desk.url + "/")
