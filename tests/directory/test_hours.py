"""When somebody answers, and how hours are written: time zones, nights, rules, and doubt."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from directory.hours import Openness, describe, openness
from directory.question import Question
from directory.tables import ScheduleRow, ServiceRow

LIVE, UNKNOWN, CLOSED = Openness.LIVE, Openness.UNKNOWN, Openness.CLOSED
WORKDAYS = "MO,TU,WE,TH,FR"


def schedule(**columns: Any) -> ScheduleRow:
    """Workdays 9 to 17 in Toronto, unless the columns say otherwise."""
    return ScheduleRow(
        **{
            "timezone": "America/Toronto",
            "freq": "WEEKLY",
            "interval": 1,
            "byday": WORKDAYS,
            "opens_at": time(9),
            "closes_at": time(17),
            "unconfirmed": [],
            **columns,
        }
    )


def service(
    *schedules: ScheduleRow, grade: str | None = "hours_live", doubt: tuple[str, ...] = ()
) -> ServiceRow:
    """A service with these hours."""
    return ServiceRow(crisis_grade=grade, schedules=list(schedules), unconfirmed=list(doubt))


def at(text: str, zone: str) -> datetime:
    """A local moment."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("columns", "moment", "zone", "expected"),
    [
        ({}, "2026-02-03T09:00", "America/Toronto", LIVE),
        ({}, "2026-02-03T08:59", "America/Toronto", CLOSED),
        ({}, "2026-02-03T17:00", "America/Toronto", CLOSED),
        ({}, "2026-02-01T12:00", "America/Toronto", CLOSED),
        # Asked from another zone: 7:30 in Edmonton is 9:30 in Toronto.
        ({}, "2026-02-03T07:30", "America/Edmonton", LIVE),
        # The half hour of Newfoundland: open at 9:00 there, which is 7:30 in Toronto.
        ({"timezone": "America/St_Johns"}, "2026-02-03T07:30", "America/Toronto", LIVE),
        ({"timezone": "America/St_Johns"}, "2026-02-03T07:29", "America/Toronto", CLOSED),
        # Saskatchewan keeps its clock in summer: 9:00 there is 8:00 in Vancouver, not 7:00.
        ({"timezone": "America/Regina"}, "2026-07-07T08:00", "America/Vancouver", LIVE),
        ({"timezone": "America/Regina"}, "2026-07-07T07:59", "America/Vancouver", CLOSED),
        ({"timezone": "America/Regina"}, "2026-02-03T07:00", "America/Vancouver", LIVE),
        # Night shifts belong to the day on which they begin.
        ({"opens_at": time(20), "closes_at": time(2), "byday": "FR"},
         "2026-02-07T01:59", "America/Toronto", LIVE),
        ({"opens_at": time(20), "closes_at": time(2), "byday": "FR"},
         "2026-02-06T01:00", "America/Toronto", CLOSED),
        ({"opens_at": time(8, 30), "closes_at": time(0), "byday": "TU"},
         "2026-02-03T23:59", "America/Toronto", LIVE),
        ({"opens_at": time(8, 30), "closes_at": time(0), "byday": "TU"},
         "2026-02-04T00:00", "America/Toronto", CLOSED),
        ({"opens_at": time(0), "closes_at": time(0), "byday": "TU"},
         "2026-02-03T03:00", "America/Toronto", LIVE),
        # The clocks go forward in the night of 8 March 2026.
        ({"opens_at": time(22), "closes_at": time(6), "byday": "SA"},
         "2026-03-08T05:30", "America/Toronto", LIVE),
        # Rules: every second week, second Monday of the month, limits of validity.
        ({"interval": 2, "dtstart": date(2026, 1, 5), "byday": "MO"},
         "2026-01-19T10:00", "America/Toronto", LIVE),
        ({"interval": 2, "dtstart": date(2026, 1, 5), "byday": "MO"},
         "2026-01-12T10:00", "America/Toronto", CLOSED),
        ({"freq": "MONTHLY", "byday": "2MO"}, "2026-02-09T10:00", "America/Toronto", LIVE),
        ({"freq": "MONTHLY", "byday": "2MO"}, "2026-02-16T10:00", "America/Toronto", CLOSED),
        ({"valid_to": date(2026, 1, 31)}, "2026-02-03T10:00", "America/Toronto", CLOSED),
        ({"valid_from": date(2026, 3, 1)}, "2026-02-03T10:00", "America/Toronto", CLOSED),
        ({"until": date(2026, 1, 31)}, "2026-02-03T10:00", "America/Toronto", CLOSED),
        # Doubt: unconfirmed hours never open, half a rule or a broken one is unknown.
        ({"unconfirmed": ["opens_at"]}, "2026-02-03T10:00", "America/Toronto", UNKNOWN),
        ({"unconfirmed": ["opens_at"]}, "2026-02-03T20:00", "America/Toronto", CLOSED),
        ({"opens_at": None}, "2026-02-03T10:00", "America/Toronto", UNKNOWN),
        ({"byday": "SOMEDAY"}, "2026-02-03T10:00", "America/Toronto", UNKNOWN),
        ({"timezone": "Mars/Olympus"}, "2026-02-03T10:00", "America/Toronto", UNKNOWN),
    ],
)  # fmt: skip
def test_openness_of_a_schedule(
    columns: dict[str, Any], moment: str, zone: str, expected: Openness
) -> None:
    """A rule is read in the service's own zone."""
    assert openness(service(schedule(**columns)), at(moment, zone)) is expected


@pytest.mark.parametrize(
    ("grade", "doubt", "expected", "written"),
    [
        ("24_7_live", (), LIVE, "24/7"),
        ("24_7_live", ("crisis_grade",), UNKNOWN, ""),
        ("message_only", (), CLOSED, "Mon-Fri 09:00-17:00 ET"),
        ("info_only", (), CLOSED, "Mon-Fri 09:00-17:00 ET"),
        ("hours_live", (), LIVE, "Mon-Fri 09:00-17:00 ET"),
        (None, (), LIVE, "Mon-Fri 09:00-17:00 ET"),
    ],
)
def test_only_a_live_grade_is_24_7(
    grade: str | None, doubt: tuple[str, ...], expected: Openness, written: str
) -> None:
    """A machine that answers day and night is not open."""
    one = service(schedule(), grade=grade, doubt=doubt)
    assert openness(one, datetime(2026, 2, 3, 15, 0, tzinfo=UTC)) is expected
    assert describe(one, "en") == written


def test_no_hours_are_unknown() -> None:
    """Nothing known is not closed."""
    assert openness(service(grade=None), datetime(2026, 2, 3, tzinfo=UTC)) is UNKNOWN
    assert describe(service(grade=None), "en") == ""


@pytest.mark.parametrize(
    ("columns", "english", "french"),
    [
        ({}, "Mon-Fri 09:00-17:00 ET", "lun-ven 09:00-17:00 HE"),
        ({"byday": "MO,WE"}, "Mon, Wed 09:00-17:00 ET", "lun, mer 09:00-17:00 HE"),
        (
            {"byday": "MO,TU,WE,TH,FR,SA,SU", "closes_at": time(0)},
            "daily 09:00-24:00 ET",
            "tous les jours 09:00-24:00 HE",
        ),
        ({"timezone": "America/St_Johns"}, "Mon-Fri 09:00-17:00 NT", "lun-ven 09:00-17:00 HT"),
        ({"freq": "MONTHLY", "byday": "2MO", "description": "2nd Monday"}, "2nd Monday",
         "2nd Monday"),
    ],
)  # fmt: skip
def test_hours_as_people_read_them(columns: dict[str, Any], english: str, french: str) -> None:
    """Short enough for a text, in both languages, plain letters only."""
    one = service(schedule(**columns))
    assert describe(one, "en") == describe(one, None) == english
    assert describe(one, "fr") == french


def test_a_naive_moment_is_refused() -> None:
    """Without a zone nobody knows what is open."""
    with pytest.raises(ValueError, match="aware"):
        Question(open_at=datetime(2026, 2, 1, 2, 0))  # noqa: DTZ001
