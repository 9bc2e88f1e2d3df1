"""Invented organizations and services for tests; numbers of the 555-01xx kind only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from directory.search import Directory
from directory.tables import (
    AddressRow,
    AttributeRow,
    ContactRow,
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
from directory.vocabulary import Audience, Extent, Fit
from intake.needs import Need
from intake.places import by_id
from storage.base import Base
from storage.database import sqlalchemy_url

SECRET = "SECRET"
"""Stands in everything that must never reach a person."""
NOW = datetime(2026, 2, 3, 18, 0, tzinfo=UTC)


class MadeUp:
    """Collects the rows of an invented directory."""

    def __init__(self) -> None:
        self.rows: list[Base] = []
        self._terms: dict[tuple[str, str], TaxonomyTermRow] = {}
        for name, codes in (
            ("need", [need.value for need in Need]),
            ("audience", [audience.value for audience in Audience]),
        ):
            taxonomy = TaxonomyRow(id=uuid4(), name=name, description=name)
            self.rows.append(taxonomy)
            for code in codes:
                term = TaxonomyTermRow(
                    id=uuid4(), taxonomy_id=taxonomy.id, code=code, name=code, description=code
                )
                self.rows.append(term)
                self._terms[name, code] = term

    def service(
        self,
        name: str = "Open Door",
        *,
        needs: Mapping[Need, Fit] | None = None,
        audiences: Iterable[Audience] = (),
        place: str = "CA",
        level: Extent = Extent.NATIONAL,
        radius_km: int | None = None,
        languages: Iterable[str] = ("en",),
        phone: str | None = "555-0100",
        text: str | None = None,
        kind: str = "direct_service",
        organization: Mapping[str, Any] | None = None,
        schedules: Iterable[ScheduleRow] = (),
        **columns: Any,
    ) -> ServiceRow:
        """A public service that may be passed on, unless the columns say otherwise."""
        owner = OrganizationRow(
            **{
                "id": uuid4(),
                "name": f"{name} Society",
                "description": "Invented.",
                "kind": kind,
                "visibility": "public",
                **(organization or {}),
            }
        )
        service = ServiceRow(
            **{
                "id": uuid4(),
                "organization_id": owner.id,
                "name": name,
                "visibility": "public",
                "share_by_channel": "any",
                **columns,
            }
        )
        self.rows += [owner, service]
        self._area(service, place, level, radius_km)
        for number, kind_of_phone in ((phone, "voice"), (text, "text")):
            if number is not None:
                self.rows.append(
                    PhoneRow(
                        service_id=service.id,
                        number=number,
                        type=kind_of_phone,
                        visibility="public",
                    )
                )
        self.rows += [LanguageRow(service_id=service.id, code=code) for code in languages]
        for schedule in schedules:
            schedule.service_id = service.id
            self.rows.append(schedule)
        wanted = needs if needs is not None else {Need.SHELTER: Fit.PRIMARY}
        for need, fit in wanted.items():
            self._attribute(service, "need", need.value, fit.value)
        for audience in audiences:
            self._attribute(service, "audience", audience.value, None)
        return service

    def house(self, service: ServiceRow, *, sealed: bool) -> None:
        """Where the service stands, in every field that could give it away."""
        location = LocationRow(
            id=uuid4(),
            organization_id=service.organization_id,
            location_type="physical",
            name=f"{SECRET} House",
            alternate_name=f"{SECRET} Annex",
            description=f"{SECRET} behind the mill",
            visibility="sealed" if sealed else "public",
            address_confidential=True,
            latitude=None if sealed else 49.123456,
            longitude=None if sealed else -123.123456,
            transportation=None if sealed else f"{SECRET} bus 9",
            sealed=b"SECRET" if sealed else None,
        )
        self.rows += [
            location,
            ServiceAtLocationRow(
                service_id=service.id, location_id=location.id, description=f"{SECRET} upstairs"
            ),
            AddressRow(
                location_id=location.id,
                address_1=f"12 {SECRET} Lane",
                city=f"{SECRET}ville",
                state_province="BC",
                postal_code="V0V SECRET",
                address_type="physical",
            ),
            PhoneRow(
                service_id=service.id,
                number="555-0199",
                type="voice",
                visibility="staff_only",
                warm_transfer=True,
                position=-1,
                description=f"{SECRET} back line",
            ),
            PhoneRow(location_id=location.id, number="555-0198", visibility="public"),
            ContactRow(service_id=service.id, name=f"{SECRET} Person"),
        ]

    def _area(self, service: ServiceRow, place: str, level: Extent, radius_km: int | None) -> None:
        found = by_id(place)
        assert found is not None
        centred = level in {Extent.TOWN, Extent.REGION}
        self.rows.append(
            ServiceAreaRow(
                service_id=service.id,
                level=level.value,
                place_id=place,
                province=found.province or None,
                latitude=found.latitude if centred else None,
                longitude=found.longitude if centred else None,
                radius_km=(radius_km or 30) if centred else None,
            )
        )

    def _attribute(self, service: ServiceRow, taxonomy: str, code: str, value: str | None) -> None:
        self.rows.append(
            AttributeRow(
                link_id=service.id,
                link_entity="service",
                taxonomy_term_id=self._terms[taxonomy, code].id,
                value=value,
            )
        )

    @asynccontextmanager
    async def opened(self, database_url: str) -> AsyncIterator[Directory]:
        """Search over these rows alone, once; they are gone when the context ends."""
        engine = create_async_engine(sqlalchemy_url(database_url), poolclass=NullPool)
        async with engine.connect() as connection:
            outer = await connection.begin()
            async with AsyncSession(
                bind=connection,
                join_transaction_mode="create_savepoint",
                expire_on_commit=False,
            ) as session:
                for table in Base.metadata.sorted_tables:
                    session.add_all(row for row in self.rows if row.__table__ is table)
                    await session.flush()
                await session.commit()
            yield Directory(
                lambda: AsyncSession(bind=connection, join_transaction_mode="create_savepoint"),
                now=lambda: NOW,
            )
            await outer.rollback()
        await engine.dispose()
