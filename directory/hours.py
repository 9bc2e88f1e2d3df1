"""Say whether somebody answers at a moment, and write hours down for people.

Schedules are RFC 5545 rules in the service's own time zone, as HSDS has them.
"Open" means a live person: hours that nobody confirmed never make a service
open, and "24/7" is shown only where a live person is known to answer.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from dateutil.rrule import rrulestr

from directory.entries import Schedule, Service
from directory.tables import WEEKDAYS
from directory.vocabulary import CrisisGrade

ALWAYS = "24/7"


class Openness(enum.Enum):
    """What is known about a moment."""

    LIVE = "live"
    UNKNOWN = "unknown"
    CLOSED = "closed"
    """Closed, or only a machine answers."""


def openness(service: Service, moment: datetime) -> Openness:
    """Whether a live person answers at this moment (aware)."""
    grade = service.crisis_grade
    if grade in {CrisisGrade.MESSAGE_ONLY, CrisisGrade.INFO_ONLY}:
        return Openness.CLOSED
    if grade == CrisisGrade.LIVE_24_7:
        return Openness.UNKNOWN if "crisis_grade" in service.unconfirmed else Openness.LIVE
    known = [_open_at(schedule, moment) for schedule in service.schedules]
    if Openness.LIVE in known:
        # Office hours say nothing of a holiday: ask, do not promise.
        return Openness.UNKNOWN if _is_holiday(service, moment) else Openness.LIVE
    if not known or Openness.UNKNOWN in known:
        return Openness.UNKNOWN
    return Openness.CLOSED


def describe(service: Service, language: str | None) -> str:
    """The hours for a person, in English or French; empty when they are not known."""
    if service.crisis_grade == CrisisGrade.LIVE_24_7:
        return "" if "crisis_grade" in service.unconfirmed else ALWAYS
    french = language == "fr"
    written = [_written(schedule, french) for schedule in service.schedules]
    return ", ".join(part for part in written if part)


def _is_holiday(service: Service, moment: datetime) -> bool:
    """Whether the day is a public holiday where the service is; of the country, if that is all."""
    provinces = {area.province for area in service.service_areas if area.province}
    zones = {schedule.timezone for schedule in service.schedules}
    try:
        days = {moment.astimezone(ZoneInfo(zone)).date() for zone in zones}
    except (ValueError, KeyError):
        return True
    return any(
        day in _holidays(province, day.year)
        for day in days
        for province in (provinces if len(provinces) == 1 else {None})
    )


@lru_cache(maxsize=256)
def _holidays(province: str | None, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("CA", subdiv=province, years=year))


def _open_at(schedule: Schedule, moment: datetime) -> Openness:
    """One rule at one moment. A rule that cannot be read is unknown."""
    if schedule.opens_at is None or schedule.closes_at is None:
        return Openness.UNKNOWN
    try:
        zone = ZoneInfo(schedule.timezone)
        today = moment.astimezone(zone).date()
        # A night shift that began yesterday may still be on.
        inside = any(
            _covers(schedule, day, zone, moment)
            for day in (today - timedelta(days=1), today)
            if _falls_on(schedule, day)
        )
    except (ValueError, KeyError):
        return Openness.UNKNOWN
    if not inside:
        return Openness.CLOSED
    return Openness.UNKNOWN if schedule.unconfirmed else Openness.LIVE


def _covers(schedule: Schedule, day: date, zone: ZoneInfo, moment: datetime) -> bool:
    """Whether the opening that begins on this day holds the moment."""
    assert schedule.opens_at is not None and schedule.closes_at is not None
    last = day + timedelta(days=1) if schedule.closes_at <= schedule.opens_at else day
    opens = datetime.combine(day, schedule.opens_at, zone).astimezone(UTC)
    closes = datetime.combine(last, schedule.closes_at, zone).astimezone(UTC)
    return opens <= moment < closes


def _falls_on(schedule: Schedule, day: date) -> bool:
    """Whether the rule has an occurrence on this day of the service's own calendar."""
    if schedule.valid_from is not None and day < schedule.valid_from:
        return False
    if schedule.valid_to is not None and day > schedule.valid_to:
        return False
    if is_plain(schedule):
        if schedule.dtstart is not None and day < schedule.dtstart:
            return False
        return WEEKDAYS[day.weekday()] in str(schedule.byday).split(",")
    start = schedule.dtstart or schedule.valid_from
    if start is None or (schedule.interval == 1 and schedule.count is None and start <= day):
        start = day
    midnight = datetime.combine(day, datetime.min.time())
    rule = rrulestr(_rule(schedule), dtstart=datetime.combine(start, datetime.min.time()))
    return bool(rule.between(midnight, midnight, inc=True))


def is_plain(schedule: Schedule) -> bool:
    """Named days of every week: nearly all of them are, and need no reading of rules."""
    others = (schedule.byweekno, schedule.bymonthday, schedule.byyearday, schedule.count,
              schedule.until)  # fmt: skip
    return (
        schedule.freq == "WEEKLY"
        and schedule.interval == 1
        and not any(others)
        and bool(schedule.byday)
        and all(code in WEEKDAYS for code in str(schedule.byday).split(","))
    )


def _rule(schedule: Schedule) -> str:
    """The row as RFC 5545 writes it."""
    parts = {
        "FREQ": schedule.freq,
        "INTERVAL": str(schedule.interval),
        "COUNT": None if schedule.count is None else str(schedule.count),
        "UNTIL": None if schedule.until is None else schedule.until.strftime("%Y%m%d"),
        "WKST": schedule.wkst,
        "BYDAY": schedule.byday,
        "BYWEEKNO": schedule.byweekno,
        "BYMONTHDAY": schedule.bymonthday,
        "BYYEARDAY": schedule.byyearday,
    }
    return ";".join(f"{name}={value}" for name, value in parts.items() if value)


_DAYS = {
    False: ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    True: ("lun", "mar", "mer", "jeu", "ven", "sam", "dim"),
}
_EVERY_DAY = {False: "daily", True: "tous les jours"}
# How people in Canada write their zones, without the letter for summer time.
_ZONES = {
    "America/St_Johns": ("NT", "HT"),
    "America/Halifax": ("AT", "HA"),
    "America/Moncton": ("AT", "HA"),
    "America/Toronto": ("ET", "HE"),
    "America/Iqaluit": ("ET", "HE"),
    "America/Winnipeg": ("CT", "HC"),
    "America/Regina": ("CST", "HNC"),
    "America/Edmonton": ("MT", "HR"),
    "America/Yellowknife": ("MT", "HR"),
    "America/Whitehorse": ("MST", "HNR"),
    "America/Vancouver": ("PT", "HP"),
}


def _written(schedule: Schedule, french: bool) -> str:
    """ "Mon-Fri 6:30-20:00 ET"; the row's own description where the rule is not that plain."""
    plain = schedule.freq == "WEEKLY" and schedule.interval == 1 and schedule.byday
    if not plain or schedule.opens_at is None or schedule.closes_at is None:
        return schedule.description or ""
    days = _written_days(str(schedule.byday).split(","), french)
    opens, closes = f"{schedule.opens_at:%H:%M}", f"{schedule.closes_at:%H:%M}"
    if closes == "00:00":
        closes = "24:00"
    known = _ZONES.get(schedule.timezone)
    zone = known[french] if known else schedule.timezone.rpartition("/")[2].replace("_", " ")
    return f"{days} {opens}-{closes} {zone}"


def _written_days(codes: Sequence[str], french: bool) -> str:
    """Runs of three days or more are joined: "Mon-Fri", "Mon, Wed"."""
    if any(code not in WEEKDAYS for code in codes):
        return ", ".join(codes)
    numbers = sorted(WEEKDAYS.index(code) for code in codes)
    names = _DAYS[french]
    if len(numbers) == len(WEEKDAYS):
        return _EVERY_DAY[french]
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{names[numbers[0]]}-{names[numbers[-1]]}"
    return ", ".join(names[number] for number in numbers)
