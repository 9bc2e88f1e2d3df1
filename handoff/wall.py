"""The supervisor's wall in figures: who waits, how long waits were, who is on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from intake.conversation import Holder
from intake.risk import Tier
from storage.alerts import Unanswered
from storage.board import BoardEntry
from storage.wall import Arrival, OnShift

#: How far the wall looks back: one shift.
LOOKS_BACK = timedelta(hours=12)
# How long a person may wait for a human: the line's own targets (docs/desk.md).
_TARGETS = {Tier.IMMINENT: timedelta(minutes=2), Tier.URGENT: timedelta(minutes=5)}
_TARGET = timedelta(minutes=15)
TIERS: tuple[Tier | None, ...] = (Tier.IMMINENT, Tier.URGENT, Tier.CONCERN, None)


@dataclass(frozen=True)
class TierRow:
    """One tier: who waits, who of them too long, who is held, and the waits of the shift."""

    tier: Tier | None
    waiting: int
    late: int
    held: int
    taken: int
    median: timedelta | None
    p90: timedelta | None


@dataclass(frozen=True)
class Slice:
    """Counts of one language or channel, and the waits of the shift."""

    name: str | None
    waiting: int
    held: int
    taken: int
    median: timedelta | None
    p90: timedelta | None


@dataclass(frozen=True)
class Hour:
    """Arrivals of one hour that ends at `until`, by tier."""

    until: datetime
    counts: tuple[int, ...]
    median: timedelta | None
    """Of those who came in this hour and were taken."""
    p90: timedelta | None

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts)


@dataclass(frozen=True)
class Wall:
    """Everything that the wall shows."""

    tiers: Sequence[TierRow]
    languages: Sequence[Slice]
    channels: Sequence[Slice]
    hours: Sequence[Hour]
    people: Sequence[OnShift]
    longest: timedelta | None
    alerts: Sequence[Unanswered] = ()
    """Alerts for those who still wait, that nobody has acted on."""
    tips: int = 0
    """Urgent tips that no officer has opened."""

    @property
    def waiting(self) -> int:
        """Everybody who waits."""
        return sum(row.waiting for row in self.tiers)

    @property
    def late(self) -> int:
        """Who waits longer than the line aims for."""
        return sum(row.late for row in self.tiers)

    @property
    def held(self) -> int:
        """Everybody who has a human."""
        return sum(row.held for row in self.tiers)


def wall(
    entries: Sequence[BoardEntry],
    arrivals: Sequence[Arrival],
    people: Sequence[OnShift],
    now: datetime,
    alerts: Sequence[Unanswered] = (),
    tips: int = 0,
) -> Wall:
    """The figures of this moment."""
    waits = [now - entry.waiting_since for entry in entries if _waits(entry)]
    return Wall(
        tiers=[_tier(tier, entries, arrivals, now) for tier in TIERS],
        languages=_slices(entries, arrivals, lambda one: one.language),
        channels=_slices(entries, arrivals, lambda one: one.channel),
        hours=_hours(arrivals, now),
        people=people,
        longest=max(waits, default=None),
        alerts=alerts,
        tips=tips,
    )


def target(tier: Tier | None) -> timedelta:
    """How long somebody of this tier may wait: the line's own aim."""
    return _TARGET if tier is None else _TARGETS.get(tier, _TARGET)


def quantile(waits: Sequence[timedelta], part: float) -> timedelta | None:
    """The wait that `part` of all did not exceed (nearest rank); None without waits."""
    if not waits:
        return None
    ordered = sorted(waits)
    return ordered[max(0, -(-int(len(ordered) * part * 100) // 100) - 1)]


def _tier(
    tier: Tier | None, entries: Sequence[BoardEntry], arrivals: Sequence[Arrival], now: datetime
) -> TierRow:
    own = [entry for entry in entries if entry.tier == tier]
    aim = target(tier)
    waited = [one.waited for one in arrivals if one.tier == tier and one.waited is not None]
    return TierRow(
        tier=tier,
        waiting=sum(map(_waits, own)),
        late=sum(_waits(entry) and now - entry.waiting_since > aim for entry in own),
        held=sum(not _waits(entry) for entry in own),
        taken=len(waited),
        median=quantile(waited, 0.5),
        p90=quantile(waited, 0.9),
    )


def _slices(
    entries: Sequence[BoardEntry],
    arrivals: Sequence[Arrival],
    name: Callable[[BoardEntry | Arrival], str | None],
) -> list[Slice]:
    waiting = Counter(name(entry) for entry in entries if _waits(entry))
    held = Counter(name(entry) for entry in entries if not _waits(entry))
    came = Counter(name(one) for one in arrivals)
    names = sorted(waiting | held | came, key=lambda one: (-waiting[one], -held[one], one or ""))
    waits = {
        one: [here.waited for here in arrivals if name(here) == one and here.waited is not None]
        for one in names
    }
    return [
        Slice(
            name=one,
            waiting=waiting[one],
            held=held[one],
            taken=len(waits[one]),
            median=quantile(waits[one], 0.5),
            p90=quantile(waits[one], 0.9),
        )
        for one in names
    ]


def _hours(arrivals: Sequence[Arrival], now: datetime) -> list[Hour]:
    hour = timedelta(hours=1)
    found = []
    for back in reversed(range(LOOKS_BACK // hour)):
        end = now - hour * back
        came = [one for one in arrivals if end - hour < one.at <= end]
        waits = [one.waited for one in came if one.waited is not None]
        found.append(
            Hour(
                until=end,
                counts=tuple(sum(one.tier == tier for one in came) for tier in TIERS),
                median=quantile(waits, 0.5),
                p90=quantile(waits, 0.9),
            )
        )
    return found


def _waits(entry: BoardEntry) -> bool:
    return entry.holder is Holder.WAITING
