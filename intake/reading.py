"""A message as each list reads it: its words, and where patterns stand among them."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property

from intake.lexicon import Lexicon, Near, Piece
from intake.patterns import Pattern, pairs_of
from intake.spelling import Speller
from intake.tokens import BREAK, Token, fold

_LONG = 400  # characters that are searched all through, not around the words a pattern needs
_MINOR = frozenset(map(str, range(6, 18)))
_HOURS = frozenset(map(str, range(10, 25)))

#: What intake/tokens.py makes of an emoji begins with this.
_EMOJI = "emoji"


def _of_no_language(word: str) -> bool:
    return word.isdigit() or word == BREAK or word.startswith(_EMOJI)


class Message:
    """A folded message, and what the lists know of it."""

    def __init__(self, lexicon: Lexicon, pieces: Sequence[Piece]) -> None:
        self.pieces = tuple(pieces)
        self._lexicon = lexicon
        self._near: dict[str, Near] = {}
        self._others: dict[str, Sequence[str]] = {}
        self._read_by: dict[str, int] = {}
        self._spelled: dict[int, Spelled] = {}

    @classmethod
    def of(cls, text: str, lexicon: Lexicon) -> Message:
        """``text`` in words."""
        return cls(lexicon, lexicon.pieces(fold(text)))

    @cached_property
    def shares(self) -> tuple[int, ...]:
        """For each list, how many words of the message it knows."""
        shares = [0] * len(self._lexicon.spellers)
        words = {piece.text: piece.known for piece in self.pieces if not piece.text.isdigit()}
        for known in words.values():
            for number in numbers(known):
                shares[number] += 1
        return tuple(shares)

    @cached_property
    def better(self) -> tuple[int, ...]:
        """For each list, the lists, as bits, that know at least twice as much of the message.

        Neighbours such as Hindi and Punjabi share too much to be judges of one another.
        """
        more = {
            share: sum(1 << n for n, o in enumerate(self.shares) if o and o >= 2 * share)
            for share in set(self.shares)
        }
        return tuple(more[share] for share in self.shares)

    @cached_property
    def heard(self) -> tuple[int, ...]:
        """The lists that have a say: those that read a word which no better list reads.

        What a list that knows more of the message does not say of its own words, a list that only
        shares them does not say either: French *charge me* is no debt in an English question. A
        language that people put into all others always has a say. Digits and emoji are of every
        language: a message of nothing else is heard by all.
        """
        left: dict[int, int] = {}
        for piece in self.pieces:
            if piece.text.isdigit():
                continue
            read = self.read_by(piece)
            for number in numbers(read):
                left[number] = left.get(number, self._judges(number)) & read
        if not left or all(_of_no_language(piece.text) for piece in self.pieces):
            return tuple(range(len(self.shares)))
        return tuple(sorted(number for number, better in left.items() if not better))

    def _judges(self, number: int) -> int:
        """The lists, as bits, that may say that a list only shares its words with them."""
        return 0 if self._lexicon.spellers[number].mixed else self.better[number]

    def read_by(self, piece: Piece) -> int:
        """The lists, as bits, that read a piece as a word of theirs."""
        if piece.text.isdigit():
            return (1 << len(self._lexicon.spellers)) - 1
        if piece.known or piece.text == BREAK:
            return piece.known
        read = self._read_by.get(piece.text)
        if read is None:
            read = self._lexicon.parting(piece.text)
            for _, mask in self.near(piece.text):
                read |= mask
            self._read_by[piece.text] = read
        return read

    def near(self, text: str) -> Near:
        """What a word that no list knows can be meant to be."""
        found = self._near.get(text)
        if found is None:
            found = self._near[text] = self._lexicon.near(text.replace("'", ""))
        return found

    def spelled(self, number: int) -> Spelled:
        """The message in the words of one list."""
        if number not in self._spelled:
            speller = self._lexicon.spellers[number]
            alone = speller.phrase_heads.isdisjoint(self.raw)
            pieces = self.pieces if alone else self._together(speller)
            exact, bit, better = speller.exact, 1 << number, self.better[number]
            groups: list[tuple[str, ...]] = []
            for piece in pieces:
                words = exact.get(piece.text)
                if words is None:
                    foreign = piece.known & better if piece.known else not self.read_by(piece) & bit
                    words = (piece.text,) if foreign else self._group(piece, number)
                groups.append(words)
            self._spelled[number] = Spelled(self, pieces, groups)
        return self._spelled[number]

    @cached_property
    def raw(self) -> frozenset[str]:
        """The words of the message as they stand."""
        return frozenset(piece.text for piece in self.pieces)

    @cached_property
    def extra(self) -> frozenset[str]:
        """What the words as they stand are to patterns besides themselves."""
        return frozenset(form for word in self.raw for form in self.others(word))

    def others(self, word: str) -> Sequence[str]:
        """What ``word`` is to patterns besides itself: beginnings with a star, kinds of number."""
        found = self._others.get(word)
        if found is None:
            found = self._others[word] = self._forms_of(word)
        return found

    def _forms_of(self, word: str) -> Sequence[str]:
        if not word.isdigit():
            return [beginning + "*" for beginning in self._lexicon.beginnings(word)]
        minor = ("%minor",) if word in _MINOR else ()
        return ("%number", *minor, *(("%long",) if word in _HOURS else ()))

    def taken(self, number: int, start: int, end: int) -> bool:
        """Whether a list that knows more of the message reads every word that this one reads of a
        span: see :attr:`heard`."""
        left = self._judges(number)
        at = bisect.bisect_left(self._ends, start + 1)
        while left and at < len(self.pieces) and self.pieces[at].start < end:
            read = self.read_by(self.pieces[at])
            if read >> number & 1:
                left &= read
            at += 1
        return bool(left)

    @cached_property
    def _ends(self) -> list[int]:
        return [piece.end for piece in self.pieces]

    def _together(self, speller: Speller) -> tuple[Piece, ...]:
        """The pieces, with those that the list spells together as one."""
        found: list[Piece] = []
        at = 0
        for step in speller.phrases([piece.text for piece in self.pieces]):
            first, last = self.pieces[at], self.pieces[at + step - 1]
            text = " ".join(piece.text for piece in self.pieces[at : at + step])
            found.append(Piece(text, first.start, last.end, first.known))
            at += step
        return tuple(found)

    def _group(self, piece: Piece, number: int) -> tuple[str, ...]:
        """The words that a list reads a piece as."""
        text = piece.text
        speller = self._lexicon.spellers[number]
        if "'" in text:
            return self._without_apostrophe(piece, speller, number)
        if text in speller.exact:
            return speller.exact[text]
        if piece.known & self.better[number] or text.isdigit() or text == BREAK:
            return (text,)
        if not speller.parts and not self.near(text):
            return (text,)
        return self._mended(text, speller, number)

    def _without_apostrophe(self, piece: Piece, speller: Speller, number: int) -> tuple[str, ...]:
        elided = speller.elided(piece.text)
        if elided is not None:
            return elided
        text = piece.text.replace("'", "")
        return speller.exact.get(text) or self._mended(text, speller, number)

    def _mended(self, text: str, speller: Speller, number: int) -> tuple[str, ...]:
        apart = speller.apart(text)
        if apart is not None:
            return apart
        if speller.knows(text):
            return (text,)
        for word, mask in self.near(text):
            if mask >> number & 1:
                return speller.exact.get(word, (word,))
        return (text,)


@cache
def numbers(bits: int) -> tuple[int, ...]:
    """The numbers of the lists that ``bits`` stand for."""
    return tuple(n for n in range(bits.bit_length()) if bits >> n & 1)


class Spelled:
    """A message in the words of one list, each with its span in the original."""

    def __init__(
        self, message: Message, pieces: Sequence[Piece], groups: Sequence[tuple[str, ...]]
    ) -> None:
        self._message = message
        self._pieces = pieces
        self._groups = groups
        self._places: dict[str, Sequence[int]] = {}
        self.words = frozenset(word for group in groups for word in group)

    @cached_property
    def forms(self) -> frozenset[str]:
        """The words, and all else that a pattern can ask a message for: see ``Node.needs``."""
        forms = set(self.words)
        # A word that is read as another one may lend a form too many: the search then decides.
        forms |= self._message.extra
        for word in self.words - self._message.raw:
            forms.update(self._message.others(word))
        forms.update(self._pairs)
        return frozenset(forms)

    @cached_property
    def _pairs(self) -> list[str]:
        if all(word.isascii() for word in self.words):
            return []
        return pairs_of([word for group in self._groups for word in group])

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The words with their spans; a piece read as several words keeps its one span."""
        pieces = zip(self._pieces, self._groups, strict=True)
        return tuple(Token(w, p.start, p.end) for p, group in pieces for w in group)

    @cached_property
    def text(self) -> str:
        """The words between single spaces: what the patterns read."""
        return " " + "".join(token.text + " " for token in self.tokens)

    @cached_property
    def _offsets(self) -> tuple[int, ...]:
        offsets, at = [], 1
        for token in self.tokens:
            offsets.append(at)
            at += len(token.text) + 1
        return tuple(offsets)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span in the original message of a match at ``start`` to ``end`` in ``text``."""
        first = bisect.bisect_right(self._offsets, start) - 1
        last = bisect.bisect_left(self._offsets, end) - 1
        covered = self.tokens[max(first, 0) : max(last, first, 0) + 1]
        return min(t.start for t in covered), max(t.end for t in covered)

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """Where in ``text`` the sentence or sentences around ``start`` to ``end`` lie."""
        left = self.text.rfind(" . ", 0, start)
        right = self.text.find(" . ", max(end - 1, 0))
        return max(left, 0), len(self.text) if right < 0 else right + 1

    def has(self, pattern: Pattern, start: int, end: int) -> bool:
        """Whether ``pattern`` is said between ``start`` and ``end`` of ``text``."""
        return pattern.possible(self.forms) and any(
            pattern.regex.search(self.text, left, right)
            for left, right in self._around(pattern, start, end)
        )

    def find(
        self, pattern: Pattern, start: int = 0, end: int | None = None
    ) -> Iterator[re.Match[str]]:
        """Where in ``text`` ``pattern``, for which the message has the words, is said."""
        end = len(self.text) if end is None else end
        for left, right in self._around(pattern, start, end):
            yield from pattern.regex.finditer(self.text, left, right)

    def _around(self, pattern: Pattern, start: int, end: int) -> Iterable[tuple[int, int]]:
        """The parts of a long text that a match can lie in: around the rarest word it needs."""
        if end - start <= _LONG or not pattern.anchors:
            return [(start, end)]
        margin = pattern.node.width + 1
        places = sorted(at for anchor in pattern.anchors & self.forms for at in self._at(anchor))
        offsets, last = self._offsets, len(self._offsets)
        if 2 * margin * len(places) >= last:
            return [(start, end)]
        found: list[tuple[int, int]] = []
        for at in places:
            left = offsets[at - margin] - 1 if at > margin else 0
            right = offsets[at + margin] if at + margin < last else len(self.text)
            if found and left <= found[-1][1]:
                found[-1] = (found[-1][0], right)
            else:
                found.append((left, right))
        return [
            (max(left, start), min(right, end))
            for left, right in found
            if left < end and start < right
        ]

    def _at(self, form: str) -> Sequence[int]:
        """At which words a form of the message stands."""
        if form not in self._places:
            found: list[int] = []
            if form[-1] == "*" or form[0] == "%":
                others = self._message.others
                found += (n for n, token in enumerate(self.tokens) if form in others(token.text))
            else:
                at = self.text.find(f" {form} ")
                while at >= 0:
                    found.append(bisect.bisect_left(self._offsets, at + 1))
                    at = self.text.find(f" {form} ", at + 1)
            self._places[form] = found
        return self._places[form]
