"""Accounts, set-up and an opened conversation in a real browser, for every eye and width."""

from __future__ import annotations

import os

import pytest
from playwright.async_api import expect

from handoff.schemas import label
from tests.browser.conftest import NewPage, fits
from tests.browser.desk.conftest import Line, Screens
from tests.handoff.people import PASSWORD


@pytest.mark.parametrize(("locale", "scheme"), [("en-CA", "light"), ("fr-CA", "dark")])
async def test_an_invitation(
    line: Line, new_page: NewPage, password_hash: str, locale: str, scheme: str
) -> None:
    """An administrator invites; the link fills the code in, hides it, and its owner signs in."""
    async with line.database.transaction() as tx:
        await tx.accounts.add_advocate("Wren", password_hash, "administrator", ["en"])
    page = await new_page(locale=locale, color_scheme=scheme)
    await page.goto(line.desk.url + "/sign-in")
    await page.fill("#name", "Wren")
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_url(line.desk.url + "/accounts")
    await fits(page, f"accounts-{locale}")
    await page.fill("#name", "Heron")
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await expect(page.locator(".long")).to_contain_text("/set-up#")
    await fits(page, f"accounts-made-{locale}")
    link = await page.inner_text(".long")
    owner = await new_page(locale=locale, color_scheme=scheme)
    await owner.goto(link)
    await expect(owner.locator("#code")).to_have_value(link.split("#")[1])
    assert owner.url == line.desk.url + "/set-up"
    await fits(owner, f"set-up-{locale}")
    await owner.fill("#name", "Heron")
    await owner.fill("#password", "a kettle by the window")
    await owner.press("#password", "Enter")
    await owner.wait_for_url(line.desk.url + "/sign-in")


async def test_looking_in_with_a_reason(line: Line, screens: Screens) -> None:
    """Refused, asked for a reason, opened; the holder's open screen says so without a touch."""
    conversation_id = await line.text("he has a gun")
    river = await screens.of("River")
    await river.keyboard.press("c")
    await river.wait_for_selector("#reply")
    sage = await screens.of("Sage")
    await sage.goto(f"{line.desk.url}/break-glass?conversation={conversation_id}")
    await fits(sage, "glass-form")
    await sage.fill("#reason", "River fell ill and somebody asks for the number")
    await sage.press("main .primary", "Enter")
    await expect(sage.locator("h1")).to_have_text(label(conversation_id))
    await expect(sage.locator(".transcript")).to_contain_text("he has a gun")
    await fits(sage, "glass")
    await expect(river.locator(".cautions")).to_contain_text("Sage opened this conversation")
    if folder := os.environ.get("PICTURES"):
        await river.screenshot(path=f"{folder}/glass-holder.png")
