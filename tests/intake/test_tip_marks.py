"""What may link two tips: plates, numbers, handles and places, written in one way."""

from __future__ import annotations

import pytest

from intake.tip_marks import traces


@pytest.mark.parametrize(
    ("words", "plate"),
    [
        ("plate abcd123 was here", "ABCD123"),
        ("ABCD 123", "ABCD123"),
        ("abcd-123", "ABCD123"),
        ("a12 bcd from montreal", "A12BCD"),
        ("the van is CJR-4471 red", "CJR4471"),
        ("room 214", None),
        ("i work 12 hrs a day", None),
    ],
)
def test_plates(words: str, plate: str | None) -> None:
    """A word after the digits is not part of the plate."""
    found = {trace.value for trace in traces(words) if trace.kind == "plate"}
    assert found == ({plate} if plate else set())


def test_the_same_place_whoever_wrote_it() -> None:
    """Order, accents and signs do not matter."""
    assert traces("", "Motel 6, Québec") == traces("", "quebec motel 6")
