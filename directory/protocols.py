"""A localized Referral and Reporting Protocol: who is told what, in which order, in one place.

A protocol is agreed on by organizations of the place, so a version is never edited: a change is a
new version, and it counts once two organizations have approved it. Texts have two languages.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from directory.duty import Words
from intake.consent import Detail, Ground, RecipientKind

FORMAT = "hotline-protocols/1"


class Level(enum.StrEnum):
    """How local an area is, the most local first."""

    FIRST_NATION = "first_nation"
    TOWN = "town"
    REGION = "region"
    PROVINCE = "province"
    NATIONAL = "national"


class Age(enum.StrEnum):
    """Whose situation it is for."""

    ADULT = "adult"
    MINOR = "minor"
    ANY = "any"


class Kind(enum.StrEnum):
    """The kind of exploitation."""

    SEX = "sex"
    LABOUR = "labour"
    ANY = "any"


class Time(enum.StrEnum):
    """Whether it is happening."""

    IN_PROGRESS = "in_progress"
    PAST = "past"
    ANY = "any"


class Path(enum.StrEnum):
    """Whether a step leads to police."""

    NON_POLICE = "non_police"
    POLICE = "police"


class State(enum.StrEnum):
    """How far a version has come."""

    SEED = "seed"
    """Came with the line, from public sources: to be verified."""
    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Area:
    """Where it holds. `place` is an id of intake/data/places.csv."""

    level: Level
    province: str | None = None
    place: str | None = None
    name: str | None = None
    radius_km: int | None = None


@dataclass(frozen=True)
class Situation:
    """What it is for."""

    age: Age = Age.ANY
    kind: Kind = Kind.ANY
    time: Time = Time.ANY


@dataclass(frozen=True)
class Agency:
    """One organization. `without_consent`: the grounds on which it is told all the same."""

    name: str
    path: Path
    kind: RecipientKind
    numbers: Sequence[str]
    hours: Words | None
    languages: Sequence[str]
    may_receive: Sequence[Detail]
    without_consent: Sequence[Ground] = ()
    note: Words | None = None
    unconfirmed: Sequence[str] = ()


@dataclass(frozen=True)
class Protocol:
    """What two organizations agree on. `key` is the same for every version."""

    key: str
    title: Words
    area: Area
    situation: Situation
    before: Sequence[Words]
    agencies: Sequence[Agency]
    warm_transfer: Words
    after: Sequence[Words]
    owner: str
    review_by: date
    source: str
    reviewed_by: str


@dataclass(frozen=True)
class Step:
    """One line to tick. `id` is stable within a version; `agency` where it is a call."""

    id: str
    words: Words | None
    agency: Agency | None


def steps(protocol: Protocol) -> list[Step]:
    """What the desk shows, in order: before, the agencies, after."""
    before = [Step(f"before-{n}", words, None) for n, words in enumerate(protocol.before, 1)]
    calls = [Step(f"agency-{n}", None, one) for n, one in enumerate(protocol.agencies, 1)]
    after = [Step(f"after-{n}", words, None) for n, words in enumerate(protocol.after, 1)]
    return [*before, *calls, *after]


def to_data(protocol: Protocol) -> dict[str, Any]:
    """As the files and the database hold it; `from_data` gives the same protocol back."""
    area, situation = protocol.area, protocol.situation
    return {
        "key": protocol.key,
        "title": _words_data(protocol.title),
        "area": _without_none(
            {
                "level": area.level.value,
                "province": area.province,
                "place": area.place,
                "name": area.name,
                "radius_km": area.radius_km,
            }
        ),
        "situation": {
            "age": situation.age.value,
            "kind": situation.kind.value,
            "time": situation.time.value,
        },
        "before": [_words_data(words) for words in protocol.before],
        "agencies": [_agency_data(agency) for agency in protocol.agencies],
        "warm_transfer": _words_data(protocol.warm_transfer),
        "after": [_words_data(words) for words in protocol.after],
        "owner": protocol.owner,
        "review_by": protocol.review_by.isoformat(),
        "source": protocol.source,
        "reviewed_by": protocol.reviewed_by,
    }


def from_data(data: Mapping[str, Any]) -> Protocol:
    """A protocol from data that fits `protocol_data/protocols.schema.json`."""
    area, situation = data["area"], data["situation"]
    return Protocol(
        key=data["key"],
        title=_words(data["title"]),
        area=Area(
            level=Level(area["level"]),
            province=area.get("province"),
            place=area.get("place"),
            name=area.get("name"),
            radius_km=area.get("radius_km"),
        ),
        situation=Situation(
            Age(situation["age"]), Kind(situation["kind"]), Time(situation["time"])
        ),
        before=tuple(_words(words) for words in data["before"]),
        agencies=tuple(_agency(one) for one in data["agencies"]),
        warm_transfer=_words(data["warm_transfer"]),
        after=tuple(_words(words) for words in data["after"]),
        owner=data["owner"],
        review_by=date.fromisoformat(data["review_by"]),
        source=data["source"],
        reviewed_by=data["reviewed_by"],
    )


def _agency_data(agency: Agency) -> dict[str, Any]:
    return _without_none(
        {
            "name": agency.name,
            "path": agency.path.value,
            "kind": agency.kind.value,
            "numbers": list(agency.numbers),
            "hours": None if agency.hours is None else _words_data(agency.hours),
            "languages": list(agency.languages),
            "may_receive": [detail.value for detail in agency.may_receive],
            "without_consent": [ground.value for ground in agency.without_consent],
            "note": None if agency.note is None else _words_data(agency.note),
            "unconfirmed": list(agency.unconfirmed),
        }
    )


def _agency(data: Mapping[str, Any]) -> Agency:
    return Agency(
        name=data["name"],
        path=Path(data["path"]),
        kind=RecipientKind(data["kind"]),
        numbers=tuple(data["numbers"]),
        hours=_words(data["hours"]) if "hours" in data else None,
        languages=tuple(data["languages"]),
        may_receive=tuple(Detail(one) for one in data["may_receive"]),
        without_consent=tuple(Ground(one) for one in data.get("without_consent", ())),
        note=_words(data["note"]) if "note" in data else None,
        unconfirmed=tuple(data.get("unconfirmed", ())),
    )


def _words(data: str | Mapping[str, str]) -> Words:
    """One text for both languages, or one for each."""
    return Words(data, data) if isinstance(data, str) else Words(data["en"], data["fr"])


def _words_data(words: Words) -> str | dict[str, str]:
    return words.en if words.en == words.fr else {"en": words.en, "fr": words.fr}


def _without_none(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None}
