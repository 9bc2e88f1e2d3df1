"""Wording a reply and keeping calm: phrases, words of care, services, covered words, rest."""

from __future__ import annotations

from playwright.async_api import Page, expect
from sqlalchemy import update

from directory.seed import seed
from storage.tables import AdvocateRow
from tests.browser.conftest import Slips, overflow, violations
from tests.browser.desk.conftest import Line, Screens

GUN = "he has a gun and hes coming back"


async def _take(page: Page) -> None:
    await page.keyboard.press("c")
    await expect(page.locator("#reply")).to_be_focused()


async def test_wording_a_reply(line: Line, screens: Screens) -> None:
    """By keyboard: a phrase by name, a second look at words, a draft that a switch keeps."""
    await line.text(GUN)
    await line.text("my boss took my passport")
    page = await screens.of()
    await _take(page)
    reply = page.locator("#reply")
    await page.keyboard.type("Hello. /pac")
    options = page.locator("#phrases [role=option]")
    await expect(options).to_have_count(1)
    assert await violations(page) == []
    await page.keyboard.press("Enter")
    await expect(reply).to_have_value("Hello. You can go at your own pace. It's OK not to answer.")
    await expect(options).to_have_count(0)
    await page.keyboard.type(" You’re no victim, victimless. /")
    await expect(options).to_have_count(8)
    await page.keyboard.press("ArrowDown")
    await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    await expect(options).to_have_count(0)
    await expect(reply).to_be_focused()
    look = page.locator(".second-look li")
    await expect(look).to_have_count(1)
    await expect(look).to_contain_text("Use their own words")
    draft = await reply.input_value()
    await page.keyboard.press("Escape")
    await page.keyboard.press("c")
    await expect(reply).to_have_value("")
    await expect(reply).to_be_focused()
    await expect(look).to_have_count(0)
    await page.locator(".mine .row").first.click()
    await expect(reply).to_have_value(draft)
    await page.keyboard.press("p")
    await expect(options).to_have_count(8)
    await page.keyboard.press("Escape")
    # A warning, never a block.
    await reply.fill("You should calm down.")
    await expect(look).to_have_count(2)
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".by-advocate .words")).to_have_text("You should calm down.")


async def test_covering_words_and_rest(line: Line, screens: Screens) -> None:
    """Heavy words wait until asked, all words go out of focus by one key, and rest is named."""
    await line.text(f"pls {GUN}")
    page = await screens.of()
    await page.keyboard.press("s")
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert await violations(page) == []
    await page.get_by_label("Cover heavy words until I ask").check()
    await page.keyboard.press("Escape")
    await page.reload()
    await expect(page.locator(".waiting .row")).to_have_count(1)
    await _take(page)
    covered = page.locator(".message .covered")
    await expect(covered).to_have_count(2)
    assert "gun" not in await page.locator("#desk").inner_text()
    assert await violations(page) == []
    await covered.first.click()
    await expect(page.locator(".message mark").first).to_have_text("he has a gun")
    await expect(page.locator(".signs")).to_contain_text("he has a gun")
    await page.locator("#reply").focus()
    await page.keyboard.press("F2")
    for place in (".log .words", "#reply", ".signs", ".row-why"):
        drawn = await page.locator(place).first.evaluate("one => getComputedStyle(one).filter")
        assert drawn.startswith("blur"), place
    assert await violations(page) == []
    await page.keyboard.press("F2")
    await expect(page.locator(".blurred")).to_have_count(0)
    await page.keyboard.press("Escape")
    await page.keyboard.press("x")
    await page.get_by_role("dialog").get_by_role("button", name="Close").click()
    await expect(page.locator(".rest")).to_contain_text("imminent 1, urgent 0")
    assert await violations(page) == []
    await page.locator(".rest").get_by_role("button").click()
    await expect(page.locator(".rest")).to_have_count(0)


async def test_a_service_and_who_wrote_before(line: Line, screens: Screens) -> None:
    """A service found in the directory becomes words in the draft; earlier contacts are facts."""
    await seed(line.desk.environment["DATABASE_URL"])
    await line.text("can i talk to a person", number=4321)
    page = await screens.of()
    await _take(page)
    await page.keyboard.type("Here is one.")
    await page.keyboard.press("Escape")
    await page.keyboard.press("f")
    await expect(page.locator("#find")).to_be_focused()
    await page.keyboard.type("shelter windsor")
    await page.keyboard.press("Enter")
    await expect(page.locator(".understood")).to_contain_text("Windsor")
    offers = page.locator(".offer")
    await expect(offers).not_to_have_count(0)
    assert await violations(page) == []
    await offers.last.get_by_role("button").click()
    await expect(page.locator("#reply")).to_be_focused()
    words = await page.locator("#reply").input_value()
    assert words.startswith("Here is one.\n") and "1-833-900-1010" in words
    await page.get_by_role("button", name="Look (on record)").click()
    await expect(page.locator(".why")).to_contain_text("None from this address.")
    for width, height in ((320, 640), (720, 450)):
        await page.set_viewport_size({"width": width, "height": height})
        assert await overflow(page) == 0, width


async def test_the_page_of_phrases(line: Line, screens: Screens, slips: Slips) -> None:
    """A supervisor keeps a phrase; it is refused kindly when wrong, and an advocate uses it."""
    slips.expected.append("422")
    async with line.database.transaction() as tx:
        await tx.session.execute(
            update(AdvocateRow).where(AdvocateRow.name == "Sage").values(role="supervisor")
        )
    await line.text(GUN)
    page = await screens.of("Sage", viewport={"width": 320, "height": 640})
    await page.goto(f"{line.desk.url}/phrases")
    await page.get_by_label("Name").fill("two words")
    await page.get_by_label("Text").fill("The night bus runs.")
    await page.get_by_role("button", name="Keep").click()
    await expect(page.get_by_role("alert")).to_contain_text("letters, digits or hyphens")
    assert await violations(page) == [] and await overflow(page) == 0
    await page.get_by_label("Name").fill("bus")
    await page.get_by_role("button", name="Keep").click()
    await expect(page.get_by_role("button", name="Remove /bus")).to_be_visible()
    advocate = await screens.of("River", forced_colors="active")
    await _take(advocate)
    await advocate.keyboard.type("/bus")
    await expect(advocate.locator("#phrases [role=option]")).to_contain_text("The night bus runs.")
    assert await violations(advocate) == []


async def test_writing_to_somebody_who_is_not_safe(
    line: Line, screens: Screens, slips: Slips
) -> None:
    """It is asked first; going back keeps the draft, and yes sends it."""
    slips.expected.append("409")
    await line.text("he checks my phone")
    page = await screens.of()
    await _take(page)
    await page.keyboard.type("I am here.")
    for yes in (False, True):
        await page.keyboard.press("Control+Enter")
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_contain_text("not safe to text")
        assert await violations(page) == []
        await dialog.get_by_role("button", name="Send all the same" if yes else "Go back").click()
        await expect(dialog).to_have_count(0)
        await expect(page.locator("#reply")).to_have_value("" if yes else "I am here.")
        await page.locator("#reply").focus()
    await expect(page.locator(".by-advocate .words")).to_have_text("I am here.")


async def test_the_wall_moves_by_itself(line: Line, screens: Screens) -> None:
    """A new imminent one is counted without a reload, for every eye and width."""
    async with line.database.transaction() as tx:
        await tx.session.execute(
            update(AdvocateRow).where(AdvocateRow.name == "Sage").values(role="supervisor")
        )
    await line.text("can i talk to a person", ago=1_000)
    page = await screens.of("Sage", color_scheme="dark")
    await page.goto(f"{line.desk.url}/wall")
    row = page.locator("tr[data-tier=imminent] td").first
    await expect(row).to_have_text("0")
    await expect(page.locator(".wall-figures .is-late dd")).to_have_text("1")
    assert await violations(page) == []
    await page.locator(".table-frame").first.focus()
    await page.evaluate("window.stayed = true")
    await line.text(GUN)
    await expect(row).to_have_text("1", timeout=4_000)
    await expect(page.locator(".table-frame").first).to_be_focused()
    assert await page.evaluate("window.stayed") and await page.title() == "Desk"
    await page.set_viewport_size({"width": 320, "height": 640})
    assert await violations(page) == [] and await overflow(page) == 0


async def test_practice(line: Line, screens: Screens) -> None:
    """From the console's list of pages to a score, in French, for every eye and width."""
    page = await screens.of(locale="fr-CA")
    await page.get_by_role("button", name="Pages").click()
    assert await violations(page) == []
    async with page.context.expect_page() as opened:
        await page.get_by_role("link", name="Exercices").click()
    tab = await opened.value
    await tab.set_viewport_size({"width": 320, "height": 640})
    await tab.get_by_role("button", name="Commencer").first.click()
    for _ in range(4):
        await tab.get_by_label("Votre réponse").fill("Je vous crois. C'est vous qui décidez.")
        await tab.get_by_role("button", name="Envoyer").click()
        assert await violations(tab) == [] and await overflow(tab) == 0
    await expect(tab.get_by_role("heading", name="/ 100")).to_be_visible()
    assert await tab.title() == "Desk"
