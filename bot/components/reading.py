"""How the models read a text: folded words, with every known place as one and the same word.

A model cannot learn each town of Canada; unseen, "im around red deer" is to it
an "im" and some noise. The places are known (`intake/places.py`), and which of
them it is says nothing about a wish or a risk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.components import normalise
from bot.components.normalise import Folded
from intake.places import find_places

PLACE = "placename"


@dataclass(frozen=True)
class Reading:
    """A text as who reads whole sentences gets it (`normalise.plain`), and its folded tokens."""

    text: str
    tokens: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Reading:
        """Read a text."""
        return cls(normalise.plain(text), tuple(token.text for token in tokens(text)))

    @classmethod
    def together(cls, readings: Sequence[Reading]) -> Reading:
        """Several texts of one person, one after the other, as one."""
        return cls(
            " ".join(reading.text for reading in readings),
            tuple(token for reading in readings for token in reading.tokens),
        )


def tokens(text: str) -> list[Folded]:
    """The folded tokens of a text, a place being one token over all its words."""
    found = normalise.tokens(text)
    for match in reversed(find_places(text)):
        inside = [
            index
            for index, token in enumerate(found)
            if token.start >= match.start and token.end <= match.end
        ]
        if inside:
            place = Folded(PLACE, found[inside[0]].start, found[inside[-1]].end)
            found[inside[0] : inside[-1] + 1] = [place]
    return found


def read(text: str) -> str:
    """The tokens joined by single spaces."""
    return " ".join(token.text for token in tokens(text))
