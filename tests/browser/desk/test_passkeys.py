"""Passkeys in a real browser with a virtual authenticator: made, used, refused."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import CDPSession, Page, expect

from handoff.app import create_app, create_office
from handoff.settings import DeskSettings
from tests.browser.conftest import NewPage, Slips, fits
from tests.browser.desk.conftest import Line
from tests.handoff.people import PASSWORD


@dataclass
class Served:
    """The desk under a name: browsers bind passkeys to names, not to numeric addresses."""

    url: str


@pytest_asyncio.fixture(loop_scope="session")
async def served(line: Line) -> AsyncIterator[Served]:
    """A second desk on the same database, opened as `localhost`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = line.desk.environment
    settings = DeskSettings(
        database_url=environment["DATABASE_URL"],
        hotline_key_file=Path(environment["HOTLINE_KEY_FILE"]),
        staff_url=f"http://localhost:{port}",
    )
    office = create_office(settings)
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(office), host="127.0.0.1", port=port, access_log=False, log_config=None
        )
    )
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield Served(settings.origin)
    office.feed.stop()
    server.should_exit = True
    await running


async def _authenticator(page: Page, **bent: bool) -> tuple[CDPSession, str]:
    """A device inside the browser that knows its holder; `bent`: what a test changes."""
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    options: dict[str, Any] = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
        **bent,
    }
    made = await session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


@pytest.mark.parametrize(("locale", "scheme"), [("en-CA", "light"), ("fr-CA", "dark")])
async def test_made_and_used(
    served: Served, new_page: NewPage, slips: Slips, locale: str, scheme: str
) -> None:
    """By keyboard alone: made on the account's page, it opens the desk and a locked screen."""
    slips.hosts.add("localhost")
    slips.expected += ["401", "/api/session/passkey"]
    page = await new_page(locale=locale, color_scheme=scheme)
    session, device = await _authenticator(page)
    await _with_password(page, served)
    await page.wait_for_selector(".connection.is-live")
    await page.goto(served.url + "/account")
    await page.focus("#passkey-password")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("#passkey-name")).to_be_focused()
    await fits(page, f"passkey-offer-{locale}")
    await page.keyboard.type("my phone")
    await page.keyboard.press("Enter")
    await expect(page.locator(".codes li")).to_have_count(10)
    await expect(page.locator("#passkeys h3")).to_have_text("my phone")
    await fits(page, f"passkey-kept-{locale}")
    await page.click("header form[action='/sign-out'] button")
    await page.wait_for_url(served.url + "/sign-in")
    await fits(page, f"passkey-sign-in-{locale}")

    # Not verified: the browser itself gives up, and the page says so.
    await session.send(
        "WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False}
    )
    await page.press("#passkey", "Enter")
    await expect(page.locator("#passkey-problem")).to_be_visible()
    await session.send(
        "WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True}
    )
    await page.press("#passkey", "Enter")
    await page.wait_for_url(served.url + "/")
    await page.wait_for_selector(".connection.is-live")

    await page.keyboard.press("l")
    await page.wait_for_selector(".lock")
    await page.press(".lock button:not(.primary):not(.plain)", "Enter")
    await page.wait_for_selector(".connection.is-live")


async def test_a_forgotten_passkey(
    served: Served, new_page: NewPage, slips: Slips, line: Line
) -> None:
    """One that the desk does not know any more is said so in words; the form goes on working."""
    slips.hosts.add("localhost")
    slips.expected += ["401"]
    page = await new_page()
    await _authenticator(page)
    await _with_password(page, served)
    await page.goto(served.url + "/account")
    await page.fill("#passkey-password", PASSWORD)
    await page.press("#passkey-password", "Enter")
    await page.fill("#passkey-name", "my phone")
    await page.press("#passkey-name", "Enter")
    await expect(page.locator("#passkeys h3")).to_have_text("my phone")
    async with line.database.transaction() as tx:
        await tx.passkeys.remove_all(line.accounts["River"])
    await page.click("header form[action='/sign-out'] button")
    await page.click("#passkey")
    await expect(page.locator("#passkey-problem")).to_have_text(
        "This passkey opens no account here."
    )
    await _with_password(page, served)
    await page.wait_for_url(served.url + "/")


async def test_without_scripts(served: Served, new_page: NewPage, slips: Slips) -> None:
    """No button that does nothing: the form signs in, the account says what is missing."""
    slips.hosts.add("localhost")
    page = await new_page(java_script_enabled=False)
    await page.goto(served.url + "/sign-in")
    await expect(page.locator("#passkey")).to_be_hidden()
    await _with_password(page, served)
    await page.goto(served.url + "/account")
    await expect(page.locator("#passkey-script")).to_be_visible()
    await expect(page.locator("#passkey-start")).to_be_hidden()


async def _with_password(page: Page, served: Served) -> None:
    await page.goto(served.url + "/sign-in")
    await page.fill("#name", "River")
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_url(served.url + "/")
