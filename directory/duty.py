"""The duty to report a child who needs protection, by province, age and date.

Dated data (`duty_data/duty.yaml`) and one pure function. It proposes; a person decides and makes
the call. Where the place or the age is unknown the strictest rule that could hold is taken, and
what else was considered is listed, so that nobody takes a guess for the law.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from directory.checked_yaml import Document, Refusal, RefusedFile, load_schema, read

DATA = Path(__file__).with_name("duty_data")
PROVINCES = ("AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT")
# From here on nobody is a child anywhere in Canada (BC, NB and YT go highest, with 18).
ADULT_EVERYWHERE = 19


class Strength(enum.IntEnum):
    """How strong a duty is; a greater one is stricter."""

    NONE = 0
    MAY = 1
    MUST_IF = 2
    """Must, where a condition holds."""
    MUST = 3

    @property
    def code(self) -> str:
        """As the data and the catalogue write it."""
        return self.name.lower()


@dataclass(frozen=True)
class Words:
    """A sentence in the two languages of the desk."""

    en: str
    fr: str

    def in_(self, language: str) -> str:
        """For a reader of this language."""
        return self.fr if language == "fr" else self.en


@dataclass(frozen=True)
class Band:
    """An age band: `start` is included, `end` is not."""

    start: int
    end: int
    strength: Strength
    condition: Words | None = None


@dataclass(frozen=True)
class Line:
    """A public number and what it is."""

    number: str
    label: Words


@dataclass(frozen=True)
class Rule:
    """What the law of one province or territory says from a day on."""

    province: str
    effective_from: date | None
    statute: str
    bands: Sequence[Band]
    numbers: Sequence[Line]
    where: Words | None
    note: Words
    source: str
    as_of: str
    reviewed_by: str
    unconfirmed: frozenset[str]

    def at(self, age: int | None) -> tuple[Strength, Band | None]:
        """How strong the duty is at this age; the strictest band where it is unknown.

        Where no source confirms the ages, a youth above them may be reported: it is not known
        that the duty ends there.
        """
        fitting = [band for band in self.bands if age is None or band.start <= age < band.end]
        if not fitting:
            young = age is not None and age < ADULT_EVERYWHERE
            doubtful = young and "ages" in self.unconfirmed
            return (Strength.MAY if doubtful else Strength.NONE), None
        band = max(fitting, key=lambda one: one.strength)
        return band.strength, band


@dataclass(frozen=True)
class Considered:
    """One rule that could hold, and what it would ask."""

    rule: Rule
    strength: Strength
    band: Band | None


@dataclass(frozen=True)
class Duty:
    """What the law asks, as far as it is known who and where.

    `considered`: every rule that could hold, the strictest first. `rule`: the one that does hold,
    when the place is known.
    """

    strength: Strength
    rule: Rule | None
    band: Band | None
    considered: Sequence[Considered]
    place_unknown: bool
    age_unknown: bool
    version: str

    @property
    def unconfirmed(self) -> bool:
        """Whether the ages of a rule that was used are not confirmed by any source."""
        used = [self.rule] if self.rule else [one.rule for one in self.considered]
        return any("ages" in rule.unconfirmed for rule in used)

    @property
    def basis(self) -> str:
        """The law with its province and the version of this data, for the record of a report."""
        if self.rule is None:
            return f"strictest rule of any province, place unknown (data {self.version})"
        return f"{self.rule.province}: {self.rule.statute} (data {self.version})"


@dataclass(frozen=True)
class DutyTable:
    """All rules of a version of the data."""

    version: str
    rules: Sequence[Rule]

    def holding(self, province: str, on: date) -> Rule:
        """The rule of a province on a day: the newest that has begun, else the oldest known.

        The oldest stands in for the time before it, since no rule would read as no duty.
        """
        known = [rule for rule in self.rules if rule.province == province]
        known.sort(key=lambda rule: rule.effective_from or date.min)
        begun = [rule for rule in known if (rule.effective_from or date.min) <= on]
        return (begun or known[:1])[-1]


def duty(province: str | None, age: int | None, on: date, table: DutyTable | None = None) -> Duty:
    """What the law asks for a person of this age in this province on this day.

    None is unknown, and takes the strictest rule that could hold. A negative age or a province
    that is none raises ValueError.
    """
    if age is not None and age < 0:
        raise ValueError("an age is not below zero")
    if province is not None and province not in PROVINCES:
        raise ValueError("not a province or territory of Canada")
    table = table or duty_table()
    places = PROVINCES if province is None else (province,)
    considered = []
    for place in places:
        rule = table.holding(place, on)
        considered.append(Considered(rule, *rule.at(age)))
    considered.sort(key=lambda one: (-one.strength, one.rule.province))
    strictest = considered[0]
    return Duty(
        strength=strictest.strength,
        rule=None if province is None else strictest.rule,
        band=strictest.band,
        considered=considered,
        place_unknown=province is None,
        age_unknown=age is None,
        version=table.version,
    )


@lru_cache
def duty_table() -> DutyTable:
    """The rules that ship with the line. Raises RefusedFile."""
    return read_table(DATA / "duty.yaml")


def read_table(path: Path) -> DutyTable:
    """The rules of a file. Raises RefusedFile."""
    document = read(path, load_schema(DATA / "duty.schema.json"))
    wrong = list(_wrong(document))
    if wrong:
        raise RefusedFile(wrong)
    return DutyTable(
        version=document.data["version"],
        rules=tuple(_rule(entry) for entry in document.data["rules"]),
    )


def _wrong(document: Document) -> Sequence[Refusal]:
    """What a schema cannot say: bands that part, dates that are, provinces that are all there."""
    found = []
    seen: set[tuple[str, str | None]] = set()
    for position, entry in enumerate(document.data["rules"]):
        where = ("rules", position)
        key = (entry["province"], entry["effective_from"])
        if key in seen:
            found.append(document.refusal((*where, "province"), "has two rules from one day on"))
        seen.add(key)
        edge = 0
        for number, band in enumerate(entry["bands"]):
            if band["from"] != edge or band["under"] <= band["from"]:
                reason = f"must begin at {edge} and end later: bands follow each other"
                found.append(document.refusal((*where, "bands", number), reason))
            edge = band["under"]
        if entry["effective_from"] is not None:
            try:
                date.fromisoformat(entry["effective_from"])
            except ValueError:
                reason = "is no day of the calendar"
                found.append(document.refusal((*where, "effective_from"), reason))
    missing = sorted(set(PROVINCES) - {province for province, _ in seen})
    if missing:
        found.append(document.refusal(("rules",), f"lacks {', '.join(missing)}"))
    return found


def _rule(entry: dict[str, Any]) -> Rule:
    since = entry["effective_from"]
    return Rule(
        province=entry["province"],
        effective_from=None if since is None else date.fromisoformat(since),
        statute=entry["statute"],
        bands=tuple(
            Band(
                band["from"],
                band["under"],
                Strength[band["strength"].upper()],
                Words(**band["condition"]) if "condition" in band else None,
            )
            for band in entry["bands"]
        ),
        numbers=tuple(Line(one["number"], Words(**one["label"])) for one in entry["numbers"]),
        where=Words(**entry["where"]) if "where" in entry else None,
        note=Words(**entry["note"]),
        source=entry["source"],
        as_of=entry["as_of"],
        reviewed_by=entry["reviewed_by"],
        unconfirmed=frozenset(entry.get("unconfirmed", ())),
    )
