"""Random services and questions, small and nasty: everything differs, everything may be unknown."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from directory.entries import Area, Candidate, Language, Organization, Phone, Schedule, Service
from directory.fit import ACCEPTANCES
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
    Verification,
)
from intake.needs import Need
from intake.places import by_id

_TOWNS = ("toronto-on", "hamilton-on", "ottawa-on", "gatineau-qc", "calgary-ab", "iqaluit-nu")
_ASKED = (None, "CA", "ON", "AB", "NU", "no-such", *_TOWNS, "brampton-on", "olds-ab")
_ZONES = ("America/St_Johns", "America/Regina", "America/Toronto", "America/Edmonton", "Moon/Sea")
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LANGUAGES = ("en", "fr", "pa", "zh", "cmn", "cr")
_DOUBTS = ("crisis_grade", "languages", "interpretation", "minimum_age", *ACCEPTANCES)


def random_candidates(chance: random.Random, number: int, now: datetime) -> list[Candidate]:
    """Public services that may be passed on, as a person's index holds them."""
    return [_candidate(chance, now) for _ in range(number)]


def _maybe(chance: random.Random) -> bool | None:
    return chance.choice((True, True, False, None, None, None))


def _doubt(chance: random.Random, name: str) -> tuple[str, ...]:
    return (name,) if chance.random() < 0.2 else ()


def _candidate(chance: random.Random, now: datetime) -> Candidate:
    verified = chance.choice(
        (None, *(now - timedelta(days=days, seconds=chance.randrange(-2, 3)) for days in
                 (0, 1, 89, 90, 91, 180, 181, 359, 360, 361)))
    )  # fmt: skip
    flags: dict[str, Any] = {name: _maybe(chance) for name in ACCEPTANCES}
    service = Service(
        id=UUID(int=chance.getrandbits(128)),
        name=chance.choice(("Door", "Haven", "Harbour", "Bridge")),
        alternate_name=None, discreet_name=None, status="active", visibility="public",
        share_by_channel=chance.choice(("any", "any", "voice_only")),
        crisis_grade=chance.choice((None, None, *CrisisGrade)),
        safe_to_text=_maybe(chance), is_the_line=False,
        police_affiliated=chance.choice((None, None, False, True)),
        interpretation=_maybe(chance),
        minimum_age=chance.choice((None, None, 12.0, 16.0, 18.0)),
        maximum_age=chance.choice((None, None, 24.0, 29.0)),
        serves_sex_trafficking=_maybe(chance), serves_labour_trafficking=_maybe(chance),
        sobriety_rule=chance.choice((None, None, "Sober for a week.")), alert=None,
        verification=chance.choice(list(Verification)) if verified else "to_be_verified",
        verified_at=verified,
        unconfirmed=tuple(chance.sample(_DOUBTS, chance.choice((0, 0, 1, 3)))),
        organization=Organization(
            "Society", None, chance.choices(list(OrganizationKind), (6, 1, 1, 3, 1))[0], "public"
        ),
        phones=tuple(_phones(chance)),
        schedules=tuple(_schedule(chance) for _ in range(chance.choice((0, 1, 1, 2)))),
        languages=tuple(Language(code, _doubt(chance, "code")) for code in
                        sorted(chance.sample(_LANGUAGES, chance.choice((0, 1, 2))))),
        service_areas=tuple(_area(chance) for _ in range(chance.choice((1, 2, 3)))),
        **flags,
    )  # fmt: skip
    needs = chance.sample(list(Need), chance.choice((1, 4, 8)))
    return Candidate(
        service,
        {need: chance.choice(list(Fit)) for need in needs},
        frozenset(chance.sample(list(Audience), chance.choice((0, 0, 1, 2)))),
        frozenset(chance.sample(list(Phase), chance.choice((0, 0, 1)))),
    )


def _phones(chance: random.Random) -> Iterator[Phone]:
    for position in range(chance.choice((0, 1, 1, 1, 1, 2, 2))):
        # Few numbers, so that several services share one.
        number = f"555-01{chance.randrange(95):02}"
        kind = chance.choice(("voice", "voice", "voice", "text", "fax"))
        transfer = chance.random() < 0.1
        visibility = "staff_only" if transfer else chance.choice(("public", "public", "staff_only"))
        yield Phone(number, None, kind, visibility, transfer, position, _doubt(chance, "number"))


def _schedule(chance: random.Random) -> Schedule:
    odd = chance.random() < 0.2
    opens, closes = (
        time(chance.randrange(24), chance.choice((0, 0, 15, 30)), chance.choice((0, 0, 20)))
        for _ in range(2)
    )
    return Schedule(
        timezone=chance.choice(_ZONES),
        valid_from=chance.choice((None, None, date(2026, 11, 20))),
        valid_to=None,
        dtstart=chance.choice((None, None, date(2026, 11, 25))),
        until=None, count=None, wkst=None,
        freq=chance.choice(("WEEKLY", "MONTHLY")) if odd else "WEEKLY",
        interval=chance.choice((1, 2)) if odd else 1,
        byday=chance.choice((None, "1MO", "XX")) if odd else
        ",".join(chance.sample(_DAYS, chance.randint(1, 7))),
        byweekno=None, bymonthday="24" if odd and chance.random() < 0.3 else None,
        byyearday=None, description=None,
        opens_at=None if chance.random() < 0.1 else opens, closes_at=closes,
        unconfirmed=_doubt(chance, "opens_at"),
    )  # fmt: skip


def _area(chance: random.Random) -> Area:
    level = chance.choice(list(Extent))
    town = by_id(chance.choice(_TOWNS))
    assert town is not None
    centred = level in {Extent.TOWN, Extent.REGION}
    national = level in {Extent.NATIONAL, Extent.NATIONAL_INTAKE}
    return Area(
        None, level, "CA" if national else town.id if centred else town.province,
        None if national else town.province, town.latitude if centred else None,
        town.longitude if centred else None, chance.choice((10, 80)) if centred else None,
        _doubt(chance, "place_id"),
    )  # fmt: skip


def random_questions(chance: random.Random, number: int, now: datetime) -> Iterator[Question]:
    """Questions that say anything or nothing, at any minute of the two weeks after `now`."""
    for _ in range(number):
        minutes = chance.randrange(14 * 24 * 60)
        yield Question(
            need=chance.choice((None, *Need)),
            place_id=chance.choice(_ASKED),
            language=chance.choice((None, "en", "pa", "zh")),
            age=chance.choice((None, None, None, 17, 24, 34)),
            gender=chance.choice((*[None] * 5, *Gender)),
            open_at=chance.choice((None, now + timedelta(minutes=minutes))),
            without_status=chance.random() < 0.2,
            with_children=chance.random() < 0.1,
            with_pets=chance.random() < 0.1,
            indigenous=chance.random() < 0.2,
            two_slgbtq=chance.random() < 0.2,
            away_from=chance.choice((*[()] * 6, ("toronto-on",), ("AB", "ottawa-on"))),
            exploitation=chance.choice((*[None] * 5, *Exploitation)),
            phase=chance.choice((None, *Phase)),
            police_ok=chance.random() < 0.2,
        )
