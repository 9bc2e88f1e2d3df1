"""What the search knows of a service: plain values, small enough to keep fifty thousand at hand.

They carry the names of the tables' columns, as far as a judgement or an offer
reads them. There is no location here, no address and no contact: what the
search never holds it cannot tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from directory.vocabulary import Audience, Fit, Phase
from intake.needs import Need


@dataclass(frozen=True, slots=True)
class Phone:
    """A number of a service."""

    number: str
    extension: str | None
    type: str
    visibility: str
    warm_transfer: bool
    position: int
    unconfirmed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """A language that people of a service speak."""

    code: str
    unconfirmed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """One RFC 5545 rule of opening hours in the service's own zone."""

    timezone: str
    valid_from: date | None
    valid_to: date | None
    dtstart: date | None
    until: date | None
    count: int | None
    wkst: str | None
    freq: str
    interval: int
    byday: str | None
    byweekno: str | None
    bymonthday: str | None
    byyearday: str | None
    description: str | None
    opens_at: time | None
    closes_at: time | None
    unconfirmed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """A place and how far around it a service reaches."""

    name: str | None
    level: str
    place_id: str
    province: str | None
    latitude: float | None
    longitude: float | None
    radius_km: int | None
    unconfirmed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Organization:
    """Who runs a service."""

    name: str
    alternate_name: str | None
    kind: str
    visibility: str


@dataclass(frozen=True, slots=True)
class Service:
    """A service with all that hangs on it. None is unknown, never no."""

    id: UUID
    name: str
    alternate_name: str | None
    discreet_name: str | None
    status: str
    visibility: str
    share_by_channel: str
    crisis_grade: str | None
    safe_to_text: bool | None
    is_the_line: bool
    police_affiliated: bool | None
    interpretation: bool | None
    minimum_age: float | None
    maximum_age: float | None
    accepts_women: bool | None
    accepts_men: bool | None
    accepts_trans_women: bool | None
    accepts_trans_men: bool | None
    accepts_non_binary: bool | None
    accepts_two_spirit: bool | None
    accepts_no_status: bool | None
    accepts_with_children: bool | None
    accepts_pets: bool | None
    serves_sex_trafficking: bool | None
    serves_labour_trafficking: bool | None
    sobriety_rule: str | None
    alert: str | None
    verification: str
    verified_at: datetime | None
    unconfirmed: tuple[str, ...]
    organization: Organization
    phones: tuple[Phone, ...]
    schedules: tuple[Schedule, ...]
    languages: tuple[Language, ...]
    service_areas: tuple[Area, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A service with what it is for."""

    service: Service
    needs: Mapping[Need, Fit]
    audiences: frozenset[Audience]
    phases: frozenset[Phase] = frozenset()
