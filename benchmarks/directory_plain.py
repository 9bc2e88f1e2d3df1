"""The plain search, as a measure: read every service of the area and judge them all.

It is what the index of `directory/index.py` replaced; both must give the same
order (`tests/directory/test_index.py`, `python -m benchmarks.directory`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from directory.entries import Candidate, Service
from directory.facets import Asked
from directory.fit import digits, judge, may_be_made_for_it, number_of
from directory.index import Ranked
from directory.tables import (
    AttributeRow,
    OrganizationRow,
    ServiceAreaRow,
    ServiceRow,
    TaxonomyRow,
    TaxonomyTermRow,
)
from directory.vocabulary import (
    Audience,
    Extent,
    Fit,
    OrganizationKind,
    Phase,
    ServiceStatus,
    ShareBy,
    Visibility,
)
from directory.weights import NEARBY_KM
from intake.needs import Need
from intake.places import Place, PlaceKind


async def plain_search(
    session: AsyncSession, asked: Asked, limit: int, line_phone: str
) -> list[UUID]:
    """The ids of the best services for a person, best first."""
    statement = (
        _loaded()
        .where(ServiceRow.status == ServiceStatus.ACTIVE, ~ServiceRow.is_the_line)
        .where(ServiceRow.service_areas.any(_near(asked.place)))
        .where(
            ServiceRow.visibility == Visibility.PUBLIC,
            ServiceRow.share_by_channel == ShareBy.ANY,
            OrganizationRow.visibility == Visibility.PUBLIC,
        )
    )
    if not asked.question.police_ok:
        statement = statement.where(
            OrganizationRow.kind != OrganizationKind.LAW_ENFORCEMENT,
            ServiceRow.police_affiliated.is_not(True),
        )
    services = (await session.scalars(statement)).unique().all()
    found = plain_choice(await _with_terms(session, services), asked, limit, line_phone)
    return [service.id for _, service in found]


def plain_choice(
    candidates: Sequence[Candidate], asked: Asked, limit: int, line_phone: str
) -> list[Ranked]:
    """All of them judged and sorted, one a number, and the two that must not be missing."""
    ranked = sorted(
        (
            (judgement, one.service)
            for one in candidates
            if (judgement := judge(one, asked.question, asked.place, asked.now, asked.reader))
        ),
        key=lambda pair: (pair[0].cost, pair[1].name, str(pair[1].id)),
    )
    seen = {digits(line_phone)}
    unique: list[Ranked] = []
    for judgement, service in ranked:
        number = number_of(service)
        if number not in seen:
            seen.add(number)
            unique.append((judgement, service))

    def made_for_it(one: Ranked) -> bool:
        why = one[0].why
        return bool(asked.wanted) and asked.wanted in why and may_be_made_for_it(one[0])

    def turns_nobody_away(one: Ranked) -> bool:
        return not one[0].restricted

    chosen = list(unique[:limit])
    kept: list[Ranked] = []
    for holds in (made_for_it, turns_nobody_away):
        found = next((one for one in unique if holds(one)), None)
        if found is None:
            continue
        if not any(holds(one) for one in chosen):
            free = [place for place, one in enumerate(chosen) if one not in kept]
            if not free:
                continue
            chosen[free[-1]] = found
        kept.append(next(one for one in chosen if holds(one)))
    return chosen


def _near(place: Place | None) -> ColumnElement[bool]:
    """Areas that can hold the place: national, its province, or centred within a drive."""
    national = ServiceAreaRow.level.in_([Extent.NATIONAL, Extent.NATIONAL_INTAKE])
    if place is None or place.kind is PlaceKind.COUNTRY:
        return national
    # A box is enough here: a degree of latitude is 111 km, one of longitude shorter.
    reach = (NEARBY_KM + ServiceAreaRow.radius_km) / 111.0
    narrow = max(0.1, math.cos(math.radians(place.latitude)))
    return or_(
        national,
        ServiceAreaRow.province == place.province,
        and_(
            func.abs(ServiceAreaRow.latitude - place.latitude) <= reach,
            func.abs(ServiceAreaRow.longitude - place.longitude) <= reach / narrow,
        ),
    )


def _loaded() -> Select[ServiceRow]:
    """Services with everything that a judgement reads, and nothing about where they stand."""
    return (
        select(ServiceRow)
        .join(ServiceRow.organization)
        .options(
            joinedload(ServiceRow.organization),
            selectinload(ServiceRow.phones),
            selectinload(ServiceRow.schedules),
            selectinload(ServiceRow.languages),
            selectinload(ServiceRow.service_areas),
        )
    )


async def _with_terms(session: AsyncSession, services: Sequence[ServiceRow]) -> list[Candidate]:
    """The services with their needs and audiences, in one query."""
    needs: dict[UUID, dict[Need, Fit]] = {service.id: {} for service in services}
    audiences: dict[UUID, set[Audience]] = {service.id: set() for service in services}
    phases: dict[UUID, set[Phase]] = {service.id: set() for service in services}
    statement = (
        select(AttributeRow.link_id, TaxonomyRow.name, TaxonomyTermRow.code, AttributeRow.value)
        .join(AttributeRow.taxonomy_term)
        .join(TaxonomyRow, TaxonomyRow.id == TaxonomyTermRow.taxonomy_id)
        .where(
            AttributeRow.link_entity == "service",
            AttributeRow.link_id.in_(list(needs)),
            TaxonomyRow.name.in_(["need", "audience", "phase"]),
        )
    )
    for service_id, taxonomy, code, value in await session.execute(statement):
        if taxonomy == "audience":
            audiences[service_id].add(Audience(code))
        elif taxonomy == "phase":
            phases[service_id].add(Phase(code))
        else:
            needs[service_id][Need(code)] = Fit(value or Fit.PRIMARY)
    return [
        Candidate(
            cast(Service, service),  # the same names
            needs[service.id],
            frozenset(audiences[service.id]),
            frozenset(phases[service.id]),
        )
        for service in services
    ]
