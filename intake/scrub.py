"""What in a tip could give away who told it: places in a text, for a human to judge.

Nothing is taken out here. A hint says where, why, and whether leaving it out is proposed; whoever
passes the tip on decides (handoff/tip_pass.py). Addresses, numbers and times are found in every
language; what people say of themselves only in those that have rules (`READS`).
"""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from intake.scrub_words import NAMED, OWN, READS, SELF, SELF_ANY

__all__ = ["READS", "Hint", "Why", "left_over", "suggest", "without"]

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_LINK = re.compile(r"https?://\S{4,200}|\bwww\.\S{4,200}", re.I)
_HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z0-9_.]{3,30}\b")
_PHONE = re.compile(r"(?<!\w)\+?\d[\d\s().-]{5,18}\d(?!\w)")
_PLATE = re.compile(r"\b(?:[A-Z]{2,4}[ -]?\d{3,4}|[A-Z]\d{2}[ -]?[A-Z]{3}|\d{3}[ -]?[A-Z]{3})\b")
_CLOCK = re.compile(
    r"\b\d{1,2}(?:[:h]\d{2}(?:\s*[ap]\.?m\b\.?)?|\s*(?:[ap]\.m\.|[ap]m\b|o'clock\b)|\s?h\b)", re.I
)
_NUMBER = re.compile(r"(?<![\w.,$-])(?:[A-Z]{1,3}-?)?\d{5,12}(?![\w-])")
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?!\s)[^.!?\n]*)*[.!?\n]*")
# How far before a number the words stand that make it the tipster's own.
_NEAR = 40


class Why(enum.StrEnum):
    """What a hint is about."""

    EMAIL = "email"
    PHONE = "phone"
    HANDLE = "handle"
    LINK = "link"
    PLATE = "plate"
    NUMBER = "number"
    TIME = "time"
    NAME = "name"
    WORK = "work"
    HOME = "home"
    KIN = "kin"
    OWN = "own"


@dataclass(frozen=True)
class Hint:
    """A span of the text. `take_out`: it speaks of the tipster; else it may, and a human looks."""

    start: int
    end: int
    why: Why
    take_out: bool


def suggest(text: str) -> tuple[Hint, ...]:
    """Every place to look at, in order, none over another; what is to be left out goes first."""
    found = sorted(_found(text), key=lambda one: (not one.take_out, one.start - one.end, one.start))
    kept: list[Hint] = []
    for one in found:
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: one.start))


def without(text: str, hints: Collection[Hint], instead: str) -> str:
    """The text with these places replaced. `hints` are of this very text."""
    pieces, at = [], 0
    for one in sorted(hints, key=lambda hint: hint.start):
        pieces += [text[at : one.start], instead]
        at = one.end
    whole = "".join([*pieces, text[at:]])
    # Two removals in a row read as one.
    twice = re.escape(instead) + r"(?:[\s,]+" + re.escape(instead) + ")+"
    return re.sub(twice, lambda _: instead, whole) if instead else whole


def left_over(text: str) -> tuple[Hint, ...]:
    """What still speaks of the tipster."""
    return tuple(one for one in suggest(text) if one.take_out)


def _found(text: str) -> Iterator[Hint]:
    for match in _EMAIL.finditer(text):
        yield Hint(*match.span(), Why.EMAIL, True)
    for why, pattern in ((Why.PHONE, _PHONE), (Why.HANDLE, _HANDLE), (Why.PLATE, _PLATE)):
        for match in pattern.finditer(text):
            if why is not Why.PHONE or _is_phone(match[0]):
                yield Hint(*match.span(), why, _is_own(text, match.start()))
    for match in _NUMBER.finditer(text):
        yield Hint(*match.span(), Why.NUMBER, _is_own(text, match.start()))
    for match in _LINK.finditer(text):
        yield Hint(*match.span(), Why.LINK, False)
    for sentence in _SENTENCE.finditer(text):
        own = SELF_ANY.search(sentence[0]) is not None
        for match in _CLOCK.finditer(sentence[0]):
            start = sentence.start()
            yield Hint(start + match.start(), start + match.end(), Why.TIME, own)
    for pattern in NAMED:
        for match in pattern.finditer(text):
            yield Hint(*match.span(), Why.NAME, True)
    for name, pattern in SELF:
        for match in pattern.finditer(text):
            yield Hint(*match.span(), Why(name), True)


def _is_phone(text: str) -> bool:
    return 7 <= sum(sign.isdigit() for sign in text) <= 15


def _is_own(text: str, start: int) -> bool:
    return OWN.search(text[max(0, start - _NEAR) : start]) is not None
