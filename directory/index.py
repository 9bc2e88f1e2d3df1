"""Rank the services of a whole country without judging each of them.

The services stand in the order in which equals are offered (by name). Each
facet (`directory/facets.py`) cuts them into parts of equal cost. The cheapest
combination of parts is looked into first, the next cheapest after it, and so
on: `fit.judge` is asked only of services that can still be among the best.
What comes out is the order that judging all of them would give.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from directory.entries import Candidate, Service
from directory.facets import Asked, Bits, Part, facets
from directory.fit import Judgement, judge, number_of
from directory.hours_facet import HoursFacet
from directory.question import Question, Reader
from intake.needs import Need

Ranked = tuple[Judgement, Service]
_Key = tuple[float, str, str]
# Costs are added up in another order than a judgement adds them.
_ROUNDING = 1e-6


class _Side(Protocol):
    def add(self, position: int, candidate: Candidate) -> None: ...
    def parts(self, asked: Asked) -> tuple[Part, ...]: ...


class Index:
    """Services as they were at one moment; changed ones are struck out and judged one by one."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        known = sorted(candidates, key=lambda one: (one.service.name, str(one.service.id)))
        self._lines = [one for one in known if one.service.is_the_line]
        self._candidates = [one for one in known if not one.service.is_the_line]
        self._position = {one.service.id: at for at, one in enumerate(self._candidates)}
        self._names = [_names(one.service) for one in self._candidates]
        self._by_number: dict[str, list[int]] = {}
        for at, one in enumerate(self._candidates):
            self._by_number.setdefault(number_of(one.service), []).append(at)
        hours = HoursFacet()
        self._sides: list[_Side] = [*facets(), hours]
        for position, candidate in enumerate(self._candidates):
            for side in self._sides:
                side.add(position, candidate)
        hours.fill()
        whole = Bits(len(self._candidates))
        whole.add(range(len(self._candidates)))
        self._valid = whole.number()
        self._loose: dict[UUID, Candidate] = {}
        self._get_ready()

    def _get_ready(self) -> None:
        """Let the facets answer what everybody asks, so that the first to ask need not wait."""
        for need in (None, *Need):
            asked = Asked(Question(need), None, datetime.now(UTC), Reader.PERSON)
            for side in self._sides:
                side.parts(asked)

    @property
    def loose(self) -> int:
        """How many changed services are judged one by one."""
        return len(self._loose)

    @property
    def line(self) -> Service | None:
        """The hotline's own entry."""
        named = (one.service for one in self._lines)
        return min(named, key=lambda one: one.name, default=None)

    def everything(self) -> list[Candidate]:
        """Every service as it is now, the line's own entry with them."""
        kept = [self._candidates[at] for at in positions(self._valid)]
        return [*kept, *self._loose.values(), *self._lines]

    def change(self, ids: Iterable[UUID], found: Iterable[Candidate]) -> None:
        """These services have changed: they are now as found, or gone."""
        gone = set(ids)
        self._lines = [one for one in self._lines if one.service.id not in gone]
        for service_id in gone:
            self._loose.pop(service_id, None)
            position = self._position.get(service_id)
            if position is not None:
                self._valid &= ~(1 << position)
        for candidate in found:
            if candidate.service.is_the_line:
                self._lines.append(candidate)
            else:
                self._loose[candidate.service.id] = candidate

    def ranked(self, asked: Asked) -> Iterator[Ranked]:
        """Every service that may be offered, best first; ask for no more than you need."""
        return self._walk(asked, lambda part: True)

    def made_for_it(self, asked: Asked) -> Iterator[Ranked]:
        """The same, of services that may have been made for this need."""
        return self._walk(asked, lambda part: part.made_for_it)

    def turning_nobody_away(self, asked: Asked) -> Iterator[Ranked]:
        """The same, of services that do not ask who somebody is."""
        return self._walk(asked, lambda part: part.turns_nobody_away)

    def is_best_of(self, number: str, one: Ranked, asked: Asked) -> bool:
        """Whether no other service of this number (`fit.number_of`) ranks before it."""
        held = self._by_number.get(number, ())
        others = [self._candidates[at] for at in held if self._valid >> at & 1]
        others += [two for two in self._loose.values() if number_of(two.service) == number]
        ready: list[tuple[_Key, Judgement, Service]] = []
        for other in others:
            self._judge(other, asked, ready)
        return not ready or ready[0][2].id == one[1].id

    def named(self, text: str, limit: int) -> list[Service]:
        """Services whose name, or whose organization's, holds the text."""
        wanted = text.lower()
        found = [
            self._candidates[at].service
            for at, names in enumerate(self._names)
            if wanted in names and self._valid >> at & 1
        ]
        found += [one.service for one in self._loose.values() if wanted in _names(one.service)]
        return sorted(found, key=lambda one: (one.name, str(one.id)))[:limit]

    def _walk(self, asked: Asked, suits: Callable[[Part], bool]) -> Iterator[Ranked]:
        ready: list[tuple[_Key, Judgement, Service]] = []
        for candidate in self._loose.values():
            self._judge(candidate, asked, ready)
        for bound, position in self._by_bound(asked, suits):
            while ready and ready[0][0][0] < bound - _ROUNDING:
                yield heapq.heappop(ready)[1:]
            self._judge(self._candidates[position], asked, ready)
        while ready:
            yield heapq.heappop(ready)[1:]

    def _judge(
        self, candidate: Candidate, asked: Asked, ready: list[tuple[_Key, Judgement, Service]]
    ) -> None:
        judgement = judge(candidate, asked.question, asked.place, asked.now, asked.reader)
        if judgement is not None:
            service = candidate.service
            key = judgement.cost, service.name, str(service.id)
            heapq.heappush(ready, (key, judgement, service))

    def _by_bound(self, asked: Asked, suits: Callable[[Part], bool]) -> Iterator[tuple[float, int]]:
        """(cost at the least, position) of every service that no side excludes, cheapest first."""
        cut = [[part for part in side.parts(asked) if suits(part)] for side in self._sides]
        if not all(cut):
            return
        least = [min(part.cost for part in parts) for parts in cut]
        rest = [sum(least[depth:]) for depth in range(len(cut) + 1)]
        count = 0
        waiting: list[tuple[float, int, int, float, int]] = [(rest[0], 0, 0, 0.0, self._valid)]
        while waiting:
            bound, _, negative_depth, cost, members = heapq.heappop(waiting)
            depth = -negative_depth
            if depth == len(cut):
                yield from ((bound, position) for position in positions(members))
                continue
            for part in cut[depth]:
                inside = members & part.members
                if inside:
                    count += 1
                    spent = cost + part.cost
                    entry = (spent + rest[depth + 1], count, negative_depth - 1, spent, inside)
                    heapq.heappush(waiting, entry)


def positions(members: int) -> Iterator[int]:
    """The bits of a set, lowest first."""
    while members:
        lowest = members & -members
        yield lowest.bit_length() - 1
        members ^= lowest


def _names(service: Service) -> str:
    owner = service.organization
    names: Sequence[str | None] = (
        service.name, service.alternate_name, service.discreet_name,
        owner.name, owner.alternate_name,
    )  # fmt: skip
    return "\n".join(name for name in names if name).lower()
