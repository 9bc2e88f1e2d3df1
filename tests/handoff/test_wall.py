"""The supervisor's wall: figures that can be checked by hand, and who may see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handoff.wall import quantile, wall
from handoff.wall_pages import duration, look
from intake.risk import Tier
from storage.wall import Arrival
from tests.handoff.people import Bench

NOW = datetime(2026, 1, 5, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("waits", "median", "p90"),
    [
        ([], None, None),
        ([7], 7, 7),
        ([1, 2], 1, 2),
        ([3, 1, 2], 2, 3),
        (list(range(1, 11)), 5, 9),
        (list(range(1, 101)), 50, 90),
    ],
)
def test_quantiles(waits: list[int], median: int | None, p90: int | None) -> None:
    """The nearest rank: a wait that somebody really had."""
    lengths = [timedelta(seconds=one) for one in waits]
    found = [quantile(lengths, part) for part in (0.5, 0.9)]
    assert found == [None if one is None else timedelta(seconds=one) for one in (median, p90)]


def test_hours_hold_every_arrival_once() -> None:
    """Each of the last twelve hours by tier, the youngest last."""
    minutes = [1, 59, 60, 61, 719]
    arrivals = [Arrival(NOW - timedelta(minutes=m), Tier.URGENT, None) for m in minutes]
    hours = wall([], arrivals, [], NOW).hours
    assert [hour.total for hour in hours] == [1, *[0] * 9, 2, 2]
    assert hours[-1].counts == (0, 2, 0, 0)


def test_durations() -> None:
    """As people read clocks."""
    given = (None, 0, 7, 760, 3900)
    written = [duration(None if one is None else timedelta(seconds=one)) for one in given]
    assert written == ["–", "0:00", "0:07", "12:40", "65:00"]


async def test_the_wall_counts_the_board(bench: Bench) -> None:
    """Waiting, late, held and taken as they are; a supervisor alone sees it, without words."""
    river = await bench.advocate("River")
    lead = await bench.advocate("Sage", "supervisor")
    first = await bench.text("he has a gun and hes coming back", ago=90)
    await bench.text("he locked me in", ago=200)
    await bench.text("can i talk to a person", ago=30, channel="web")
    await river.claim(first)
    figures = await look(bench.office)
    rows = {row.tier: row for row in figures.tiers}
    imminent = rows[Tier.IMMINENT]
    assert (imminent.waiting, imminent.late, imminent.held, imminent.taken) == (1, 1, 1, 1)
    assert (rows[None].waiting, rows[None].late) == (1, 0)
    assert {one.name: one.held for one in figures.people} == {"River": 1, "Sage": 0}
    assert {one.name: one.waiting for one in figures.channels} == {"sms": 1, "web": 1}
    assert sum(hour.total for hour in figures.hours) == 3
    for path in ("/wall", "/wall/now"):
        assert (await river.get(path)).status_code == 403
        page = await lead.get(path)
        assert page.status_code == 200 and "gun" not in page.text and "River" in page.text
