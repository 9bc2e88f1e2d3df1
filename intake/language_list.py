"""The numbered list of languages, and what people pick from it.

Each language in its own script, on a line of its own, so that names that run from the right do not
turn the numbers around. The numbers begin beyond those of every other question, 0 to 9, and beyond
those that may be the age of a child. A further page goes on counting, so that a number means one
language only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from intake.keywords import fold
from intake.language_names import named
from intake.languages import listed, own_name

#: The number that asks for more, and that of the first language.
MORE, FIRST = 20, 21
PAGE = 8
_MORE_LINE = f"{MORE} ..."


@dataclass(frozen=True)
class Picked:
    """A language, or with no tag the wish to see more of them."""

    tag: str | None


def picked(text: str, current: str | None, offer: Sequence[str] | None) -> Picked | None:
    """What a whole message picks: by its name always, by number while a list is open."""
    number = fold(text)
    if offer and number.isascii() and number.isdecimal() and len(number) == 2:
        place = int(number)
        if place == MORE and _further(offer):
            return Picked(None)
        if FIRST <= place < FIRST + len(offer):
            return Picked(offer[place - FIRST])
    tag = named(text, current)
    return None if tag is None else Picked(tag)


def lines(offer: Sequence[str], since: int = 0) -> str:
    """The list as text, from the place `since` on; the last line is the way to more."""
    shown = [f"{FIRST + place} {own_name(offer[place])}" for place in range(since, len(offer))]
    return "\n".join([*shown, _MORE_LINE] if _further(offer) else shown)


def next_page(offer: Sequence[str]) -> tuple[str, ...]:
    """The offer with the next page of languages added."""
    return (*offer, *_further(offer)[:PAGE])


def _further(offer: Sequence[str]) -> list[str]:
    return [tag for tag in listed() if tag not in offer]
