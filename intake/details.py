"""What a text says about a wish for a service, beside the need and the place.

Details narrow the search, as far as a person says them of themselves: nothing is asked or guessed.
Wishes are answers to an offer. Both are phrases of `intake/data/words/`; a place behind "away
from" is one where help is not wanted.
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intake.places import PlaceMatch, named_places
from intake.tokens import BREAK, Token
from intake.word_lists import Finder, Found, gathered, listed, tokens_of

AGE, AWAY = "age:", "away:"
_AGE = re.compile(r"[1-9]\d")
_OLDEST = 99
# How many words may stand between a refusal, or "away from", and what it speaks of.
_REACH = 4
_AWAY_REACH = 3


class Detail(str, enum.Enum):
    """What may be known; beside these `age:34` and `away:<place id>`."""

    WITH_CHILDREN = "with_children"
    WITH_PETS = "with_pets"
    WITHOUT_STATUS = "without_status"
    POLICE = "police"
    """They ask for police by name, and nothing in the text is against it (`wary` in the lists)."""
    INTERPRETER = "interpreter"
    TWO_SLGBTQ = "two_slgbtq"
    INDIGENOUS = "indigenous"
    WOMAN = "woman"
    MAN = "man"
    TRANS_WOMAN = "trans_woman"
    TRANS_MAN = "trans_man"
    NON_BINARY = "non_binary"


class Wish(str, enum.Enum):
    """What somebody wishes after an offer."""

    ANOTHER = "another"
    FURTHER = "further"
    CALL = "call"


@dataclass(frozen=True)
class Mention:
    """Something said, and where."""

    value: str
    start: int
    end: int


def details(text: str) -> list[Mention]:
    """Details in reading order, each once."""
    tokens = tokens_of(text)
    found: dict[str, Mention] = {}
    for one in _details().find(tokens):
        if one.name != Detail.POLICE or not any(_wary().find(tokens)):
            found.setdefault(one.name, _mention(tokens, one))
    for mention in _ages(tokens):
        found.setdefault(mention.value, mention)
    return sorted(found.values(), key=lambda one: (one.start, one.value))


def wish(text: str) -> Mention | None:
    """What a text wishes after an offer; of several the last."""
    tokens = tokens_of(text)
    found = [
        _mention(tokens, one)
        for one in _wishes().find(tokens)
        if not refused(tokens, one.first, one.after)
    ]
    return max(found, key=lambda one: (one.start, one.end), default=None)


def sought_and_shunned(text: str) -> tuple[list[PlaceMatch], list[PlaceMatch]]:
    """The places in which help is wanted, and those away from which it is wanted."""
    places = named_places(text)
    if not places:
        return [], []
    tokens = tokens_of(text)
    signs = list(_away().find(tokens))
    shunned = [one for one in places if any(_points_at(tokens, sign, one) for sign in signs)]
    return [one for one in places if one not in shunned], shunned


def refused(tokens: Sequence[Token], first: int, after: int) -> bool:
    """Whether a refusing phrase ("i don't want") stands close by in the same sentence."""
    for one in _refusals().find(tokens):
        left, right = (one.after, first) if one.after <= first else (after, one.first)
        if left > right:
            return True
        between = tokens[left:right]
        if len(between) <= _REACH and all(token.text != BREAK for token in between):
            return True
    return False


def _points_at(tokens: Sequence[Token], sign: Found, place: PlaceMatch) -> bool:
    """ "away from X"; with `after` also "X ton dur"."""
    inside = [i for i, one in enumerate(tokens) if place.start <= one.start < place.end]
    if not inside:
        return False
    between = (
        tokens[sign.after : inside[0]]
        if sign.name == "before"
        else tokens[inside[-1] + 1 : sign.first]
    )
    ahead = sign.after <= inside[0] if sign.name == "before" else inside[-1] < sign.first
    return ahead and len(between) <= _AWAY_REACH and all(token.text != BREAK for token in between)


def _ages(tokens: Sequence[Token]) -> Iterator[Mention]:
    """ "im 34", "34 años", "34岁": two digits beside a word that makes them an age."""
    signs = list(_years().find(tokens))
    for index, token in enumerate(tokens):
        if not _AGE.fullmatch(token.text) or int(token.text) > _OLDEST:
            continue
        beside = any(
            (one.name == "before" and one.after == index)
            or (one.name == "after" and one.first == index + 1)
            for one in signs
        )
        if beside:
            yield Mention(AGE + token.text, token.start, token.end)


def _mention(tokens: Sequence[Token], found: Found) -> Mention:
    return Mention(found.name, tokens[found.first].start, tokens[found.after - 1].end)


@functools.cache
def _details() -> Finder:
    return Finder(gathered("details"))


@functools.cache
def _wishes() -> Finder:
    return Finder(gathered("wishes"))


@functools.cache
def _refusals() -> Finder:
    return Finder({"refuse": listed("refuse")})


@functools.cache
def _wary() -> Finder:
    return Finder({"wary": listed("wary")})


@functools.cache
def _years() -> Finder:
    return Finder(gathered("age"))


@functools.cache
def _away() -> Finder:
    return Finder(gathered("away"))
