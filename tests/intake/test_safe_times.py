"""What people text about when they may be texted."""

from __future__ import annotations

import pytest

from intake.contact import Texting
from intake.safe_times import answer, shown, unasked
from intake.zones import BY_PROVINCE, ZONES, city, zone_of


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("19-21", "19:00-21:00"),
        ("7-9pm", "19:00-21:00"),
        ("7pm to 9 pm", "19:00-21:00"),
        ("only evenings 7-9", "19:00-21:00"),
        ("18h30 à 20h", "18:30-20:00"),
        ("de 19h a 21h", "19:00-21:00"),
        ("10-2pm", "10:00-14:00"),
        ("22-2", "22:00-02:00"),
        ("9am-5pm weekdays", "09:00-17:00"),
        ("20-24", "20:00-24:00"),
        ("2", "09:00-12:00"),
        ("٣", "12:00-17:00"),
        ("4", "17:00-21:00"),
    ],
)
def test_times_are_read(text: str, times: str) -> None:
    """Hours in two languages, and the choices of the list."""
    found = answer(text)
    assert found is not None and found.texting is Texting.WINDOWS
    assert shown(found) == f"{times} (Toronto)"


@pytest.mark.parametrize(
    "text", ["maybe", "call 911", "25-3", "when he sleeps", "6", "7-9 or 10-11", "5-5", ""]
)
def test_what_is_no_time_is_not_guessed(text: str) -> None:
    """The line asks again rather than text at a wrong hour."""
    assert answer(text) is None


def test_weekdays_and_weekends() -> None:
    """Days where they are named."""
    for text, days in (("9-17 weekdays", {0, 1, 2, 3, 4}), ("9-17 fins de semaine", {5, 6})):
        found = answer(text)
        assert found is not None and found.windows[0].days == days


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("only text me evenings 7-9", True),
        ("you can text me only 19-21", True),
        ("textez-moi seulement 19h-21h", True),
        ("he only texts me 7-9", False),
        ("i work 7-9pm", False),
        ("only text me", False),
    ],
)
def test_said_without_being_asked(text: str, meant: bool) -> None:
    """Only what is clear is kept to."""
    assert (unasked(text) is not None) == meant


@pytest.mark.parametrize(
    ("address", "province", "place"),
    [
        ("+16045550100", None, "Vancouver"),
        ("whatsapp:+19025550100", None, "Halifax"),
        ("+17095550100", None, "St. Johns"),
        ("+16135550100", None, "Toronto"),
        ("+442075550100", None, "Toronto"),
        ("4711", None, "Toronto"),
        ("+16045550100", "SK", "Regina"),
    ],
)
def test_whose_clock(address: str, province: str | None, place: str) -> None:
    """The province that was named, else the area code, else Eastern."""
    assert city(zone_of(address, province)) == place
    assert set(BY_PROVINCE.values()) == ZONES
