"""Fill an empty directory with the first records: `python -m directory.seed` (reads DATABASE_URL).

The records are the files beside this one in `seed_data/`; every one of them is
marked "to be verified". A directory that holds any organization is left alone.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import time
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

import yaml
from sqlalchemy import exists, select
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.sql import func

from directory.protocol_files import SEEDS, read_files
from directory.protocol_store import save_all
from directory.protocol_tables import ProtocolVersionRow
from directory.seed_records import (
    AreaRecord,
    InvalidRecord,
    OrganizationRecord,
    ServiceRecord,
    read_organizations,
)
from directory.tables import (
    AttributeRow,
    LanguageRow,
    LocationRow,
    OrganizationRow,
    PhoneRow,
    ScheduleRow,
    ServiceAreaRow,
    ServiceAtLocationRow,
    ServiceRow,
    TaxonomyRow,
    TaxonomyTermRow,
)
from directory.vocabulary import (
    Extent,
    Fit,
    LocationType,
    PhoneType,
    Verification,
    Visibility,
)
from intake.needs import Need
from intake.places import by_id
from storage.base import Base
from storage.database import sqlalchemy_url, utc_now

DATA = Path(__file__).with_name("seed_data")
# Two processes that seed at once take turns (storage/migrate.py holds 4217001).
_LOCK = 4_217_002
_NAMESPACE = uuid5(NAMESPACE_URL, "https://hotline.invalid/directory/seed/")

_COLUMNS = (
    "name", "alternate_name", "description", "discreet_name", "share_by_channel", "crisis_grade",
    "safe_to_text", "is_the_line", "interpretation_services", "eligibility_description",
    "minimum_age", "maximum_age", "alert", "police_affiliated", "interpretation",
    "accepts_women", "accepts_men", "accepts_trans_women", "accepts_trans_men",
    "accepts_non_binary", "accepts_two_spirit", "accepts_no_status", "accepts_with_children",
    "accepts_pets", "serves_sex_trafficking", "serves_labour_trafficking", "sobriety_rule",
    "visibility",
)  # fmt: skip
"""The keys of a service that are columns of the same name."""


async def seed_if_empty(session: AsyncSession) -> int:
    """Add the first records in the caller's transaction; the number of services added.

    Nothing is added, and 0 returned, if the directory holds any organization.
    """
    await session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    if await session.scalar(select(exists().select_from(OrganizationRow))):
        return 0
    terms, rows = _taxonomies()
    for record in read_organizations(DATA):
        rows.extend(_rows(record, terms))
    # Referred-to rows first; not every reference is a relationship of the mapper.
    for table in Base.metadata.sorted_tables:
        session.add_all(row for row in rows if row.__table__ is table)
        await session.flush()
    return sum(isinstance(row, ServiceRow) for row in rows)


def _taxonomies() -> tuple[dict[tuple[str, str], UUID], list[Base]]:
    """The line's own terms: (taxonomy, code) -> id, and their rows."""
    terms: dict[tuple[str, str], UUID] = {}
    rows: list[Base] = []
    for taxonomy in yaml.load((DATA / "taxonomies.yaml").read_text("utf-8"), yaml.CSafeLoader):
        name = taxonomy["name"]
        parent = _uuid("taxonomy", name)
        rows.append(
            TaxonomyRow(id=parent, name=name, description=taxonomy["description"], version="1")
        )
        for code, words in taxonomy["terms"].items():
            terms[name, code] = _uuid("term", name, code)
            rows.append(
                TaxonomyTermRow(
                    id=terms[name, code],
                    taxonomy_id=parent,
                    code=code,
                    name=words,
                    description=words,
                    language="en",
                )
            )
    return terms, rows


def _rows(record: OrganizationRecord, terms: dict[tuple[str, str], UUID]) -> Iterator[Base]:
    """Every row of one organization, parents first."""
    organization = OrganizationRow(
        id=_uuid("organization", record.id),
        name=record.name,
        alternate_name=record.alternate_name,
        description=record.description,
        website=record.website,
        kind=record.kind,
        visibility=Visibility.PUBLIC,
        faith_based=record.faith_based,
        indigenous_led=record.indigenous_led,
        survivor_led=record.survivor_led,
        unconfirmed=list(record.unconfirmed),
    )
    yield organization
    yield from _attributes("organization", organization.id, "area", record.areas, terms)
    house = _sealed_location(record, organization.id)
    if house is not None:
        yield house
    for position, service in enumerate(record.services):
        key = (record.id, str(position))
        row = ServiceRow(
            id=_uuid("service", *key),
            organization_id=organization.id,
            url=record.website,
            source_url=record.website,
            verification=Verification.TO_BE_VERIFIED,
            unconfirmed=list(service.unconfirmed),
            **{name: getattr(service, name) for name in _COLUMNS},
        )
        yield row
        if house is not None:
            yield ServiceAtLocationRow(service_id=row.id, location_id=house.id)
        yield from _details(service, row.id)
        yield from _service_attributes(record, service, row.id, terms)


def _sealed_location(record: OrganizationRecord, organization_id: UUID) -> LocationRow | None:
    """The house that nobody is told the address of: here it has none at all."""
    if record.sealed_location is None:
        return None
    return LocationRow(
        id=_uuid("location", record.id),
        organization_id=organization_id,
        location_type=LocationType.PHYSICAL,
        name="Address sealed",
        place_id=record.sealed_location,
        visibility=Visibility.SEALED,
        address_confidential=True,
    )


def _details(service: ServiceRecord, service_id: UUID) -> Iterator[Base]:
    """Phones, languages, hours and areas of a service."""
    for position, phone in enumerate(service.phones):
        yield PhoneRow(
            service_id=service_id,
            number=phone.number,
            extension=phone.extension,
            type=PhoneType(phone.type),
            visibility=Visibility.PUBLIC,
            position=position,
            unconfirmed=["number"] if phone.unconfirmed else [],
        )
    for language in service.languages:
        yield LanguageRow(
            service_id=service_id,
            code=language.code,
            unconfirmed=["code"] if language.unconfirmed else [],
        )
    for hours in service.hours:
        yield ScheduleRow(
            service_id=service_id,
            timezone=hours.timezone,
            freq="WEEKLY",
            byday=",".join(hours.days),
            opens_at=time.fromisoformat(hours.opens),
            closes_at=time.fromisoformat(hours.closes),
            unconfirmed=["opens_at", "closes_at"] if hours.unconfirmed else [],
        )
    for area in service.where:
        yield _service_area(area, service, service_id)


def _service_area(area: AreaRecord, service: ServiceRecord, service_id: UUID) -> ServiceAreaRow:
    """An area with the province and centre of its place."""
    place = by_id(area.place)
    if place is None:
        raise InvalidRecord(f"{service.name}: no place has the id {area.place!r}")
    centred = area.level in {Extent.TOWN, Extent.REGION}
    return ServiceAreaRow(
        service_id=service_id,
        name=area.name,
        level=area.level,
        place_id=place.id,
        province=place.province or None,
        latitude=place.latitude if centred else None,
        longitude=place.longitude if centred else None,
        radius_km=area.radius_km,
        unconfirmed=["place_id", "radius_km"] if area.unconfirmed else [],
    )


def _service_attributes(
    record: OrganizationRecord,
    service: ServiceRecord,
    service_id: UUID,
    terms: dict[tuple[str, str], UUID],
) -> Iterator[AttributeRow]:
    """Areas, needs with their fit, phases and audiences of a service."""
    yield from _attributes("service", service_id, "area", record.areas, terms)
    yield from _attributes("service", service_id, "phase", service.phases, terms)
    yield from _attributes("service", service_id, "audience", service.audiences, terms)
    named: set[str] = set()
    for fit in Fit:
        wanted = service.needs.get(fit.value, ())
        codes = [need.value for need in Need] if wanted == "all" else list(wanted)
        fresh = [code for code in codes if code not in named]
        named.update(fresh)
        yield from _attributes("service", service_id, "need", fresh, terms, value=fit)


def _attributes(
    entity: str,
    link_id: UUID,
    taxonomy: str,
    codes: Sequence[str],
    terms: dict[tuple[str, str], UUID],
    value: str | None = None,
) -> Iterator[AttributeRow]:
    """One attribute for each term."""
    for code in codes:
        if (taxonomy, code) not in terms:
            raise InvalidRecord(f"{taxonomy} has no term {code!r}")
        yield AttributeRow(
            link_id=link_id,
            link_entity=entity,
            link_type=taxonomy,
            taxonomy_term_id=terms[taxonomy, code],
            value=value,
        )


def _uuid(*parts: str) -> UUID:
    """The same id on every machine."""
    return uuid5(_NAMESPACE, "/".join(parts))


async def seed_protocols_if_empty(session: AsyncSession) -> int:
    """Add the first protocols in the caller's transaction; how many. None if there is any."""
    await session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    if await session.scalar(select(exists().select_from(ProtocolVersionRow))):
        return 0
    added, _ = await save_all(session, read_files([SEEDS]), origin="seed", at=utc_now())
    return added


async def seed(database_url: str) -> int:
    """Seed services and protocols at this URL in one transaction; the number of services added."""
    engine = create_async_engine(sqlalchemy_url(database_url))
    try:
        async with AsyncSession(engine) as session, session.begin():
            await seed_protocols_if_empty(session)
            return await seed_if_empty(session)
    finally:
        await engine.dispose()


def main() -> int:
    """The command line; one sentence on failure."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        print("DATABASE_URL is not set; ./hotline up sets it", file=sys.stderr)
        return 2
    try:
        added = asyncio.run(seed(url))
    except OperationalError:
        print("the database does not answer; check DATABASE_URL", file=sys.stderr)
        return 1
    except ProgrammingError:
        print("the database has no directory yet; run python -m storage.migrate", file=sys.stderr)
        return 1
    except InvalidRecord as error:
        print(f"the first records cannot be read: {error}", file=sys.stderr)
        return 1
    print(f"directory: {added} services added" if added else "directory: already filled")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
