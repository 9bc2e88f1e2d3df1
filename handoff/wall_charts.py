"""The wall's charts as shapes: where each bar and point lies. The template draws them as SVG."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from handoff.wall import TIERS, Hour, Wall, target
from intake.risk import Tier

CHART_HEIGHT = 120
#: Where an hour's middle lies, and how far the next one is.
HOUR_WIDTH = 60
#: Room for the bars of waits, in the same units.
BAR_WIDTH = 480
# The longest wait that is drawn is at least this, so that short ones look short.
_AT_LEAST = timedelta(minutes=15)


@dataclass(frozen=True)
class WaitBar:
    """The waits of one tier: how far median, ninth of ten and the line's own aim reach."""

    tier: Tier | None
    median: float
    p90: float
    aim: float
    late: bool
    """Whether more than one in ten waited longer than the line aims for."""


@dataclass(frozen=True)
class HourLines:
    """Points of the median and of the ninth of ten, hour by hour; hours without waits have none.

    Each run of neighbouring hours is a line of its own: nothing is drawn where nobody waited.
    """

    medians: tuple[str, ...]
    p90s: tuple[str, ...]
    dots: tuple[tuple[float, float, str], ...]
    top: timedelta


def arrival_bars(figures: Wall) -> list[list[tuple[Tier | None, float, float]]]:
    """For each hour (tier, top, height) of its pieces, stacked, the gravest at the bottom."""
    most = max((hour.total for hour in figures.hours), default=0) or 1
    drawn = []
    for hour in figures.hours:
        bottom = float(CHART_HEIGHT)
        pieces: list[tuple[Tier | None, float, float]] = []
        for tier, count in zip(TIERS, hour.counts, strict=True):
            height = round(count / most * CHART_HEIGHT, 1)
            bottom = round(bottom - height, 1)
            if height:
                pieces.append((tier, bottom, height))
        drawn.append(pieces)
    return drawn


def wait_bars(figures: Wall) -> list[WaitBar]:
    """One bar a tier that had waits in the shift."""
    longest = max([_AT_LEAST, *(row.p90 for row in figures.tiers if row.p90 is not None)])
    return [
        WaitBar(
            tier=row.tier,
            median=_width(row.median, longest),
            p90=_width(row.p90, longest),
            aim=_width(target(row.tier), longest),
            late=row.p90 > target(row.tier),
        )
        for row in figures.tiers
        if row.median is not None and row.p90 is not None
    ]


def hour_lines(figures: Wall) -> HourLines:
    """How waits went over the shift."""
    top = max([_AT_LEAST, *(hour.p90 for hour in figures.hours if hour.p90 is not None)])
    dots = [
        (_x(at), _y(length, top), kind)
        for at, hour in enumerate(figures.hours)
        for kind, length in (("p90", hour.p90), ("median", hour.median))
        if length is not None
    ]
    medians = _runs(figures, top, name="median")
    return HourLines(medians, _runs(figures, top, name="p90"), tuple(dots), top)


def _runs(figures: Wall, top: timedelta, *, name: str) -> tuple[str, ...]:
    runs: list[list[str]] = [[]]
    for at, hour in enumerate(figures.hours):
        length = _of(hour, name)
        if length is None:
            runs.append([])
        else:
            runs[-1].append(f"{_x(at)},{_y(length, top)}")
    return tuple(" ".join(run) for run in runs if len(run) > 1)


def _of(hour: Hour, name: str) -> timedelta | None:
    return hour.median if name == "median" else hour.p90


def _x(at: int) -> float:
    return at * HOUR_WIDTH + HOUR_WIDTH / 2


def _y(length: timedelta, top: timedelta) -> float:
    return round(CHART_HEIGHT - length / top * CHART_HEIGHT, 1)


def _width(length: timedelta | None, longest: timedelta) -> float:
    return 0.0 if length is None else round(length / longest * BAR_WIDTH, 1)
