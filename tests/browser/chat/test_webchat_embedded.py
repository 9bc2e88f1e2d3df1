"""The chat in a page of another site, in a browser that keeps third-party cookies apart."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Page, async_playwright, expect
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from tests.browser.chat.conftest import EMBED_PORT, WEATHER, Porch
from tests.browser.conftest import CHROMIUM, PATIENCE_MS, overflow, violations
from tests.channels.conftest import free_port


@contextmanager
def host_page(port: int, porch: Porch) -> Iterator[str]:
    """A page of another site with a strict policy of its own and the one script."""

    async def page(_: Any) -> HTMLResponse:
        return HTMLResponse(
            "<!doctype html><html lang=en><title>Recipes</title><link rel=icon href='data:,'>"
            f"<main><h1>Recipes</h1></main><script src='{porch.url}/embed.js' async></script>",
            headers={
                "Content-Security-Policy": f"default-src 'self'; img-src data:;"
                f" script-src {porch.url}; frame-src {porch.url}"
            },
        )

    config = uvicorn.Config(
        Starlette(routes=[Route("/", page)]), port=port, log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        threading.Event().wait(0.01)
    yield f"http://localhost:{port}/"
    server.should_exit = True
    thread.join(5)


@pytest_asyncio.fixture(loop_scope="session")
async def strict_browser() -> AsyncIterator[Browser]:
    """Chromium as it is without third-party cookies."""
    arguments = [
        "--test-third-party-cookie-phaseout",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    ]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        await browser.close()


async def _opened(browser: Browser, url: str) -> Page:
    page = await (await browser.new_context(viewport={"width": 320, "height": 568})).new_page()
    page.set_default_timeout(PATIENCE_MS)
    await page.goto(url)
    await page.get_by_role("button", name="Chat").click()
    return page


async def test_a_conversation_in_a_frame(porch: Porch, strict_browser: Browser) -> None:
    """Words go out and come back, nothing is kept but a cookie apart, and Leave now leaves all."""
    with host_page(EMBED_PORT, porch) as url:
        page = await _opened(strict_browser, url)
        frame = page.frame_locator("iframe")
        await frame.locator("#text").fill("hello from a frame")
        await frame.locator("#write button").click()
        await frame.locator(".contact[data-number]").wait_for()
        await porch.answer("an answer in the frame")
        await expect(frame.locator(".bot span")).to_have_text("an answer in the frame")
        await frame.locator("#text").fill("a second one")
        await frame.locator("#write button").click()
        await expect(frame.locator(".contact[data-number]")).to_have_count(2)
        assert await porch.heard() == ["hello from a frame", "a second one"]
        (cookie,) = await page.context.cookies()
        assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("frame", True, "None")
        assert "localhost" in str(cookie.get("partitionKey"))
        assert await overflow(page) == 0
        assert await violations(page) == []
        assert await page.evaluate("localStorage.length + sessionStorage.length") == 0
        before = await porch.lines_kept()
        await frame.locator("#leave button").click()
        await page.get_by_text(WEATHER).wait_for()
        assert await page.evaluate("navigation.entries().at(-1).url") != url
        async with asyncio.timeout(10):
            while await porch.lines_kept() >= before:
                await asyncio.sleep(0.02)


async def test_esc_twice_leaves_the_page_around_the_frame(
    porch: Porch, strict_browser: Browser
) -> None:
    """From the host page, and from within the frame."""
    with host_page(EMBED_PORT, porch) as url:
        for inside in (False, True):
            page = await _opened(strict_browser, url)
            await page.frame_locator("iframe").locator("html.live").wait_for()
            if inside:
                await page.frame_locator("iframe").locator("#text").focus()
            else:
                await page.get_by_role("button", name="Chat").focus()
            await page.keyboard.press("Escape")
            await page.keyboard.press("Escape")
            await page.get_by_text(WEATHER).wait_for()


async def test_no_other_site_may_frame_the_chat(porch: Porch, strict_browser: Browser) -> None:
    """A site that was not named gets an empty frame; the chat's own page is framed by nobody."""
    with host_page(free_port(), porch) as url:
        page = await (await strict_browser.new_context()).new_page()
        page.set_default_timeout(PATIENCE_MS)
        async with page.expect_event("console", lambda line: "frame-ancestors" in line.text):
            await page.goto(url)
            await page.get_by_role("button", name="Chat").click()
        assert await page.frames[-1].locator("#text").count() == 0
