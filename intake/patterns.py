"""The small pattern language of the cue lists, compiled to regular expressions over words.

A pattern is words separated by spaces, in normal spelling, read against the spelled words of one
message (what is one word in each script: :mod:`intake.letters`):

    ``deport*``       any word that starts so (``때리*``: a stem with any ending)
    ``(a|b c)``       one of these; ``[a|b]`` the same, or nothing
    ``..``            up to three words of the same sentence; a *not* among them is seen
    ``...`` ``....``  up to six, up to ten words of the same sentence
    ``@he``           one of the phrases of the list ``he``
    ``!(a|b)``        not followed by one of these
    ``%number`` ``%minor`` ``%long``   digits; 6 to 17, 10 to 24 in digits
    ``%word``         any word
    ``^`` / ``$``     the start / the end of a sentence

In a script without spaces a gap of three words is as many characters as three words have there.
Every repetition is bounded, so that no message can make a search run away.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

from intake.letters import TABLE, Kind
from intake.tokens import fold

_LEXEME = re.compile(r"\.{2,4}|!\(|[()\[\]|^$]|[@%]?[^\s()\[\]|^$!]+|!")
_NOT_BREAK = r"(?!\. )[^ ]+ "
_GAPS = {"..": ("((?:%s){0,%d}?)", 3), "...": ("(?:%s){0,%d}?", 6), "....": ("(?:%s){0,%d}?", 10)}
_CLASSES = {
    "%number": r"\d+ ",
    "%long": r"(?:1\d|2[0-4]) ",
    "%minor": r"(?:[6-9]|1[0-7]) ",
}
_SIGNS = frozenset("([!.^$%@")
_NO_WORD = _SIGNS | frozenset(")]|")
_END = ""
_CLOSING = frozenset((")", "]", "|", _END))
_JOINER = "\u200c"  # Persian parts of a word, written together, apart or with this between them
Canonical = Callable[[Sequence[str]], Sequence[str]]


class PatternError(ValueError):
    """A cue list holds a pattern that cannot be read; the message quotes the pattern."""


class Node(NamedTuple):
    """A piece of a pattern: its expression, and what a message that it matches must have.

    ``needs`` are sets of forms (see :func:`forms_of`) of each of which the message has one;
    ``width`` is the most words that the piece reads, ``least`` the fewest.
    """

    regex: str
    needs: tuple[frozenset[str], ...] = ()
    width: int = 0
    least: int = 0


@dataclass(frozen=True, eq=False)
class Pattern:
    """One pattern, compiled when a message first has the words that it needs."""

    source: str
    node: Node
    anchors: frozenset[str]
    start: str
    end: str

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The expression over the spelled text of a message."""
        return re.compile(self.start + self.node.regex + self.end)

    def possible(self, forms: frozenset[str]) -> bool:
        """Whether a message of these forms has every word that the pattern cannot do without."""
        return not any(map(forms.isdisjoint, self.node.needs))


@dataclass
class Grammar:
    """Compiles the patterns of one cue list.

    ``canonical`` reads a list's own words as it reads a message's; ``stretch`` is how many tokens a
    word of the list's script has; ``weight`` says how many times the patterns use a form.
    """

    lists: Mapping[str, Sequence[str]]
    canonical: Canonical
    stretch: int = 1
    weight: Counter[str] = field(default_factory=Counter)
    _lists: dict[str, Node] = field(default_factory=dict)
    _words: dict[str, Node] = field(default_factory=dict)

    def weigh(self, uses: Mapping[str, int]) -> None:
        """Takes note of how many times each word is used: rare ones tell messages apart."""
        for lexeme, count in uses.items():
            for form in frozenset[str]().union(*self.word(lexeme).needs):
                self.weight[form] += count

    def forget(self) -> None:
        """Lets go of the single words: the patterns that are still to come need few of them."""
        self._words.clear()

    def compile(self, source: str, start: str = "(?<= )", end: str = "") -> Pattern:
        """``source`` as a :class:`Pattern`; ``start`` and ``end`` frame the expression."""
        node = _Reader(self, source).pattern()
        if not node.least:
            raise PatternError(f"{source!r} asks for no word at all")
        anchors = self.rarest(node) if node.needs else frozenset[str]()
        return Pattern(source, node, anchors, start, end)

    def named(self, name: str, source: str) -> Node:
        """The node of the list ``name``, compiled once."""
        if name not in self._lists:
            if name not in self.lists:
                raise PatternError(f"no list named {name!r}, wanted by {source!r}")
            self._lists[name] = self.either(
                [_Reader(self, entry).pattern() for entry in self.lists[name]]
            )
        return self._lists[name]

    def word(self, lexeme: str) -> Node:
        """The node of one word of a pattern, which may be several tokens."""
        node = self._words.get(lexeme)
        if node is None:
            node = self._words[lexeme] = self._word(lexeme)
        return node

    def _word(self, lexeme: str) -> Node:
        if _JOINER in lexeme:
            together = self._word(lexeme.replace(_JOINER, ""))
            return self.either([together, sequence(map(self._word, lexeme.split(_JOINER)))])
        if lexeme == ".":
            return Node(r"\. ", (), 1, 1)
        *parts, last = parts_of(lexeme) or ("",)
        beginning = last[:-1] if last.endswith("*") else ""
        words = self.canonical(parts if beginning or not last else (*parts, last))
        regex = "".join(map(_literal, words))
        needs = [frozenset((form,)) for form in (pairs_of(words) or words)]
        if beginning:
            regex += re.escape(beginning) + "[^ ]* "
            needs.append(frozenset((beginning + "*",)))
        count = len(words) + bool(beginning)
        return Node(regex, tuple(needs), count, count)

    def either(self, choices: Sequence[Node]) -> Node:
        """One of ``choices``; what it needs is the rarest need of each."""
        regex = "(?:" + "|".join(dict.fromkeys([choice.regex for choice in choices])) + ")"
        width = max([choice.width for choice in choices])
        least = min([choice.least for choice in choices])
        if not all(choice.needs for choice in choices):
            return Node(regex, (), width, least)
        needs = frozenset().union(*map(self.rarest, choices))
        return Node(regex, (needs,), width, least)

    def rarest(self, node: Node) -> frozenset[str]:
        """The need of ``node`` that fewest messages meet."""
        return node.needs[0] if len(node.needs) == 1 else min(node.needs, key=self.cost)

    def cost(self, forms: frozenset[str]) -> int:
        """How many patterns these forms are in: the fewer, the better they tell messages apart."""
        return sum(map(self.weight.__getitem__, forms))


class _Reader:
    """Recursive descent over the lexemes of one pattern."""

    def __init__(self, grammar: Grammar, source: str) -> None:
        self._grammar = grammar
        self._source = source
        self._lexemes = [*_lexemes(source), _END]
        self._at = 0

    def pattern(self) -> Node:
        node = self._sequence()
        if self._lexemes[self._at] != _END:
            raise PatternError(f"unexpected {self._lexemes[self._at]!r} in {self._source!r}")
        return node

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._lexemes[self._at] not in _CLOSING:
            parts.append(self._piece())
        return parts[0] if len(parts) == 1 else sequence(parts)

    def _piece(self) -> Node:
        lexeme = self._lexemes[self._at]
        self._at += 1
        if lexeme[0] not in _SIGNS:
            return self._grammar.word(lexeme)
        stretch = self._grammar.stretch
        if lexeme in ("(", "[", "!("):
            return self._group(lexeme)
        if lexeme in _GAPS:
            shape, words = _GAPS[lexeme]
            return Node(shape % (_NOT_BREAK, words * stretch), width=words * stretch)
        if lexeme == "^":
            return Node(r"(?:(?<=\A )|(?<= \. ))")
        if lexeme == "$":
            return Node(r"(?=\. |\Z)", width=1)
        if lexeme == "%word":
            most = 1 if stretch == 1 else 2 * stretch
            return Node(f"(?:{_NOT_BREAK}){{1,{most}}}", width=most, least=1)
        if lexeme.startswith("@"):
            return self._grammar.named(lexeme[1:], self._source)
        if lexeme in _CLASSES:
            return Node(_CLASSES[lexeme], (frozenset((lexeme,)),), 1, 1)
        return self._grammar.word(lexeme)

    def _group(self, opening: str) -> Node:
        choices = [self._sequence()]
        while self._lexemes[self._at] == "|":
            self._at += 1
            choices.append(self._sequence())
        closing = "]" if opening == "[" else ")"
        if self._lexemes[self._at] != closing:
            raise PatternError(f"no {closing!r} for {opening!r} in {self._source!r}")
        self._at += 1
        either = self._grammar.either(choices)
        if opening == "[":
            return Node(f"(?:{either.regex})?", width=either.width)
        return Node(f"(?!{either.regex})", width=either.width) if opening == "!(" else either


def sequence(parts: Iterable[Node]) -> Node:
    """One piece after another."""
    nodes = tuple(parts)
    return Node(
        "".join([node.regex for node in nodes]),
        tuple([need for node in nodes for need in node.needs]),
        sum([node.width for node in nodes]),
        sum([node.least for node in nodes]),
    )


def _literal(word: str) -> str:
    return (word if word.isalpha() else re.escape(word)) + " "


@lru_cache(maxsize=4096)  # more than a list has: each source is read twice in a row
def _lexemes(source: str) -> list[str]:
    found: list[str] = _LEXEME.findall(source)
    if "!" in found:
        raise PatternError(f"cannot read '!' in {source!r}: it stands before a bracket")
    return found


def words_of(source: str) -> list[str]:
    """The literal words and beginnings (with their ``*``) that ``source`` is made of."""
    return [lexeme for lexeme in _lexemes(source) if lexeme[0] not in _NO_WORD]


@cache
def parts_of(lexeme: str) -> tuple[str, ...]:
    """The folded tokens of one word of a pattern; a beginning keeps its ``*`` unless its last
    token is one of a script without spaces, where anything may follow."""
    parts = [token.text for token in fold(lexeme.rstrip("*"))]
    if lexeme.endswith("*") and parts and not stands_alone(parts[-1]):
        parts[-1] += "*"
    return tuple(parts)


def stands_alone(token: str) -> bool:
    """Whether the token is a character of a script without spaces."""
    return TABLE[token[0]][0] is Kind.ALONE


def pairs_of(words: Sequence[str]) -> list[str]:
    """Each two neighbours of a script without spaces: they tell messages apart, one does not."""
    if len(words) < 2:
        return []
    alone = {word for word in set(words) if stands_alone(word)}
    return [f"{one} {other}" for one, other in pairwise(words) if one in alone and other in alone]


def stretch_of(literals: Collection[Sequence[str]]) -> int:
    """How many tokens a word of the script has in which most of ``literals`` are written."""
    first = "".join(part[0] for parts in literals for part in parts if stands_alone(part))
    if 2 * len(first) < sum(map(len, literals)):
        return 1
    return 2 if sum(map(_is_han, first)) * 2 > len(first) else 4


def _is_han(character: str) -> bool:
    return character >= "\u2e80"
