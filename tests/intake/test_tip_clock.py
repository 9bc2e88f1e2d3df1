"""How long tips are kept: the first clock that runs out, never more than a year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from intake.tip_clock import keep_until
from intake.tip_fields import Label, Status

CAME = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "since", "label", "labelled", "days"),
    [
        (Status.RECEIVED, None, None, None, 365),
        (Status.READING, 10, None, None, 365),
        (Status.CLOSED, 10, None, None, 100),
        (Status.PASSED_ON, 10, None, None, 190),
        # Never beyond a year, however late it was passed on.
        (Status.PASSED_ON, 300, None, None, 365),
        (Status.CLOSED, 350, None, None, 365),
        (Status.READING, 10, Label.SPAM, 20, 50),
        (Status.READING, 10, Label.PRANK, 20, 50),
        (Status.READING, 10, Label.UNFOUNDED, 20, 110),
        (Status.READING, 10, Label.INSUFFICIENT, 20, 200),
        (Status.READING, 10, Label.ACTIONABLE, 20, 365),
        # The first of two clocks.
        (Status.CLOSED, 5, Label.SPAM, 2, 32),
        (Status.CLOSED, 5, Label.INSUFFICIENT, 2, 95),
        # Of tips from before there were these clocks nothing is known.
        (Status.CLOSED, None, None, None, 365),
    ],
)
def test_dates(
    status: Status, since: int | None, label: Label | None, labelled: int | None, days: int
) -> None:
    """Days from the day it came in."""

    def day(number: int | None) -> datetime | None:
        return None if number is None else CAME + timedelta(days=number)

    assert keep_until(CAME, status, day(since), label, day(labelled)) == day(days)
