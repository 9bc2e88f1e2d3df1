"""An alert by Web Push, from the hall to a notification of a real browser, without content.

The push service is a stand-in on loopback that decrypts what the worker sends (RFC 8291); Chromium
takes it from there by its debugging protocol, since its maker's service cannot be reached here.
"""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect

from channels.alarm import Alarm, Push
from channels.dispatch import Dispatch
from locales.catalogue import Catalogue
from storage.database import utc_now
from storage.vapid import vapid_key
from tests.browser.conftest import Slips, overflow, violations
from tests.browser.desk.conftest import Line, Screens
from tests.channels.conftest import serving
from tests.channels.test_alarm import NEVER, Browser, b64

PICTURES = os.environ.get("PANEL_PICTURES")
_SHOWN = """async () => {
  const worker = await navigator.serviceWorker.getRegistration("/static/");
  return (await worker.getNotifications()).map(
    ({ title, body, tag, requireInteraction }) => ({ title, body, tag, requireInteraction }));
}"""

_READY = """async () => {
  const worker = await navigator.serviceWorker.getRegistration("/static/");
  return worker?.active?.state === "activated";
}"""


async def _alerted(line: Line) -> str:
    """What a push service gets when nobody takes somebody in danger."""
    browser = Browser()
    with serving(browser.app()) as url:
        async with line.database.transaction() as tx:
            river = line.accounts["River"]
            await tx.alerts.subscribe(
                river, f"{url}/push/river", browser.p256dh, b64(browser.auth), keep=5
            )
            await tx.routing.seen(river, utc_now())
        await line.text("he has a gun and hes coming back", ago=90)
        await Dispatch(line.database, utc_now).run()
        ways: Any = {"push": Push(vapid_key(line.database.keyring), "https://localhost")}
        alarm = Alarm(line.database, ways, Catalogue.load("desk"), utc_now)
        async with line.database.transaction() as tx:
            alerts = [one.id for one in await tx.alerts.unanswered() if one.state == "queued"]
        for alert in alerts:
            await alarm.sound(alert)
    return json.dumps(browser.got[0])


async def _deliver(page: Page, origin: str, message: str) -> None:
    """Hand a push message to the browser, as its own service would."""
    session = await page.context.new_cdp_session(page)
    found: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def seen(event: dict[str, Any]) -> None:
        for one in event["registrations"]:
            if one["scopeURL"].endswith("/static/") and not found.done():
                found.set_result(one["registrationId"])

    session.on("ServiceWorker.workerRegistrationUpdated", seen)
    await session.send("ServiceWorker.enable")
    async with asyncio.timeout(10):
        registration = await found
    await session.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": registration, "data": message},
    )


async def test_a_push_becomes_a_notification_without_content(
    line: Line, screens: Screens, slips: Slips
) -> None:
    """Turned on at the screen; what comes up says to look at the desk, and nothing else."""
    slips.expected.append("Push API in incognito")
    message = await _alerted(line)
    page = await screens.of()
    await page.context.grant_permissions(["notifications"], origin=line.desk.url)
    await page.keyboard.press("s")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("This browser gets no alerts.")
    assert await violations(page) == []
    if PICTURES:
        await page.screenshot(path=str(Path(PICTURES) / "duty.png"))
    await dialog.get_by_role("button", name="Turn alerts on here").click()
    await expect(dialog).to_contain_text("alert service does not answer")
    async with asyncio.timeout(10):
        while not await page.evaluate(_READY):
            await asyncio.sleep(0.05)
    await _deliver(page, line.desk.url, message)
    async with asyncio.timeout(10):
        while not (shown := await page.evaluate(_SHOWN)):
            await asyncio.sleep(0.05)
    assert shown == [
        {"title": "Desk", "body": "Please look now.", "tag": "desk", "requireInteraction": True}
    ]
    assert [word for word in NEVER if word in str(shown).casefold()] == []
    await page.set_viewport_size({"width": 360, "height": 780})
    assert await overflow(page) == 0


async def test_presence_and_addresses(line: Line, screens: Screens) -> None:
    """A break stops offers; an address is kept, and never shown again."""
    page = await screens.of(locale="fr-CA")
    await page.keyboard.press("s")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Je suis en pause").check()
    await dialog.locator("#duty-phone").fill("+16135550147")
    await dialog.get_by_role("button", name="Garder").click()
    await expect(dialog.locator("#duty-phone")).to_have_value("")
    await expect(dialog.get_by_role("button", name="Retirer")).to_have_count(1)
    async with line.database.transaction() as tx:
        row = await tx.routing.duty(line.accounts["River"])
    assert row is not None
    assert (row.presence, row.phone_sealed is not None) == ("on_break", True)
    assert await violations(page) == []
