"""Fold a text to plain lower-case words and remember where each word stood.

Look-ups of places and needs compare words without accents, capitals,
apostrophes or hyphens, and must still point back into the text as written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# Vowel signs and the like, which belong to the word before them though they are no letters.
_MARKS = "".join(
    chr(code)
    for code in (*range(0x0591, 0x0700), *range(0x0900, 0x10A0), *range(0x1780, 0x1800))
    if unicodedata.category(chr(code)) in ("Mn", "Mc")
)
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_MARKS}])*")
# Letters that Unicode does not take apart: "sœur" and "soeur" are one word.
_LIGATURES = {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"}


@dataclass(frozen=True)
class Word:
    """One word: folded, as written, and its span in the text as written."""

    folded: str
    written: str
    start: int
    end: int


def fold(text: str) -> str:
    """Lower case without accents; the length may change."""
    lowered = "".join(_LIGATURES.get(letter, letter) for letter in text.lower())
    decomposed = unicodedata.normalize("NFKD", lowered)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words(text: str) -> list[Word]:
    """The words of a text in order. Apostrophes and hyphens part words."""
    # Composed first, so that a letter typed with a separate accent stays one word.
    composed = unicodedata.normalize("NFC", text)
    if len(composed) != len(text):
        return _words_by_letter(text)
    return [
        Word(fold(found.group()), found.group(), found.start(), found.end())
        for found in _WORD.finditer(text)
    ]


def key(name: str) -> str:
    """The folded words of a name joined by single spaces: the form look-ups use."""
    return " ".join(word.folded for word in words(name))


def _words_by_letter(text: str) -> list[Word]:
    """As `words`, for texts whose accents are separate characters."""
    found: list[Word] = []
    start: int | None = None
    for index, letter in enumerate(text + " "):
        inside = bool(_WORD.match(letter)) or (
            start is not None and unicodedata.combining(letter) != 0
        )
        if inside and start is None:
            start = index
        elif not inside and start is not None:
            written = text[start:index]
            found.append(Word(fold(written), written, start, index))
            start = None
    return found
