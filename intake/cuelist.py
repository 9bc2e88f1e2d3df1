"""One language's cue list, read from YAML and ready to be matched.

The file's keys: ``lists`` (named phrases), ``spellings``, ``ordinary`` (words that only look like
a misspelt cue word), ``silent`` (words left out, such as French *ne*), ``modifiers``, ``masks``
(idioms: a cue that touches one does not count), ``plots`` (a sentence in which only a cue about
oneself counts), ``personal``, ``soon``, ``joking``, ``person`` and ``cues``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from intake.patterns import Grammar, Pattern, words_of
from intake.reading import Index, Spelled
from intake.spelling import Speller
from intake.tokens import Token, plain

_NEAR = 60  # characters before a cue in which a word can still belong to it
UNLIMITED = 99  # above every tier: what a cue keeps when nothing modifies it
CONTEXT = 0  # the row of an entry that is no risk itself but can complete another


class CueListError(ValueError):
    """A cue list is not as its form says; the message names file and entry."""


@dataclass(frozen=True, eq=False)
class Entry:
    """One cue: what it is called, which row of the risk model it speaks of, how it is said.

    ``along`` must each be found somewhere in the message, none of ``unless`` in the sentence.
    ``soon`` is its tier when the sentence speaks of now, ``midway`` its tier inside a
    conversation, ``joke`` the highest tier it has in a sentence that laughs, ``needs`` the rows or
    names of which another cue must be there.
    """

    name: str
    row: int
    tier: int
    say: tuple[Pattern, ...]
    unless: tuple[Pattern, ...] = ()
    along: tuple[Pattern, ...] = ()
    soon: int = 0
    joke: int | None = None
    midway: int = 0
    needs: frozenset[int | str] = frozenset()


@dataclass(frozen=True)
class Modifier:
    """Words around a cue that limit its tier, such as a negation or the past.

    ``before`` ends where the cue begins, ``after`` begins where it ends, ``within`` stands in it,
    ``inside`` are words of its gaps; ``before`` says nothing of a cue that opens with one of
    ``subjects``, and nothing applies to a sentence with one of ``cancel``.
    """

    name: str
    limit: int
    before: tuple[re.Pattern[str], ...]
    after: tuple[Pattern, ...]
    within: tuple[Pattern, ...]
    inside: frozenset[str]
    subjects: frozenset[str]
    cancel: tuple[Pattern, ...]

    def applies(self, spelled: Spelled, match: re.Match[str]) -> bool:
        """Whether the words before, inside or after ``match`` modify it."""
        left, right = spelled.sentence(match.start(), match.end())
        if any(p.regex.search(spelled.text, left, right) for p in self.cancel):
            return False
        gaps = {word for gap in match.groups() if gap for word in gap.split()}
        if gaps & self.inside or any(
            p.regex.search(spelled.text, match.start(), match.end()) for p in self.within
        ):
            return True
        near = max(left, match.start() - _NEAR)
        # "pas il a un fusil": a sentence that starts anew is not what the word before it modifies.
        anew = match.group().partition(" ")[0] in self.subjects
        if not anew and any(p.search(spelled.text, near, match.start()) for p in self.before):
            return True
        return any(p.regex.match(spelled.text, match.end()) for p in self.after)


class CueList:
    """The cues of one language."""

    def __init__(self, document: Mapping[str, Any], tiers: Mapping[str, int]) -> None:
        self.language = str(document["language"])
        self._tiers = {**tiers, "none": 0}
        lists = {name: tuple(map(str, e)) for name, e in document.get("lists", {}).items()}
        sources = list(_sources(document))
        self._speller = _speller(document, sources)
        weight = Counter(
            w for s in sources for raw in words_of(s) for w in (raw, *self._canonical(raw))
        )
        self._grammar = Grammar(lists, self._canonical, weight)
        self.entries = tuple(self._entry(item) for item in document["cues"])
        self._index = Index((p, n) for n, entry in enumerate(self.entries) for p in entry.say)
        self._masks = Index((self._grammar.compile(s), 0) for s in document.get("masks", ()))
        self._plots = Index((self._grammar.compile(s), 0) for s in document.get("plots", ()))
        self._personal = frozenset(document.get("personal", ()))
        self._modifiers = tuple(self._modifier(item) for item in document.get("modifiers", ()))
        self._soon = self._compiled(document.get("soon", ()))
        self._joking = self._compiled(document.get("joking", ()))
        person = document.get("person", {})
        polite = "(?:" + self._grammar.compile(person.get("polite", "please")).regex.pattern + ")*"
        polite = polite.replace("(?<= )", "")
        self._person = tuple(
            self._grammar.compile(s, start=r"\A " + polite, end=polite + r"(?:\. )*\Z")
            for s in person.get("whole", ())
        ) + self._compiled(person.get("within", ()))
        self._not_person = self._compiled(person.get("unless", ()))

    def spelled(self, tokens: list[Token]) -> Spelled:
        """A folded message in the words of this language."""
        return Spelled.of(self._speller.spell(tokens))

    def masked(self, spelled: Spelled) -> list[tuple[int, int]]:
        """The spans in the original message of idioms: no cue that touches one counts."""
        return [
            spelled.span(*match.span())
            for pattern, _ in self._masks.candidates(spelled.words)
            for match in pattern.regex.finditer(spelled.text)
        ]

    def told(self, spelled: Spelled) -> list[tuple[int, int]]:
        """The spans of sentences that tell a plot, a lesson or the news."""
        return [
            spelled.span(*spelled.sentence(*match.span()))
            for pattern, _ in self._plots.candidates(spelled.words)
            for match in pattern.regex.finditer(spelled.text)
        ]

    def personal(self, match: re.Match[str]) -> bool:
        """Whether the words of a cue speak of the one who writes."""
        return not self._personal.isdisjoint(match.group().split())

    def matches(self, spelled: Spelled) -> Iterator[tuple[Entry, re.Match[str]]]:
        """Every cue said in ``spelled`` whose sentence meets none of the cue's ``unless``."""
        dismissed: dict[tuple[int, int, int], bool] = {}
        for pattern, number in self._index.candidates(spelled.words):
            entry = self.entries[number]
            for match in pattern.regex.finditer(spelled.text):
                left, right = spelled.sentence(match.start(), match.end())
                key = (number, left, right)
                if key not in dismissed:
                    dismissed[key] = any(
                        p.regex.search(spelled.text, left, right) for p in entry.unless
                    ) or not all(p.regex.search(spelled.text) for p in entry.along)
                if not dismissed[key]:
                    yield entry, match

    def limit(self, spelled: Spelled, match: re.Match[str]) -> int:
        """The highest tier that the words around ``match`` leave it."""
        applying = (m.limit for m in self._modifiers if m.applies(spelled, match))
        return min(applying, default=UNLIMITED)

    def soon(self, spelled: Spelled, start: int, end: int) -> bool:
        """Whether the words from ``start`` to ``end`` speak of now, today or tonight."""
        return any(p.regex.search(spelled.text, start, end) for p in self._soon)

    def joking(self, spelled: Spelled, start: int, end: int) -> bool:
        """Whether the words from ``start`` to ``end`` laugh."""
        return any(p.regex.search(spelled.text, start, end) for p in self._joking)

    def asks_for_person(self, spelled: Spelled) -> bool:
        """Whether the message asks for a human being."""
        if any(p.regex.search(spelled.text) for p in self._not_person):
            return False
        return any(p.regex.search(spelled.text) for p in self._person)

    def _canonical(self, word: str) -> tuple[str, ...]:
        return (plain(word),) if word.endswith("*") else self._speller.canonical(plain(word))

    def _compiled(self, sources: Iterable[str]) -> tuple[Pattern, ...]:
        return tuple(self._grammar.compile(source) for source in sources)

    def _entry(self, item: Mapping[str, Any]) -> Entry:
        try:
            return Entry(
                name=item["name"],
                row=item.get("row", CONTEXT),
                tier=self._tiers[item.get("tier", "none")],
                say=self._compiled(item["say"]),
                unless=self._compiled(item.get("unless", ())),
                along=self._compiled(item.get("along", ())),
                soon=self._tiers[item.get("soon", "none")],
                midway=self._tiers[item.get("midway", "none")],
                joke=self._tiers[item["joke"]] if "joke" in item else None,
                needs=frozenset(item.get("needs", ())),
            )
        except KeyError as missing:
            raise CueListError(f"{self.language}: cue {item.get('name')!r}: {missing}") from None

    def _modifier(self, item: Mapping[str, Any]) -> Modifier:
        return Modifier(
            name=item["name"],
            limit=self._tiers[item["limit"]],
            before=tuple(self._grammar.compile(s, end=r"\Z").regex for s in item.get("before", ())),
            after=tuple(self._grammar.compile(s, start="") for s in item.get("after", ())),
            within=self._compiled(item.get("within", ())),
            inside=frozenset(item.get("inside", ())),
            subjects=frozenset(item.get("subjects", ())),
            cancel=self._compiled(item.get("cancel", ())),
        )


def read(path: Path, tiers: Mapping[str, int]) -> CueList:
    """The cue list in the YAML file at ``path``.

    Raises :class:`CueListError` or ``PatternError`` when the file is not in its form.
    """
    with path.open(encoding="utf-8") as stream:
        return CueList(yaml.safe_load(stream), tiers)


def _sources(document: Mapping[str, Any]) -> Iterator[str]:
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
    for item in document["cues"]:
        yield from item["say"]
        yield from item.get("unless", ())
        yield from item.get("along", ())


def _speller(document: Mapping[str, Any], sources: list[str]) -> Speller:
    literal = {plain(word) for source in sources for word in words_of(source)}
    spellings = {plain(str(k)): str(v) for k, v in document.get("spellings", {}).items()}
    whole = {w.replace("'", "") for w in literal if not w.endswith("*")}
    return Speller(
        vocabulary=whole,
        prefixes={w[:-1] for w in literal if w.endswith("*")},
        spellings=spellings,
        ordinary={str(w) for w in " ".join(document.get("ordinary", ())).split()},
        silent=document.get("silent", ()),
        elides=bool(document.get("elides", False)),
    )
