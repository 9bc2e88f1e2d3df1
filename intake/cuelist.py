"""One language's cue list, read from YAML and ready to be matched; its form: intake/cue_file.py."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from intake.cue_file import ENTRY_KEYS, KEYS, CueListError, expect, sources, speller_of
from intake.pattern_sets import Index, Patterns
from intake.patterns import Grammar, Pattern, parts_of, stretch_of, words_of
from intake.reading import Spelled

_NEAR = 60  # characters before a cue in which a word can still belong to it
UNLIMITED = 99  # above every tier: what a cue keeps when nothing modifies it
CONTEXT = 0  # the row of an entry that is no risk itself but can complete another
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
    unless: Patterns
    along: Patterns
    soon: int = 0
    joke: int | None = None
    midway: int = 0
    needs: frozenset[int | str] = frozenset()


class Phrases:
    """Words or phrases looked for among others, read as the list's patterns are."""

    def __init__(self, grammar: Grammar, phrases: Iterable[str]) -> None:
        read = (grammar.canonical(parts_of(str(phrase))) for phrase in phrases)
        self._phrases = tuple(" " + " ".join(words) + " " for words in read if words)

    def among(self, words: str) -> bool:
        """Whether one stands in ``words``, which end with a space."""
        return any(phrase in " " + words for phrase in self._phrases)

    def open(self, words: str) -> bool:
        """Whether ``words`` begin with one."""
        return (" " + words).startswith(self._phrases)


@dataclass(frozen=True, eq=False)
class Modifier:
    """Words around a cue that limit its tier, such as a negation or the past.

    ``before`` ends where the cue begins, ``after`` begins where it ends, ``within`` stands in it,
    ``inside`` are words of its gaps; ``before`` says nothing of a cue that opens with one of
    ``subjects``, and nothing applies to a sentence with one of ``cancel``.
    """

    name: str
    limit: int
    before: Patterns
    after: Patterns
    within: Patterns
    inside: Phrases
    subjects: Phrases
    cancel: Patterns

    def applies(self, spelled: Spelled, match: re.Match[str]) -> bool:
        """Whether the words before, inside or after ``match`` modify it."""
        return self._touches(spelled, match) and not self._cancelled(spelled, match)

    def _cancelled(self, spelled: Spelled, match: re.Match[str]) -> bool:
        sentence = spelled.sentence(match.start(), match.end())
        return any(spelled.has(p, *sentence) for p in self.cancel.all)

    def _touches(self, spelled: Spelled, match: re.Match[str]) -> bool:
        if any(gap and self.inside.among(gap) for gap in match.groups()):
            return True
        if any(spelled.has(p, match.start(), match.end()) for p in self.within.all):
            return True
        # "pas il a un fusil": a sentence that starts anew is not what the word before it modifies.
        if not self.subjects.open(match.group()):
            left, _ = spelled.sentence(match.start(), match.end())
            near = max(left, match.start() - _NEAR)
            if any(spelled.has(p, near, match.start()) for p in self.before.all):
                return True
        return any(
            p.possible(spelled.forms) and p.regex.match(spelled.text, match.end())
            for p in self.after.all
        )


class CueList:
    """The cues of one language."""

    def __init__(self, document: Mapping[str, Any], tiers: Mapping[str, int]) -> None:
        self.language = str(document["language"])
        self._tiers = {**tiers, "none": 0}
        expect(document, KEYS, f"{self.language}.yaml")
        lists = {name: tuple(map(str, e)) for name, e in document.get("lists", {}).items()}
        uses = Counter(chain.from_iterable(map(words_of, sources(document))))
        literals = [parts_of(word) for word in uses]
        self.speller = speller_of(document, literals)
        self._grammar = Grammar(lists, self.speller.canonical, stretch_of(literals))
        self._grammar.weigh(uses)
        #: How many tokens a word has: more than one in a script without spaces.
        self.stretch = self._grammar.stretch
        self.entries = tuple(self._entry(item) for item in document.get("cues", ()))
        self._index = Index((p, n) for n, entry in enumerate(self.entries) for p in entry.say)
        self._masks = self._compiled(document.get("masks", ()))
        self._plots = self._compiled(document.get("plots", ()))
        self._personal = Phrases(self._grammar, document.get("personal", ()))
        self._modifiers = tuple(self._modifier(item) for item in document.get("modifiers", ()))
        self._soon = self._patterns(document.get("soon", ()))
        self._joking = self._patterns(document.get("joking", ()))
        self._person, self._not_person = self._asking(document.get("person", {}))
        self._grammar.forget()

    def masked(self, spelled: Spelled) -> list[tuple[int, int]]:
        """The spans in the original message of idioms: no cue that touches one counts."""
        return [
            spelled.span(*match.span())
            for pattern, _ in self._masks.candidates(spelled.forms)
            for match in spelled.find(pattern)
        ]

    def told(self, spelled: Spelled) -> list[tuple[int, int]]:
        """The spans of sentences that tell a plot, a lesson or the news."""
        return [
            spelled.span(*spelled.sentence(*match.span()))
            for pattern, _ in self._plots.candidates(spelled.forms)
            for match in spelled.find(pattern)
        ]

    def personal(self, match: re.Match[str]) -> bool:
        """Whether the words of a cue speak of the one who writes."""
        return self._personal.among(match.group())

    def matches(self, spelled: Spelled) -> Iterator[tuple[Entry, re.Match[str]]]:
        """Every cue said in ``spelled`` whose sentence meets none of the cue's ``unless``."""
        dismissed: dict[tuple[int, int, int], bool] = {}
        for pattern, number in self._index.candidates(spelled.forms):
            entry = self.entries[number]
            for match in spelled.find(pattern):
                left, right = spelled.sentence(match.start(), match.end())
                key = (number, left, right)
                if key not in dismissed:
                    dismissed[key] = any(
                        spelled.has(p, left, right) for p in entry.unless.all
                    ) or not all(spelled.has(p, 0, len(spelled.text)) for p in entry.along.all)
                if not dismissed[key]:
                    yield entry, match

    def limit(self, spelled: Spelled, match: re.Match[str]) -> int:
        """The highest tier that the words around ``match`` leave it."""
        applying = (m.limit for m in self._modifiers if m.applies(spelled, match))
        return min(applying, default=UNLIMITED)

    def soon(self, spelled: Spelled, start: int, end: int) -> bool:
        """Whether the words from ``start`` to ``end`` speak of now, today or tonight."""
        return any(spelled.has(p, start, end) for p in self._soon.all)

    def joking(self, spelled: Spelled, start: int, end: int) -> bool:
        """Whether the words from ``start`` to ``end`` laugh."""
        return any(spelled.has(p, start, end) for p in self._joking.all)

    def asks_for_person(self, spelled: Spelled) -> bool:
        """Whether the message asks for a human being."""
        candidates = self._person.candidates(spelled.forms)
        if not any(pattern.regex.search(spelled.text) for pattern, _ in candidates):
            return False
        return not any(spelled.has(p, 0, len(spelled.text)) for p in self._not_person.all)

    def check(self) -> None:
        """Compiles what is else compiled when first asked for; raises ``PatternError``."""
        late = [self._soon, self._joking, self._not_person]
        late += [patterns for e in self.entries for patterns in (e.unless, e.along)]
        for modifier in self._modifiers:
            late += [modifier.before, modifier.after, modifier.within, modifier.cancel]
        indexed = (self._index, self._masks, self._plots, self._person)
        patterns = [p for index in indexed for p in index.patterns]
        for pattern in (*patterns, *(p for compiled in late for p in compiled.all)):
            pattern.regex.groups  # noqa: B018  (compiles)

    def _patterns(self, sources: Iterable[str], start: str = "(?<= )", end: str = "") -> Patterns:
        return Patterns(self._grammar, sources, start, end)

    def _compiled(self, sources: Iterable[str]) -> Index:
        return Index((self._grammar.compile(source), 0) for source in sources)

    def _asking(self, person: Mapping[str, Any]) -> tuple[Index, Patterns]:
        """What asks for a person, as a whole message or within one, and what does not."""
        polite = f"(?:{self._grammar.compile(person.get('polite', 'please')).node.regex})*"
        whole = (
            self._grammar.compile(s, start=r"\A " + polite, end=polite + r"(?:\. )*\Z")
            for s in person.get("whole", ())
        )
        within = map(self._grammar.compile, person.get("within", ()))
        asking = Index((pattern, 0) for pattern in (*whole, *within))
        return asking, self._patterns(person.get("unless", ()))

    def _entry(self, item: Mapping[str, Any]) -> Entry:
        expect(item, ENTRY_KEYS, f"{self.language}: cue {item.get('name')!r}")
        try:
            return Entry(
                name=item["name"],
                row=item.get("row", CONTEXT),
                tier=self._tiers[item.get("tier", "none")],
                say=tuple(map(self._grammar.compile, map(str, item["say"]))),
                unless=self._patterns(item.get("unless", ())),
                along=self._patterns(item.get("along", ())),
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
            before=self._patterns(item.get("before", ()), end=r"\Z"),
            after=self._patterns(item.get("after", ()), start=""),
            within=self._patterns(item.get("within", ())),
            inside=Phrases(self._grammar, item.get("inside", ())),
            subjects=Phrases(self._grammar, item.get("subjects", ())),
            cancel=self._patterns(item.get("cancel", ())),
        )


def read(path: Path, tiers: Mapping[str, int]) -> CueList:
    """The cue list in the YAML file at ``path``.

    Raises :class:`CueListError` or ``PatternError`` when the file is not in its form.
    """
    with path.open(encoding="utf-8") as stream:
        return CueList(yaml.load(stream, _LOADER), tiers)
