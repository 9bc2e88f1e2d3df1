"""The side panel in real Chromium: reaching somebody, the plan, rules, and colleagues."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.async_api import Page, expect

from intake.code_words import hashed
from tests.browser.conftest import overflow, violations
from tests.browser.desk.conftest import Line, Screens

PICTURES = os.environ.get("PANEL_PICTURES")


async def _picture(page: Page, name: str) -> None:
    """Kept where somebody wants to look at it; nothing in a usual run."""
    if PICTURES:
        await page.screenshot(path=str(Path(PICTURES) / f"{name}.png"))


async def _take(page: Page) -> None:
    await page.keyboard.press("c")
    await expect(page.locator("#reply")).to_be_focused()
    await page.keyboard.press("Escape")


async def test_the_panel_by_keyboard(line: Line, screens: Screens) -> None:
    """How to reach them, the plan, consent and rules: written, kept, shown again, axe clean."""
    number = 71
    conversation_id = await line.text("im in Winnipeg", number=number)
    async with line.database.transaction() as tx:
        await tx.contacts.set_code_word(conversation_id, hashed("lantern"))
    await line.text("he has a gun", number=number)
    page = await screens.of()
    await _take(page)
    why = page.locator(".why")
    await expect(why).to_contain_text("Winnipeg")
    await expect(why.locator(".said")).not_to_have_count(0)

    await why.locator("#reach-edit").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#reach-any")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("#reach-windows")).to_be_checked()
    await why.get_by_label("Sunday").uncheck()
    assert await violations(page) == []
    await _picture(page, "reach")
    await why.get_by_role("button", name="Keep this", exact=True).click()
    await expect(why).to_contain_text("19:00–21:00")
    await expect(page.locator("#reach-edit")).to_be_focused()

    await why.get_by_role("button", name="Write a plan").click()
    await expect(page.locator("#plan-safe_place")).to_be_focused()
    await page.keyboard.type("the library")
    # New words of the person while the plan is being written: the form and the focus stay.
    await line.text("are you there", number=number)
    await expect(page.locator(".log")).to_contain_text("are you there")
    await expect(page.locator("#plan-safe_place")).to_be_focused()
    await page.keyboard.type(", side door")
    await _picture(page, "plan")
    await why.get_by_role("button", name="Keep the plan").click()
    await expect(why.locator(".plan")).to_contain_text("the library, side door")

    await why.get_by_role("button", name="Show consent, duty, protocol").click()
    await expect(why).to_contain_text("Nothing yet: nothing may leave.")
    await expect(why).to_contain_text("Must be reported.")
    assert await violations(page) == []
    await _picture(page, "rules")
    await page.get_by_role("button", name="Français").click()
    await expect(why).to_contain_text("Plan de sécurité")
    for width in (320, 360):
        await page.set_viewport_size({"width": width, "height": 780})
        await page.keyboard.press("w")
        await expect(page.locator("#why")).to_be_focused()
        assert await overflow(page) == 0
        assert await violations(page) == []
        await _picture(page, f"narrow-{width}")
        await page.locator("#reach-edit").click()
        assert await overflow(page) == 0
        await why.get_by_role("button", name="Retour", exact=True).click()


async def test_colleagues_join_and_take_over(line: Line, screens: Screens) -> None:
    """Asked in, both write; handed on, the other takes it; the note is there."""
    await line.text("he has a gun")
    river, sage = await screens.of("River"), await screens.of("Sage")
    await _take(river)
    to = river.locator("#hand-to")
    await expect(to.locator("option", has_text="Sage")).to_have_count(1)
    value = await to.locator("option", has_text="Sage").get_attribute("value")
    await to.select_option(value)
    await river.get_by_role("button", name="Ask them in").click()
    await expect(river.locator(".why")).to_contain_text("With you here: Sage")
    await sage.locator(".helping .row").click()
    await sage.locator("#reply").fill("Sage is here too.")
    await sage.keyboard.press("Control+Enter")
    await expect(river.locator(".log")).to_contain_text("Sage is here too.")
    await river.locator("#hand-note").fill("She knows the place")
    await river.get_by_role("button", name="Hand it on").click()
    await expect(river.locator(".toast")).to_contain_text("Handed on")
    await expect(sage.locator(".waiting .row")).to_have_count(1)
    await _take(sage)
    await expect(sage.locator(".notes")).to_contain_text("She knows the place")
