"""Which protocol fits a place and a situation, and why this one: pure, from a list of candidates.

1. An approved protocol comes before one that came with the line and waits to be verified.
2. Then the most local: First Nation, town, region, province, the whole country.
3. Then the one whose situation is named most exactly. What is not known excludes nothing; where the
   age is not known, the protocol for minors comes before the one for adults.
A review date that is past excludes nothing and warns.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from directory.fit import kilometres
from directory.protocols import Age, Kind, Level, Protocol, Situation, Time
from intake.folding import fold
from intake.places import Place, by_id

REGION_KM = 100
_LOCALITY = {level: rank for rank, level in enumerate(reversed(Level))}


@dataclass(frozen=True)
class Candidate:
    """A version that may be shown: approved, or a seed."""

    version_id: UUID
    number: int
    approved: bool
    protocol: Protocol


@dataclass(frozen=True)
class Case:
    """What is known. None is unknown."""

    place: Place | None = None
    province: str | None = None
    first_nation: str | None = None
    age: Age | None = None
    kind: Kind | None = None
    time: Time | None = None

    @property
    def in_province(self) -> str | None:
        """The province as told, or that of the place."""
        return (self.place.province or None) if self.place else self.province


class Because(enum.StrEnum):
    """Why this one, in codes that the desk has words for."""

    FIRST_NATION = "first_nation"
    TOWN = "town"
    REGION = "region"
    PROVINCE = "province"
    NATIONAL = "national"
    SITUATION_EXACT = "situation_exact"
    SITUATION_GENERAL = "situation_general"
    SITUATION_UNKNOWN = "situation_unknown"
    APPROVED = "approved"


class Warn(enum.StrEnum):
    """What to take care of."""

    NOT_APPROVED = "not_approved"
    REVIEW_PAST = "review_past"
    PLACE_UNKNOWN = "place_unknown"
    AGE_UNKNOWN = "age_unknown"


@dataclass(frozen=True)
class Match:
    """The protocol to follow. `others`: the next best, in order."""

    chosen: Candidate
    because: Sequence[Because]
    warnings: Sequence[Warn]
    others: Sequence[Candidate]


def match(candidates: Iterable[Candidate], case: Case, today: date) -> Match | None:
    """The protocol that fits best; None when none fits at all."""
    fitting = [one for one in candidates if fits(one.protocol, case)]
    if not fitting:
        return None
    fitting.sort(key=lambda one: _rank(one, case), reverse=True)
    chosen, *others = fitting
    return Match(chosen, _because(chosen, case), _warnings(chosen, case, today), others)


def fits(protocol: Protocol, case: Case) -> bool:
    """Whether it holds in this place and for this situation, as far as they are known."""
    return _holds(protocol, case) and _suits(protocol.situation, case) is not None


def _rank(one: Candidate, case: Case) -> tuple[bool, int, int, bool, str, int]:
    situation = one.protocol.situation
    stricter = case.age is None and situation.age is Age.MINOR
    exact = _suits(situation, case) or 0
    locality = _LOCALITY[one.protocol.area.level]
    return (one.approved, locality, exact, stricter, one.protocol.key, one.number)


def _holds(protocol: Protocol, case: Case) -> bool:
    area, place = protocol.area, case.place
    match area.level:
        case Level.NATIONAL:
            return True
        case Level.PROVINCE:
            return case.in_province == area.province
        case Level.FIRST_NATION:
            return _same_name(case.first_nation, area.name)
        case Level.TOWN:
            return place is not None and place.id == area.place
        case Level.REGION:
            return place is not None and _within(place, area.place, area.radius_km)


def _same_name(one: str | None, other: str | None) -> bool:
    return bool(one) and bool(other) and fold(one or "").split() == fold(other or "").split()


def _within(place: Place, region_id: str | None, radius_km: int | None) -> bool:
    region = by_id(region_id or "")
    if region is None or not place.province:
        return False
    if place.id == region.id:
        return True
    # The centre of a province says nothing about a region of it.
    if place.id == place.province or place.province != region.province:
        return False
    distance = kilometres(place.latitude, place.longitude, region.latitude, region.longitude)
    return distance <= (radius_km or REGION_KM)


def _suits(situation: Situation, case: Case) -> int | None:
    """Two for each part named and true, one for each left open; None where it is not for it."""
    points = 0
    for named, known in (
        (situation.age, case.age),
        (situation.kind, case.kind),
        (situation.time, case.time),
    ):
        if named.value == "any":
            points += 1
        elif known is None or known.value == "any":
            continue
        elif known.value == named.value:
            points += 2
        else:
            return None
    return points


def _because(chosen: Candidate, case: Case) -> list[Because]:
    found = [Because(chosen.protocol.area.level.value)]
    situation = chosen.protocol.situation
    named = [
        known
        for part, known in (
            (situation.age, case.age),
            (situation.kind, case.kind),
            (situation.time, case.time),
        )
        if part.value != "any"
    ]
    if not named:
        found.append(Because.SITUATION_GENERAL)
    elif all(named):
        found.append(Because.SITUATION_EXACT)
    else:
        found.append(Because.SITUATION_UNKNOWN)
    if chosen.approved:
        found.append(Because.APPROVED)
    return found


def _warnings(chosen: Candidate, case: Case, today: date) -> list[Warn]:
    found = []
    if not chosen.approved:
        found.append(Warn.NOT_APPROVED)
    if chosen.protocol.review_by < today:
        found.append(Warn.REVIEW_PAST)
    if case.in_province is None and case.first_nation is None:
        found.append(Warn.PLACE_UNKNOWN)
    if case.age is None:
        found.append(Warn.AGE_UNKNOWN)
    return found
