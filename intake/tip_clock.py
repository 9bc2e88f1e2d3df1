"""How long a tip is kept: a clock of its own for each way in which it stands.

Never longer than a year from the day it came in (domain brief, section 7); what was looked at and
closed goes sooner, and what turned out to be nothing sooner still.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from intake.tip_fields import Label, Status

RECEIVED = timedelta(days=365)
_STANDS = {
    # Whoever it was passed on to may come back with a question.
    Status.PASSED_ON: timedelta(days=180),
    Status.CLOSED: timedelta(days=90),
}
_LABELLED = {
    Label.SPAM: timedelta(days=30),
    Label.PRANK: timedelta(days=30),
    Label.UNFOUNDED: timedelta(days=90),
    Label.INSUFFICIENT: timedelta(days=180),
}


def keep_until(
    at: datetime,
    status: Status,
    status_at: datetime | None,
    label: Label | None = None,
    label_at: datetime | None = None,
) -> datetime:
    """The date of a tip that came in at `at`: the first of its clocks to run out."""
    dates = [at + RECEIVED]
    if status in _STANDS and status_at is not None:
        dates.append(status_at + _STANDS[status])
    if label in _LABELLED and label_at is not None:
        dates.append(label_at + _LABELLED[label])
    return min(dates)
