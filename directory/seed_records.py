"""Read the files of first records and refuse what they may not say.

An unknown key, a word outside a closed set or a place that does not exist is
an `InvalidRecord` that names the file and the entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from directory.vocabulary import (
    CrisisGrade,
    Extent,
    OrganizationKind,
    ShareBy,
    Visibility,
)
from intake.places import PlaceKind, by_id


class InvalidRecord(Exception):
    """A first record cannot be used; the message names the file, the entry and the reason."""


@dataclass(frozen=True)
class PhoneRecord:
    """A public number."""

    number: str
    type: str = "voice"
    extension: str | None = None
    unconfirmed: bool = False


@dataclass(frozen=True)
class LanguageRecord:
    """A spoken language by its ISO 639 code."""

    code: str
    unconfirmed: bool = False


@dataclass(frozen=True)
class HoursRecord:
    """Weekly hours in a named zone."""

    days: list[str]
    opens: str
    closes: str
    timezone: str
    unconfirmed: bool = False


@dataclass(frozen=True)
class AreaRecord:
    """A place and how far around it the service reaches."""

    place: str
    level: Extent
    radius_km: int | None = None
    name: str | None = None
    """What people call the area where it is not the place itself."""
    unconfirmed: bool = False


@dataclass(frozen=True)
class ServiceRecord:
    """One service of an organization. None is unknown."""

    name: str
    needs: Mapping[str, Any]
    where: list[AreaRecord]
    alternate_name: str | None = None
    description: str | None = None
    discreet_name: str | None = None
    visibility: Visibility = Visibility.PUBLIC
    share_by_channel: ShareBy = ShareBy.ANY
    crisis_grade: CrisisGrade | None = None
    safe_to_text: bool | None = None
    is_the_line: bool = False
    interpretation_services: str | None = None
    eligibility_description: str | None = None
    minimum_age: int | None = None
    maximum_age: int | None = None
    alert: str | None = None
    police_affiliated: bool | None = None
    interpretation: bool | None = None
    accepts_women: bool | None = None
    accepts_men: bool | None = None
    accepts_trans_women: bool | None = None
    accepts_trans_men: bool | None = None
    accepts_non_binary: bool | None = None
    accepts_two_spirit: bool | None = None
    accepts_no_status: bool | None = None
    accepts_with_children: bool | None = None
    accepts_pets: bool | None = None
    serves_sex_trafficking: bool | None = None
    serves_labour_trafficking: bool | None = None
    sobriety_rule: str | None = None
    phones: list[PhoneRecord] = field(default_factory=list)
    languages: list[LanguageRecord] = field(default_factory=list)
    hours: list[HoursRecord] = field(default_factory=list)
    phases: list[str] = field(default_factory=list)
    audiences: list[str] = field(default_factory=list)
    unconfirmed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class OrganizationRecord:
    """One organization with its services."""

    id: str
    name: str
    description: str
    kind: OrganizationKind
    areas: list[str]
    services: list[ServiceRecord]
    alternate_name: str | None = None
    website: str | None = None
    faith_based: bool | None = None
    indigenous_led: bool | None = None
    survivor_led: bool | None = None
    sealed_location: str | None = None
    unconfirmed: list[str] = field(default_factory=list)


def read_organizations(folder: Path) -> Iterator[OrganizationRecord]:
    """Every entry of every file but the taxonomies. Raises InvalidRecord."""
    seen: set[str] = set()
    for path in sorted(folder.glob("*.yaml")):
        if path.name == "taxonomies.yaml":
            continue
        for entry in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader):
            label = f"{path.name}, {entry.get('id', 'an entry without id')}"
            try:
                record = _organization(entry)
            except (KeyError, TypeError, ValueError) as error:
                raise InvalidRecord(f"{label}: {error}") from error
            if record.id in seen:
                raise InvalidRecord(f"{label}: this id stands twice")
            seen.add(record.id)
            yield record


def _organization(entry: dict[str, Any]) -> OrganizationRecord:
    services = [_service(one) for one in entry["services"]]
    if not isinstance(entry["id"], str):
        raise ValueError("the id must stand in quotes")
    house = entry.get("sealed_location")
    if house is not None and by_id(house) is None:
        raise ValueError(f"no place has the id {house!r}")
    return OrganizationRecord(
        **{**entry, "kind": OrganizationKind(entry["kind"]), "services": services}
    )


def _service(entry: dict[str, Any]) -> ServiceRecord:
    read = dict(entry)
    if "visibility" in read:
        read["visibility"] = Visibility(read["visibility"])
    if "share_by_channel" in read:
        read["share_by_channel"] = ShareBy(read["share_by_channel"])
    if "crisis_grade" in read:
        read["crisis_grade"] = CrisisGrade(read["crisis_grade"])
    read["where"] = [_area(one) for one in entry["where"]]
    read["phones"] = [PhoneRecord(**one) for one in entry.get("phones", [])]
    if not all(isinstance(phone.number, str) for phone in read["phones"]):
        raise ValueError("a number must stand in quotes")
    read["hours"] = [HoursRecord(**one) for one in entry.get("hours", [])]
    read["languages"] = [
        LanguageRecord(one) if isinstance(one, str) else LanguageRecord(**one)
        for one in entry.get("languages", [])
    ]
    return ServiceRecord(**read)


def _area(entry: str | dict[str, Any]) -> AreaRecord:
    """`AB` and `CA` say their own level; everything else says it."""
    if isinstance(entry, str):
        place = by_id(entry)
        if place is None or place.kind not in {PlaceKind.PROVINCE, PlaceKind.COUNTRY}:
            raise ValueError(f"{entry!r} is no province")
        national = place.kind is PlaceKind.COUNTRY
        return AreaRecord(place.id, Extent.NATIONAL if national else Extent.PROVINCE)
    if by_id(entry["place"]) is None:
        raise ValueError(f"no place has the id {entry['place']!r}")
    return AreaRecord(**{**entry, "level": Extent(entry["level"])})
