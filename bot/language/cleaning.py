"""A text as the language voices read it: no links, names or numbers, lower case, words alone."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_NOISE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|[@#]\w+")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_APOSTROPHES = re.compile("['’‘`´ʼʹ]")
# Vowel signs of Arabic and Hebrew and the stretching stroke, which people leave out, and
# signs of direction.
_SILENT = re.compile(
    "[\u064b-\u0652\u0670\u0640\u0591-\u05c7\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
# Digits inside a word stay: they are letters in romanised Arabic. Marks that Python does not
# count as letters (Indic vowel signs, joiners) belong to the word.
_MARKS = r"\u0300-\u036f\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u200c\u200d"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_MARKS}])*")
_WHOLE_LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ı": "i", "ł": "l", "ø": "o", "œ": "oe", "æ": "ae", "ß": "ss"}
)
# One spelling for letters that keyboards of Arabic, Persian and Urdu encode differently.
_ARABIC = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        **dict.fromkeys("ىي", "ی"),
        **dict.fromkeys("ةۀہھ", "ه"),
        "ك": "ک",
    }
)
_JOINERS = re.compile("[\u200c\u200d]")


@dataclass(frozen=True)
class Cleaned:
    """A text without what says nothing about its language."""

    text: str
    """Lower case, in Unicode's composed form, with single spaces and punctuation."""
    words: tuple[str, ...]
    """The words of it that hold a letter, apostrophes dropped."""


def clean(text: str) -> Cleaned:
    """Clean a text; one of digits, emoji and links alone has no words."""
    composed = unicodedata.normalize("NFKC", text).lower()
    kept = _SILENT.sub("", _NOISE.sub(" ", composed))
    kept = _REPEATED.sub(r"\1\1", _APOSTROPHES.sub("'", kept))
    words = _WORD.findall(kept.replace("'", ""))
    return Cleaned(" ".join(kept.split()), tuple(w for w in words if any(map(str.isalpha, w))))


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """A word as the lists of `bot/languages.yaml` are compared: no accents, one spelling."""
    bare = strip_marks(_REPEATED.sub(r"\1\1", word).translate(_WHOLE_LETTERS))
    return _JOINERS.sub("", bare).translate(_ARABIC)


def strip_marks(text: str) -> str:
    """A text without the accents on its Latin letters, as people type Vietnamese or Cree."""
    kept: list[str] = []
    latin = False
    for letter in unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D")):
        if not unicodedata.combining(letter):
            latin = letter < "\u0250"
        elif latin:
            continue
        kept.append(letter)
    return unicodedata.normalize("NFC", "".join(kept))
