"""The chat in a real browser: talking, losing the network, leaving, with and without script."""

from __future__ import annotations

import asyncio
import signal
from datetime import timedelta

import pytest
from playwright.async_api import APIResponse, Page, Route, expect
from sqlalchemy import text

from storage.mailbox import IDLE
from tests.browser.chat.conftest import WEATHER, Porch, lines, send
from tests.browser.conftest import NewPage, Slips, violations
from tests.channels.webchat import newest_conversation

# What Chromium itself writes to the console when the network or the porch is away.
AWAY = ["net::ERR_INTERNET_DISCONNECTED", "net::ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED"]
AWAY += ["net::ERR_FAILED", "net::ERR_CONNECTION_RESET", "net::ERR_EMPTY_RESPONSE"]


async def test_a_conversation(porch: Porch, new_page: NewPage) -> None:
    """Words go out, answers come by themselves, and it is said who speaks."""
    page = await new_page()
    await page.goto(porch.url)
    await send(page, "hello")
    await porch.answer("an automated answer")
    await page.locator(".bot").wait_for()
    await porch.answer("a human answer", as_person=True)
    await page.locator(".advocate").wait_for()
    assert await page.locator("#log .line b").all_inner_texts() == [
        "You",
        "Automated reply",
        "A person",
    ]
    await expect(page.locator("#text")).to_be_focused()
    await page.reload()
    assert await lines(page) == ["hello", "an automated answer", "a human answer"]
    assert await porch.heard() == ["hello"]


async def test_nothing_is_kept_in_the_browser_but_one_session_cookie(
    porch: Porch, new_page: NewPage
) -> None:
    """No storage, no database, no worker; no cookie before the first message."""
    page = await new_page()
    await page.goto(porch.url)
    await page.fill("#text", "half a thought")
    assert await page.context.cookies() == []
    await send(page, "hello")
    kept = await page.evaluate(
        "Promise.all([indexedDB.databases(), caches.keys(),"
        " navigator.serviceWorker.getRegistrations()])"
        ".then((found) => [...found.map((one) => one.length),"
        " localStorage.length, sessionStorage.length, document.cookie])"
    )
    assert kept == [0, 0, 0, 0, 0, ""]
    (cookie,) = await page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["expires"]) == (True, "Strict", -1)
    assert await page.title() == "Chat"
    assert page.url in (f"{porch.url}/", f"{porch.url}/en")


async def test_hostile_words_stay_words(porch: Porch, new_page: NewPage) -> None:
    """What arrives live is text, and so is what is drawn by the server."""
    page = await new_page()
    await page.goto(porch.url)
    attack = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    await send(page, "hello")
    await porch.answer(attack)
    await page.locator(".bot").wait_for()
    await page.reload()
    assert (await lines(page))[1] == attack
    assert await page.locator("#log img, #log script").count() == 0
    assert await page.title() == "Chat"


async def test_keys_alone(porch: Porch, new_page: NewPage) -> None:
    """Leave comes first; Enter sends, Shift and Enter begin a line; the focus stays."""
    page = await new_page()
    await page.goto(porch.url)
    stops = []
    for _ in range(9):
        await page.keyboard.press("Tab")
        stops.append(await page.evaluate("document.activeElement.innerText || 'box'"))
        if await page.evaluate("document.activeElement.id") == "text":
            break
    # The first box is the log, so that it can be scrolled.
    links = ["A ع 文 English", "1-833-900-1010", "Read the limits"]
    links += ["Come back later", "Tell us what you saw"]
    assert stops == ["Leave now", *links, "box", "box"]
    await page.keyboard.type("one")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("two")
    await page.keyboard.press("Enter")
    await page.locator(".contact[data-number]").wait_for()
    assert await porch.heard() == ["one\ntwo"]
    await expect(page.locator("#text")).to_be_focused()
    await expect(page.locator("#text")).to_have_value("")


async def test_words_wait_in_memory_while_there_is_no_network(
    porch: Porch, new_page: NewPage, slips: Slips
) -> None:
    """They are shown as waiting, and go out once and in order when it is back."""
    slips.expected += AWAY
    page = await new_page()
    await page.goto(porch.url)
    await send(page, "before")
    await page.context.set_offline(True)
    for words in ("first", "second"):
        await page.fill("#text", words)
        await page.click("#write button")
    await page.fill("#text", "half typed")
    await expect(page.locator("#status")).to_contain_text("No connection")
    assert await page.locator(".waiting").count() == 2
    await page.context.set_offline(False)
    await expect(page.locator(".contact[data-number]")).to_have_count(3)
    await expect(page.locator("#text")).to_have_value("half typed")
    assert await porch.heard() == await lines(page) == ["before", "first", "second"]
    await porch.answer("still here")
    await page.locator(".bot").wait_for()


async def test_an_answer_that_is_lost_does_not_double_the_message(
    porch: Porch, new_page: NewPage, slips: Slips
) -> None:
    """The porch took the message, the browser never heard so and sends it again."""
    slips.expected += AWAY
    page = await new_page()
    lost: list[APIResponse] = []

    async def lose_first(route: Route) -> None:
        if lost:
            await route.continue_()
        else:
            lost.append(await route.fetch())
            await route.abort()

    await page.route("**/say", lose_first)
    await page.goto(porch.url)
    await send(page, "only once")
    await expect(page.locator(".line")).to_have_count(1)
    assert lost[0].status == 200
    assert await porch.heard() == ["only once"]


async def test_two_tabs_show_the_same_and_each_line_once(porch: Porch, new_page: NewPage) -> None:
    """Own lines too."""
    one = await new_page()
    await one.goto(porch.url)
    await send(one, "from one")
    other = await one.context.new_page()
    await other.goto(porch.url)
    await send(other, "from the other")
    await porch.answer("to both")
    for page in (one, other):
        await page.locator(".bot").wait_for()
        assert await lines(page) == ["from one", "from the other", "to both"]


async def test_a_porch_that_is_killed_and_started_again_loses_nothing(
    porch: Porch, new_page: NewPage, slips: Slips
) -> None:
    """What was sent and answered meanwhile arrives, once."""
    slips.expected += AWAY
    page = await new_page()
    await page.goto(porch.url)
    await send(page, "before")
    await porch.stop(signal.SIGKILL)
    await page.fill("#text", "meanwhile")
    await page.click("#write button")
    await expect(page.locator("#status")).to_contain_text("Trying again")
    await porch.answer("answered meanwhile")
    await porch.start()
    await expect(page.locator(".line[data-number]")).to_have_count(3, timeout=30_000)
    assert sorted(await lines(page)) == ["answered meanwhile", "before", "meanwhile"]
    assert await porch.heard() == ["before", "meanwhile"]


async def test_a_porch_stops_at_once_although_pages_are_open(
    porch: Porch, new_page: NewPage, slips: Slips
) -> None:
    """Their streams end politely, and they come back by themselves."""
    slips.expected += AWAY
    page = await new_page()
    await page.goto(porch.url)
    await send(page, "hello")
    async with asyncio.timeout(4):
        await porch.stop()
    assert "Traceback" not in porch.log.read_text()
    await porch.start()
    await porch.answer("welcome back")
    await page.locator(".bot").wait_for(timeout=30_000)


async def _is_gone(porch: Porch, page: Page, before: int) -> None:
    """The weather shows; nothing of the visit is left here, there, or one step back."""
    await page.get_by_text(WEATHER).wait_for()
    assert page.url == porch.exit_url
    async with asyncio.timeout(10):
        while await porch.lines_kept() != before or await page.context.cookies() != []:
            await asyncio.sleep(0.02)
    await page.go_back()
    assert "something private" not in await page.content()
    if page.url.startswith(porch.url):
        await page.reload()
        assert await page.locator(".line").count() == 0


@pytest.mark.parametrize("how", ["button", "Esc Esc"])
async def test_leaving_fast(porch: Porch, new_page: NewPage, how: str) -> None:
    """With script the page is replaced: Back leads past it."""
    page = await new_page()
    before = await porch.lines_kept()
    await page.goto(porch.url)
    await send(page, "something private")
    await page.fill("#text", "half typed")
    if how == "button":
        await page.click("#leave button")
    else:
        await page.keyboard.press("Escape")
        await expect(page.locator("#status")).to_have_text("Press Esc again to leave.")
        await page.keyboard.press("Escape")
    await _is_gone(porch, page, before)
    assert page.url == "about:blank"


async def test_the_view_is_wiped_before_anything_else_loads(
    porch: Porch, new_page: NewPage
) -> None:
    """On a slow line the weather takes its time; the words do not stay until then."""
    page = await new_page()
    await page.goto(porch.url)
    await send(page, "something private")
    left = await page.evaluate(
        """() => {
            const esc = () => new KeyboardEvent("keydown", {key: "Escape"});
            dispatchEvent(esc());
            dispatchEvent(esc());
            return document.body.childNodes.length;
        }"""
    )
    assert left == 0


async def test_one_esc_does_not_leave(porch: Porch, new_page: NewPage) -> None:
    """Nor do two that are far apart."""
    page = await new_page()
    await page.goto(porch.url)
    await page.clock.install()
    await page.keyboard.press("Escape")
    await page.evaluate(
        "dispatchEvent(Object.defineProperty(new KeyboardEvent('keydown', {key: 'Escape'}),"
        " 'timeStamp', {value: 1e7}))"
    )
    assert await page.locator("#text").is_visible()


async def test_leaving_before_the_script_has_come(porch: Porch, new_page: NewPage) -> None:
    """The button is a plain form: it works while the script hangs in a slow network."""
    page = await new_page()
    before = await porch.lines_kept()
    hanging = asyncio.Event()

    async def hang(route: Route) -> None:
        await hanging.wait()
        await route.abort()

    await page.route("**/chat.js*", hang)
    await page.goto(porch.url, wait_until="commit")
    await page.fill("#text", "something private")
    await page.click("#write button", no_wait_after=True)
    await page.locator(".contact").wait_for()
    await page.click("#leave button", no_wait_after=True)
    await page.get_by_text(WEATHER).wait_for()
    hanging.set()
    await page.unroute_all(behavior="ignoreErrors")
    await _is_gone(porch, page, before)


async def test_leaving_in_one_tab_wipes_the_other(porch: Porch, new_page: NewPage) -> None:
    """And the other says what happened."""
    page = await new_page()
    await page.goto(porch.url)
    await send(page, "something private")
    other = await page.context.new_page()
    await other.goto(porch.url)
    await other.click("#leave button")
    await expect(page.locator(".line")).to_have_count(0)
    await expect(page.locator("#status")).to_contain_text("closed and wiped")
    await send(page, "a new start")
    assert await lines(page) == ["a new start"]


async def test_an_idle_page_warns_and_can_stay(porch: Porch, new_page: NewPage) -> None:
    """Five minutes before it is wiped."""
    page = await new_page()
    await page.goto(porch.url)
    await send(page, "hello")
    async with porch.database.transaction() as tx:
        await tx.session.execute(
            text(
                "UPDATE web_visit SET written_at = written_at - :by"
                " WHERE written_at = (SELECT max(written_at) FROM web_visit)"
            ),
            {"by": IDLE - timedelta(minutes=2)},
        )
        await tx.session.execute(text("SELECT pg_notify('visitor', '')"))
    stay = page.get_by_role("button", name="Keep it open")
    await stay.click()
    await expect(stay).to_be_hidden()
    async with asyncio.timeout(10):
        while await _oldest_silence(porch) > timedelta(minutes=20):
            await asyncio.sleep(0.02)
    assert await lines(page) == ["hello"]


async def _oldest_silence(porch: Porch) -> timedelta:
    async with porch.database.transaction() as tx:
        found = await tx.session.scalar(text("SELECT now() - min(written_at) FROM web_visit"))
    assert isinstance(found, timedelta)
    return found


async def test_a_wait_is_told_in_words(porch: Porch, new_page: NewPage) -> None:
    """The place and the next step, read out as they change; somebody types; it is over."""
    page = await new_page(viewport={"width": 320, "height": 480})
    await page.goto(porch.url)
    await send(page, "0")
    wait = page.locator("#wait")
    await expect(wait).to_contain_text("Your place in line:")
    await expect(wait.locator("a")).to_have_attribute("href", "tel:18339001010")
    assert await wait.get_attribute("role") == "status"
    assert await violations(page) == []
    async with porch.database.transaction() as tx:
        conversation_id = await newest_conversation(porch.database)
        await tx.session.execute(
            text("UPDATE conversation SET holder = 'bot' WHERE id = :id"), {"id": conversation_id}
        )
        await tx.signals.writing(conversation_id)
    await expect(wait).to_have_text("A person is writing.", use_inner_text=True)
    await porch.answer("a human answer", as_person=True)
    await page.locator(".advocate").wait_for()
    await expect(wait).to_have_text("", use_inner_text=True)


async def test_without_script(porch: Porch, new_page: NewPage) -> None:
    """Send, see the reply come by itself in the frame, keep what is half typed, leave."""
    page = await new_page(java_script_enabled=False)
    before = await porch.lines_kept()
    await page.goto(porch.url)
    await page.fill("#text", "something private")
    await page.click("#write button")
    assert await lines(page) == ["something private"]
    await page.fill("#text", "half typed")
    frame = page.frame_locator("iframe")
    await frame.get_by_text("New replies will show here").wait_for()
    await porch.answer("an answer")
    await frame.locator(".bot span").wait_for()
    assert await frame.locator(".bot span").inner_text() == "an answer"
    assert await page.input_value("#text") == "half typed"
    await page.click("#write button")
    assert await lines(page) == ["something private", "an answer", "half typed"]
    await page.click("#leave button")
    await _is_gone(porch, page, before)


@pytest.mark.parametrize("script", [True, False])
async def test_coming_back_with_a_code(porch: Porch, new_page: NewPage, script: bool) -> None:
    """In another browser, with and without a script: the same conversation, none of its lines."""
    page = await new_page(java_script_enabled=script)
    await page.goto(porch.url)
    await page.fill("#text", "something private")
    await page.click("#write button")
    await page.locator(".contact[data-number]").wait_for()
    await page.get_by_role("link", name="Come back later").click()
    await page.get_by_role("button", name="Show me a code").click()
    code = await page.locator(".code").inner_text()
    await page.click("#leave button")
    await page.get_by_text(WEATHER).wait_for()
    other = await new_page(java_script_enabled=script)
    await other.goto(f"{porch.url}/return")
    await other.fill("#code", code)
    await other.click(".entry button")
    await other.locator("#text").wait_for()
    assert await lines(other) == []
    await other.fill("#text", "back again")
    await other.click("#write button")
    await other.locator(".contact[data-number]").wait_for()
    assert await porch.heard() == ["something private", "back again"]
