"""Parts of an SMS, and that the dialogue's sentences stay within two."""

from __future__ import annotations

import pytest

from actions.gsm import parts
from locales.catalogue import Catalogue

VALUES = {
    "phone": "1-833-900-1010",
    "line": "1-833-900-1010",
    "first": "Name (Place) 1-800-555-0100",
    "second": "Name (Place) 1-800-555-0101",
    "number": "604-555-0100",
    "ages": "16-24",
}
ENGLISH = Catalogue.load().keys()
KEYS = sorted(key for key in ENGLISH if key.startswith("utter_"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("é" * 160, 1),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("ê" * 135, 3),
        ("👍" * 35, 1),
        ("👍" * 36, 2),
    ],
)
def test_parts(text: str, expected: int) -> None:
    """GSM 03.38: 160 or 153 a part; with any other letter 70 or 67."""
    assert parts(text) == expected


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("key", KEYS)
def test_a_sentence_is_gsm_7_and_at_most_two_parts(key: str, language: str) -> None:
    """One letter outside the alphabet would double the parts."""
    text = Catalogue.load().text(key, language, **VALUES)
    assert len(text) <= 306
    assert parts(text) <= (1 if len(text) <= 160 else 2)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("key", KEYS)
def test_the_first_words_are_fit_for_a_lock_screen(key: str, language: str) -> None:
    """The first 40 characters show on it: nothing that names what this line is about."""
    start = Catalogue.load().text(key, language, **VALUES)[:40].lower()
    words = ("traffick", "traite", "victim", "exploit", "survivor", "rescue", "abuse", "sex")
    assert [word for word in words if word in start] == []


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("key", KEYS)
def test_no_exclamation_and_no_forbidden_word(key: str, language: str) -> None:
    """R22: plain, calm, without blame."""
    text = Catalogue.load().text(key, language, **VALUES).lower()
    words = ("!", "victim", "rescue", "trafficking", "illegal", "you should", "calm down")
    assert [word for word in words if word in text] == []


def test_every_sentence_has_french_of_its_own() -> None:
    """A missing key would be read in English."""
    french = Catalogue.load().keys("fr")
    assert [key for key in KEYS if key not in french] == []
