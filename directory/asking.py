"""Read what somebody typed into a search box: the need, the place and the language it names."""

from __future__ import annotations

from dataclasses import dataclass

from intake.language_names import find
from intake.languages import base
from intake.needs import Need, find_need
from intake.places import Place, by_id, named_places


@dataclass(frozen=True)
class Understood:
    """What a search text names; None where it names nothing of the kind."""

    need: Need | None = None
    place: Place | None = None
    language: str | None = None
    """ISO 639 code."""


def understand(text: str) -> Understood:
    """ "shelter brampton punjabi" as a need, a place and a language."""
    places = named_places(text)
    named = next(iter(find(text)), None)
    return Understood(
        need=find_need(text),
        place=places[0].place if places else None,
        language=None if named is None else base(named.tag),
    )


def place_named(text: str) -> Place | None:
    """The place with this id, or the first that the words name."""
    written = text.strip()
    known = by_id(written) or by_id(written.upper())
    if known is not None:
        return known
    found = named_places(written)
    return found[0].place if found else None
