"""The sides from which a question looks at services, and what each side costs.

A facet groups services that the rules cannot tell apart on one side: the same
ages, the same languages, the same hours. For a question it asks the rule of
`directory/fit.py` once a group instead of once a service, and gives the
groups of equal cost together as one set of bits (bit n: the n-th service).
So the rules stand in one place; a facet only knows which fields they read.

What a facet says is never more than what the rule would say of the service at
the very moment: it may be too low (hours are looked up by the half hour,
dates of checking by the day), never too high.
"""

from __future__ import annotations

import math
from array import array
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from directory import fit, weights
from directory.entries import Candidate
from directory.question import Question, Reader
from intake.places import Place, PlaceKind

_KEPT_ANSWERS = 64
"""By facet. Of a large directory one answer about reach holds hundreds of sets: a megabyte."""
_KM_A_DEGREE = 111.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what its words lead to."""

    question: Question
    place: Place | None
    now: datetime
    reader: Reader

    @property
    def wanted(self) -> str:
        """The reason of a service that was made for the need."""
        return f"need:{self.question.need.value}" if self.question.need else ""


@dataclass(frozen=True, slots=True)
class Part:
    """Services that cost the same on one side, and what else is said of them."""

    cost: float
    members: int
    """A set of bits."""
    made_for_it: bool
    """As far as this side knows: for this need, near enough, and not for others."""
    turns_nobody_away: bool


class Bits:
    """A set of positions on its way into one number."""

    def __init__(self, size: int) -> None:
        self._bytes = bytearray(size // 8 + 1)

    def add(self, positions: Iterable[int]) -> None:
        """Set the bits of these positions."""
        held = self._bytes
        for position in positions:
            held[position >> 3] |= 1 << (position & 7)

    def number(self) -> int:
        """The set as a number."""
        return int.from_bytes(self._bytes, "little")


Rule = Callable[[Candidate, Asked, fit.Judgement], bool]
Signature = Callable[[Candidate], Hashable]


class Facet:
    """Groups of services by one signature, and the rule that judges a group."""

    def __init__(
        self,
        signature: Signature,
        rule: Rule,
        reads: Callable[[Asked], Hashable],
        judges_need: bool = False,
        surely_not: Callable[[Candidate, Asked], bool] = lambda one, asked: False,
    ) -> None:
        self._signature = signature
        self._rule = rule
        self._reads = reads
        self._judges_need = judges_need
        self._surely_not = surely_not
        self._groups: dict[Hashable, tuple[Candidate, array[int]]] = {}
        self._size = 0
        self._answers: OrderedDict[Hashable, tuple[Part, ...]] = OrderedDict()

    def add(self, position: int, candidate: Candidate) -> None:
        """Put the next service into its group."""
        self._size = position + 1
        key = self._signature(candidate)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = candidate, array("I")
        group[1].append(position)

    def parts(self, asked: Asked) -> tuple[Part, ...]:
        """The services that this side lets through, cheapest first."""
        key = self._reads(asked)
        known = self._answers.get(key)
        if known is None:
            known = self._answers[key] = self._judged(asked)
            if len(self._answers) > _KEPT_ANSWERS:
                self._answers.popitem(last=False)
        else:
            self._answers.move_to_end(key)
        return known

    def _judged(self, asked: Asked) -> tuple[Part, ...]:
        together: dict[tuple[float, bool, bool], Bits] = {}
        for candidate, positions in self._groups.values():
            if self._surely_not(candidate, asked):
                continue
            judgement = fit.Judgement()
            if not self._rule(candidate, asked, judgement):
                continue
            kind = judgement.cost, self._made_for_it(asked, judgement), not judgement.restricted
            together.setdefault(kind, Bits(self._size)).add(positions)
        parts = (
            Part(cost, bits.number(), made_for_it, open_to_all)
            for (cost, made_for_it, open_to_all), bits in together.items()
        )
        return tuple(sorted(parts, key=lambda part: part.cost))

    def _made_for_it(self, asked: Asked, judgement: fit.Judgement) -> bool:
        if self._judges_need:
            return asked.wanted in judgement.why
        return fit.may_be_made_for_it(judgement)


def facets() -> list[Facet]:
    """One for each rule that asks something, in the order in which they narrow best."""
    return [
        Facet(
            lambda one: one.service.service_areas,
            lambda one, asked, judgement: fit.reaches(
                one.service, asked.question, asked.place, judgement
            ),
            lambda asked: (asked.place and asked.place.id, asked.question.away_from),
            surely_not=_far_away,
        ),
        Facet(
            lambda one: (frozenset(one.needs.items()), fit.is_police(one.service)),
            lambda one, asked, judgement: fit.meets_need(one, asked.question, judgement),
            lambda asked: (asked.question.need, asked.question.police_ok),
            judges_need=True,
        ),
        Facet(
            lambda one: one.audiences,
            lambda one, asked, judgement: _noted(fit.judge_audience, one, asked, judgement),
            lambda asked: (frozenset(fit.groups(asked.question)), _past_youth(asked.question)),
        ),
        Facet(_freshness, _fresh_enough, lambda asked: (_day(asked.now), asked.reader)),
        Facet(
            lambda one: (one.service.languages, one.service.interpretation,
                         "languages" in one.service.unconfirmed,
                         "interpretation" in one.service.unconfirmed),
            lambda one, asked, judgement: fit.speaks(one.service, asked.question, judgement),
            lambda asked: asked.question.language,
        ),
        *(_acceptance(name) for name in fit.ACCEPTANCES),
        Facet(
            lambda one: (one.service.minimum_age, one.service.maximum_age,
                         bool({"minimum_age", "maximum_age"} & set(one.service.unconfirmed))),
            lambda one, asked, judgement: fit.accepts_age(
                one.service, asked.question.age, judgement
            ),
            lambda asked: asked.question.age,
        ),
        Facet(
            lambda one: (one.service.accepts_men is False, bool(one.service.sobriety_rule),
                         one.service.accepts_no_status is None, fit.is_government(one.service)),
            lambda one, asked, judgement: _noted(fit.judge_doors, one.service, asked, judgement),
            lambda asked: (asked.question.gender is None, asked.question.without_status),
        ),
        Facet(
            lambda one: (one.service.serves_sex_trafficking, one.service.serves_labour_trafficking),
            lambda one, asked, judgement: fit.covers(one.service, asked.question, judgement),
            lambda asked: (asked.question.exploitation, asked.question.need),
        ),
        Facet(
            lambda one: one.phases,
            lambda one, asked, judgement: _noted(fit.judge_phase, one, asked, judgement),
            lambda asked: asked.question.phase,
        ),
        Facet(
            lambda one: (fit.police_involved(one.service), fit.numbers_known(one.service)),
            _reachable,
            lambda asked: (asked.question.police_ok, asked.reader),
        ),
    ]  # fmt: skip


def _far_away(candidate: Candidate, asked: Asked) -> bool:
    """Whether plain subtraction shows that no area holds the place or lies within a drive."""
    place = asked.place
    for area in candidate.service.service_areas:
        if area.province is None:
            return False
        if place is None:
            continue
        if area.latitude is None or area.longitude is None or place.kind is PlaceKind.PROVINCE:
            if area.province == place.province:
                return False
            continue
        reach = (weights.NEARBY_KM + (area.radius_km or 0)) / _KM_A_DEGREE
        if abs(area.latitude - place.latitude) > reach:
            continue
        # A degree of longitude is shortest at the end of the reach towards the pole.
        narrow = math.cos(math.radians(min(89.0, abs(place.latitude) + reach)))
        if abs(area.longitude - place.longitude) * narrow <= reach:
            return False
    return True


def _acceptance(name: str) -> Facet:
    """One of the things that a service may say yes or no to."""
    return Facet(
        lambda one: (getattr(one.service, name), name in one.service.unconfirmed),
        lambda one, asked, judgement: (
            fit.accepts_one(one.service, name, judgement)
            if name in fit.acceptances_asked(asked.question)
            else True
        ),
        lambda asked: name in fit.acceptances_asked(asked.question),
    )


def _noted[T](
    rule: Callable[[T, Question, fit.Judgement], None],
    of: T,
    asked: Asked,
    judgement: fit.Judgement,
) -> bool:
    """A rule that costs but never excludes."""
    rule(of, asked.question, judgement)
    return True


def _past_youth(question: Question) -> bool:
    return question.age is not None and question.age >= fit.PAST_YOUTH


def _reachable(candidate: Candidate, asked: Asked, judgement: fit.Judgement) -> bool:
    if not fit.may_be_shown(candidate.service, asked.question, asked.reader):
        return False
    if asked.reader is Reader.PERSON:
        fit.judge_number(candidate.service, judgement)
    return True


def _day(moment: datetime) -> int:
    return int(moment.timestamp() // 86_400)


def _freshness(candidate: Candidate) -> Hashable:
    """By the day of the last check: the rule is asked as if all of them were the freshest."""
    service = candidate.service
    day = None if service.verified_at is None else _day(service.verified_at)
    return service.verification, fit.is_crisis_line(service), day


def _fresh_enough(candidate: Candidate, asked: Asked, judgement: fit.Judgement) -> bool:
    # The whole day back: no service of the group was checked later, no question came earlier.
    begun = datetime.fromtimestamp(_day(asked.now) * 86_400, UTC)
    return fit.fresh_enough(candidate.service, judgement, begun - timedelta(days=1), asked.reader)
