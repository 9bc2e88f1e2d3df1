"""The words of all cue lists together: what each list knows of a message, and what it meant.

Most messages hold few words of most lists. Which list knows which word is therefore looked up
once for all of them, and a list that knows none is not asked again. What phones do to words is
undone here as well: stretched letters, letters typed apart, digits and symbols used as letters,
vowels left out, one slip of a finger. A word that a list knows is never mended in that list, nor
is it in a list that knows less of the message than the one that does: English ``maid`` is not
French *m'aide* in the middle of an English sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from intake.spelling import ELIDED, Speller
from intake.tokens import BREAK, Token

_LEET = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"}
)
_RUNS = re.compile(r"[0-9]+|[^0-9*@$!]+")
# Digits that are letters where Arabic is written in Latin letters: "7abs", "ma3", "2atal".
_ARABIZI = re.compile(r"[a-z']*(?:[235679][a-z']*)+")
_STRETCH = re.compile(r"(.)\1{2,}")
_DOUBLE = re.compile(r"(.)\1")
_VOWELS = frozenset("aeiouyаеиоуыэюяіїє")
# Scripts whose words can be told from a slip: one letter less is seldom another word there.
_ALPHABETS = re.compile(r"[a-z]+|[а-яіїєґ]+")
_SHORTEST_TYPO = 5
_SHORTEST_SKELETON = 3
_SHORTEST_BEGINNING = 3  # Latin letters that say something of a word


class Piece(NamedTuple):
    """One word of a message, its span, and the lists (as bits) that know it as it stands."""

    text: str
    start: int
    end: int
    known: int


Near = tuple[tuple[str, int], ...]
"""Words that a text may be meant to be, likeliest first, each with the lists that have it."""


class Lexicon:
    """The words of all lists, each with the lists (as bits, by their order) that know it."""

    def __init__(self, spellers: Sequence[Speller]) -> None:
        self.spellers = tuple(spellers)
        self._known: dict[str, int] = {}
        self._words: dict[str, int] = {}
        self._beginnings: dict[str, int] = {}
        for number, speller in enumerate(self.spellers):
            _add(self._known, speller.known, 1 << number)
            _add(self._words, speller.vocabulary, 1 << number)
            _add(self._beginnings, speller.prefixes, 1 << number)
        self._longest = max(map(len, self._beginnings), default=0)
        self._skeletons = self._by_skeleton()
        self._rims = self._by_rim()
        self._eliding = sum(1 << n for n, s in enumerate(self.spellers) if s.elides)
        self._parting = [(1 << n, s) for n, s in enumerate(self.spellers) if s.parts]

    def pieces(self, tokens: Sequence[Token]) -> tuple[Piece, ...]:
        """``tokens`` as words that can be looked up."""
        known = self._known
        found: list[Piece] = []
        for token in self._join_letters(tokens):
            mask = known.get(token.text)
            if mask is None and not token.text.isalpha() and token.text != BREAK:
                found += self._parted(token)
            else:
                found.append(Piece(*token, (mask or 0) | self.begun(token.text)))
        return tuple(found)

    def begun(self, word: str) -> int:
        """The lists that know ``word`` by its beginning."""
        mask = 0
        for beginning in self.beginnings(word):
            if len(beginning) >= _SHORTEST_BEGINNING or not beginning.isascii():
                mask |= self._beginnings[beginning]
        return mask

    def parting(self, text: str) -> int:
        """The lists, as bits, that read ``text``, which none knows, as several words."""
        return sum(bit for bit, speller in self._parting if speller.reads_apart(text))

    def beginnings(self, word: str) -> list[str]:
        """The beginnings of any list with which ``word`` begins."""
        table = self._beginnings
        most = min(len(word), self._longest) + 1
        return [word[:n] for n in range(1, most) if word[:n] in table]

    def near(self, text: str) -> Near:
        """What ``text``, which stands in no list, can be meant to be."""
        if not text.isalpha():
            return tuple(self._leet(text))
        if len(text) < _SHORTEST_SKELETON:
            return ()
        found = list(self._squeezed(text))
        # What is typed with stretched letters is mended from its shortest form.
        found += self._mended(_STRETCH.sub(r"\1", text))
        return tuple(found)

    def _parted(self, token: Token) -> Iterator[Piece]:
        """A token of letters, digits and symbols: whole when it reads as a word, else in runs."""
        text = token.text
        if "'" in text and text.replace("'", "").isalpha():
            yield Piece(*token, self._apostrophed(text))
        elif text.isdigit() or self._whole(text):
            yield Piece(*token, self.begun(text))
        else:
            # Characters map one to one to the span only when nothing was folded away inside.
            exact = token.end - token.start == len(text)
            for run in _RUNS.finditer(text):
                word = run.group().strip("'")
                start = token.start + run.start() if exact else token.start
                end = token.start + run.end() if exact else token.end
                if word:
                    yield Piece(word, start, end, self._known.get(word) or self.begun(word))

    def _whole(self, text: str) -> bool:
        """Whether a token that no list knows is one word all the same."""
        if not any(character.isdigit() or character in "*@$!" for character in text):
            return True
        if any(character.isalpha() for character in text) and next(self._leet(text), None):
            return True
        if not _ARABIZI.fullmatch(text):
            return False
        letters = [run for run in re.findall("[a-z']+", text) if len(run) > 1]
        return bool(letters) and not all(run in self._known for run in letters)

    def _apostrophed(self, text: str) -> int:
        mask = self._known.get(text.replace("'", ""), 0)
        head, _, rest = text.partition("'")
        if head in ELIDED and rest in self._known:
            mask |= self._eliding & self._known[rest]
        return mask

    def _leet(self, text: str) -> Iterator[tuple[str, int]]:
        if "*" in text:
            shape = re.compile("".join("[a-z]" if c == "*" else re.escape(c) for c in text))
            yield from _only(
                (word, mask)
                for word, mask in self._words.items()
                if len(word) == len(text) and shape.fullmatch(word)
            )
            return
        for variant in (text, text.replace("1", "l"), text.replace("!", "l")):
            read = variant.translate(_LEET)
            mask = self._known.get(read, 0) | self.begun(read)
            if mask and read != text:
                yield read, mask

    def _squeezed(self, text: str) -> Iterator[tuple[str, int]]:
        if _STRETCH.search(text):
            for candidate in (_STRETCH.sub(r"\1\1", text), _STRETCH.sub(r"\1", text)):
                mask = self._known.get(candidate, 0) | self.begun(candidate)
                if mask:
                    yield candidate, mask

    def _mended(self, text: str) -> Iterator[tuple[str, int]]:
        if not _ALPHABETS.fullmatch(text):
            return
        if len(text) >= _SHORTEST_SKELETON and _VOWELS.isdisjoint(text):
            yield from self._skeletons.get(text, ())
        elif len(text) >= _SHORTEST_TYPO:
            for slip in _slips(text):
                if len(slip) >= _SHORTEST_TYPO and slip in self._words:
                    yield slip, self._words[slip]
            yield from _only(
                (word, self._words[word])
                for word in self._rims.get((text[0], text[-1], len(text) + 1), ())
                if _lacks_one(text, word)
            )

    def _join_letters(self, tokens: Sequence[Token]) -> Iterator[Token]:
        """Puts ``h e l p`` and ``k.i.l.l`` back together when the letters make a known word."""
        index = 0
        while index < len(tokens):
            reach = index
            while reach < len(tokens) and len(tokens[reach].text) == 1:
                reach += 1
            run = tokens[index : max(reach, index + 1)]
            index += len(run)
            if len(run) > 3 and _ALPHABETS.match(run[0].text):
                letters = [token for token in run if token.text != BREAK]
                word = "".join(token.text for token in letters)
                if len(letters) > 3 and word in self._known and _ALPHABETS.fullmatch(word):
                    yield Token(word, letters[0].start, letters[-1].end)
                    continue
            yield from run

    def _by_skeleton(self) -> dict[str, Near]:
        """Consonants alone to the one word of each list that they can be."""
        found: dict[str, list[tuple[str, int]]] = {}
        for word, mask in sorted(self._words.items()):
            if len(word) > 3 and _ALPHABETS.fullmatch(word):
                shape = "".join(c for c in word if c not in _VOWELS)
                for key in {shape, _DOUBLE.sub(r"\1", shape)}:
                    if len(key) >= _SHORTEST_SKELETON:
                        found.setdefault(key, []).append((word, mask))
        return {key: tuple(_only(words)) for key, words in found.items()}

    def _by_rim(self) -> dict[tuple[str, str, int], list[str]]:
        """Words by their first letter, last letter and length: what a lost inner letter leaves."""
        found: dict[tuple[str, str, int], list[str]] = {}
        for word in sorted(self._words):
            if len(word) > _SHORTEST_TYPO and _ALPHABETS.fullmatch(word):
                found.setdefault((word[0], word[-1], len(word)), []).append(word)
        return found


def _add(table: dict[str, int], words: Iterable[str], bit: int) -> None:
    for word in words:
        table[word] = table.get(word, 0) | bit


def _only(candidates: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """The candidates, each with the lists in which it is the only one."""
    kept = list(candidates)
    once = twice = 0
    for _, mask in kept:
        twice |= once & mask
        once |= mask
    for word, mask in kept:
        if mask & ~twice:
            yield word, mask & ~twice


def _slips(text: str) -> Iterator[str]:
    """Readings of ``text`` with two neighbours swapped or a letter typed twice put right."""
    for i in range(1, len(text) - 1):
        if text[i] != text[i + 1]:
            yield text[:i] + text[i + 1] + text[i] + text[i + 2 :]
    for i in range(1, len(text)):
        if text[i] == text[i - 1]:
            yield text[:i] + text[i + 1 :]


def _lacks_one(text: str, word: str) -> bool:
    """Whether ``text`` is ``word`` without one of its inner letters; both share their rims."""
    at = 1
    while at < len(text) and text[at] == word[at]:
        at += 1
    return text[at:] == word[at + 1 :]
