"""The pages of the line: calls and switches, for every width and in both languages."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from playwright.async_api import Page, expect

from channels.dispatch import Dispatch
from intake.contact import Preference, Texting, Window
from storage.database import utc_now
from tests.browser.conftest import overflow, violations
from tests.browser.desk.conftest import Line, Screens

PICTURES = os.environ.get("PANEL_PICTURES")


async def _fit(page: Page, name: str) -> None:
    for width, height in ((1280, 800), (360, 780)):
        await page.set_viewport_size({"width": width, "height": height})
        assert await overflow(page) == 0, (name, width)
        if PICTURES:
            await page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"), full_page=True)
    assert await violations(page) == [], name


async def _asked(line: Line, *windows: Window) -> None:
    conversation_id = await line.text("my boss took my passport")
    async with line.database.transaction() as tx:
        await tx.call_backs.begin(conversation_id, utc_now(), offered=True)
        await tx.call_backs.set_number(conversation_id, "+16135550177")
        if windows:
            times = Preference(Texting.WINDOWS, windows)
            await tx.call_backs.set_times(conversation_id, times)
        await tx.call_backs.ask(conversation_id, False, utc_now())


async def test_calls_and_switches(line: Line, screens: Screens) -> None:
    """A list of calls, a number on request, the switches: axe clean, nothing sticks out."""
    async with line.database.transaction() as tx:
        row = await tx.accounts.advocate_by_name("Sage")
        assert row is not None
        await (await tx.session.connection()).exec_driver_sql(
            "UPDATE advocate SET role = 'supervisor' WHERE name = 'Sage'"
        )
    far = (utc_now() + timedelta(days=2)).weekday()
    await _asked(line, Window(9 * 60, 12 * 60, frozenset({far})))
    await _asked(line)
    page = await screens.of("Sage", locale="fr-CA")
    await page.goto(f"{line.desk.url}/calls")
    await expect(page.locator(".call")).to_have_count(2)
    await expect(page.locator(".call").first).to_contain_text("À faire maintenant")
    await page.get_by_role("button", name="Voir le numéro").click()
    await expect(page.get_by_text("+16135550177")).to_be_visible()
    await _fit(page, "calls")
    await page.goto(f"{line.desk.url}/line")
    await page.get_by_role("button", name="Activer l’affluence").click()
    await expect(page.get_by_role("button", name="Désactiver")).to_have_count(1)
    await _fit(page, "line")


async def test_the_wall_with_figures(line: Line, screens: Screens) -> None:
    """Alerts, waits and charts of a shift: axe clean, nothing sticks out, light and dark."""
    async with line.database.transaction() as tx:
        await (await tx.session.connection()).exec_driver_sql(
            "UPDATE advocate SET role = 'supervisor' WHERE name = 'Sage'"
        )
    texts = ("he has a gun", "my boss took my passport", "can i talk to a person")
    for number in range(12):
        one = await line.text(texts[number % 3], ago=number * 1500 + 60)
        if number % 4:
            async with line.database.transaction() as tx:
                await (await tx.session.connection()).exec_driver_sql(
                    "UPDATE escalation SET claimed_at = opened_at + interval '1 second' * "
                    f"{40 + 70 * number} WHERE conversation_id = '{one}'"
                )
                await tx.desk.claim(one, line.accounts["River"], utc_now(), utc_now())
    await Dispatch(line.database, utc_now).run()
    for scheme in ("light", "dark"):
        page = await screens.of("Sage", color_scheme=scheme)
        await page.goto(f"{line.desk.url}/wall")
        await expect(page.get_by_text("No address").first).to_be_visible()
        await expect(page.locator("svg")).to_have_count(3)
        await _fit(page, f"wall-{scheme}")
