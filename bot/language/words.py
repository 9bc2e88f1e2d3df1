"""The word lists of `bot/languages.yaml`: which languages can claim the words of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from bot.language.cleaning import fold

LISTS = Path(__file__).parent.parent / "languages.yaml"

#: Lists that two candidates share: their words are words of both.
_SHARED = {"hi-ur-Latn": ("hi-Latn", "ur-Latn")}
#: Romanised Hindi and Urdu are one language in writing: a word of both is a word of one.
_ONE = {"ur-Latn": "hi-Latn"}

# Letters and the digits that stand for Arabic letters, with two letters side by side; and the
# words of English and of numbers that look so.
_ARABIZI = re.compile(r"(?=.*[a-z]{2})(?=.*[235679])[a-z235679]+")
_NOT_ARABIZI = re.compile(
    r"\d+(?:st|nd|rd|th|am|pm|h|hr|hrs|hours?|min|mins|km|kg|ans|yo|yrs|yr|x|er|eme|day|days|morrow|"
    r"nite|night|gether|much|go|get|do|see|be|me|my|u|k)|(?:me|mp|ps|wii|up|need|want|got|have)\d"
)


@lru_cache(maxsize=1)
def lists() -> Mapping[str, frozenset[str]]:
    """Candidate -> its folded words."""
    found: dict[str, set[str]] = {}
    for key, listed in yaml.safe_load(LISTS.read_text(encoding="utf-8")).items():
        for tag in _SHARED.get(key, (key,)):
            found.setdefault(tag, set()).update(fold(word) for word in str(listed).split())
    return {tag: frozenset(words) for tag, words in found.items()}


@lru_cache(maxsize=16)
def _owners(
    candidates: tuple[str, ...], beside: frozenset[str]
) -> Mapping[str, tuple[tuple[str, float], ...]]:
    """Listed word -> the candidates that list it, each with the part that it can claim."""
    owners: dict[str, list[str]] = {}
    for tag in candidates:
        for word in lists().get(tag, ()):
            owners.setdefault(word, []).append(tag)
    found = {}
    for word, tags in owners.items():
        everybody = {_ONE.get(tag, tag) for tag in tags}
        ours = everybody - beside
        found[word] = tuple((tag, 1.0 / len(everybody if tag in beside else ours)) for tag in tags)
    return found


def claimed(
    words: Iterable[str], candidates: tuple[str, ...], beside: frozenset[str] = frozenset()
) -> dict[str, tuple[float, int]]:
    """For each candidate, the words it lists: a shared one in part, and their plain number.

    What a candidate shares with those `beside` alone is all its own.
    """
    owners = _owners(candidates, beside)
    found: dict[str, tuple[float, int]] = {}
    for word in words:
        for tag, share in owners.get(fold(word), ()):
            part, number = found.get(tag, (0.0, 0))
            found[tag] = (part + share, number + 1)
    return found


def arabizi(words: Iterable[str]) -> int:
    """How many words are spelt with digits as romanised Arabic spells: 3lesh, sa3douni, 7abibi."""
    return sum(
        bool(_ARABIZI.fullmatch(word)) and not _NOT_ARABIZI.fullmatch(word)
        for word in map(fold, words)
    )
