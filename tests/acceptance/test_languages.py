"""Languages on the running line: named, written, picked from the list, handed over."""

from __future__ import annotations

import pytest

from intake.languages import is_full, listed, own_name
from locales.catalogue import Catalogue
from tests.acceptance.conftest import Desk, Line
from tests.acceptance.test_conversations import entry_of

SAID = Catalogue.load()
SPOKEN = [tag for tag in listed() if is_full(tag) and tag in SAID.languages]


@pytest.mark.parametrize("tag", SPOKEN)
def test_a_languages_name_opens_in_it(line: Line, tag: str) -> None:
    """The name as lists show it, as first text: opening, check and all in that language."""
    texter = line.texter()
    assert texter.ask(own_name(tag)) == SAID.text("open.first", tag)
    assert texter.ask("2") == SAID.text("safety.not_now", tag)


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("es", "necesito saber que es este servicio por favor"),
        ("tl", "ano po ang numerong ito at sino po kayo"),
        ("pa-Latn", "eh number kis da hai ji mainu dasso"),
        ("zh-Hant", "請問這個號碼是做什麼的"),
        ("pa", "ਇਹ ਨੰਬਰ ਕਿਸ ਦਾ ਹੈ"),
    ],
)
def test_a_text_opens_in_its_language(line: Line, tag: str, words: str) -> None:
    """Without asking for it."""
    assert line.texter().ask(words) == SAID.text("open.first", tag)


def test_a_list_can_be_asked_for_and_picked_from(line: Line) -> None:
    """By number, in the middle of a conversation in English."""
    texter = line.texter()
    texter.ask("hello")
    texter.ask("1")
    shown = texter.ask("can we change the language")
    assert "21 English" in shown
    assert "20 ..." in shown
    more = texter.ask("20")
    number = next(one.split()[0] for one in more.splitlines() if one.endswith("Español"))
    assert texter.ask(number) == SAID.text("utter_language_set", "es")


def test_a_language_that_we_do_not_speak_reaches_the_desk(line: Line, desk: Desk) -> None:
    """With its name, and one sentence in it for the person."""
    texter = line.texter()
    expected = SAID.text("language.interpreter", "so", phone="1-833-900-1010")
    assert texter.ask("waxaan u baahanahay qof af soomaali ku hadla fadlan") == expected
    entry = entry_of(desk, line, texter)
    assert (entry["reason"], entry["language"]) == ("language", "so")
