"""Postal codes name a place, whole or in half; what only looks like one does not."""

from __future__ import annotations

import pytest

from intake.places import by_id, find_places
from intake.postal import _PROVINCES, _towns


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("T5J 2R7", ["edmonton-ab"]),
        ("im at t5j2r7 please help", ["edmonton-ab"]),
        ("postal code is h2x", ["montreal-qc"]),
        ("H7A", ["laval-qc"]),
        ("near M4B", ["toronto-on"]),
        ("X0A 0H0", ["NU"]),
        ("food S0G 1A0", ["SK"]),
        ("toronto M5V 2T6", ["toronto-on", "toronto-on"]),
        ("my H1B visa ran out", []),
        ("h1b", []),
        ("the boss said b3a is the size we need here", []),
        ("D1A 1A1", []),
        ("room 12A 3B4", []),
        ("unit ZT5J 2R7", []),
    ],
)
def test_codes(text: str, places: list[str]) -> None:
    """The town where the table knows it, else the province."""
    assert [one.place.id for one in find_places(text)] == places


def test_every_entry_names_a_place() -> None:
    """No id in the table is misspelt, and no town stands in another province's letter."""
    for code, place_id in _towns().items():
        place = by_id(place_id)
        assert place is not None, place_id
        assert place.province == _PROVINCES.get(code[0], place.province), code
