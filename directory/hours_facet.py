"""Who may be open at a moment, looked up by the half hour of the week in each time zone.

The rule itself (`directory/hours.py`) is asked only of the few services that
come near the top. Here a service counts as perhaps open during every half
hour in which its weekly hours touch, on any odd rule always, and for an hour
more around a change to or from summer time. So nobody who is open is missed.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from directory import weights
from directory.entries import Candidate, Schedule
from directory.facets import Asked, Bits, Part
from directory.hours import is_plain
from directory.tables import WEEKDAYS
from directory.vocabulary import CrisisGrade

_SLOTS = 7 * 48
_NOT_LIVE = frozenset({CrisisGrade.MESSAGE_ONLY, CrisisGrade.INFO_ONLY})
_NEAR_A_CHANGE = timedelta(hours=26)


class HoursFacet:
    """The side of opening hours; filled once, then asked."""

    def __init__(self) -> None:
        self._groups: dict[Hashable, tuple[Candidate, list[int]]] = {}
        self._size = 0
        self._everybody = self._always = self._unsure = self._closed = 0
        self._open: dict[ZoneInfo, list[int]] = {}

    def add(self, position: int, candidate: Candidate) -> None:
        """Put the next service to those of the same hours."""
        self._size = position + 1
        service = candidate.service
        key = service.crisis_grade, "crisis_grade" in service.unconfirmed, service.schedules
        self._groups.setdefault(key, (candidate, []))[1].append(position)

    def fill(self) -> None:
        """Make the sets, when every service is in."""
        open_in: dict[str, list[int]] = {}
        for candidate, positions in self._groups.values():
            bits = Bits(self._size)
            bits.add(positions)
            members = bits.number()
            self._everybody |= members
            self._sort(candidate, members, open_in)
        self._groups.clear()
        self._open = {ZoneInfo(name): _shared(slots) for name, slots in open_in.items()}

    def _sort(self, candidate: Candidate, members: int, open_in: dict[str, list[int]]) -> None:
        service = candidate.service
        if service.crisis_grade in _NOT_LIVE:
            self._closed |= members
        elif service.crisis_grade == CrisisGrade.LIVE_24_7:
            if "crisis_grade" in service.unconfirmed:
                self._unsure |= members
            else:
                self._always |= members
        elif not service.schedules:
            self._unsure |= members
        else:
            for schedule in service.schedules:
                if _says_nothing(schedule):
                    self._unsure |= members
                elif not is_plain(schedule):
                    self._always |= members
                else:
                    slots = open_in.setdefault(schedule.timezone, [0] * _SLOTS)
                    for slot in _touched(schedule):
                        slots[slot] |= members

    def parts(self, asked: Asked) -> tuple[Part, ...]:
        """Perhaps open, not known, closed."""
        moment = asked.question.open_at
        if moment is None:
            sets = ((0.0, self._everybody & ~self._closed), (weights.CLOSED, self._closed))
        else:
            maybe = self._always
            for zone, slots in self._open.items():
                for slot in _slots_at(moment, zone):
                    maybe |= slots[slot]
            unsure = self._unsure & ~maybe
            urgent = asked.question.need in weights.URGENT
            sets = (
                (0.0, maybe),
                (weights.OPEN_UNKNOWN, unsure),
                (
                    weights.CLOSED_URGENT if urgent else weights.CLOSED,
                    self._everybody & ~maybe & ~unsure,
                ),
            )  # type: ignore[assignment]
        return tuple(Part(cost, members, True, True) for cost, members in sets if members)


def _says_nothing(schedule: Schedule) -> bool:
    """Hours of which nothing better than "not known" ever follows."""
    if schedule.unconfirmed or schedule.opens_at is None or schedule.closes_at is None:
        return True
    try:
        ZoneInfo(schedule.timezone)
    except (ValueError, KeyError):
        return True
    return False


def _touched(schedule: Schedule) -> Iterator[int]:
    """The half hours of the week that the hours of a plain schedule touch."""
    assert schedule.opens_at is not None and schedule.closes_at is not None
    opens, closes = _minutes(schedule.opens_at), _minutes(schedule.closes_at)
    if closes <= opens:
        closes += 24 * 60
    for code in str(schedule.byday).split(","):
        day = WEEKDAYS.index(code) * 48
        for slot in range(math.floor(opens / 30), math.ceil(closes / 30)):
            yield (day + slot) % _SLOTS


def _minutes(hour: time) -> float:
    return hour.hour * 60 + hour.minute + hour.second / 60


def _slots_at(moment: datetime, zone: ZoneInfo) -> Iterator[int]:
    local = moment.astimezone(zone)
    slot = local.weekday() * 48 + local.hour * 2 + local.minute // 30
    utc = moment.astimezone(UTC)
    before, after = (
        (utc + step).astimezone(zone).utcoffset() for step in (-_NEAR_A_CHANGE, _NEAR_A_CHANGE)
    )
    reach = 0 if before == after else 2
    return ((slot + step) % _SLOTS for step in range(-reach, reach + 1))


def _shared(slots: list[int]) -> list[int]:
    """Equal sets that follow each other are kept once."""
    kept: list[int] = []
    for members in slots:
        kept.append(kept[-1] if kept and kept[-1] == members else members)
    return kept
