"""The report sheet and the pages of protocols: for every eye, width and language."""

from __future__ import annotations

import asyncio
import os

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import text

from directory.protocol_files import SEEDS, read_files
from directory.protocol_store import save_all
from storage.database import utc_now
from tests.browser.conftest import NewPage, Slips, overflow, violations
from tests.browser.desk.conftest import Line
from tests.handoff.people import PASSWORD

LOCALES = {"en": "en-CA", "fr": "fr-CA"}


async def _signed_in(line: Line, new_page: NewPage, name: str, path: str, **options: str) -> Page:
    page = await new_page(**options)
    await page.goto(line.desk.url + "/sign-in")
    await page.fill("#name", name)
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_url(lambda url: not url.endswith("/sign-in"))
    await page.goto(line.desk.url + path)
    return page


async def _fits(page: Page, name: str) -> None:
    """Nothing for axe to find, at a desk and on a phone, with every fold open."""
    await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    for width in (1280, 320):
        await page.set_viewport_size({"width": width, "height": 900})
        if folder := os.environ.get("PICTURES"):
            await page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
        assert await violations(page) == []
        assert await overflow(page) == 0


async def _seed(line: Line) -> None:
    async with line.database.transaction() as tx:
        found = await asyncio.to_thread(read_files, [SEEDS / "on.yaml"])
        await save_all(tx.session, found, origin="seed", at=utc_now())


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("fr", "dark")])
async def test_report_sheet(
    line: Line, new_page: NewPage, slips: Slips, language: str, scheme: str
) -> None:
    """Walked through by its labels, with a consent and a decision on it."""
    slips.expected.append("422")
    await _seed(line)
    conversation_id = await line.text("can i talk to a person", "<img src=x> yes tell them")
    async with line.database.transaction() as tx:
        now = utc_now()
        await tx.desk.claim(conversation_id, line.accounts["River"], now.replace(year=2099), now)
    page = await _signed_in(
        line,
        new_page,
        "River",
        f"/report/{conversation_id}",
        locale=LOCALES[language],
        color_scheme=scheme,
    )
    await page.select_option("#danger", "yes")
    await page.select_option("#age", "15")
    await page.select_option("#province", "ON")
    await page.select_option("#wish", "report")
    await page.locator("button[value=look]").click()
    await expect(page.locator("#duty + p")).to_contain_text("Doit" if language == "fr" else "Must")
    # A form that is not whole keeps what was ticked.
    await page.locator("summary[data-fold=consent]").click()
    await page.check("#c-needs")
    await page.locator("form:has([name=act][value=consent]) button.primary").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.select_option("#c-to", label="Kids Help Phone")
    await page.select_option("#c-how", index=1)
    await page.locator("form:has([name=act][value=consent]) button.primary").click()
    await expect(page.locator("#consent + .rows .tag").first).to_be_visible()
    await page.select_option("#option", "child_protection")
    await page.fill("#reason", "she is 15")
    await page.locator("button[value=decide]").click()
    await expect(page.locator(".is-done")).to_be_visible()
    await page.locator(".steps button").first.click()
    await expect(page.locator(".steps .tag").first).to_be_visible()
    await _fits(page, f"sheet-{language}-{scheme}")


@pytest.mark.parametrize(("language", "scheme"), [("en", "dark"), ("fr", "light")])
async def test_protocol_pages(
    line: Line, new_page: NewPage, slips: Slips, language: str, scheme: str
) -> None:
    """List, one, editor with a fault in it."""
    slips.expected.append("422")
    await _seed(line)
    async with line.database.transaction() as tx:
        await tx.session.execute(
            text("UPDATE advocate SET role = 'directory_editor' WHERE name = 'Sage'")
        )
    options = {"locale": LOCALES[language], "color_scheme": scheme}
    page = await _signed_in(line, new_page, "Sage", "/protocols", **options)
    await expect(page.locator("tbody tr")).to_have_count(3)
    await _fits(page, f"protocols-{language}")
    await page.locator("tbody a").first.click()
    await _fits(page, f"protocol-{language}")
    await page.locator("a[href$='/edit']").click()
    area = page.locator("#text")
    await area.fill((await area.input_value()).replace("level: province", "level: planet"))
    await page.locator("form.sheet button").click()
    await expect(page.locator("#refusals")).to_contain_text("area.level")
    await _fits(page, f"edit-{language}")
