"""Reads phone spelling: turns the tokens of a message into words that a cue list knows.

In order: the list's own spellings (``u`` is ``you``, ``chui`` is ``je suis``), French elision,
digits and symbols used as letters, stretched letters, words without vowels, and one slip of a
finger. A word that the list knows, or that is an ordinary word of the language, is never changed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from intake.tokens import BREAK, Token

_LEET = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"}
)
_VOWELS = frozenset("aeiouy")
_RUNS = re.compile(r"[0-9]+|[^\W\d_]+(?:'[^\W\d_]+)*")
_STRETCH = re.compile(r"(.)\1{2,}")
_ELIDED = {
    "j": "je",
    "l": "le",
    "d": "de",
    "m": "me",
    "t": "te",
    "s": "se",
    "n": "ne",
    "c": "ce",
    "qu": "que",
}
_SHORTEST_TYPO = 5
_SHORTEST_SKELETON = 3


class Speller:
    """The spelling rules of one language over one vocabulary."""

    def __init__(
        self,
        vocabulary: Collection[str],
        prefixes: Collection[str] = (),
        spellings: Mapping[str, str] | None = None,
        ordinary: Collection[str] = (),
        silent: Collection[str] = (),
        elides: bool = False,
    ) -> None:
        self._spellings = {k: tuple(v.split()) for k, v in (spellings or {}).items()}
        spelled = {word for words in self._spellings.values() for word in words}
        self._words = frozenset(vocabulary) | spelled
        self._prefixes = tuple(sorted(prefixes))
        self._ordinary = frozenset(ordinary)
        self._silent = frozenset(silent)
        self._elides = elides
        # A list may write "menferme" too: read as "me enferme" on both sides, it is no word.
        self._words -= {word for word in self._words if self._glued(word)}
        self._skeletons = _unique_skeletons(self._words)
        self._slips = _unique_slips(self._words)

    def spell(self, tokens: list[Token]) -> list[Token]:
        """``tokens`` as words of the list; a token read as several words keeps its one span."""
        spelled: list[Token] = []
        for token in _join_letters(tokens, self._words):
            if token.text == BREAK:
                spelled.append(token)
                continue
            for piece in self._pieces(token):
                words = self._read(piece.text)
                spelled += [replace(piece, text=w) for w in words if w not in self._silent]
        return spelled

    def canonical(self, word: str) -> tuple[str, ...]:
        """The words that a cue list's own word stands for, so that both sides read alike."""
        whole = word.replace("'", "")
        words = self._spellings.get(word) or self._elision(word) or self._apart(whole)
        return tuple(w for w in words if w not in self._silent)

    def _knows(self, word: str) -> bool:
        return (
            word in self._words
            or word in self._ordinary
            or (len(word) > 3 and word.startswith(self._prefixes))
        )

    def _pieces(self, token: Token) -> list[Token]:
        """A token of letters, digits and symbols, whole when it reads as a word, else in runs."""
        text = token.text
        if text.isalpha() or text.isdigit() or text in self._spellings:
            return [token]
        if not text.replace("'", "").isalpha():
            read = self._leet(text)
            if read is not None:
                return [replace(token, text=read)]
            return self._split(token)
        return [token]

    def _leet(self, text: str) -> str | None:
        if not any(c.isalpha() for c in text):
            return None
        if "*" in text:
            shape = re.compile("".join("[a-z]" if c == "*" else re.escape(c) for c in text))
            matches = [w for w in self._words if len(w) == len(text) and shape.fullmatch(w)]
            return matches[0] if len(matches) == 1 else None
        for shape_ in (text, text.replace("1", "l"), text.replace("!", "l")):
            read = shape_.translate(_LEET)
            if read in self._spellings or self._knows(read):
                return read
        return None

    def _split(self, token: Token) -> list[Token]:
        # Characters map one to one to the span only when nothing was folded away inside.
        exact = token.end - token.start == len(token.text)
        return [
            Token(
                run.group(),
                token.start + run.start() if exact else token.start,
                token.start + run.end() if exact else token.end,
            )
            for run in _RUNS.finditer(token.text)
        ]

    def _read(self, text: str) -> tuple[str, ...]:
        if text in self._spellings:
            return self._spellings[text]
        if "'" in text:
            elided = self._elision(text)
            if elided:
                return tuple(w for part in elided for w in self._read(part))
            text = text.replace("'", "")
            if text in self._spellings:
                return self._spellings[text]
        if text.isdigit() or self._knows(text) or not text.isalpha():
            return (text,)
        squeezed = self._squeeze(text)
        if squeezed != text:
            return self._spellings.get(squeezed, (squeezed,))
        return self._glued(text) or (self._mend(text),)

    def _squeeze(self, text: str) -> str:
        if not _STRETCH.search(text):
            return text
        double = _STRETCH.sub(r"\1\1", text)
        single = _STRETCH.sub(r"\1", text)
        for candidate in (double, single):
            if candidate in self._spellings or self._knows(candidate):
                return candidate
        return self._mend(single)

    def _elision(self, text: str) -> tuple[str, ...] | None:
        if not self._elides or "'" not in text:
            return None
        head, _, rest = text.partition("'")
        return (_ELIDED[head], *self.canonical(rest)) if head in _ELIDED and rest else None

    def _apart(self, word: str) -> tuple[str, ...]:
        return (word,) if self._knows(word) else self._glued(word) or (word,)

    def _glued(self, text: str) -> tuple[str, ...] | None:
        """French elision without its apostrophe: ``jveux``, ``quil``, ``lhotel``, ``menferme``."""
        if not self._elides or text in self._ordinary:
            return None
        for head, full in _ELIDED.items():
            rest = text[len(head) :]
            if not text.startswith(head) or len(rest) < 2:
                continue
            if head == "j" or rest[0] in ("e" if head == "c" else "aeiouh"):
                known = rest in self._spellings or self._knows(rest)
                if known and (len(rest) > 2 or head in ("j", "qu")):
                    return tuple(w for w in (full, *self._read(rest)))
        return None

    def _mend(self, text: str) -> str:
        if len(text) >= _SHORTEST_SKELETON and not _VOWELS & set(text):
            return self._skeletons.get(text, text)
        if len(text) >= _SHORTEST_TYPO:
            for slip in _slips(text):
                if slip in self._words and len(slip) >= _SHORTEST_TYPO:
                    return slip
            return self._slips.get(text, text)
        return text


def _join_letters(tokens: list[Token], words: Collection[str]) -> list[Token]:
    """Puts ``h e l p`` and ``k.i.l.l`` back together when the letters make a known word."""
    joined: list[Token] = []
    index = 0
    while index < len(tokens):
        reach = index
        while reach < len(tokens) and len(tokens[reach].text) == 1:
            reach += 1
        run = tokens[index : max(reach, index + 1)]
        letters = [token for token in run if token.text != BREAK]
        word = "".join(token.text for token in letters)
        if len(letters) > 3 and word in words:
            joined.append(Token(word, letters[0].start, letters[-1].end))
        else:
            joined += run
        index += len(run)
    return joined


def _skeleton(word: str) -> str:
    return "".join(c for c in word if c not in _VOWELS)


def _unique_skeletons(words: Collection[str]) -> dict[str, str]:
    """Consonants alone to the one word they can be; a skeleton of two words is left out."""
    found: dict[str, str | None] = {}
    for word in sorted(words):
        if len(word) > 3 and word.isalpha():
            shape = _skeleton(word)
            for key in {shape, _STRETCH.sub(r"\1", re.sub(r"(.)\1", r"\1", shape))}:
                if len(key) >= _SHORTEST_SKELETON:
                    found[key] = word if found.get(key, word) == word else None
    return {key: word for key, word in found.items() if word is not None}


def _slips(text: str) -> list[str]:
    """Readings of ``text`` with two neighbours swapped or a letter typed twice put right."""
    swapped = [
        text[:i] + text[i + 1] + text[i] + text[i + 2 :]
        for i in range(1, len(text) - 1)
        if text[i] != text[i + 1]
    ]
    single = [text[:i] + text[i + 1 :] for i in range(1, len(text)) if text[i] == text[i - 1]]
    return swapped + single


def _unique_slips(words: Collection[str]) -> dict[str, str]:
    """Words with one inner letter missing, to the one word they can be."""
    found: dict[str, str | None] = {}
    for word in sorted(words):
        if len(word) > _SHORTEST_TYPO and word.isalpha():
            for i in range(1, len(word) - 1):
                short = word[:i] + word[i + 1 :]
                found[short] = word if found.get(short, word) == word else None
    return {short: word for short, word in found.items() if word is not None}
