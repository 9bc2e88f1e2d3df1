"""How the desk looks and reads: for every eye, width, language and hand, and for hostile text."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import NewPage, Slips, overflow, violations
from tests.browser.desk.conftest import Line, Screens

GUN = "he has a gun and hes coming back"
HOSTILE = '<img src=x onerror="window.hit=1"> he has a gun <script>window.hit=1</script>'
PERSIAN = "سلام، او گذرنامه من را گرفته است"

LOCALES = {"en": "en-CA", "fr": "fr-CA"}


async def _board(line: Line) -> None:
    """One of each: imminent, urgent, without risk, not safe."""
    await line.text(GUN, "please", ago=200)
    await line.text("my boss took my passport", ago=400)
    await line.text("can i talk to a person", ago=30)
    await line.text("he checks my phone", ago=20, channel="web")


async def _take(page: Page) -> None:
    await page.keyboard.press("c")
    await expect(page.locator("#reply")).to_be_focused()
    await page.keyboard.press("Escape")


async def _look(page: Page) -> None:
    await page.locator(".waiting .row").first.click()
    await expect(page.locator(".message").first).to_be_visible()


async def _states(page: Page) -> AsyncIterator[str]:
    """Bring a screen from state to state, as an advocate would."""
    await expect(page.locator(".waiting .row")).to_have_count(4)
    yield "board"
    await _look(page)
    yield "looking at one that waits"
    await _take(page)
    yield "mine"
    for key in "bxd?":
        await page.keyboard.press(key)
        await expect(page.get_by_role("dialog")).to_be_visible()
        yield f"dialog {key}"
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.keyboard.press("l")
    await expect(page.locator(".lock")).to_be_visible()
    yield "locked"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_axe(line: Line, screens: Screens, language: str, scheme: str) -> None:
    """axe-core finds nothing in any state, in both languages, light and dark."""
    await _board(line)
    page = await screens.of(locale=LOCALES[language], color_scheme=scheme)
    assert await page.evaluate("document.documentElement.lang") == language
    found = {state: await violations(page) async for state in _states(page)}
    assert len(found) == 8
    assert {state: wrong for state, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_axe_signing_in(line: Line, new_page: NewPage, slips: Slips, language: str) -> None:
    """The first page too, also with a refusal on it."""
    slips.expected.append("401")
    page = await new_page(locale=LOCALES[language])
    await page.goto(line.desk.url)
    assert await violations(page) == []
    await page.fill("#name", "River")
    await page.fill("#password", "not the password")
    await page.press("#password", "Enter")
    await expect(page.get_by_role("alert")).to_be_visible()
    assert await violations(page) == []


# 720 is 1440 at 200 %, 320 is 1280 at 400 %.
SIZES = [(320, 640), (320, 256), (360, 780), (720, 450), (768, 1024), (1024, 768), (1440, 900)]


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_nothing_sticks_out(line: Line, screens: Screens, language: str) -> None:
    """No sideways scrolling at any width, in every pane, with long words and a long draft."""
    await _board(line)
    await line.text("x" * 300 + " he has a gun", ago=900)
    page = await screens.of(locale=LOCALES[language])
    await expect(page.locator(".waiting .row")).to_have_count(5)
    await page.keyboard.press("c")
    await expect(page.locator("#reply")).to_be_focused()
    await page.keyboard.insert_text("wide " * 60 + "w" * 200)
    await page.keyboard.press("Escape")
    wide = {}
    for width, height in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        for key, there in (("j", ".row:focus"), ("r", "#reply:focus"), ("w", "#why:focus")):
            await page.keyboard.press(key)
            await expect(page.locator(there)).to_be_visible()
            wide[width, height, key] = await overflow(page)
            await page.keyboard.press("Escape")
    assert {where: pixels for where, pixels in wide.items() if pixels} == {}


async def test_a_narrow_screen_shows_one_thing_at_a_time(line: Line, screens: Screens) -> None:
    """At 320 px: the list, then the thread, then why, and back, by touch alone."""
    await _board(line)
    page = await screens.of(viewport={"width": 320, "height": 640})
    await page.locator(".waiting .row").first.click()
    await expect(page.locator(".log")).to_be_visible()
    await expect(page.locator(".list")).to_be_hidden()
    await page.get_by_role("button", name="Take this conversation").click()
    await expect(page.locator("#reply")).to_be_visible()
    await page.get_by_role("button", name="Why and more").click()
    await expect(page.locator(".signs")).to_be_visible()
    await expect(page.locator(".log")).to_be_hidden()
    await expect(page.get_by_role("button", name="Give to the bot")).to_be_visible()
    await page.locator(".quote").first.click()
    await expect(page.locator(".log")).to_be_visible()
    await page.get_by_role("button", name="List").click()
    await expect(page.locator(".list")).to_be_visible()


async def test_hostile_text_stays_text(line: Line, screens: Screens) -> None:
    """Markup that a person sends, or an advocate types, is shown as it was written."""
    await line.text(HOSTILE)
    page = await screens.of()
    await page.keyboard.press("c")
    await expect(page.locator(".message .words").first).to_have_text(HOSTILE)
    await page.locator("#reply").fill(HOSTILE)
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".message .words").last).to_have_text(HOSTILE)
    await page.locator("#note").fill(HOSTILE)
    await page.get_by_role("button", name="Keep this note").click()
    await expect(page.locator(".notes .words")).to_have_text(HOSTILE)
    assert await page.locator("#desk img, #desk script").count() == 0
    assert await page.evaluate("window.hit") is None


async def test_markup_cannot_be_set_at_all(line: Line, screens: Screens, slips: Slips) -> None:
    """Even a slip in our own code would not run: the policy refuses it."""
    slips.expected += ["Trusted", "Content Security Policy"]
    page = await screens.of()
    for slip in (
        "document.body.innerHTML += '<b>x</b>'",
        "document.body.setAttribute('onclick', 'window.hit = 1')",
        "document.head.append(Object.assign(document.createElement('script'), {text: 'hit = 1'}))",
        "document.write('<b>x</b>')",
    ):
        refused = await page.evaluate(
            f"() => {{ try {{ {slip}; return '' }} catch (error) {{ return error.name }} }}"
        )
        assert refused == "TypeError", slip
    assert await page.evaluate("window.hit") is None


async def test_right_to_left_words(line: Line, screens: Screens) -> None:
    """Each message reads in its own direction; the desk does not turn around."""
    await line.text("he has a gun", PERSIAN)
    page = await screens.of()
    await page.keyboard.press("c")
    words = page.locator(".by-contact .words")
    await expect(words).to_have_count(2)
    directions = [
        await words.nth(index).evaluate("element => getComputedStyle(element).direction")
        for index in range(2)
    ]
    assert directions == ["ltr", "rtl"]
    await page.locator("#reply").fill(PERSIAN)
    assert await page.locator("#reply").evaluate("e => getComputedStyle(e).direction") == "rtl"


async def test_the_exact_words_are_marked(line: Line, screens: Screens) -> None:
    """The cue's words and no others, also after an emoji (two UTF-16 units)."""
    await line.text("😟😟 pls he has a gun ok")
    page = await screens.of()
    await page.keyboard.press("c")
    await expect(page.locator(".by-contact mark")).to_have_text(["he has a gun"])
    await expect(page.locator(".signs q")).to_have_text(["he has a gun"])
    await expect(page.locator(".sign-name")).to_contain_text("A weapon")
    await expect(page.locator(".judge")).to_contain_text("Rules · Imminent · rules-")


async def test_tiers_are_told_by_shape_and_word(line: Line, screens: Screens) -> None:
    """Without any colour every tier is still told, and each shape is another."""
    await _board(line)
    page = await screens.of(forced_colors="active")
    rows = page.locator(".waiting .row")
    await expect(rows).to_have_count(4)
    words = [await rows.nth(index).locator(".tier").inner_text() for index in range(4)]
    assert words == ["Imminent", "Urgent", "Urgent", "No risk seen"]
    shapes = await page.locator(".waiting .shape path").evaluate_all(
        "all => all.map(p => p.getAttribute('d'))"
    )
    assert len(set(shapes)) == 3
    assert await violations(page) == []


async def test_focus_is_seen(line: Line, screens: Screens) -> None:
    """Every control that Tab reaches has a visible outline, and the first leads to the thread."""
    await _board(line)
    page = await screens.of()
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await _look(page)
    for _ in range(20):
        await page.keyboard.press("Tab")
        outline = await page.evaluate(
            "() => { const e = document.activeElement;"
            " return e === document.body ? 'solid' : getComputedStyle(e).outlineStyle }"
        )
        assert outline == "solid"


async def test_the_language_is_kept(line: Line, screens: Screens) -> None:
    """The choice holds for the next visit of this browser, on both pages."""
    page = await screens.of()
    await page.get_by_role("button", name="Français").click()
    await expect(page.locator(".waiting h3")).to_contain_text("En attente")
    assert await page.evaluate("document.documentElement.lang") == "fr"
    await page.reload()
    await expect(page.locator(".waiting h3")).to_contain_text("En attente")
    await page.get_by_role("button", name="Fermer la session").click()
    await expect(page.get_by_label("Mot de passe")).to_be_visible()
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_label("Password")).to_be_visible()


async def test_nothing_is_kept_in_the_browser(line: Line, screens: Screens) -> None:
    """After a reply: no storage, no cookie but the session, and that out of reach of scripts."""
    await line.text(GUN)
    page = await screens.of()
    await page.keyboard.press("c")
    await expect(page.locator("#reply")).to_be_focused()
    await page.keyboard.type("I am here.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".message").last).to_contain_text("I am here.")
    kept = await page.evaluate(
        "async () => [localStorage.length, sessionStorage.length, document.cookie,"
        " (await indexedDB.databases()).length, (await caches.keys()).length]"
    )
    assert kept == [0, 0, "", 0, 0]
    assert [cookie["name"] for cookie in await page.context.cookies()] == ["desk"]


# Known values of GSM 03.38: text, encoding, units, parts.
SEGMENTS = [
    ("", "GSM-7", 0, 1),
    ("a" * 160, "GSM-7", 160, 1),
    ("a" * 161, "GSM-7", 161, 2),
    ("a" * 306, "GSM-7", 306, 2),
    ("a" * 307, "GSM-7", 307, 3),
    ("é" * 160, "GSM-7", 160, 1),
    ("€" * 80, "GSM-7", 160, 1),
    ("€" * 81, "GSM-7", 162, 2),
    # 152 + an escaped pair would tear it at 153: it moves to the second part whole.
    ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),
    ("ê", "UCS-2", 1, 1),
    ("’" + "a" * 69, "UCS-2", 70, 1),
    ("’" + "a" * 70, "UCS-2", 71, 2),
    ("😟" * 35, "UCS-2", 70, 1),
    ("😟" * 36, "UCS-2", 72, 2),
    # 67 units a part: the 34th pair would be torn.
    ("😟" * 67, "UCS-2", 134, 3),
    ("سلام", "UCS-2", 4, 1),
]


async def test_the_meter_counts_like_a_carrier(line: Line, screens: Screens) -> None:
    """Encoding, units and parts for known texts."""
    page = await screens.of()
    counted = await page.evaluate(
        "async (texts) => { const { count } = await import('/static/segments.js');"
        " return texts.map((text) => Object.values(count(text))) }",
        [text for text, *_ in SEGMENTS],
    )
    assert counted == [[encoding, units, parts] for _, encoding, units, parts in SEGMENTS]


async def test_the_meter_says_it(line: Line, screens: Screens) -> None:
    """Parts while typing, what makes them dear, and what is too long to send."""
    await line.text(GUN)
    page = await screens.of()
    await page.keyboard.press("c")
    reply, meter = page.locator("#reply"), page.locator("#reply-meter")
    await reply.fill("a" * 161)
    await expect(meter).to_have_text("2 texts, 161 characters")
    await reply.fill("I am here ’")
    await expect(meter).to_have_text("1 text, 11 of 70 These make each text shorter: ’")
    await reply.fill("a" * 1_601)
    await expect(meter).to_have_text("1601 characters; the most is 1600")
    await page.keyboard.press("Control+Enter")
    await expect(reply).to_have_value("a" * 1_601)


async def test_a_persons_language_is_named_and_marked(line: Line, screens: Screens) -> None:
    """By its name and in its own script; their lines carry its tag and run as their words do."""
    conversation_id = await line.text(f"اس نے میرا پاسپورٹ لے لیا، {GUN}")
    async with line.database.transaction() as tx:
        conversation = await tx.conversations.lock(conversation_id)
        await tx.conversations.save(replace(conversation, language="ur"))
    page = await screens.of()
    await expect(page.locator(".waiting .row")).to_contain_text("Urdu")
    await page.keyboard.press("c")
    await expect(page.locator("#reply")).to_be_focused()
    words = page.locator(".by-contact .words").first
    assert await words.get_attribute("lang") == "ur"
    assert await words.evaluate("(one) => getComputedStyle(one).direction") == "rtl"
    own = page.locator(".facts span[lang=ur]")
    assert (await own.inner_text(), await own.get_attribute("dir")) == ("اردو", "rtl")
    await page.get_by_role("button", name="Français").click()
    await expect(page.locator(".facts").first).to_contain_text("Ourdou")
