"""Code word, duress word and safe times, by text, on the real hall."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from intake import safety_settings
from intake.code_words import GUESSES, Sign, Words, fit, hashed
from intake.contact import Texting
from intake.conversation import CodeWord, Holder, Safety
from intake.effects import Reason
from intake.risk import Tier, screen
from storage.database import Database, utc_now
from tests.intake.texter import CALM, Texter

WORD, DANGER = "Blue Lantern", "red kite"


@pytest.fixture
def texter(database: Database, voice: Any) -> Texter:
    """A new person."""
    return Texter(database, voice)


async def say(texter: Texter, *texts: str) -> list[str]:
    """Each text gets its turn; returns what the line said to them."""
    before = len(await texter.said()) if texter.conversation_id else 0
    for words in texts:
        await texter.text(words)
        await texter.turn()
    return (await texter.said())[before:]


async def choose_words(texter: Texter) -> None:
    """Past the check, and both words set."""
    await texter.open_up()
    lines = ["settings.menu", "settings.word", "settings.duress", "settings.saved"]
    assert await say(texter, "99", "2", WORD, DANGER) == lines


async def later(texter: Texter) -> None:
    """Somebody picks the phone up after a while."""
    await texter.rows(
        "UPDATE conversation SET last_inbound_at = now() - interval '31 minutes'"
        " WHERE id = :id RETURNING 1"
    )


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("blue lantern", True),
        ("BLUE  LANTERN.", True),
        ("\uff22lue Lantern", True),
        ("blué-lantèrn", True),
        ("blue lantern please", False),
        ("blue", False),
    ],
)
def test_words_are_compared_loosely(text: str, same: bool) -> None:
    """Case, accents, width, spaces and marks do not matter; another word does."""
    heard = Words(code=hashed(WORD)).heard(text, utc_now())
    assert (heard is Sign.CODE) == same


def test_hashes_are_salted_and_hold_no_word() -> None:
    """The same word twice looks different."""
    one, two = hashed(WORD), hashed(WORD)
    assert one != two
    assert "lantern" not in one.lower()


@pytest.mark.parametrize("text", ["1", "99", "12345", "yes", "STOP", "abc", "x" * 41, "personne"])
def test_what_is_no_word(text: str) -> None:
    """Answers, keywords and numbers would be said by chance."""
    assert not fit(text)


async def test_nobody_meets_the_settings_unasked(texter: Texter) -> None:
    """They are named after the limits, and other texts and digits go where they always went."""
    assert await say(texter, "hello", "3") == ["open.first", "privacy.limits", "settings.offer"]
    assert await say(texter, "1", "2", "9", "19-21", "99 problems") == ["utter_menu"] * 5


async def test_safe_times_by_digit_by_hours_and_unasked(texter: Texter) -> None:
    """Kept with the clock of the number, and said back in figures; what is unclear is asked."""
    await texter.open_up()
    assert await say(texter, "Safety settings", "1", "after supper", "7-9pm") == [
        "settings.menu",
        "settings.times",
        "settings.times",
        "settings.saved",
    ]
    async with texter.database.transaction() as tx:
        kept = await tx.contacts.preference(texter.id)
        last = [m.text for m in await tx.desk.thread(texter.id) if m.delivery is not None][-1]
    assert (kept.texting, kept.windows[0].start) == (Texting.WINDOWS, 19 * 60)
    assert last == "OK. Saved. 19:00-21:00 (Toronto)"
    assert await say(texter, "please text me only 17-18") == ["settings.saved"]
    keys = ["settings.menu", "settings.times", "settings.saved"]
    assert await say(texter, "99", "1", "5") == keys
    assert await say(texter, "99", "3") == ["settings.menu", "settings.saved"]
    async with texter.database.transaction() as tx:
        assert (await tx.contacts.preference(texter.id)).texting is Texting.ANY


async def test_the_words_are_nowhere(texter: Texter) -> None:
    """Not in the thread, not in what the engine hears, not in what the rules remember."""
    await choose_words(texter)
    await later(texter)
    await say(texter, "hi", WORD, "where can i sleep")
    async with texter.database.transaction() as tx:
        thread = " ".join(m.text or "" for m in await tx.desk.thread(texter.id)).lower()
        memory = (await texter.met(tx)).memory
    heard = [part for asked in texter.engine.asked for part in (asked.text, *asked.history)]
    for place in (thread, " ".join(heard).lower(), " ".join(memory.words).lower()):
        assert "lantern" not in place
        assert "kite" not in place


async def test_a_wrong_word_is_neutral_talk(texter: Texter) -> None:
    """Acceptance case 10: no history, no engine, no hint; the right word opens all again."""
    await choose_words(texter)
    await later(texter)
    assert await say(texter, "can you find me that bed") == ["open.again"]
    assert await say(texter, "1", "green boat", "hello friend") == ["locked.neutral"] * 3
    state = await texter.state()
    assert (state.code_word, state.holder) == (CodeWord.NOT_GIVEN, Holder.BOT)
    assert await say(texter, "99") == ["locked.neutral"]
    assert await say(texter, WORD) == ["utter_menu"]
    assert texter.engine.asked[-1].text == "can you find me that bed"
    assert (await texter.state()).code_word is CodeWord.GIVEN


async def test_the_word_alone_answers_the_check(texter: Texter) -> None:
    """Who sends it says "it is me" and "it is OK" at once."""
    await choose_words(texter)
    await later(texter)
    assert await say(texter, "hello again") == ["open.again"]
    await say(texter, WORD)
    state = await texter.state()
    assert (state.code_word, state.safety) == (CodeWord.GIVEN, Safety.OK)


async def test_it_is_asked_for_in_the_next_conversation_too(texter: Texter) -> None:
    """The word belongs to the person, not to the conversation."""
    await choose_words(texter)
    await texter.rows("UPDATE conversation SET closed_at = now() WHERE id = :id RETURNING 1")
    texter.conversation_id = None
    assert await say(texter, "hi") == ["open.first"]
    assert await say(texter, "1") == ["locked.neutral"]
    assert await say(texter, WORD) == ["utter_menu"]


async def test_guesses_are_limited(texter: Texter) -> None:
    """After some wrong words not even the right one opens for an hour; 0 still fetches a person."""
    await choose_words(texter)
    await later(texter)
    await say(texter, "hi", "1", *(f"wrong {number} word" for number in range(GUESSES)))
    assert await say(texter, WORD) == ["locked.neutral"]
    await texter.rows(
        "UPDATE contact_preference SET guesses_paused_until = now()"
        " WHERE guesses_paused_until IS NOT NULL RETURNING 1"
    )
    assert await say(texter, WORD) == ["utter_menu"]
    assert await say(texter, "0") == ["wait.later"]


async def test_a_person_and_danger_are_heard_while_it_is_locked(texter: Texter) -> None:
    """By the rules, and by the model, which speaks no word."""
    await choose_words(texter)
    await later(texter)
    await say(texter, "hi", "1")
    texter.engine.judgement = replace(CALM, tier=Tier.URGENT)
    assert await say(texter, "something only the model understands") == ["wait.later"]
    assert (await texter.state()).tier is Tier.URGENT


@pytest.mark.parametrize("when", ["unasked", "ok", "locked", "waiting"])
async def test_the_duress_word_is_neutral_outward_and_loud_inward(
    texter: Texter, when: str
) -> None:
    """Without engine or worker: the neutral line that everybody gets, and the highest tier."""
    await choose_words(texter)
    if when in ("unasked", "locked"):
        await later(texter)
    if when == "locked":
        await say(texter, "hi", "1")
    if when == "waiting":
        await say(texter, "0")
    before, asked = len(await texter.said()), len(texter.engine.asked)
    await texter.text(DANGER.upper())
    lines = (await texter.said())[before:]
    assert lines == ([] if when == "waiting" else ["wait.discreet"])
    state = await texter.state()
    assert (state.holder, state.tier, state.safety) == (
        Holder.WAITING,
        Tier.IMMINENT,
        Safety.NOT_SAFE,
    )
    async with texter.database.transaction() as tx:
        entry = await tx.board.entry(texter.id)
    assert entry is not None and (entry.reason, entry.categories[0]) == (Reason.DURESS, 8)
    await texter.turn()
    assert len(texter.engine.asked) == asked


async def test_danger_instead_of_a_word_is_danger(texter: Texter) -> None:
    """A sign of risk is never taken for the word that was asked for."""
    await texter.open_up()
    await say(texter, "99", "2")
    await texter.text("he has a gun")
    state = await texter.state()
    assert (state.holder, state.tier, state.question) == (Holder.WAITING, Tier.IMMINENT, None)
    async with texter.database.transaction() as tx:
        assert (await texter.met(tx)).words.code is None


async def test_both_words_must_differ(texter: Texter) -> None:
    """The same word would say two things; none at all is fine."""
    await texter.open_up()
    assert await say(texter, "réglages", "2", WORD, WORD, "1") == [
        "settings.menu",
        "settings.word",
        "settings.duress",
        "settings.duress",
        "settings.saved",
    ]
    async with texter.database.transaction() as tx:
        assert (await texter.met(tx)).words.duress is None


async def test_a_web_visit_has_no_settings(texter: Texter) -> None:
    """Its address ends with the page: a promise to keep something would be empty."""
    for words in ("hello", "3", "1", "99"):
        await texter.text(words, channel="web", inbox="web")
        await texter.turn()
    said = await texter.said()
    assert not [key for key in said if key.startswith("settings.")]


@pytest.mark.parametrize("words", sorted(safety_settings.WORDS))
def test_what_opens_the_settings_is_no_sign_of_risk(words: str) -> None:
    """Risk is judged first: such words would fetch a human instead."""
    assert screen(words).tier is None
