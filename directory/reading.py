"""Read services out of the database as `directory.entries`, all of them or some."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from directory.entries import (
    Area,
    Candidate,
    Language,
    Organization,
    Phone,
    Schedule,
    Service,
)
from directory.question import Reader
from directory.tables import (
    WEEKDAYS,
    AttributeRow,
    LanguageRow,
    OrganizationRow,
    PhoneRow,
    ScheduleRow,
    ServiceAreaRow,
    ServiceRow,
    TaxonomyRow,
    TaxonomyTermRow,
)
from directory.vocabulary import Audience, Fit, Phase, ServiceStatus, ShareBy, Visibility
from intake.needs import Need

_AT_ONCE = 1_000
"""Services read in one go; others get their turn in between."""
_MADE_OF_OTHERS = frozenset({"organization", "phones", "schedules", "languages", "service_areas"})
_OWN = tuple(field.name for field in fields(Service) if field.name not in _MADE_OF_OTHERS)
_Made = dict[UUID, list[Any]]


async def everything(session: AsyncSession, reader: Reader) -> list[Candidate]:
    """Every service that the reader may ever be offered, and the line's own entry."""
    reading = _Reading(session, reader)
    found: list[Candidate] = []
    size = await session.scalar(select(func.count()).select_from(ServiceRow)) or 0
    slices = size // _AT_ONCE + 1
    width = 2**128 // slices
    for number in range(slices):
        low, high = (
            UUID(int=number * width),
            UUID(int=2**128 - 1 if number == slices - 1 else (number + 1) * width - 1),
        )
        found += await reading.some(lambda column, a=low, b=high: column.between(a, b))  # type: ignore[misc]
    return found


async def these(session: AsyncSession, reader: Reader, ids: Sequence[UUID]) -> list[Candidate]:
    """Those of these services that the reader may ever be offered."""
    if not ids:
        return []
    return await _Reading(session, reader).some(lambda column: column.in_(ids))


def _may_be_offered(reader: Reader) -> ColumnElement[bool]:
    """A reader who is a person never has in memory what a person must not be told."""
    active = ServiceRow.status == ServiceStatus.ACTIVE
    if reader is Reader.STAFF:
        return active
    return ServiceRow.is_the_line | and_(
        active,
        ServiceRow.visibility == Visibility.PUBLIC,
        ServiceRow.share_by_channel == ShareBy.ANY,
        OrganizationRow.visibility == Visibility.PUBLIC,
    )


class _Reading:
    """One reading; values that many services share are kept once."""

    def __init__(self, session: AsyncSession, reader: Reader) -> None:
        self._session = session
        self._reader = reader
        self._shared: dict[Hashable, Any] = {}

    async def some(
        self, picked: Callable[[InstrumentedAttribute[Any]], ColumnElement[bool]]
    ) -> list[Candidate]:
        """The candidates whose id is picked."""
        own = [getattr(ServiceRow, name) for name in _OWN]
        owner = [getattr(OrganizationRow, field.name) for field in fields(Organization)]
        statement = (
            select(*own, *owner)
            .join(OrganizationRow, OrganizationRow.id == ServiceRow.organization_id)
            .where(picked(ServiceRow.id), _may_be_offered(self._reader))
        )
        rows = (await self._session.execute(statement)).all()
        if not rows:
            return []
        phones = await self._owned(PhoneRow, Phone, picked)
        schedules = await self._owned(ScheduleRow, Schedule, picked)
        languages = await self._owned(LanguageRow, Language, picked)
        areas = await self._owned(ServiceAreaRow, Area, picked)
        terms = await self._terms(picked)
        return [
            self._candidate(
                dict(zip(_OWN, row, strict=False)),
                self._once(Organization(*row[len(_OWN) :])),
                phones, schedules, languages, areas, terms,
            )
            for row in rows
        ]  # fmt: skip

    def _candidate(
        self,
        own: dict[str, Any],
        organization: Organization,
        phones: _Made,
        schedules: _Made,
        languages: _Made,
        areas: _Made,
        terms: Mapping[UUID, list[tuple[str, str, str | None]]],
    ) -> Candidate:
        key = own["id"]
        for name in ("minimum_age", "maximum_age"):
            own[name] = None if own[name] is None else float(own[name])
        own["unconfirmed"] = self._once(tuple(own["unconfirmed"]))
        service = Service(
            **own,
            organization=organization,
            phones=tuple(sorted(phones.get(key, ()), key=lambda one: one.position)),
            schedules=self._once(tuple(sorted(schedules.get(key, ()), key=_in_the_week))),
            languages=self._once(tuple(sorted(languages.get(key, ()), key=lambda one: one.code))),
            service_areas=self._once(tuple(areas.get(key, ()))),
        )
        said = terms.get(key, ())
        needs = {Need(code): Fit(value or Fit.PRIMARY) for kind, code, value in said
                 if kind == "need"}  # fmt: skip
        return Candidate(
            service,
            self._shared.setdefault(("needs", frozenset(needs.items())), needs),
            self._once(frozenset(Audience(code) for kind, code, _ in said if kind == "audience")),
            self._once(frozenset(Phase(code) for kind, code, _ in said if kind == "phase")),
        )

    async def _owned(
        self,
        table: type[PhoneRow] | type[ScheduleRow] | type[LanguageRow] | type[ServiceAreaRow],
        kind: type[Any],
        picked: Callable[[InstrumentedAttribute[Any]], ColumnElement[bool]],
    ) -> _Made:
        """Rows of a table by the service that they belong to."""
        columns = [getattr(table, field.name) for field in fields(kind)]
        statement = (
            select(table.service_id, *columns).where(picked(table.service_id)).order_by(table.id)
        )
        made: _Made = defaultdict(list)
        for service_id, *values, unconfirmed in await self._session.execute(statement):
            made[service_id].append(self._once(kind(*values, tuple(unconfirmed))))
        return made

    async def _terms(
        self, picked: Callable[[InstrumentedAttribute[Any]], ColumnElement[bool]]
    ) -> dict[UUID, list[tuple[str, str, str | None]]]:
        statement = (
            select(AttributeRow.link_id, TaxonomyRow.name, TaxonomyTermRow.code, AttributeRow.value)
            .join(AttributeRow.taxonomy_term)
            .join(TaxonomyRow, TaxonomyRow.id == TaxonomyTermRow.taxonomy_id)
            .where(
                AttributeRow.link_entity == "service",
                picked(AttributeRow.link_id),
                TaxonomyRow.name.in_(["need", "audience", "phase"]),
            )
        )
        said: dict[UUID, list[tuple[str, str, str | None]]] = defaultdict(list)
        for service_id, taxonomy, code, value in await self._session.execute(statement):
            said[service_id].append((taxonomy, code, value))
        return said

    def _once[T](self, value: T) -> T:
        """The first of all equal values, so that the others need no room."""
        kept: T = self._shared.setdefault((type(value), value), value)
        return kept


def _in_the_week(schedule: Schedule) -> tuple[int, str, str]:
    """As people write hours down: by the first day, then the hour."""
    first = min(_days(schedule.byday), default=len(WEEKDAYS))
    return first, str(schedule.opens_at), str(schedule.closes_at)


def _days(byday: str | None) -> Iterator[int]:
    codes: Iterable[str] = (byday or "").split(",")
    return (WEEKDAYS.index(code) for code in codes if code in WEEKDAYS)
