"""The tables of the referral directory, shaped like Open Referral HSDS 3.1.

Names and meanings are those of HSDS (docs.openreferral.org); what HSDS cannot
say is added beside it: who may see a record, whether an address is
confidential, whether a live person answers, whom a service accepts. In these,
NULL means unknown, never no. `unconfirmed` names the fields of a row that no
source of today confirms.
"""

from __future__ import annotations

import enum
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    SmallInteger,
    Text,
    Time,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.vocabulary import (
    CrisisGrade,
    Extent,
    LocationType,
    OrganizationKind,
    PhoneType,
    ServiceStatus,
    ShareBy,
    Verification,
    VerificationMethod,
    Visibility,
)
from storage.base import Base

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LINKED = (
    "organization", "service", "location", "service_at_location", "phone", "schedule",
    "language", "service_area", "contact", "address",
)  # fmt: skip
"""The tables that an attribute or a line of metadata may speak of."""

EVERYTHING = UUID(int=0)
"""In `directory_touched`: so many services at once that they are not named."""


def _one_of(column: str, values: type[enum.StrEnum] | tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _id() -> Mapped[UUID]:
    return mapped_column(primary_key=True, default=uuid4)


def _unconfirmed() -> Mapped[list[str]]:
    return mapped_column(ARRAY(Text), server_default="{}")


def _kept() -> Mapped[dict[str, Any] | None]:
    """What an imported HSDS record said that has no column (`directory/hsds/mapping.py`)."""
    return mapped_column(JSONB)


def _owner(table: str) -> Mapped[UUID]:
    return mapped_column(ForeignKey(f"{table}.id", ondelete="CASCADE"), index=True)


def _maybe_owner(table: str) -> Mapped[UUID | None]:
    return mapped_column(ForeignKey(f"{table}.id", ondelete="CASCADE"), index=True)


class OrganizationRow(Base):
    """Who runs services."""

    __tablename__ = "organization"
    __table_args__ = (_one_of("kind", OrganizationKind), _one_of("visibility", Visibility))

    id: Mapped[UUID] = _id()
    kept: Mapped[dict[str, Any] | None] = _kept()
    name: Mapped[str] = mapped_column(Text)
    alternate_name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    website: Mapped[str | None] = mapped_column(Text)
    legal_status: Mapped[str | None] = mapped_column(Text)
    parent_organization_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organization.id", ondelete="SET NULL"), index=True
    )
    kind: Mapped[str] = mapped_column(Text)
    visibility: Mapped[str] = mapped_column(Text, server_default=Visibility.STAFF_ONLY)
    faith_based: Mapped[bool | None]
    indigenous_led: Mapped[bool | None]
    survivor_led: Mapped[bool | None]
    unconfirmed: Mapped[list[str]] = _unconfirmed()

    services: Mapped[list[ServiceRow]] = relationship(back_populates="organization")


class ServiceRow(Base):
    """What an organization offers, to whom, and how it may be passed on."""

    __tablename__ = "service"
    __table_args__ = (
        _one_of("status", ServiceStatus),
        _one_of("visibility", Visibility),
        _one_of("share_by_channel", ShareBy),
        _one_of("crisis_grade", CrisisGrade),
        _one_of("verification", Verification),
        _one_of("verified_method", VerificationMethod),
        CheckConstraint(
            "minimum_age BETWEEN 0 AND 130 AND maximum_age BETWEEN 0 AND 130", name="ages"
        ),
        CheckConstraint("minimum_age <= maximum_age", name="age_order"),
        CheckConstraint(
            f"verification <> '{Verification.VERIFIED}' OR "
            "(verified_at IS NOT NULL AND verified_by IS NOT NULL AND verified_method IS NOT NULL)",
            name="verified_by_somebody",
        ),
        # What the search reads first; the rest of a row is fetched by id.
        Index("ix_service_offered", "status", "visibility", "share_by_channel"),
    )

    id: Mapped[UUID] = _id()
    kept: Mapped[dict[str, Any] | None] = _kept()
    organization_id: Mapped[UUID] = _owner("organization")
    name: Mapped[str] = mapped_column(Text)
    alternate_name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, server_default=ServiceStatus.ACTIVE)
    interpretation_services: Mapped[str | None] = mapped_column(Text)
    application_process: Mapped[str | None] = mapped_column(Text)
    fees_description: Mapped[str | None] = mapped_column(Text)
    eligibility_description: Mapped[str | None] = mapped_column(Text)
    minimum_age: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    maximum_age: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    alert: Mapped[str | None] = mapped_column(Text)
    assured_date: Mapped[date | None]
    assurer_email: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), onupdate=func.now()
    )

    # Beyond HSDS: how it is shown and passed on.
    discreet_name: Mapped[str | None] = mapped_column(Text)
    """A name that says nothing on a lock screen."""
    visibility: Mapped[str] = mapped_column(Text, server_default=Visibility.STAFF_ONLY)
    share_by_channel: Mapped[str] = mapped_column(Text, server_default=ShareBy.ADVOCATE_ONLY)
    crisis_grade: Mapped[str | None] = mapped_column(Text)
    safe_to_text: Mapped[bool | None]
    is_the_line: Mapped[bool] = mapped_column(server_default="false")
    """The hotline's own entry: added to every answer by the search, never one of the options."""
    protocol_id: Mapped[UUID | None]
    """The local referral and reporting protocol that this service belongs to."""

    # Beyond HSDS: whom it accepts. NULL is unknown.
    police_affiliated: Mapped[bool | None]
    interpretation: Mapped[bool | None]
    """Interpreters are brought in for languages that staff do not speak."""
    accepts_women: Mapped[bool | None]
    accepts_men: Mapped[bool | None]
    accepts_trans_women: Mapped[bool | None]
    accepts_trans_men: Mapped[bool | None]
    accepts_non_binary: Mapped[bool | None]
    accepts_two_spirit: Mapped[bool | None]
    accepts_no_status: Mapped[bool | None]
    accepts_with_children: Mapped[bool | None]
    accepts_pets: Mapped[bool | None]
    serves_sex_trafficking: Mapped[bool | None]
    serves_labour_trafficking: Mapped[bool | None]
    sobriety_rule: Mapped[str | None] = mapped_column(Text)

    # Beyond HSDS: how far the record can be trusted.
    verification: Mapped[str] = mapped_column(Text, server_default=Verification.TO_BE_VERIFIED)
    verified_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    verified_by: Mapped[str | None] = mapped_column(Text)
    verified_method: Mapped[str | None] = mapped_column(Text)
    source_url: Mapped[str | None] = mapped_column(Text)
    unconfirmed: Mapped[list[str]] = _unconfirmed()

    organization: Mapped[OrganizationRow] = relationship(back_populates="services")
    phones: Mapped[list[PhoneRow]] = relationship(order_by="PhoneRow.position")
    schedules: Mapped[list[ScheduleRow]] = relationship()
    languages: Mapped[list[LanguageRow]] = relationship(order_by="LanguageRow.code")
    service_areas: Mapped[list[ServiceAreaRow]] = relationship()


class LocationRow(Base):
    """Where services are given. Confidential unless somebody said otherwise.

    A sealed location holds no coordinates in the clear: they may only stand,
    encrypted, in `sealed`.
    """

    __tablename__ = "location"
    __table_args__ = (
        _one_of("location_type", LocationType),
        _one_of("visibility", Visibility),
        CheckConstraint(
            f"visibility <> '{Visibility.SEALED}' OR "
            "(latitude IS NULL AND longitude IS NULL AND transportation IS NULL "
            "AND address_confidential)",
            name="sealed_is_empty",
        ),
    )

    id: Mapped[UUID] = _id()
    kept: Mapped[dict[str, Any] | None] = _kept()
    organization_id: Mapped[UUID | None] = _maybe_owner("organization")
    location_type: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    alternate_name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    transportation: Mapped[str | None] = mapped_column(Text)
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    place_id: Mapped[str | None] = mapped_column(Text)
    """The town, by its id in `intake.places`, as far as it is public."""
    visibility: Mapped[str] = mapped_column(Text, server_default=Visibility.SEALED)
    address_confidential: Mapped[bool] = mapped_column(server_default="true")
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    unconfirmed: Mapped[list[str]] = _unconfirmed()


class AddressRow(Base):
    """The address of a location that is not sealed."""

    __tablename__ = "address"
    __table_args__ = (_one_of("address_type", LocationType),)

    id: Mapped[UUID] = _id()
    kept: Mapped[dict[str, Any] | None] = _kept()
    location_id: Mapped[UUID] = _owner("location")
    attention: Mapped[str | None] = mapped_column(Text)
    address_1: Mapped[str] = mapped_column(Text)
    address_2: Mapped[str | None] = mapped_column(Text)
    city: Mapped[str] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(Text)
    state_province: Mapped[str] = mapped_column(Text)
    postal_code: Mapped[str] = mapped_column(Text)
    country: Mapped[str] = mapped_column(Text, server_default="CA")
    address_type: Mapped[str] = mapped_column(Text)


class ServiceAtLocationRow(Base):
    """Which service is given where."""

    __tablename__ = "service_at_location"
    __table_args__ = (UniqueConstraint("service_id", "location_id"),)

    id: Mapped[UUID] = _id()
    kept: Mapped[dict[str, Any] | None] = _kept()
    service_id: Mapped[UUID] = _owner("service")
    location_id: Mapped[UUID] = _owner("location")
    description: Mapped[str | None] = mapped_column(Text)


class ContactRow(Base):
    """A named person at an organization; for staff alone unless said otherwise."""

    __tablename__ = "contact"
    __table_args__ = (_one_of("visibility", Visibility),)

    id: Mapped[UUID] = _id()
    kept: Mapped[dict[str, Any] | None] = _kept()
    organization_id: Mapped[UUID | None] = _maybe_owner("organization")
    service_id: Mapped[UUID | None] = _maybe_owner("service")
    service_at_location_id: Mapped[UUID | None] = _maybe_owner("service_at_location")
    location_id: Mapped[UUID | None] = _maybe_owner("location")
    name: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    department: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    visibility: Mapped[str] = mapped_column(Text, server_default=Visibility.STAFF_ONLY)


class PhoneRow(Base):
    """A number, as people dial it."""

    __tablename__ = "phone"
    __table_args__ = (
        _one_of("type", PhoneType),
        _one_of("visibility", Visibility),
        CheckConstraint(
            f"NOT warm_transfer OR visibility <> '{Visibility.PUBLIC}'", name="warm_transfer"
        ),
    )

    id: Mapped[UUID] = _id()
    kept: Mapped[dict[str, Any] | None] = _kept()
    location_id: Mapped[UUID | None] = _maybe_owner("location")
    service_id: Mapped[UUID | None] = _maybe_owner("service")
    organization_id: Mapped[UUID | None] = _maybe_owner("organization")
    contact_id: Mapped[UUID | None] = _maybe_owner("contact")
    service_at_location_id: Mapped[UUID | None] = _maybe_owner("service_at_location")
    number: Mapped[str] = mapped_column(Text)
    extension: Mapped[str | None] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text, server_default=PhoneType.VOICE)
    description: Mapped[str | None] = mapped_column(Text)
    visibility: Mapped[str] = mapped_column(Text, server_default=Visibility.STAFF_ONLY)
    warm_transfer: Mapped[bool] = mapped_column(server_default="false")
    """The number by which an advocate brings a person over; staff only."""
    position: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """The lowest is given first."""
    unconfirmed: Mapped[list[str]] = _unconfirmed()

    languages: Mapped[list[LanguageRow]] = relationship()


class ScheduleRow(Base):
    """When a service is open: an RFC 5545 rule in the service's own time zone."""

    __tablename__ = "schedule"
    __table_args__ = (
        _one_of("freq", ("WEEKLY", "MONTHLY")),
        _one_of("wkst", WEEKDAYS),
        CheckConstraint('"interval" > 0', name="interval"),
        CheckConstraint("valid_from <= valid_to", name="validity"),
    )

    id: Mapped[UUID] = _id()
    kept: Mapped[dict[str, Any] | None] = _kept()
    service_id: Mapped[UUID | None] = _maybe_owner("service")
    location_id: Mapped[UUID | None] = _maybe_owner("location")
    service_at_location_id: Mapped[UUID | None] = _maybe_owner("service_at_location")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    dtstart: Mapped[date | None]
    timezone: Mapped[str] = mapped_column(Text)
    """IANA name. HSDS has an offset here, which no place with summer time keeps."""
    until: Mapped[date | None]
    count: Mapped[int | None] = mapped_column(SmallInteger)
    wkst: Mapped[str | None] = mapped_column(Text)
    freq: Mapped[str] = mapped_column(Text, server_default="WEEKLY")
    interval: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    byday: Mapped[str | None] = mapped_column(Text)
    byweekno: Mapped[str | None] = mapped_column(Text)
    bymonthday: Mapped[str | None] = mapped_column(Text)
    byyearday: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    opens_at: Mapped[time | None] = mapped_column(Time)
    closes_at: Mapped[time | None] = mapped_column(Time)
    """At or before `opens_at`: on the next day; equal: 24 hours later."""
    schedule_link: Mapped[str | None] = mapped_column(Text)
    attending_type: Mapped[str | None] = mapped_column(Text)
    notes: Mapped[str | None] = mapped_column(Text)
    unconfirmed: Mapped[list[str]] = _unconfirmed()


class LanguageRow(Base):
    """A language spoken by the people of a service, location or phone, not interpreted."""

    __tablename__ = "language"

    id: Mapped[UUID] = _id()
    kept: Mapped[dict[str, Any] | None] = _kept()
    service_id: Mapped[UUID | None] = _maybe_owner("service")
    location_id: Mapped[UUID | None] = _maybe_owner("location")
    phone_id: Mapped[UUID | None] = _maybe_owner("phone")
    name: Mapped[str | None] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    """ISO 639-1, or 639-3 where that has none."""
    note: Mapped[str | None] = mapped_column(Text)
    unconfirmed: Mapped[list[str]] = _unconfirmed()


class ServiceAreaRow(Base):
    """Where the people live whom a service helps: a place of `intake.places` and its reach."""

    __tablename__ = "service_area"
    __table_args__ = (
        _one_of("level", Extent),
        _one_of("extent_type", ("geojson", "topojson", "kml", "text")),
        CheckConstraint("radius_km > 0", name="radius_km"),
        CheckConstraint(
            f"(level IN ('{Extent.NATIONAL}', '{Extent.NATIONAL_INTAKE}')) = (province IS NULL)",
            name="province",
        ),
        CheckConstraint(
            f"level NOT IN ('{Extent.TOWN}', '{Extent.REGION}') OR "
            "(latitude IS NOT NULL AND longitude IS NOT NULL AND radius_km IS NOT NULL)",
            name="centre",
        ),
        Index("ix_service_area_level_province", "level", "province"),
    )

    id: Mapped[UUID] = _id()
    kept: Mapped[dict[str, Any] | None] = _kept()
    service_id: Mapped[UUID | None] = _maybe_owner("service")
    service_at_location_id: Mapped[UUID | None] = _maybe_owner("service_at_location")
    name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    extent: Mapped[str | None] = mapped_column(Text)
    extent_type: Mapped[str | None] = mapped_column(Text)
    uri: Mapped[str | None] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    place_id: Mapped[str] = mapped_column(Text)
    province: Mapped[str | None] = mapped_column(Text)
    latitude: Mapped[float | None] = mapped_column(Double)
    """Centre of the named place, never of the service's own address."""
    longitude: Mapped[float | None] = mapped_column(Double)
    radius_km: Mapped[int | None] = mapped_column(SmallInteger)
    unconfirmed: Mapped[list[str]] = _unconfirmed()


class TaxonomyRow(Base):
    """A list of terms: areas, needs, phases, audiences, or one of somebody else's."""

    __tablename__ = "taxonomy"

    id: Mapped[UUID] = _id()
    kept: Mapped[dict[str, Any] | None] = _kept()
    name: Mapped[str] = mapped_column(Text, unique=True)
    description: Mapped[str] = mapped_column(Text)
    uri: Mapped[str | None] = mapped_column(Text)
    version: Mapped[str | None] = mapped_column(Text)


class TaxonomyTermRow(Base):
    """One term of a taxonomy."""

    __tablename__ = "taxonomy_term"
    __table_args__ = (UniqueConstraint("taxonomy_id", "code"),)

    id: Mapped[UUID] = _id()
    kept: Mapped[dict[str, Any] | None] = _kept()
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("taxonomy_term.id", ondelete="CASCADE"), index=True
    )
    taxonomy_id: Mapped[UUID] = _owner("taxonomy")
    language: Mapped[str | None] = mapped_column(Text)
    term_uri: Mapped[str | None] = mapped_column(Text)


class AttributeRow(Base):
    """Says that a term applies to a record: this service meets that need."""

    __tablename__ = "attribute"
    __table_args__ = (
        _one_of("link_entity", LINKED),
        UniqueConstraint("link_entity", "link_id", "taxonomy_term_id"),
    )

    id: Mapped[UUID] = _id()
    kept: Mapped[dict[str, Any] | None] = _kept()
    link_id: Mapped[UUID]
    link_entity: Mapped[str] = mapped_column(Text)
    taxonomy_term_id: Mapped[UUID] = _owner("taxonomy_term")
    link_type: Mapped[str | None] = mapped_column(Text)
    value: Mapped[str | None] = mapped_column(Text)
    label: Mapped[str | None] = mapped_column(Text)

    taxonomy_term: Mapped[TaxonomyTermRow] = relationship()


class MetadataRow(Base):
    """What changed in which field of a record, when and by whom."""

    __tablename__ = "metadata"
    __table_args__ = (
        _one_of("resource_type", LINKED),
        Index("ix_metadata_resource", "resource_type", "resource_id"),
    )

    id: Mapped[UUID] = _id()
    kept: Mapped[dict[str, Any] | None] = _kept()
    resource_id: Mapped[UUID]
    resource_type: Mapped[str] = mapped_column(Text)
    last_action_date: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    last_action_type: Mapped[str] = mapped_column(Text)
    field_name: Mapped[str] = mapped_column(Text)
    previous_value: Mapped[str] = mapped_column(Text)
    replacement_value: Mapped[str] = mapped_column(Text)
    updated_by: Mapped[str] = mapped_column(Text)


class KeptRecordRow(Base):
    """An imported HSDS record of a table that we do not have, whole, for the next export."""

    __tablename__ = "kept_record"

    id: Mapped[UUID] = _id()
    kind: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    organization_id: Mapped[UUID | None] = _maybe_owner("organization")
    service_id: Mapped[UUID | None] = _maybe_owner("service")
    location_id: Mapped[UUID | None] = _maybe_owner("location")


class DirectoryChangeRow(Base):
    """A change of a sealed record that waits for a second person."""

    __tablename__ = "directory_change"

    id: Mapped[UUID] = _id()
    service_id: Mapped[UUID] = _owner("service")
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB)
    proposed_by: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    agreed: Mapped[bool | None]


class TouchedRow(Base):
    """That a service, or anything that hangs on it, changed last in this transaction.

    Triggers write it (migration 0033_directory_touched), so that it holds for the editor, for an
    import and for whoever works on the tables by hand. `directory/current.py` reads it.
    """

    __tablename__ = "directory_touched"
    __table_args__ = (Index("ix_directory_touched_transaction", "transaction"),)

    service_id: Mapped[UUID] = mapped_column(primary_key=True)
    transaction: Mapped[int] = mapped_column(BigInteger)
    """PostgreSQL's own number of the transaction, which never comes again."""
