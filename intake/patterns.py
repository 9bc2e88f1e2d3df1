"""The small pattern language of the cue lists, compiled to regular expressions over words.

A pattern is words separated by spaces, read against the spelled words of one message:

    ``deport*``       any word that starts so
    ``(a|b c)``       one of these; ``[a|b]`` the same, or nothing
    ``..``            up to three words of the same sentence; a *not* among them is seen
    ``...`` ``....``  up to six, up to ten words of the same sentence
    ``@he``           one of the phrases of the list ``he``
    ``!(a|b)``        not followed by one of these
    ``%number`` ``%minor`` ``%long``   digits; 6 to 17, 10 to 24 in digits
    ``%word``         any word
    ``^`` / ``$``     the start / the end of a sentence

Every repetition is bounded, so that no message can make a search run away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

_LEXEME = re.compile(r"\s*(\.{2,4}|!\(|[()\[\]|^$]|[@%]?[^\s()\[\]|^$!]+)")
_NOT_BREAK = r"(?!\. )[^ ]+ "
_GAPS = {"..": "((?:%s){0,3}?)", "...": "(?:%s){0,6}?", "....": "(?:%s){0,10}?"}
_CLASSES = {
    "%number": r"\d+ ",
    "%long": r"(?:1\d|2[0-4]) ",
    "%minor": r"(?:[6-9]|1[0-7]) ",
    "%word": _NOT_BREAK,
}
Canonical = Callable[[str], Sequence[str]]


class PatternError(ValueError):
    """A cue list holds a pattern that cannot be read; the message quotes the pattern."""


@dataclass(frozen=True)
class Pattern:
    """One compiled pattern. ``anchors`` are words of which a matching message has at least one
    (a trailing ``*`` marks a beginning of a word); empty means that any message may match."""

    source: str
    regex: re.Pattern[str]
    anchors: frozenset[str]


@dataclass(frozen=True)
class _Node:
    """A piece of a pattern: its expression and the anchor sets it makes obligatory."""

    regex: str
    anchors: tuple[frozenset[str], ...] = ()


@dataclass
class Grammar:
    """Compiles the patterns of one cue list."""

    lists: Mapping[str, Sequence[str]]
    canonical: Canonical
    weight: Mapping[str, int] = field(default_factory=dict)
    _known: dict[str, _Node] = field(default_factory=dict)

    def compile(self, source: str, start: str = "(?<= )", end: str = "") -> Pattern:
        """``source`` as a :class:`Pattern`; ``start`` and ``end`` frame the expression."""
        node = _Reader(self, source).pattern()
        anchors = min(node.anchors, key=self._cost, default=frozenset())
        regex = re.compile(start + node.regex + end)
        if regex.search(" "):
            raise PatternError(f"{source!r} asks for no word at all")
        return Pattern(source, regex, anchors)

    def named(self, name: str, source: str) -> _Node:
        """The node of the list ``name``, compiled once."""
        if name not in self._known:
            if name not in self.lists:
                raise PatternError(f"no list named {name!r}, wanted by {source!r}")
            entries = [_Reader(self, entry).pattern() for entry in self.lists[name]]
            self._known[name] = _either(entries)
        return self._known[name]

    def _cost(self, anchors: frozenset[str]) -> int:
        return sum(self.weight.get(word, 1) for word in anchors)


class _Reader:
    """Recursive descent over the lexemes of one pattern."""

    def __init__(self, grammar: Grammar, source: str) -> None:
        self._grammar = grammar
        self._source = source
        self._lexemes = _lexemes(source)
        self._at = 0

    def pattern(self) -> _Node:
        node = self._sequence()
        if self._at < len(self._lexemes):
            raise PatternError(f"unexpected {self._lexemes[self._at]!r} in {self._source!r}")
        return node

    def _sequence(self) -> _Node:
        parts: list[_Node] = []
        while self._at < len(self._lexemes) and self._lexemes[self._at] not in ")]|":
            parts.append(self._piece())
        return _Node(
            "".join(part.regex for part in parts),
            tuple(anchors for part in parts for anchors in part.anchors),
        )

    def _piece(self) -> _Node:
        lexeme = self._lexemes[self._at]
        self._at += 1
        if lexeme in ("(", "[", "!("):
            return self._group(lexeme)
        if lexeme in _GAPS:
            return _Node(_GAPS[lexeme] % _NOT_BREAK)
        if lexeme == "^":
            return _Node(r"(?:(?<=\A )|(?<= \. ))")
        if lexeme == "$":
            return _Node(r"(?=\. |\Z)")
        if lexeme.startswith("@"):
            return self._grammar.named(lexeme[1:], self._source)
        if lexeme in _CLASSES:
            return _Node(_CLASSES[lexeme])
        return self._words(lexeme)

    def _group(self, opening: str) -> _Node:
        choices = [self._sequence()]
        while self._at < len(self._lexemes) and self._lexemes[self._at] == "|":
            self._at += 1
            choices.append(self._sequence())
        closing = "]" if opening == "[" else ")"
        if self._at >= len(self._lexemes) or self._lexemes[self._at] != closing:
            raise PatternError(f"no {closing!r} for {opening!r} in {self._source!r}")
        self._at += 1
        either = _either(choices)
        if opening == "[":
            return _Node(f"(?:{either.regex})?")
        return _Node(f"(?!{either.regex})") if opening == "!(" else either

    def _words(self, lexeme: str) -> _Node:
        if lexeme.endswith("*"):
            return _Node(re.escape(lexeme[:-1]) + "[^ ]* ", (frozenset((lexeme,)),))
        words = self._grammar.canonical(lexeme)
        return _Node(
            "".join(re.escape(word) + " " for word in words),
            tuple(frozenset((word,)) for word in words),
        )


def _either(choices: Sequence[_Node]) -> _Node:
    regex = "(?:" + "|".join(dict.fromkeys(choice.regex for choice in choices)) + ")"
    if any(not choice.anchors for choice in choices):
        return _Node(regex)
    # One anchor of every choice: the longest word is nearly always the rarest.
    rarest = (max(choice.anchors, key=_rarity) for choice in choices)
    return _Node(regex, (frozenset().union(*rarest),))


def _rarity(anchors: frozenset[str]) -> tuple[int, int]:
    return (-len(anchors), min(len(word) for word in anchors))


def _lexemes(source: str) -> list[str]:
    found, at = [], 0
    while at < len(source.rstrip()):
        match = _LEXEME.match(source, at)
        if match is None:
            raise PatternError(f"cannot read {source[at:]!r} in {source!r}")
        found.append(match.group(1))
        at = match.end()
    return found


def words_of(source: str) -> Iterable[str]:
    """The literal words and beginnings (with their ``*``) that ``source`` is made of."""
    for lexeme in _lexemes(source):
        if lexeme[0] not in "@%.!()[]|^$":
            yield lexeme
