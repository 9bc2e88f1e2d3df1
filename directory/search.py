"""Find the right door: the search that answers a person's question from the directory.

Nothing here knows an address: offers carry a name, numbers, an area and
hours. The line's own number closes every answer, so that no answer is empty.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import joinedload, selectinload

from directory.fit import (
    Candidate,
    Judgement,
    judge,
    text_number,
    transfer_number,
    voice_number,
)
from directory.hours import describe
from directory.question import THE_LINE, Offer, Question, Reader
from directory.tables import (
    AttributeRow,
    OrganizationRow,
    PhoneRow,
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
from intake.places import Place, PlaceKind, by_id
from storage.database import sqlalchemy_url

DEFAULT_LINE_PHONE = "1-833-900-1010"
FEWEST_OPTIONS = 2
_POOL_SIZE = 4
_Ranked = tuple[Judgement, ServiceRow]


class Directory:
    """The directory as the bot sees it: public services that may be passed on by text."""

    def __init__(
        self,
        sessions: Callable[[], AsyncSession],
        line_phone: str = DEFAULT_LINE_PHONE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._sessions = sessions
        self._line_phone = line_phone
        self._now = now

    @classmethod
    @asynccontextmanager
    async def open(
        cls, database_url: str, line_phone: str = DEFAULT_LINE_PHONE
    ) -> AsyncIterator[Directory]:
        """A directory on an engine of its own, closed with the context."""
        engine = create_async_engine(
            sqlalchemy_url(database_url),
            pool_size=_POOL_SIZE,
            max_overflow=0,
            pool_pre_ping=True,
        )
        try:
            yield cls(lambda: AsyncSession(engine), line_phone)
        finally:
            await engine.dispose()

    @classmethod
    def on(cls, engine: AsyncEngine, line_phone: str, now: Callable[[], datetime]) -> Directory:
        """A directory on an engine that belongs to somebody else."""
        return cls(lambda: AsyncSession(engine), line_phone, now)

    async def search(
        self,
        question: Question,
        limit: int = FEWEST_OPTIONS,
        reader: Reader = Reader.PERSON,
    ) -> list[Offer]:
        """The best options, then the line's own number (`THE_LINE` in its reasons).

        `limit` options at the most, two at the least where the directory holds
        two that may be offered at all; the line's own number comes on top.
        """
        place = by_id(question.place_id) if question.place_id else None
        async with self._sessions() as session:
            services = (await session.scalars(_offered(question, place, reader))).unique().all()
            candidates = await _with_terms(session, services)
            line = (await session.scalars(_the_line())).unique().first()
            named = await _named(session, question, limit, reader)
        ranked = sorted(
            (
                (judgement, candidate.service)
                for candidate in candidates
                if (judgement := judge(candidate, question, place, self._now(), reader)) is not None
            ),
            key=lambda pair: (pair[0].cost, pair[1].name, str(pair[1].id)),
        )
        unique = _without_repeats(ranked, self._line_phone)
        found = {service.id for _, service in named}
        options = [
            *named,
            *(
                one
                for one in _chosen(unique, question, max(limit, FEWEST_OPTIONS))
                if one[1].id not in found
            ),
        ]
        offers = [_offer(service, judgement, question, reader) for judgement, service in options]
        return [*offers, self._line_offer(line, question)]

    def _line_offer(self, line: ServiceRow | None, question: Question) -> Offer:
        """The line's own number, whether or not the directory has an entry for it."""
        return Offer(
            service_id=THE_LINE if line is None else str(line.id),
            name=self._line_phone,
            phone=self._line_phone,
            text_number=None,
            where="Canada",
            hours="" if line is None else describe(line, question.language),
            languages=() if line is None else _languages(line),
            why=(THE_LINE,),
            confirm=False,
        )


def _offered(question: Question, place: Place | None, reader: Reader) -> Select[ServiceRow]:
    """Services that may be shown here at all; the finer judgement is `fit.judge`."""
    statement = (
        _loaded()
        .where(ServiceRow.status == ServiceStatus.ACTIVE, ~ServiceRow.is_the_line)
        .where(ServiceRow.service_areas.any(_near(place)))
    )
    if reader is Reader.PERSON:
        statement = statement.where(
            ServiceRow.visibility == Visibility.PUBLIC,
            ServiceRow.share_by_channel == ShareBy.ANY,
            OrganizationRow.visibility == Visibility.PUBLIC,
        )
    if not question.police_ok:
        statement = statement.where(
            OrganizationRow.kind != OrganizationKind.LAW_ENFORCEMENT,
            ServiceRow.police_affiliated.is_not(True),
        )
    return statement


async def _named(
    session: AsyncSession, question: Question, limit: int, reader: Reader
) -> list[_Ranked]:
    """Services whose name, or whose organization's, holds what staff typed."""
    if reader is not Reader.STAFF or not question.name:
        return []
    names = (ServiceRow.name, ServiceRow.alternate_name, ServiceRow.discreet_name,
             OrganizationRow.name, OrganizationRow.alternate_name)  # fmt: skip
    statement = (
        _loaded()
        .where(
            ServiceRow.status == ServiceStatus.ACTIVE,
            ~ServiceRow.is_the_line,
            or_(*(name.icontains(question.name, autoescape=True) for name in names)),
        )
        .order_by(ServiceRow.name, ServiceRow.id)
        .limit(limit)
    )
    services = (await session.scalars(statement)).unique()
    return [(Judgement(why=["named"]), service) for service in services]


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


def _the_line() -> Select[ServiceRow]:
    """The hotline's own entry."""
    return _loaded().where(ServiceRow.is_the_line).order_by(ServiceRow.name).limit(1)


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
            service,
            needs[service.id],
            frozenset(audiences[service.id]),
            frozenset(phases[service.id]),
        )
        for service in services
    ]


def _chosen(ranked: Sequence[_Ranked], question: Question, limit: int) -> list[_Ranked]:
    """The first `limit`, but never without the two that an advocate would miss.

    One of them was made for this need, even if it is closed now; and one of
    them turns nobody away, as long as it is not known whom the others accept.
    """

    wanted = f"need:{question.need.value}" if question.need else ""

    def made_for_it(one: _Ranked) -> bool:
        judgement, _ = one
        area = judgement.area
        far = area is not None and area.level == Extent.NATIONAL_INTAKE
        for_others = "made_for_others" in judgement.why
        return not far and not for_others and wanted in judgement.why

    def turns_nobody_away(one: _Ranked) -> bool:
        return not one[0].restricted

    chosen = list(ranked[:limit])
    kept: list[_Ranked] = []
    for holds in (made_for_it, turns_nobody_away):
        found = next((one for one in ranked if holds(one)), None)
        if found is None:
            continue
        if not any(holds(one) for one in chosen):
            free = [place for place, one in enumerate(chosen) if one not in kept]
            if not free:
                continue
            chosen[free[-1]] = found
        kept.append(next(one for one in chosen if holds(one)))
    return chosen


def _without_repeats(ranked: Sequence[_Ranked], line_phone: str) -> list[_Ranked]:
    """One service a number, none of them the line's own."""
    seen = {_digits(line_phone)}
    unique: list[_Ranked] = []
    for judgement, service in ranked:
        number = voice_number(service) or text_number(service)
        digits = _digits(number.number) if number is not None else ""
        if digits not in seen:
            seen.add(digits)
            unique.append((judgement, service))
    return unique


def _offer(service: ServiceRow, judgement: Judgement, question: Question, reader: Reader) -> Offer:
    """What the reader may be told of a service."""
    offer = _public_offer(service, judgement, question)
    if reader is Reader.PERSON:
        return offer
    transfer = transfer_number(service)
    return replace(
        offer,
        full_name=service.name,
        transfer_number=None if transfer is None else _written(transfer),
        share=service.share_by_channel,
        alert=service.alert,
        verified_at=service.verified_at,
    )


def _public_offer(service: ServiceRow, judgement: Judgement, question: Question) -> Offer:
    """What the person may be told of a service."""
    voice, text = voice_number(service), text_number(service)
    return Offer(
        service_id=str(service.id),
        name=service.discreet_name or service.name,
        phone=None if voice is None else _written(voice),
        text_number=None if text is None else _written(text),
        where="" if judgement.area is None else _area_name(judgement.area, question.language),
        hours=describe(service, question.language),
        languages=_languages(service),
        why=tuple(judgement.why),
        confirm=judgement.confirm,
    )


def _written(phone: PhoneRow) -> str:
    """As people dial it."""
    return phone.number if not phone.extension else f"{phone.number} x{phone.extension}"


def _area_name(area: ServiceAreaRow, language: str | None) -> str:
    """What people call the area; else the name of its place in the person's language."""
    if area.name:
        return area.name
    place = by_id(area.place_id)
    return "" if place is None else place.name_in(language)


def _languages(service: ServiceRow) -> tuple[str, ...]:
    """Codes of the languages that are known to be spoken."""
    if "languages" in service.unconfirmed:
        return ()
    return tuple(row.code for row in service.languages if not row.unconfirmed)


def _digits(number: str) -> str:
    """For comparing numbers: digits alone, without the country code."""
    digits = "".join(letter for letter in number if letter.isdigit())
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
