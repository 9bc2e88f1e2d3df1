"""What says nothing about a language is left out before anything is counted."""

from __future__ import annotations

import pytest

from bot.language.cleaning import clean, fold, strip_marks


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("HELP me", ("help", "me")),
        ("see https://example.org/merci and www.hola.es", ("see", "and")),
        ("write to aide@example.org or @ayuda #tulong", ("write", "to", "or")),
        ("nooooo", ("noo",)),
        ("3lesh 604 555-0100 👍 2", ("3lesh",)),
        ("j’ai d'la misère", ("jai", "dla", "misère")),
        ("ＨＥＬＰ", ("help",)),
        ("मुझे हूँ", ("मुझे", "हूँ")),
        ("شُكْرًا ســاعد", ("شكرا", "ساعد")),
        ("1 2 👍 ...", ()),
    ],
)
def test_words_are_what_is_left(text: str, words: tuple[str, ...]) -> None:
    """Links, names, numbers and emoji go; case, long letters and apostrophes do not matter."""
    assert words == clean(text).words


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("ségítség", "segitseg"),
        ("đường", "duong"),
        ("nêhiyawêwin", "nehiyawewin"),
        ("їх", "їх"),
        ("كيف", "کیف"),
        ("میں", "میں"),
        ("شكرًا", "شکرا"),
        ("हूँ", "हूँ"),
    ],
)
def test_folding_drops_the_accents_of_latin_letters_alone(word: str, folded: str) -> None:
    """A Ukrainian ї is a letter of its own, and an Indic vowel sign belongs to its word."""
    assert folded == fold(clean(word).words[0])


def test_marks_are_stripped_as_people_text() -> None:
    """Vietnamese without its marks."""
    assert strip_marks("Em cần giúp đỡ với") == "Em can giup do voi"
