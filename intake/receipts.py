"""The receipt of a tip: 16 digits that are easy to write down and say nothing.

Fifteen digits are random and the last is a check digit after H. Michael Damm, which finds every
single wrong digit and every swap of neighbours. A number that could be taken for a payment card's
(ISO/IEC 7812, Luhn) is never given out, since phones and filters hide or complete such numbers.
"""

from __future__ import annotations

import re
import secrets
import unicodedata

DIGITS = 16
GROUP = 4
_RANDOM = 10 ** (DIGITS - 1)
# The quasigroup of order 10 in Damm's thesis (2004).
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
# What people put between the groups, and around a number.
_BETWEEN = re.compile(r"[\s.()/_#+\u00b7\u2010-\u2015\u2212:,;-]+")
# The receipt as it is kept of a text that was one.
MASK = "•••• •••• •••• ••••"
_SHOWN = re.compile(r"(?:\d{4}[ -]?){3}\d{4}")


def new() -> str:
    """A receipt that nobody can guess: 10 to the 15th are possible."""
    while not (found := _whole(secrets.randbelow(_RANDOM))):
        continue
    return found


def derived(seed: bytes) -> str:
    """The receipt that belongs to a secret seed: the same seed, the same receipt."""
    number = int.from_bytes(seed)
    while not (found := _whole(number % _RANDOM)):
        number += 1
    return found


def read(text: str) -> str | None:
    """The receipt that a whole text is, in any script's digits; None where it is anything else."""
    if len(text) > 60:
        return None
    digits = "".join(
        str(unicodedata.decimal(sign, sign)) for sign in _BETWEEN.sub("", text.strip())
    )
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdecimal()):
        return None
    return digits if _check(digits) == "0" and not _could_be_a_card(digits) else None


def shown(receipt: str) -> str:
    """In groups of four, as people write numbers down."""
    return " ".join(receipt[at : at + GROUP] for at in range(0, DIGITS, GROUP))


def covered(text: str) -> str:
    """A text of the line with the receipt in it made dots: nobody but the tipster reads it."""
    return _SHOWN.sub(MASK, text)


def _whole(number: int) -> str | None:
    digits = f"{number:0{DIGITS - 1}d}"
    digits += _check(digits)
    return None if _could_be_a_card(digits) else digits


def _check(digits: str) -> str:
    interim = "0"
    for digit in digits:
        interim = _DAMM[int(interim)][int(digit)]
    return interim


def _could_be_a_card(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
