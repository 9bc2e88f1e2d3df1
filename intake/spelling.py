"""One language's own spelling: short forms, elision, little words written onto the next one.

A message's word is read in this order: as it stands when the list knows it, the list's spellings
(``u`` is ``you``, ``chui`` is ``je suis``), French elision, the list's attached words (Arabic
``و``), and last what :mod:`intake.lexicon` finds near it. The words of the patterns are read by
the same rules, so that both sides are alike.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from intake.tokens import fold

ELIDED = {
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
_VOWELS = "aeiouh"
_SHORTEST_BEGUN = 4  # Latin letters of a word that a known beginning alone makes known
_SHORTEST_ATTACHED = 3  # letters left of a word when what is attached to it is taken off


class Speller:
    """The spelling rules of one language over one vocabulary; all words given are folded."""

    def __init__(
        self,
        vocabulary: Collection[str],
        prefixes: Collection[str] = (),
        spellings: Mapping[str, str] | None = None,
        ordinary: Collection[str] = (),
        silent: Collection[str] = (),
        attached: Collection[str] = (),
        elides: bool = False,
        mixed: bool = False,
    ) -> None:
        #: Whether words of this language stand in messages of all others.
        self.mixed = mixed
        self.prefixes = frozenset(prefixes)
        self._beginnings = tuple(sorted(prefixes))
        self.elides = elides
        self._attached = tuple(sorted(attached, key=len, reverse=True))
        # What a token that is read as several words begins with.
        self._openings = frozenset(
            head[0] for head in (*self._attached, *(ELIDED if elides else ()))
        )
        self._silent = frozenset(silent)
        self._ordinary = frozenset(ordinary)
        self._spellings = {
            " ".join(_folded(key)): tuple(_folded(value))
            for key, value in (spellings or {}).items()
        }
        self._phrases = _by_first_word(self._spellings)
        #: First words of what is spelled in several.
        self.phrase_heads = frozenset(self._phrases)
        spelled = {word for words in self._spellings.values() for word in words}
        self._words = frozenset(vocabulary) | spelled
        # A list may write "menferme" too: read as "me enferme" on both sides, it is no word.
        if elides:
            self._words -= {word for word in self._words if self._glued(word)}
        #: The words that a text is, for those that the list knows as they stand.
        self.exact: dict[str, tuple[str, ...]] = {
            **{word: (word,) for word in (*self._ordinary, *self._words)},
            **{word: self.loud(words) for word, words in self._spellings.items()},
            **dict.fromkeys(self._silent, ()),
        }

    @property
    def vocabulary(self) -> frozenset[str]:
        """The words that a misspelt one can be meant to be."""
        return self._words

    @property
    def known(self) -> Iterable[str]:
        """Every word that is read as it stands or by its spelling, and never mended."""
        return (*self.exact, *self._phrases)

    def knows(self, word: str) -> bool:
        """Whether ``word`` is one of the list or begins as one of its beginnings."""
        return word in self.exact or self._begins(word)

    def elided(self, text: str) -> tuple[str, ...] | None:
        """The words of a token with an apostrophe that stands for letters left out."""
        elided = self._elision(text)
        if not elided:
            return None
        return self.loud(word for part in elided for word in self.exact.get(part, (part,)))

    def apart(self, text: str) -> tuple[str, ...] | None:
        """The words of a token that has several written as one; None when it is a plain word."""
        if text[0] not in self._openings:
            return None
        found = self._glued(text) or self._detached(text)
        return self.loud(found) if found else None

    def reads_apart(self, text: str) -> bool:
        """Whether ``text`` is several words of the list written as one."""
        return bool((self.elided(text) if "'" in text else None) or self.apart(text))

    def loud(self, words: Iterable[str]) -> tuple[str, ...]:
        """``words`` without those that the list leaves out."""
        found = tuple(words)
        if self._silent.isdisjoint(found):
            return found
        return tuple(word for word in found if word not in self._silent)

    def phrases(self, words: Sequence[str]) -> list[int]:
        """How many of ``words`` belong together, step by step: those of a spelling do."""
        if self.phrase_heads.isdisjoint(words):
            return [1] * len(words)
        steps: list[int] = []
        at = 0
        while at < len(words):
            together = self._phrases.get(words[at], ())
            steps.append(next((len(p) for p in together if tuple(words[at : at + len(p)]) == p), 1))
            at += steps[-1]
        return steps

    @property
    def parts(self) -> bool:
        """Whether the list may read a word that it does not know as several."""
        return self.elides or bool(self._attached)

    def canonical(self, words: Sequence[str]) -> tuple[str, ...]:
        """The words that a cue list's own words stand for."""
        if len(words) == 1:
            return self._canonical(words[0])
        read: list[str] = []
        at = 0
        for step in self.phrases(words):
            read += self._canonical(" ".join(words[at : at + step]))
            at += step
        return tuple(read)

    def _canonical(self, word: str) -> tuple[str, ...]:
        whole = word.replace("'", "")
        words = self._spellings.get(word) or self._elision(word)
        if not words:
            words = (whole,) if whole in self.exact else self._glued(whole) or (whole,)
        return self.loud(words)

    def _elision(self, text: str) -> tuple[str, ...] | None:
        if not self.elides or "'" not in text:
            return None
        head, _, rest = text.partition("'")
        if head not in ELIDED or not rest:
            return None
        return (ELIDED[head], *(self._canonical(rest)))

    def _glued(self, text: str) -> tuple[str, ...] | None:
        """French elision without its apostrophe: ``jveux``, ``quil``, ``lhotel``, ``menferme``."""
        if not self.elides or text in self._ordinary:
            return None
        head = "qu" if text[0] == "q" else text[0]
        full, rest = ELIDED.get(head, ""), text[len(head) :]
        if not full or not text.startswith(head) or len(rest) < 2:
            return None
        if head != "j" and rest[0] not in ("e" if head == "c" else _VOWELS):
            return None
        known = rest in self._spellings or rest in self._words or rest in self._ordinary
        if (known or self._begins(rest)) and (len(rest) > 2 or head in ("j", "qu")):
            return (full, *(self._spellings.get(rest) or (rest,)))
        return None

    def _begins(self, word: str) -> bool:
        return word.startswith(self._beginnings) and (
            len(word) >= _SHORTEST_BEGUN or not word.isascii()
        )

    def _detached(self, text: str) -> tuple[str, ...] | None:
        """The known word that is left when a little word before it is taken off."""
        for head in self._attached:
            rest = text[len(head) :]
            if text.startswith(head) and len(rest) >= _SHORTEST_ATTACHED and self.knows(rest):
                return self.exact.get(rest, (rest,))
        return None


def _folded(words: str) -> list[str]:
    return [token.text for token in fold(words)]


def _by_first_word(keys: Iterable[str]) -> dict[str, list[tuple[str, ...]]]:
    """The keys of several words by their first, the longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for key in keys:
        first, *rest = key.split(" ")
        if rest:
            found.setdefault(first, []).append((first, *rest))
    for phrases in found.values():
        phrases.sort(key=lambda phrase: (-len(phrase), phrase))
    return found
