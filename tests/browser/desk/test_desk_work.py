"""An advocate's work in real Chromium: see who needs her, take over, answer, give back."""

from __future__ import annotations

import re
import signal
from time import monotonic

from playwright.async_api import Page, expect
from sqlalchemy import select, update

from intake.messages import Keyword
from storage.tables import AdvocateRow, MessageRow
from tests.browser.conftest import Slips
from tests.browser.desk.conftest import Line, Screens
from tests.handoff.people import PASSWORD

GUN = "he has a gun and hes coming back"


async def _take(page: Page) -> None:
    """Take the next person and be ready to write."""
    await page.keyboard.press("c")
    await expect(page.locator("#reply")).to_be_focused()


async def test_signing_in(line: Line, screens: Screens, slips: Slips) -> None:
    """A wrong password is told kindly, the right one leads to the board, signing out leads back."""
    slips.expected.append("401")
    page = await screens.new_page()
    await page.goto(line.desk.url)
    await page.fill("#name", "River")
    await page.fill("#password", "not the password")
    await page.press("#password", "Enter")
    await expect(page.get_by_role("alert")).to_contain_text("not right")
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await expect(page.locator(".waiting")).to_contain_text("Nobody is waiting")
    await page.get_by_role("button", name="Sign out River").click()
    await expect(page.locator("#password")).to_be_visible()
    await page.goto(line.desk.url)
    await expect(page.locator("#password")).to_be_visible()


async def test_signing_in_without_script(line: Line, screens: Screens) -> None:
    """The first page works without JavaScript; the console says what it needs."""
    page = await screens.new_page(java_script_enabled=False)
    await page.goto(line.desk.url)
    await page.fill("#name", "River")
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await expect(page.locator("noscript .card")).to_be_visible()


async def test_a_new_imminent_one_appears_by_itself(line: Line, screens: Screens) -> None:
    """Within a second, without a reload, on top, announced, and with a neutral title."""
    await line.text("my boss took my passport", ago=600)
    page = await screens.of()
    await expect(page.locator(".waiting .row")).to_have_count(1)
    await page.evaluate("window.stayed = true")
    began = monotonic()
    await line.text(GUN)
    first = page.locator(".waiting .row").first
    await expect(first).to_contain_text("Imminent")
    assert monotonic() - began < 1.0
    await expect(first).to_contain_text("Weapon")
    alert = page.get_by_role("alert").last
    await expect(alert).to_contain_text("Imminent: a person is waiting")
    assert await page.evaluate("window.stayed") and await page.title() == "Desk"
    assert "gun" not in await page.locator(".list").inner_text()


async def test_take_answer_and_give_back(line: Line, screens: Screens) -> None:
    """The whole way by keyboard, and the words in the outbox."""
    conversation_id = await line.text(GUN)
    page = await screens.of()
    await _take(page)
    await page.keyboard.type("I am here with you.")
    await page.keyboard.press("Control+Enter")
    last = page.locator(".message").last
    await expect(last).to_contain_text("I am here with you.")
    await expect(last).to_contain_text("You")
    await expect(last).to_contain_text("Waiting to be sent.")
    await expect(page.locator("#reply")).to_have_value("")
    async with line.database.transaction() as tx:
        queued = await tx.session.scalar(
            select(MessageRow.delivery).where(MessageRow.author == "advocate")
        )
    assert queued == "queued"
    await page.keyboard.press("Escape")
    await page.keyboard.press("b")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Give this conversation to the bot?")
    await dialog.get_by_role("button", name="Give to the bot").click()
    await expect(page.locator(".waiting")).to_contain_text("Nobody is waiting")
    await expect(page.locator(".toast")).to_contain_text("The bot has the conversation again")
    async with line.database.transaction() as tx:
        conversation = await tx.conversations.get(conversation_id)
    assert (conversation.holder.value, conversation.open) == ("bot", True)


async def test_close(line: Line, screens: Screens) -> None:
    """Closing asks first; going back changes nothing."""
    conversation_id = await line.text(GUN)
    page = await screens.of()
    await _take(page)
    await page.keyboard.press("Escape")
    await page.keyboard.press("x")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator(".mine .row")).to_have_count(1)
    await page.get_by_role("button", name="Close").click()
    await page.get_by_role("dialog").get_by_role("button", name="Close").click()
    await expect(page.locator(".toast")).to_contain_text("closed")
    async with line.database.transaction() as tx:
        assert not (await tx.conversations.get(conversation_id)).open


async def test_nothing_ends_over_an_unread_message(
    line: Line, screens: Screens, slips: Slips
) -> None:
    """The person writes while the advocate reaches for the button: refused, shown, then done."""
    slips.expected += ["409", "ERR_FAILED"]
    await line.text(GUN, number=21)
    page = await screens.of()
    await _take(page)
    await page.route("**/api/conversations/*?after=*", lambda route: route.abort())
    await line.text("hes here", number=21)
    await page.get_by_role("button", name="Close").click()
    await page.get_by_role("dialog").get_by_role("button", name="Close").click()
    await expect(page.locator(".toast")).to_contain_text("They wrote again just now")
    await page.unroute("**/api/conversations/*?after=*")
    await page.locator(".mine .row").click()
    await expect(page.locator(".log")).to_contain_text("hes here")
    await page.get_by_role("button", name="Close").click()
    await page.get_by_role("dialog").get_by_role("button", name="Close").click()
    await expect(page.locator(".mine .row")).to_have_count(0)


async def test_a_draft_survives_everything_around_it(line: Line, screens: Screens) -> None:
    """New people, new words, another conversation, another language: the half-typed reply stays."""
    await line.text(GUN, number=31)
    await line.text(GUN, number=32, ago=5)
    page = await screens.of()
    await _take(page)
    await page.keyboard.type("I am he")
    await line.text("please hurry", number=32)
    await expect(page.locator(".log")).to_contain_text("please hurry")
    await line.text("my boss took my passport")
    await expect(page.locator(".waiting .row")).to_have_count(2)
    await expect(page.locator("#reply")).to_be_focused()
    await page.keyboard.type("re")
    await expect(page.locator("#reply")).to_have_value("I am here")
    await page.keyboard.press("Escape")
    await _take(page)
    await expect(page.locator("#reply")).to_have_value("")
    await page.get_by_role("button", name="Français").click()
    await expect(page.locator(".mine h3")).to_contain_text("Les vôtres")
    first = page.locator(".mine .row", has_text=re.compile("."))
    for index in range(await first.count()):
        await first.nth(index).click()
        await expect(page.locator("#reply")).to_be_visible()
        if await page.locator("#reply").input_value() == "I am here":
            break
    await expect(page.locator("#reply")).to_have_value("I am here")


async def test_another_was_faster(line: Line, screens: Screens, slips: Slips) -> None:
    """Who comes second is told kindly who has it, and the screen shows the truth."""
    slips.expected.append("409")
    await line.text(GUN)
    river, sage = await screens.of("River"), await screens.of("Sage")
    await river.locator(".waiting .row").click()
    await expect(river.locator(".message").first).to_be_visible()
    # River's screen hears nothing for a moment.
    await river.evaluate("document.querySelector('.foot .primary').dataset.kept = 'yes'")
    await river.route("**/api/conversations/*/claim", lambda route: _after(sage, route))
    await river.get_by_role("button", name="Take this conversation").click()
    await expect(river.locator(".toast")).to_contain_text("Sage was a moment faster")
    await expect(river.locator(".others summary")).to_contain_text("1")
    await expect(sage.locator(".mine .row")).to_have_count(1)


async def _after(page: Page, route: object) -> None:
    """Let another advocate take it first, then let the request go on."""
    await _take(page)
    await route.continue_()  # type: ignore[attr-defined]


async def test_unread_words_are_marked(line: Line, screens: Screens) -> None:
    """A message in the conversation that is not open is marked until it is looked at."""
    await line.text(GUN, number=41)
    await line.text(GUN, number=42)
    page = await screens.of()
    await _take(page)
    await page.keyboard.press("Escape")
    await _take(page)
    await line.text("are you there", number=41)
    marked = page.locator(".mine .row", has_text="New words")
    await expect(marked).to_have_count(1)
    await marked.click()
    await expect(page.locator(".log")).to_contain_text("are you there")
    await expect(page.locator(".mine .row", has_text="New words")).to_have_count(0)


async def test_what_became_of_a_reply(line: Line, screens: Screens) -> None:
    """The carrier's news is shown in words on the open conversation."""
    conversation_id = await line.text(GUN)
    page = await screens.of()
    await _take(page)
    await page.keyboard.type("I am here.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".message").last).to_contain_text("I am here.")
    for state, error, words in (
        ("sent", None, "Sent."),
        ("delivered", None, "Delivered."),
        ("undelivered", "30003", "Not delivered. Code 30003."),
        ("blocked", "opted_out", "Blocked. The person asked for no more texts."),
    ):
        async with line.database.transaction() as tx:
            await tx.session.execute(
                update(MessageRow)
                .where(MessageRow.author == "advocate")
                .values(delivery=state, delivery_error=error)
            )
            await tx.signals.desk(conversation_id)
        await expect(page.locator(".message").last.locator(".delivery")).to_have_text(words)


async def test_stop_is_explained(line: Line, screens: Screens) -> None:
    """After STOP there is no reply field, and the screen says what reopens texting."""
    await line.text(GUN, number=51)
    page = await screens.of()
    await _take(page)
    await line.text("STOP", number=51, keyword=Keyword.STOP)
    await expect(page.locator(".caution.stop")).to_contain_text("only their START opens")
    await expect(page.locator("#reply")).to_have_count(0)
    await expect(page.locator(".facts").first).to_contain_text("Only their START opens them again")
    await line.text("START", number=51, keyword=Keyword.START)
    await expect(page.locator("#reply")).to_be_visible()


async def test_lowering_with_a_reason(line: Line, screens: Screens) -> None:
    """Without a reason it does not happen; with one it is on the screen with the name."""
    await line.text(GUN)
    page = await screens.of()
    await _take(page)
    await page.keyboard.press("Escape")
    await page.keyboard.press("d")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_text("Concern").click()
    await dialog.get_by_role("button", name="Lower the tier").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("Say why")
    await dialog.get_by_label("Reason").fill("A film scene, they say.")
    await dialog.get_by_role("button", name="Lower the tier").click()
    await expect(page.locator(".changes")).to_contain_text("Imminent to Concern")
    await expect(page.locator(".changes")).to_contain_text("River")
    await expect(page.locator(".mine .row")).to_contain_text("Concern")


async def test_notes(line: Line, screens: Screens) -> None:
    """A note is kept with the name, and its field is empty again."""
    await line.text(GUN)
    page = await screens.of()
    await _take(page)
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")
    await expect(page.locator("#note")).to_be_focused()
    await page.keyboard.type("Prefers evenings.")
    await page.get_by_role("button", name="Keep this note").click()
    await expect(page.locator(".notes")).to_contain_text("Prefers evenings.")
    await expect(page.locator("#note")).to_have_value("")


async def test_keys_are_off_while_typing_and_when_switched_off(
    line: Line, screens: Screens
) -> None:
    """A letter in a reply takes nobody; who does not want the keys has none."""
    await line.text(GUN)
    await line.text(GUN)
    page = await screens.of()
    await _take(page)
    await page.keyboard.type("c x l b")
    await expect(page.locator("#reply")).to_have_value("c x l b")
    await expect(page.locator(".mine .row")).to_have_count(1)
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.get_by_label("Use these keys").uncheck()
    await page.get_by_role("button", name="Done").click()
    await page.keyboard.press("x")
    await page.keyboard.press("c")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator(".mine .row")).to_have_count(1)


async def test_the_list_by_keyboard(line: Line, screens: Screens) -> None:
    """j and k walk the list, Enter opens, and the skip link leads past it."""
    await line.text(GUN, ago=20)
    await line.text("my boss took my passport", ago=10)
    page = await screens.of()
    await expect(page.locator(".waiting .row")).to_have_count(2)
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await expect(page.locator(".waiting .row").nth(1)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator(".log")).to_contain_text("passport")
    await page.keyboard.press("k")
    await expect(page.locator(".waiting .row").first).to_be_focused()
    await page.keyboard.press("t")
    await expect(page.locator("#reply")).to_be_focused()
    await expect(page.locator(".log")).to_contain_text("passport")


async def test_locks_when_nobody_is_there(line: Line, screens: Screens) -> None:
    """Asked first, then locked: no word is left on the page, and the draft is back afterwards."""
    page = await screens.new_page()
    await page.clock.install()
    await page.goto(line.desk.url)
    await page.fill("#name", "River")
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_selector(".connection.is-live")
    await line.text(GUN)
    await expect(page.locator(".waiting .row")).to_have_count(1)
    await _take(page)
    await page.keyboard.type("half a th")
    await page.clock.fast_forward("14:10")
    await page.clock.run_for(1_500)
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Are you still there?")
    await dialog.get_by_role("button", name="I am here").click()
    await expect(dialog).to_have_count(0)
    async with page.expect_response("**/api/sign-out"):
        await page.clock.fast_forward("15:10")
        await page.clock.run_for(1_500)
    await expect(page.locator(".lock")).to_contain_text("Nobody touched this screen")
    html = await page.content()
    assert "gun" not in html and "half a th" not in html
    await page.reload()
    await expect(page.locator(".card")).to_be_visible()
    assert "gun" not in await page.content()


async def test_lock_by_hand_and_open_again(line: Line, screens: Screens, slips: Slips) -> None:
    """What was typed waits behind the lock for the same advocate; the session was really ended."""
    slips.expected.append("401")
    await line.text(GUN)
    page = await screens.of()
    await _take(page)
    await page.keyboard.type("half a th")
    token = (await page.context.cookies())[-1]["value"]
    await page.keyboard.press("Escape")
    await page.keyboard.press("l")
    await expect(page.locator(".lock")).to_contain_text("You locked this screen")
    assert "half a th" not in await page.content()
    stranger = await screens.new_page()
    await stranger.context.add_cookies([{"name": "desk", "value": token, "url": line.desk.url}])
    await stranger.goto(line.desk.url)
    await expect(stranger.locator("#password")).to_be_visible()
    await page.fill("#password", "not the password")
    await page.press("#password", "Enter")
    await expect(page.get_by_role("alert")).to_contain_text("not right")
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await expect(page.locator("#reply")).to_have_value("half a th")


async def test_another_advocate_behind_the_lock_gets_nothing(line: Line, screens: Screens) -> None:
    """Drafts and the open conversation are forgotten when somebody else opens the screen."""
    await line.text(GUN)
    page = await screens.of("River")
    await _take(page)
    await page.keyboard.type("half a th")
    await page.keyboard.press("Escape")
    await page.keyboard.press("l")
    await page.fill("#name", "Sage")
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await expect(page.locator(".others")).to_be_visible()
    assert "gun" not in await page.content() and "half a th" not in await page.content()


async def test_signed_out_elsewhere_locks(line: Line, screens: Screens, slips: Slips) -> None:
    """A session that was ended elsewhere takes the words off the screen by itself."""
    slips.expected += ["401"]  # what the screen was fetching when it lost its right
    await line.text(GUN)
    page = await screens.of()
    await _take(page)
    async with line.database.transaction() as tx:
        await tx.accounts.close_sessions(line.accounts["River"])
    await expect(page.locator(".lock")).to_contain_text("You were signed out")
    assert "gun" not in await page.content()


async def test_the_desk_restarts(line: Line, screens: Screens, slips: Slips) -> None:
    """Killed and started again: the screen says so, keeps the draft, and is live again."""
    slips.expected += ["ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE", "ERR_CONNECTION_RESET", "ERR_"]
    await line.text(GUN)
    page = await screens.of()
    await _take(page)
    await page.keyboard.type("half a th")
    await line.desk.stop(signal.SIGKILL)
    await expect(page.locator(".connection")).to_have_class(re.compile("is-lost"))
    await line.text("my boss took my passport")
    await line.desk.start()
    await expect(page.locator(".connection")).to_have_class(re.compile("is-live"))
    await expect(page.locator(".waiting .row")).to_have_count(1)
    await expect(page.locator("#reply")).to_have_value("half a th")


async def test_a_supervisor_looks_on(line: Line, screens: Screens) -> None:
    """What a colleague has can be read by a supervisor, and only read."""
    await line.text(GUN)
    async with line.database.transaction() as tx:
        await tx.session.execute(
            update(AdvocateRow).where(AdvocateRow.name == "Sage").values(role="supervisor")
        )
    river, sage = await screens.of("River"), await screens.of("Sage")
    await _take(river)
    await sage.locator(".others summary").click()
    await sage.locator(".others .row").click()
    await expect(sage.locator(".log")).to_contain_text("gun")
    await expect(sage.locator(".foot")).to_contain_text("Somebody else has it")
    await expect(sage.locator("#reply")).to_have_count(0)
    await river.keyboard.type("I am here.")
    await river.keyboard.press("Control+Enter")
    await expect(sage.locator(".message").last).to_contain_text("Advocate River")


async def test_the_conversation_goes_back_while_it_is_open(line: Line, screens: Screens) -> None:
    """The worker took it back (no sign of life): the screen says who may have it, draft kept."""
    conversation_id = await line.text(GUN)
    page = await screens.of("River")
    await _take(page)
    await page.keyboard.type("half a th")
    async with line.database.transaction() as tx:
        from intake.conversation import give_back

        held = await tx.conversations.lock(conversation_id)
        await tx.conversations.save(give_back(held))
        await tx.desk.wait_again(conversation_id, held.last_inbound_at)  # type: ignore[arg-type]
        await tx.signals.desk(conversation_id)
    await expect(page.locator(".foot")).to_contain_text("Take this conversation to answer")
    await page.get_by_role("button", name="Take this conversation").click()
    await expect(page.locator("#reply")).to_have_value("half a th")
