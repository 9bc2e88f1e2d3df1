"""Finds listed phrases in a text of any script: `intake/data/words/<language>.yaml`, all at once.

People mix languages, and a text says what it says in each of them: every list is looked for in
every text. Words are compared as the rules for risk compare them (`intake/tokens.py`): no accents,
one form of each letter, Traditional read as Simplified, a character a word where no spaces are
written. A trailing `*` stands for any ending of that word; an Arabic word may carry the little
words that are written onto it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from intake.tokens import Token, fold

WORDS = Path(__file__).with_name("data") / "words"
# "and", "in", "to", "the", written onto an Arabic word.
_ATTACHED = "(?:[وف]?(?:ال|لل|[بلك](?:ال)?)?)?"
_ATTACHED_FROM_LETTERS = 3
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Found:
    """A listed phrase: the name it stands under, and its words as indices of the tokens."""

    name: str
    first: int
    after: int


class Finder:
    """Looks for the phrases of several names at once."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        self._patterns = {
            name: pattern
            for name, listed in phrases.items()
            if (pattern := _pattern(listed)) is not None
        }

    def find(self, tokens: Sequence[Token]) -> Iterator[Found]:
        """Every phrase of every name; of phrases of one name that overlap the longest."""
        joined = " ".join(token.text for token in tokens)
        starts = _starts(tokens)
        for name, pattern in self._patterns.items():
            for match in pattern.finditer(joined):
                first = starts[match.start()]
                yield Found(name, first, first + match.group().count(" ") + 1)


def _pattern(phrases: Iterable[str]) -> re.Pattern[str] | None:
    """One expression over folded words, the longest phrase first."""
    expressions = {one for phrase in phrases if (one := _expression(phrase))}
    if not expressions:
        return None
    ordered = sorted(expressions, key=lambda one: (-len(one), one))
    return re.compile(rf"(?:^|(?<= ))(?:{'|'.join(ordered)})(?= |$)")


def _expression(phrase: str) -> str:
    """The expression of one phrase."""
    words = []
    for written in str(phrase).split():
        folded = [token.text for token in fold(written.rstrip("*"))]
        ending = "[^ ]*" if written.endswith("*") else ""
        words += [_attached(word) + re.escape(word) for word in folded]
        if words and folded:
            words[-1] += ending
    return " ".join(words)


def _attached(word: str) -> str:
    """What may be written in front of an Arabic word."""
    long_enough = len(word) >= _ATTACHED_FROM_LETTERS
    return _ATTACHED if long_enough and "\u0600" <= word[0] <= "\u06ff" else ""


def _starts(tokens: Sequence[Token]) -> dict[int, int]:
    """Offset of each token in the joined text -> its index."""
    starts: dict[int, int] = {}
    position = 0
    for index, token in enumerate(tokens):
        starts[position] = index
        position += len(token.text) + 1
    return starts


def tokens_of(text: str) -> list[Token]:
    """The folded words of a text."""
    return fold(text)


@functools.cache
def lists() -> Mapping[str, Mapping[str, Any]]:
    """The file of each language."""
    return {
        path.stem: yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER) or {}
        for path in sorted(WORDS.glob("*.yaml"))
    }


def gathered(section: str) -> dict[str, list[str]]:
    """The phrases of a section by name, of all languages together."""
    phrases: dict[str, list[str]] = {}
    for listed in lists().values():
        for name, own in (listed.get(section) or {}).items():
            phrases.setdefault(name, []).extend(map(str, own))
    return phrases


def listed(section: str) -> list[str]:
    """The phrases of a section that has no names, of all languages together."""
    return [str(one) for own in lists().values() for one in own.get(section) or ()]
