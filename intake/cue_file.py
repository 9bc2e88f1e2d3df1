"""The form of a cue list's file: which keys it has, and all that its patterns are made of.

The keys: ``lists`` (named phrases), ``spellings`` (short forms, of one word or several),
``ordinary`` (words that only look like a misspelt cue word), ``silent`` (words left out, such as
French *ne*), ``attached`` (little words written onto the next one, such as Arabic *و*), ``elides``
(French), ``mixed`` (words of it stand in messages of all other languages: English),
``modifiers``, ``masks`` (idioms: a cue that touches one does not count), ``plots`` (a sentence in
which only a cue about oneself counts), ``personal``, ``soon``, ``joking``, ``person`` (asking for
a human being: ``whole``, ``polite``, ``within``, ``unless``) and ``cues``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from intake.spelling import Speller
from intake.tokens import fold

KEYS = frozenset(
    "language lists spellings ordinary silent attached elides mixed modifiers masks plots personal"
    " soon joking person cues".split()
)
ENTRY_KEYS = frozenset("name row tier say unless along soon midway joke needs".split())


class CueListError(ValueError):
    """A cue list is not as its form says; the message names file and entry."""


def expect(document: Mapping[str, Any], keys: frozenset[str], where: str) -> None:
    """Raises :class:`CueListError` when ``document`` has a key that is none of ``keys``."""
    unknown = sorted(set(document) - keys)
    if unknown:
        raise CueListError(f"{where}: no such key: {', '.join(unknown)}")


def sources(document: Mapping[str, Any]) -> Iterator[str]:
    for entries in document.get("lists", {}).values():
        yield from map(str, entries)
    for key in ("masks", "plots", "soon", "joking"):
        yield from document.get(key, ())
    person = document.get("person", {})
    yield person.get("polite", "please")
    for key in ("whole", "within", "unless"):
        yield from person.get(key, ())
    for item in document.get("modifiers", ()):
        for key in ("before", "after", "within", "cancel"):
            yield from item.get(key, ())
    for item in document.get("cues", ()):
        yield from item["say"]
        yield from item.get("unless", ())
        yield from item.get("along", ())


def speller_of(document: Mapping[str, Any], literals: Iterable[Sequence[str]]) -> Speller:
    parts = {part for word in literals for part in word}

    def folded(key: str) -> set[str]:
        words = " ".join(map(str, document.get(key, ())))
        return {token.text for token in fold(words)}

    return Speller(
        vocabulary={part.replace("'", "") for part in parts if not part.endswith("*")},
        prefixes={part[:-1] for part in parts if part.endswith("*")},
        spellings={str(k): str(v) for k, v in document.get("spellings", {}).items()},
        ordinary=folded("ordinary"),
        silent=folded("silent"),
        attached=folded("attached"),
        elides=bool(document.get("elides", False)),
        mixed=bool(document.get("mixed", False)),
    )
