"""Protocols as YAML files: read with every refusal at its line, written so that they read back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from directory.checked_yaml import Document, Refusal, RefusedFile, load_schema, parse, read
from directory.protocols import FORMAT, Protocol, from_data, to_data
from intake.places import PlaceKind, by_id

SEEDS = Path(__file__).with_name("protocol_data")
SCHEMA = SEEDS / "protocols.schema.json"
_KINDS = {"town": PlaceKind.CITY, "region": PlaceKind.REGION}


@lru_cache
def schema() -> Mapping[str, Any]:
    """The JSON Schema of the files."""
    return load_schema(SCHEMA)


def read_files(paths: Sequence[Path]) -> list[Protocol]:
    """Every protocol of files and folders (their `*.yaml`). Raises RefusedFile with all faults.

    Nothing comes back unless everything is right.
    """
    refusals: list[Refusal] = []
    documents: list[Document] = []
    for path in _files(paths):
        try:
            documents.append(read(path, schema()))
        except RefusedFile as refused:
            refusals.extend(refused.refusals)
    refusals.extend(_wrong(documents))
    if refusals:
        raise RefusedFile(refusals)
    return [from_data(one) for document in documents for one in document.data["protocols"]]


def read_text(text: str, name: str) -> list[Protocol]:
    """Every protocol of a text. Raises RefusedFile."""
    document = parse(text, name, schema())
    wrong = list(_wrong([document]))
    if wrong:
        raise RefusedFile(wrong)
    return [from_data(one) for one in document.data["protocols"]]


def write(protocols: Iterable[Protocol]) -> str:
    """A file that `read_files` reads back to the same protocols."""
    data = {"format": FORMAT, "protocols": [to_data(one) for one in protocols]}
    text: str = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=100)
    return text


def checked(protocol: Protocol) -> Protocol:
    """A protocol made on a form, held to the rules of the files. Raises RefusedFile."""
    (same,) = read_text(write([protocol]), "the form")
    return same


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.glob("*.yaml"))
        else:
            yield path


def _wrong(documents: Sequence[Document]) -> Iterator[Refusal]:
    """What a schema cannot say."""
    seen: dict[str, str] = {}
    for document in documents:
        for position, entry in enumerate(document.data["protocols"]):
            where = ("protocols", position)
            key = entry["key"]
            if key in seen:
                yield document.refusal((*where, "key"), f"is in {seen[key]} already")
            seen[key] = document.file
            for field, reason in _wrong_area(entry["area"]):
                yield document.refusal((*where, "area", *field), reason)
            try:
                date.fromisoformat(entry["review_by"])
            except ValueError:
                yield document.refusal((*where, "review_by"), "is no day of the calendar")
            if all(agency["path"] == "police" for agency in entry["agencies"]):
                yield document.refusal((*where, "agencies"), "must have a way without police")
            for number, agency in enumerate(entry["agencies"]):
                if (agency["kind"] == "police") != (agency["path"] == "police"):
                    reason = "the police path is for police, and police for that path"
                    yield document.refusal((*where, "agencies", number, "path"), reason)


def _wrong_area(area: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    level = area["level"]
    needed = {
        "national": (),
        "province": ("province",),
        "town": ("province", "place"),
        "region": ("province", "place"),
        "first_nation": ("province", "name"),
    }[level]
    missing = [one for one in needed if one not in area]
    if missing:
        yield (), f"lacks {', '.join(missing)}"
        return
    extra = set(area) - set(needed) - {"level", "name", "radius_km"}
    if extra:
        yield (), f"of level {level} has no {', '.join(sorted(extra))}"
    if "radius_km" in area and level != "region":
        yield ("radius_km",), "is for regions only"
    if "place" in needed:
        place = by_id(area["place"])
        if place is None or place.kind is not _KINDS[level]:
            yield ("place",), f"is not the id of a {level} in intake/data/places.csv"
        elif place.province != area["province"]:
            yield ("place",), f"lies in {place.province}"
