"""Folds how people text into how the models were trained: one spelling of a word.

Accents, case, apostrophes, stretched letters and digits put for letters all
vary in one person's texts; what they mean does not. What a character is in any
script, and where words end, the rules of `intake/tokens.py` say, for the models
as for the cue lists; this adds what only a model needs. Every span still points
into the text as written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from intake.letters import TABLE, Kind
from intake.tokens import BREAK
from intake.tokens import fold as fold_letters

_APOSTROPHES = "'\u2018\u2019\u02bc`\u00b4"
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_STAND_INS = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "@": "a", "$": "s"})
_STOOD_IN = re.compile(r"(?<=[^\W\d_])[013450@$!*]+(?=[^\W\d_])")
#: Marks of every script that say what a mark on a phone's keyboard says; quotes are one mark.
_MARKS = str.maketrans(
    {
        **dict.fromkeys("“”«»„", '"'),
        **dict.fromkeys("？؟՞፧;", "?"),
        **dict.fromkeys("！‼", "!"),
        **dict.fromkeys("。｡．।॥۔።", "."),
        **dict.fromkeys("，、،", ","),
        "／": "/",
    }
)

# Signs that people send alone, as the word they stand for.
_SIGNS = {
    "\U0001f198": "sos",
    "\U0001f44d": "ok",
    "\U0001f44c": "ok",
    "\u2705": "ok",
    "\U0001f44e": "no",
    "\u274c": "no",
    "\U0001f52b": "gun",
    "\U0001f52a": "knife",
    "\U0001f64f": "thanks",
}


@dataclass(frozen=True)
class Folded:
    """One token in its folded spelling, and its span in the text as written."""

    text: str
    start: int
    end: int


def tokens(text: str) -> list[Folded]:
    """The folded tokens of a text: words, signs and marks."""
    found: list[Folded] = []
    at = 0
    for token in fold_letters(text):
        found += _marks(text, at, token.start)
        at = token.end
        written = text[token.start : token.end]
        if token.text == BREAK or written in _SIGNS:
            found += _marks(text, token.start, token.end)
        elif word := fold_word(token.text):
            found.append(Folded(word, token.start, token.end))
    found += _marks(text, at, len(text))
    return found


def _marks(text: str, start: int, end: int) -> Iterator[Folded]:
    """What stands between two words: "?" and an emoji say something too."""
    for index in range(start, end):
        mark = text[index]
        if mark in _SIGNS:
            yield Folded(_SIGNS[mark], index, index + 1)
        elif TABLE[mark][0] in (Kind.OTHER, Kind.INSIDE) and _is_mark(mark):
            yield Folded(mark.translate(_MARKS), index, index + 1)


def _is_mark(mark: str) -> bool:
    """Not a space or a control character, and not the skin of the emoji before it."""
    return unicodedata.category(mark)[0] in "PS" and unicodedata.category(mark) != "Sk"


def fold(text: str) -> str:
    """The folded tokens joined by single spaces."""
    return " ".join(token.text for token in tokens(text))


def fold_word(word: str) -> str:
    """A folded word with no apostrophes or stretched letters, and with letters for digits."""
    bare = word.translate(dict.fromkeys(map(ord, _APOSTROPHES)))
    bare = _STOOD_IN.sub(_letters, bare)
    return _STRETCHED.sub(r"\1", bare)


def plain(text: str) -> str:
    """A text for who reads whole sentences: accents and marks stay; capitals, stretched letters and
    digits put for letters go.
    """
    return _STRETCHED.sub(r"\1", _STOOD_IN.sub(_letters, text.lower()))


def _letters(match: re.Match[str]) -> str:
    """ "k1ll" and "k!ll" are "kill"; a star hides a letter that nobody can know."""
    return match.group().replace("!", "i").replace("*", "").translate(_STAND_INS)
