"""Reads safe times as people text them: "19-21", "7-9pm", "only evenings 7-9", "18h30 a 20h"."""

from __future__ import annotations

import re

from intake.contact import Preference, Texting, Window
from intake.keywords import fold
from intake.zones import EASTERN, city

_TIME = r"(\d{1,2})(?:[:h. ]?([0-5]\d))?\s*(am|pm|h|heures?)?"
_RANGE = re.compile(rf"\b{_TIME}\s*(?:-|–|to|a|till?|until|et|and|jusqua)\s*{_TIME}\b")
_EVENING = re.compile(r"\b(?:evenings?|nights?|soirs?|soirees?)\b")
_WEEKDAYS = re.compile(r"\b(?:weekdays?|jours? de semaine|en semaine)\b")
_WEEKENDS = re.compile(r"\b(?:weekends?|fins? de semaine|week ends?)\b")
# "Text me only ...": said without being asked, it is clear enough to be kept to.
_ONLY = re.compile(
    r"\b(?:(?:only|just) (?:text|message|write)|(?:text|message|write)(?: to)? me only"
    r"|(?:safe|ok) to text(?: me)? only|(?:textez?|ecri(?:s|vez)) moi (?:seulement|juste))\b"
)
_DAY_PARTS = {"2": (9, 12), "3": (12, 17), "4": (17, 21)}


def answer(text: str, zone: str = EASTERN) -> Preference | None:
    """What a text says to "when may we text you?"; None when it cannot be told."""
    choice = fold(text)
    if choice == "1":
        return Preference(Texting.ANY, zone=zone)
    if choice == "5":
        return Preference(Texting.ANSWERS, zone=zone)
    if choice in _DAY_PARTS:
        start, end = _DAY_PARTS[choice]
        return Preference(Texting.WINDOWS, (Window(start * 60, end * 60),), zone)
    window = _window(text)
    return None if window is None else Preference(Texting.WINDOWS, (window,), zone)


def unasked(text: str, zone: str = EASTERN) -> Preference | None:
    """Safe times in a text that says "text me only ..." of itself."""
    if not _ONLY.search(fold(text)):
        return None
    window = _window(text)
    return None if window is None else Preference(Texting.WINDOWS, (window,), zone)


def shown(preference: Preference) -> str:
    """Safe times in figures that need no language: `19:00-21:00 (Toronto)`."""
    if preference.texting is not Texting.WINDOWS:
        return ""
    times = ", ".join(f"{_clock(one.start)}-{_clock(one.end)}" for one in preference.windows)
    return f"{times} ({city(preference.zone)})"


def _window(text: str) -> Window | None:
    # Folding takes the signs between times away, so this reads the text nearly as written.
    plain = text.casefold().replace("à", "a").replace("p.m.", "pm").replace("a.m.", "am")
    found = list(_RANGE.finditer(plain))
    if len(found) != 1:
        return None
    hour, minute, half, to_hour, to_minute, to_half = found[0].groups()
    half = half if half in ("am", "pm") else None
    to_half = to_half if to_half in ("am", "pm") else None
    evening = bool(_EVENING.search(fold(text)))
    end = _minutes(to_hour, to_minute, to_half or ("pm" if evening else None))
    start = _minutes(hour, minute, half or to_half or ("pm" if evening else None))
    if start is None or end is None:
        return None
    if half is None and to_half == "pm" and start >= end:
        # "10-2pm" begins in the morning.
        start = _minutes(hour, minute, "am") or 0
    if start == end or start >= 24 * 60:
        return None
    return Window(start, end or 24 * 60, _days(fold(text)))


def _minutes(hour: str, minute: str | None, half: str | None) -> int | None:
    number = int(hour)
    if number > 24 or (half and not 1 <= number <= 12 and number < 13):
        return None
    if half == "pm" and number < 12:
        number += 12
    if half == "am" and number == 12:
        number = 0
    return number * 60 + int(minute or 0) if number < 24 else 24 * 60


def _days(folded: str) -> frozenset[int]:
    if _WEEKDAYS.search(folded):
        return frozenset(range(5))
    if _WEEKENDS.search(folded):
        return frozenset({5, 6})
    return frozenset(range(7))


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
