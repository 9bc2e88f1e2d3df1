"""The code word that proves who writes, and the duress word that means "not safe, play along".

Rules R8 and R12 (domain.md section 2). Only a salted, slow hash of each is kept (scrypt of the
standard library), so that whoever holds the database cannot try words fast. Words are compared
without capitals, accents, spaces, and the form of letters and digits; they are never shown or
sent back. A wrong word is no event that the writer could see.
"""

from __future__ import annotations

import enum
import hashlib
import hmac
import os
from dataclasses import dataclass
from datetime import datetime, timedelta

from intake import folding, keywords

#: 16 MB and some 50 ms for one guess (RFC 7914, section 2, for interactive use).
_COST, _BLOCK, _LANES = 2**14, 8, 1
_SALT_BYTES = 16
SHORTEST, LONGEST = 4, 40
#: After this many wrong texts nothing opens for a while, not even the right word.
GUESSES = 5
PAUSE = timedelta(hours=1)


class Sign(enum.Enum):
    """What a text was, beside what it said; the desk shows it instead of the words."""

    CODE = "word.code"
    DURESS = "word.duress"
    NEW = "word.new"
    """A word that the person has just chosen."""


@dataclass(frozen=True, repr=False)
class Words:
    """The hashes that are kept for a contact, and whether guessing is paused."""

    code: str | None = None
    duress: str | None = None
    paused_until: datetime | None = None

    def heard(self, text: str, now: datetime) -> Sign | None:
        """Which of the words a whole text is. Takes some 50 ms for each that is set.

        The duress word counts also while guessing is paused: it is a cry for help.
        """
        word = canonical(text)
        if not SHORTEST <= len(word) <= LONGEST:
            return None
        # Both are tried always: how long it takes tells nothing.
        code, duress = matches(word, self.code), matches(word, self.duress)
        if duress:
            return Sign.DURESS
        paused = self.paused_until is not None and now < self.paused_until
        return Sign.CODE if code and not paused else None


def canonical(text: str) -> str:
    """A word as it is compared; empty when nothing of it is left."""
    return folding.key(keywords.fold(text)).replace(" ", "")


def fit(text: str) -> bool:
    """Whether a text can be a word of either kind: not an answer, a keyword or a number."""
    word = canonical(text)
    taken = keywords.keyword(text) is not None or keywords.choice(text) is not None
    return SHORTEST <= len(word) <= LONGEST and not word.isdigit() and not taken


def hashed(text: str) -> str:
    """The salted hash of a word, as text to be kept."""
    salt = os.urandom(_SALT_BYTES)
    return f"{salt.hex()}${_slow(canonical(text), salt).hex()}"


def matches(word: str, kept: str | None) -> bool:
    """Whether a canonical word is the one whose hash is kept; False when none is."""
    if kept is None:
        return False
    salt, _, digest = kept.partition("$")
    return hmac.compare_digest(_slow(word, bytes.fromhex(salt)).hex(), digest)


def _slow(word: str, salt: bytes) -> bytes:
    return hashlib.scrypt(word.encode(), salt=salt, n=_COST, r=_BLOCK, p=_LANES)
