"""The supervisor's wall: figures that can be checked by hand, and who may see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from channels.dispatch import Dispatch
from handoff.wall import quantile, wall
from handoff.wall_charts import BAR_WIDTH, CHART_HEIGHT, hour_lines, wait_bars
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


def test_waits_are_cut_by_language_channel_and_hour() -> None:
    """Who was taken counts where they came from; who was not has no wait yet."""

    def came(minutes: int, waited: int | None, language: str, channel: str) -> Arrival:
        length = None if waited is None else timedelta(seconds=waited)
        return Arrival(NOW - timedelta(minutes=minutes), Tier.URGENT, length, language, channel)

    figures = wall(
        [],
        [came(5, 60, "en", "sms"), came(6, 180, "en", "web"), came(70, None, "fr", "web")],
        [],
        NOW,
    )
    languages = {one.name: (one.taken, one.median, one.p90) for one in figures.languages}
    one, three = timedelta(minutes=1), timedelta(minutes=3)
    assert languages == {"en": (2, one, three), "fr": (0, None, None)}
    assert {part.name: part.median for part in figures.channels} == {"sms": one, "web": three}
    assert (figures.hours[-1].median, figures.hours[-1].p90) == (one, three)
    assert figures.hours[-2].median is None
    (bar,) = wait_bars(figures)
    assert (bar.median, bar.p90, bar.late) == (BAR_WIDTH / 15, BAR_WIDTH / 5, False)
    lines = hour_lines(figures)
    assert lines.medians == ()
    assert [dot[1] for dot in lines.dots] == [CHART_HEIGHT * 0.8, round(CHART_HEIGHT * 14 / 15, 1)]


async def test_alerts_that_nobody_answered_are_on_the_wall(bench: Bench) -> None:
    """From the table of alerts: to whom, by which way, what became of it; gone with the claim."""
    river = await bench.advocate("River")
    lead = await bench.advocate("Sage", "supervisor")
    conversation_id = await bench.text("he has a gun")
    bench.clock.forward(seconds=100)
    await Dispatch(bench.database, bench.clock).run()
    figures = await look(bench.office)
    found = [(one.advocate, one.kind, one.channel, one.state) for one in figures.alerts]
    # Nobody is on shift: the supervisor stands in, and has no address.
    assert found == [("Sage", "lead", "none", "failed")]
    page = (await lead.get("/wall")).text
    assert "No address" in page
    await river.claim(conversation_id)
    assert (await look(bench.office)).alerts == []


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
