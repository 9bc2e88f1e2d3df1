"""The patterns of a cue list in sets: looked up by a word that they need, or read late."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from intake.patterns import Grammar, Pattern


class Index:
    """Patterns by a word that they need, so that a message is searched for few of them."""

    def __init__(self, patterns: Iterable[tuple[Pattern, int]]) -> None:
        self._entries = tuple(patterns)
        always: list[int] = []
        by_form: dict[str, list[int]] = {}
        for order, (pattern, _) in enumerate(self._entries):
            if not pattern.anchors:
                always.append(order)
            for anchor in pattern.anchors:
                by_form.setdefault(anchor, []).append(order)
        self._always = tuple(always)
        self._by_form = {form: tuple(orders) for form, orders in by_form.items()}
        self._forms = frozenset(by_form)

    @property
    def patterns(self) -> Iterator[Pattern]:
        """All the patterns."""
        return (pattern for pattern, _ in self._entries)

    def candidates(self, forms: frozenset[str]) -> list[tuple[Pattern, int]]:
        """The patterns that can match a message of these forms, in the order of the list."""
        orders = set(self._always)
        for form in forms & self._forms:
            orders.update(self._by_form[form])
        entries = self._entries
        return [entries[n] for n in sorted(orders) if entries[n][0].possible(forms)]


class Patterns:
    """Patterns that few messages ask for: read from their sources when one first does."""

    def __init__(
        self, grammar: Grammar, sources: Iterable[str], start: str = "(?<= )", end: str = ""
    ) -> None:
        self._grammar, self._start, self._end = grammar, start, end
        self.sources = tuple(sources)

    @cached_property
    def all(self) -> tuple[Pattern, ...]:
        """The patterns; raises :class:`PatternError` when one cannot be read."""
        compile_ = self._grammar.compile
        return tuple(compile_(source, self._start, self._end) for source in self.sources)
