"""Words that mean something by themselves: carrier keywords and answers to the safety check.

Only a whole message counts, like at the carrier, so that "please stop him" is never an opt-out
and our state and the carrier's agree (domain.md section 3; Twilio's default keywords and the
mandatory Canadian ones).
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from intake.languages import OFFICIAL, base
from intake.messages import Keyword

STOP_WORDS = frozenset(
    "stop stopall unsubscribe end quit cancel revoke optout arret arreter desabonner".split()
)
# The carrier answers these itself unless it is told otherwise; the French ones are ours to answer.
CARRIER_STOP_WORDS = frozenset("stop stopall unsubscribe end quit cancel revoke optout".split())
START_WORDS = frozenset("start unstop".split())
INFO_WORDS = frozenset({"info"})

# Marks written above or below letters of the Latin, Greek, Cyrillic, Hebrew and Arabic scripts, and
# what phones put around digits and emoji. The vowel signs of other scripts are letters, and stay.
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u200b-\u200f\u20d0-\u20ff\ufe00-\ufe0f\u2060\ufeff]"
)
_APOSTROPHES = re.compile("['\u2019\u02bc`\u00b4]")
# Letters that Unicode does not take apart, and Arabic letters that keyboards put for each other.
_LETTERS = str.maketrans(
    {"đ": "d", "ø": "o", "ł": "l", "ı": "i", "œ": "oe", "æ": "ae"}
    | {"ك": "ک", "ي": "ی", "ى": "ی", "ے": "ی", "ة": "ه", "ہ": "ه", "ھ": "ه", "ۃ": "ه"}
)

_ANSWERS = Path(__file__).parent / "data" / "answers.yaml"
# One spoken language in several scripts: people answer in each other's words.
_KIN = {code: frozenset({"hi", "ur", "pa"}) for code in ("hi", "ur", "pa")}
# A shorter word of another language is more likely a piece of something else.
_LONG_ENOUGH = 4


class Choice(enum.Enum):
    """An answer to "is it OK to text now?" (1, 2), a wish for limits (3) or a person (0)."""

    YES = "1"
    NO = "2"
    LIMITS = "3"
    PERSON = "0"


_DIGITS = {answer.value: answer for answer in Choice}
# The names in the file; YAML takes a bare yes or no for something else.
_NAMES = {
    "agree": Choice.YES,
    "refuse": Choice.NO,
    "limits": Choice.LIMITS,
    "person": Choice.PERSON,
}


def fold(text: str) -> str:
    """Lower case without accents, punctuation, full-width forms or outer spaces.

    Digits of every script become ASCII, so that "\u0661" and "\u0967" are 1.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = _APOSTROPHES.sub("", _MARKS.sub("", decomposed)).translate(_LETTERS)
    kept = (
        str(unicodedata.decimal(c, c)) if c.isalnum() or unicodedata.category(c)[0] == "M" else " "
        for c in bare
    )
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


def keyword(text: str) -> Keyword | None:
    """The carrier keyword that this whole message is, if it is one."""
    word = fold(text)
    if word in STOP_WORDS:
        return Keyword.STOP
    if word in START_WORDS:
        return Keyword.START
    if word in INFO_WORDS:
        return Keyword.INFO
    return None


def choice(text: str, language: str | None = None) -> Choice | None:
    """The answer to the safety check that this whole message is, if it is one.

    A word that is an answer in several languages is read in the conversation's, then in English
    and French; one of other languages alone must be long enough, and mean the same in all of them.
    """
    word = fold(text)
    if word in _DIGITS:
        return _DIGITS[word]
    meanings = _meanings().get(word, {})
    code = base(language) if language else None
    for reader in (code, *_KIN.get(code or "", ()), *OFFICIAL):
        if reader in meanings:
            return meanings[reader]
    clear = len(set(meanings.values())) == 1 and (len(word) >= _LONG_ENOUGH or not word.isascii())
    return next(iter(meanings.values())) if clear else None


@lru_cache(maxsize=1)
def _meanings() -> Mapping[str, Mapping[str | None, Choice]]:
    """Folded answer -> what it means, by language."""
    found: dict[str, dict[str | None, Choice]] = {}
    for code, answers in yaml.safe_load(_ANSWERS.read_text(encoding="utf-8")).items():
        for name, words in answers.items():
            for word in words:
                found.setdefault(fold(word), {})[code] = _NAMES[name]
    return found
