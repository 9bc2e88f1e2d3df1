"""The names of Canadian places in other scripts and languages: `data/place_names.yaml`.

`intake/places.py` reads English and French names by what stands around them. These are names that
mean nothing else ("多伦多", "ਸਰੀ", "Torontóban"), so that the name alone is enough.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from intake.word_lists import Finder, tokens_of

_NAMES = Path(__file__).with_name("data") / "place_names.yaml"


def places_by_name(text: str) -> Iterator[tuple[str, int, int]]:
    """(id of `intake.places`, start, end), the longest of overlapping names first."""
    tokens = tokens_of(text)
    found = sorted(_finder().find(tokens), key=lambda one: (one.first - one.after, one.first))
    taken: set[int] = set()
    for one in found:
        words = set(range(one.first, one.after))
        if not words & taken:
            taken |= words
            yield one.name, tokens[one.first].start, tokens[one.after - 1].end


@functools.cache
def _finder() -> Finder:
    """One search for the names of all languages."""
    phrases: dict[str, list[str]] = {}
    for language in yaml.safe_load(_NAMES.read_text(encoding="utf-8")).values():
        for place, names in language["names"].items():
            phrases.setdefault(place, []).extend(_spelled(names, language))
    return Finder(phrases)


def _spelled(names: list[Any], language: dict[str, Any]) -> Iterator[str]:
    """Each name as it stands, and with each ending of a language that writes them onto names."""
    for name in map(str, names):
        yield name
        for ending in language.get("endings", ()):
            yield name + str(ending)
