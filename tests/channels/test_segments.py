"""Parts of an SMS, and that every fixed sentence fits."""

from __future__ import annotations

import pytest

from channels.segments import count
from locales.catalogue import Catalogue


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("à é è ù ì ò ä ö ü ñ Ç É ¿ ¡", "GSM-7", 27, 1),
        ("€[]", "GSM-7", 6, 1),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),
        ("ç", "UCS-2", 1, 1),
        ("’", "UCS-2", 1, 1),
        ("ਮਦਦ" * 24, "UCS-2", 72, 2),
        ("😀" * 35, "UCS-2", 70, 1),
        ("😀" * 36, "UCS-2", 72, 2),
        ("a" * 66 + "😀" + "a" * 66, "UCS-2", 134, 3),
    ],
)
def test_counts(text: str, encoding: str, units: int, parts: int) -> None:
    """After GSM 03.38; a pair or an escape is never torn in two."""
    result = count(text)
    assert (result.encoding, result.units, result.parts) == (encoding, units, parts)


CATALOGUE = Catalogue.load()
KEYS = sorted(CATALOGUE.keys())


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("key", KEYS)
def test_every_sentence_fits(language: str, key: str) -> None:
    """GSM-7, two parts at the most: one accent outside GSM-7 would double the cost."""
    sentence = CATALOGUE._find(key, language).text.replace("{phone}", "1-833-900-1010")
    result = count(sentence)
    assert result.encoding == "GSM-7", sorted(c for c in sentence if count(c).encoding != "GSM-7")
    assert result.parts <= 2


@pytest.mark.parametrize("language", sorted(CATALOGUE.languages - {"en"}))
def test_catalogues_are_complete(language: str) -> None:
    """Every key stands in every language, with the same placeholders."""
    import string

    assert CATALOGUE.keys(language) == CATALOGUE.keys()
    for key in KEYS:
        fields = [
            {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for text in (CATALOGUE._find(key, code).text for code in ("en", language))
        ]
        assert fields[0] == fields[1], key


SENSITIVE = ("traffick", "victim", "police", "exploit", "traite", "shelter", "rescue", "!")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("key", sorted(k for k in KEYS if not k.startswith("utter_")))
def test_lock_screens_show_nothing(language: str, key: str) -> None:
    """The first 40 characters are neutral (rule R9)."""
    start = CATALOGUE._find(key, language).text[:40].lower()
    assert [word for word in SENSITIVE if word in start] == []
