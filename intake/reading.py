"""A message as one language's words, and the index that finds which patterns can match it."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from dataclasses import dataclass

from intake.patterns import Pattern
from intake.tokens import Token


@dataclass(frozen=True)
class Spelled:
    """A message as the words of one language, each with its span in the original."""

    tokens: tuple[Token, ...]
    text: str
    offsets: tuple[int, ...]
    words: frozenset[str]

    @classmethod
    def of(cls, tokens: Iterable[Token]) -> Spelled:
        kept = tuple(tokens)
        offsets, at = [], 1
        for token in kept:
            offsets.append(at)
            at += len(token.text) + 1
        text = " " + "".join(token.text + " " for token in kept)
        words = {token.text for token in kept}
        return cls(kept, text, tuple(offsets), frozenset(words))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span in the original message of a match at ``start`` to ``end`` in ``text``."""
        first = bisect.bisect_right(self.offsets, start) - 1
        last = bisect.bisect_left(self.offsets, end) - 1
        covered = self.tokens[max(first, 0) : max(last, first, 0) + 1]
        return min(t.start for t in covered), max(t.end for t in covered)

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """Where in ``text`` the sentence or sentences around ``start`` to ``end`` lie."""
        left = self.text.rfind(" . ", 0, start)
        right = self.text.find(" . ", max(end - 1, 0))
        return max(left, 0), len(self.text) if right < 0 else right + 1


class Index:
    """Patterns by their anchor words, so that a message is searched for few of them."""

    def __init__(self, patterns: Iterable[tuple[Pattern, int]]) -> None:
        self._always: list[tuple[Pattern, int]] = []
        self._by_word: dict[str, list[tuple[Pattern, int]]] = {}
        self._by_beginning: dict[str, list[tuple[Pattern, int]]] = {}
        for pattern, key in patterns:
            if not pattern.anchors:
                self._always.append((pattern, key))
            for anchor in pattern.anchors:
                table = self._by_beginning if anchor.endswith("*") else self._by_word
                table.setdefault(anchor.rstrip("*"), []).append((pattern, key))
        self._longest = max((len(b) for b in self._by_beginning), default=0)

    def candidates(self, words: Iterable[str]) -> list[tuple[Pattern, int]]:
        """The patterns that can match a message of these words, in the order of the list."""
        found: dict[tuple[int, str], tuple[Pattern, int]] = {}
        for pattern, key in self._always:
            found[key, pattern.source] = (pattern, key)
        for word in words:
            for pattern, key in self._by_word.get(word, ()):
                found[key, pattern.source] = (pattern, key)
            for length in range(1, min(len(word), self._longest) + 1):
                for pattern, key in self._by_beginning.get(word[:length], ()):
                    found[key, pattern.source] = (pattern, key)
        return [found[k] for k in sorted(found)]
