"""Folds how people text into how the models were trained: one spelling of a word.

Accents, case, apostrophes, stretched letters and digits put for letters all
vary in one person's texts; what they mean does not. Every model sees the folded
words, every span still points into the text as written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_APOSTROPHES = "'\u2018\u2019\u02bc`\u00b4"
# A word with its inner apostrophes and symbols put for letters ("k!ll", "pa$$port"),
# or any other single mark: "?" and an emoji say something too.
_TOKEN = re.compile(
    rf"[^\W_](?:[^\W_]|[\u0300-\u036f]|[{_APOSTROPHES}@$!*](?=[^\W_@$!*])|[@$](?=[@$]))*|[^\w\s]|_"
)
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_STAND_INS = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "@": "a", "$": "s"})
_STOOD_IN = re.compile(r"(?<=[^\W\d_])[013450@$!*]+(?=[^\W\d_])")
# Letters that Unicode does not take apart: "sœur" and "soeur" are one word.
_LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"} | dict.fromkeys("“”«»„", '"')
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
    """The folded tokens of a text; marks that fold to nothing are left out."""
    found: list[Folded] = []
    for match in _TOKEN.finditer(text):
        folded = fold_word(match.group())
        if folded:
            found.append(Folded(folded, match.start(), match.end()))
    return found


def fold(text: str) -> str:
    """The folded tokens joined by single spaces: what the models are trained on."""
    return " ".join(token.text for token in tokens(text))


def fold_word(word: str) -> str:
    """NFKC, lower case, no accents or apostrophes, no stretched letters, letters for digits."""
    if word in _SIGNS:
        return _SIGNS[word]
    plain = unicodedata.normalize("NFKC", word).casefold().translate(_LIGATURES)
    decomposed = unicodedata.normalize("NFD", plain)
    bare = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    bare = bare.translate({ord(mark): None for mark in _APOSTROPHES + "\u200d\ufe0f"})
    bare = _STOOD_IN.sub(_letters, bare)
    return _STRETCHED.sub(r"\1", bare)


def _letters(match: re.Match[str]) -> str:
    """ "k1ll" and "k!ll" are "kill"; a star hides a letter that nobody can know."""
    return match.group().replace("!", "i").replace("*", "").translate(_STAND_INS)
