"""An invented directory of any size, as an HSDS package, and questions to it.

Towns weigh as many services as people live there; hours, ages, languages and
dates of checking differ as they do in a real file. Nobody in it exists; every
number is of the 555-01xx kind.
"""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from directory.question import Question
from directory.vocabulary import (
    Audience,
    CrisisGrade,
    Exploitation,
    Extent,
    Fit,
    Gender,
    OrganizationKind,
    Phase,
)
from intake.gazetteer import gazetteer
from intake.needs import Need
from intake.places import Place, PlaceKind

NOW = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
_ZONES = {
    "NL": "America/St_Johns", "NS": "America/Halifax", "PE": "America/Halifax",
    "NB": "America/Moncton", "QC": "America/Toronto", "ON": "America/Toronto",
    "MB": "America/Winnipeg", "SK": "America/Regina", "AB": "America/Edmonton",
    "BC": "America/Vancouver", "YT": "America/Whitehorse", "NT": "America/Yellowknife",
    "NU": "America/Iqaluit",
}  # fmt: skip
_LANGUAGES = ("fr", "pa", "es", "zh", "tl", "ar", "ru", "ta", "fa", "cr")
_UNKNOWN = ("", "", "true", "true", "false")
_ACCEPTS = (
    "accepts_women", "accepts_men", "accepts_trans_women", "accepts_trans_men",
    "accepts_non_binary", "accepts_two_spirit", "accepts_no_status", "accepts_with_children",
    "accepts_pets", "serves_sex_trafficking", "serves_labour_trafficking", "interpretation",
)  # fmt: skip


class Invented:
    """A directory of `size` services and what people ask of it, the same for the same seed."""

    def __init__(self, size: int, seed: int = 7) -> None:
        self._chance = random.Random(seed)
        self._size = size
        places = gazetteer().places.values()
        self._towns = [one for one in places if one.kind not in
                       {PlaceKind.PROVINCE, PlaceKind.COUNTRY}]  # fmt: skip
        self._weights = [max(500, one.population) for one in self._towns]
        self._tables: dict[str, list[dict[str, Any]]] = {}

    def package(self) -> bytes:
        """A zipped CSV data package."""
        self._terms()
        for number in range(self._size):
            self._service(number)
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            for name, rows in self._tables.items():
                text = io.StringIO(newline="")
                fields = list(dict.fromkeys(field for row in rows for field in row))
                writer = csv.DictWriter(text, fields)
                writer.writeheader()
                writer.writerows(rows)
                file.writestr(_FILES[name], text.getvalue())
        return archive.getvalue()

    def questions(self, number: int) -> Iterator[Question]:
        """What people ask: little or much, at any hour."""
        chance = self._chance
        for _ in range(number):
            place: str | None = self._town().id
            if chance.random() < 0.2:
                place = chance.choice((None, *_ZONES))
            yield Question(
                need=chance.choice((None, *list(Need) * 2)),
                place_id=place,
                language=chance.choice((None, "en", "en", "fr", *_LANGUAGES)),
                age=chance.choice((None, None, 15, 19, 34, 52, 70)),
                gender=chance.choice((None, None, *Gender)),
                open_at=None
                if chance.random() < 0.1
                else NOW + timedelta(minutes=chance.randrange(7 * 24 * 60)),
                without_status=chance.random() < 0.2,
                with_children=chance.random() < 0.2,
                with_pets=chance.random() < 0.1,
                indigenous=chance.random() < 0.1,
                away_from=(self._town().id,) if chance.random() < 0.15 else (),
                exploitation=chance.choice((None, None, *Exploitation)),
                phase=chance.choice((None, None, *Phase)),
                police_ok=chance.random() < 0.05,
            )

    def _town(self) -> Place:
        return self._chance.choices(self._towns, self._weights)[0]

    def _id(self) -> str:
        return str(UUID(int=self._chance.getrandbits(128), version=4))

    def _add(self, table: str, **row: Any) -> str:
        row = {"id": self._id(), **row}
        self._tables.setdefault(table, []).append(row)
        return str(row["id"])

    def _terms(self) -> None:
        self._term: dict[str, str] = {}
        for kind, values in (("need", Need), ("audience", Audience), ("phase", Phase)):
            taxonomy = self._add("taxonomy", name=kind, description=kind)
            for value in values:
                self._term[f"{kind} {value.value}"] = self._add(
                    "taxonomy_term", code=value.value, name=value.value, description=value.value,
                    taxonomy_id=taxonomy,
                )  # fmt: skip

    def _service(self, number: int) -> None:
        chance = self._chance
        organization = self._add(
            "organization", name=f"Society {number}", description="Invented.",
            visibility="public",
            kind=chance.choices(list(OrganizationKind), (70, 10, 3, 12, 5))[0].value,
        )  # fmt: skip
        low, high = chance.choice(((None, None), (None, None), (16, None), (18, None), (14, 29),
                                   (16, 24), (12, 18)))  # fmt: skip
        checked = chance.random() < 0.8
        verified = NOW - timedelta(seconds=chance.randrange(300 * 86_400))
        service = self._add(
            "service", organization_id=organization, name=f"Door {number}", status="active",
            description="An invented service.", minimum_age=low, maximum_age=high,
            visibility=chance.choices(("public", "staff_only", "sealed"), (90, 7, 3))[0],
            share_by_channel=chance.choices(("any", "voice_only", "advocate_only"), (90, 5, 5))[0],
            crisis_grade=chance.choices(("", *CrisisGrade), (55, 8, 27, 7, 3))[0],
            verification="verified" if checked else "to_be_verified",
            verified_at=verified.isoformat() if checked else "",
            verified_by="Invented" if checked else "", verified_method="call" if checked else "",
            **{name: chance.choice(_UNKNOWN) for name in _ACCEPTS},
        )  # fmt: skip
        dialled = f"{200 + number % 800}-{200 + number // 800}-555-01{number % 100:02}"
        self._add("phone", service_id=service, type="voice", visibility="public", number=dialled)
        for code in {"en", *chance.sample(_LANGUAGES, chance.randint(0, 3))}:
            self._add("language", service_id=service, name=code, code=code)
        town = self._area(service)
        self._hours(service, _ZONES[town.province])
        for need in chance.sample(list(Need), chance.randint(1, 4)):
            fit = chance.choices(list(Fit), (50, 40, 10))[0]
            self._says(service, f"need {need.value}", fit.value)
        if chance.random() < 0.2:
            self._says(service, f"audience {chance.choice(list(Audience)).value}", "")
        if chance.random() < 0.5:
            self._says(service, f"phase {chance.choice(list(Phase)).value}", "")

    def _says(self, service: str, term: str, value: str) -> None:
        self._add("attribute", link_id=service, link_entity="service", value=value,
                  taxonomy_term_id=self._term[term])  # fmt: skip

    def _area(self, service: str) -> Place:
        town = self._town()
        level = self._chance.choices(list(Extent), (60, 22, 15, 2, 1))[0]
        row: dict[str, Any] = {"service_id": service, "level": level.value, "name": town.name}
        if level in {Extent.TOWN, Extent.REGION}:
            row |= {
                "place_id": town.id,
                "province": town.province,
                "latitude": town.latitude,
                "longitude": town.longitude,
                "radius_km": self._chance.choice((20, 30, 80)),
            }
        elif level is Extent.PROVINCE:
            row |= {"place_id": town.province, "province": town.province}
        else:
            row |= {"place_id": "CA"}
        self._add("service_area", **row)
        return town

    def _hours(self, service: str, zone: str) -> None:
        chance = self._chance
        if chance.random() < 0.15:
            return
        opens = chance.choice(("08:00", "08:30", "09:00", "09:30", "10:00", "12:00"))
        closes = chance.choice(("16:00", "16:30", "17:00", "18:00", "20:00", "23:00", "02:00"))
        days = chance.choice(("MO,TU,WE,TH,FR", "MO,TU,WE,TH", "MO,TU,WE,TH,FR,SA,SU", "TU,TH"))
        self._add("schedule", service_id=service, freq="WEEKLY", interval=1, byday=days,
                  opens_at=opens, closes_at=closes, timezone_name=zone)  # fmt: skip
        if chance.random() < 0.3:
            self._add("schedule", service_id=service, freq="WEEKLY", interval=1, byday="SA",
                      opens_at="10:00", closes_at="14:00", timezone_name=zone)  # fmt: skip


_FILES = {
    "organization": "organizations.csv", "service": "services.csv", "phone": "phones.csv",
    "language": "languages.csv", "service_area": "service_areas.csv", "schedule": "schedules.csv",
    "attribute": "attributes.csv", "taxonomy": "taxonomies.csv",
    "taxonomy_term": "taxonomy_terms.csv",
}  # fmt: skip
