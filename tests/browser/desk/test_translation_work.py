"""The translation helper in real Chromium: beside the text, shown back, labelled."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest_asyncio
from playwright.async_api import expect

from tests.browser.conftest import overflow, violations
from tests.browser.desk.conftest import DeskProcess, Line, Screens
from tests.channels.conftest import free_port, serving
from tests.handoff.libre import Libre

PICTURES = os.environ.get("PANEL_PICTURES")


@pytest_asyncio.fixture(loop_scope="session")
async def helped(line: Line, tmp_path: Path) -> AsyncIterator[Line]:
    """A second desk on the same hall, with a helper."""
    port = free_port()
    with serving(Libre().app()) as url:
        environment = {**line.desk.environment, "TRANSLATE_URL": url, "STAFF_PORT": str(port)}
        desk = DeskProcess(environment, port, tmp_path / "desk.log")
        await desk.start()
        yield replace(line, desk=desk)
        await desk.stop()


async def test_both_ways(helped: Line, screens: Screens) -> None:
    """Their words beside themselves; mine looked at twice, put in, sent with what I wrote."""
    conversation_id = await helped.text("tiene una pistola")
    async with helped.database.transaction() as tx:
        conversation = await tx.conversations.lock(conversation_id)
        await tx.conversations.save(replace(conversation, language="es"))
    page = await replace(screens, line=helped).of()
    await page.keyboard.press("c")
    await expect(page.locator("#reply")).to_be_focused()
    await page.locator(".by-contact").get_by_role("button", name="Translate").click()
    theirs = page.locator(".by-contact .machine")
    await expect(theirs).to_contain_text("Machine translation, may be wrong: he has a gun")
    await expect(theirs).to_contain_text("In the translation: Weapon")
    await expect(page.locator(".by-contact .words").first).to_have_text("tiene una pistola")
    await page.locator("#reply").fill("Are you alone now?")
    await page.locator(".composer").get_by_role("button", name="Translate").click()
    await expect(page.locator(".by-machine")).to_contain_text("Back again: Are you alone now?")
    if PICTURES:
        await page.screenshot(path=str(Path(PICTURES) / "translate.png"))
    assert await violations(page) == []
    await page.get_by_role("button", name="Put it into the reply").click()
    await expect(page.locator("#reply")).to_have_value("¿Está sola ahora?")
    await page.keyboard.press("Control+Enter")
    last = page.locator(".by-advocate").last
    await expect(last).to_contain_text("Written: Are you alone now?")
    await page.set_viewport_size({"width": 360, "height": 780})
    assert await overflow(page) == 0
