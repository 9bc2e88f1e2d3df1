"""Promises held over random directories: nothing sealed leaks, nobody closed is called open."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.hours import Openness, openness
from directory.question import THE_LINE, Offer, Question
from directory.tables import LocationRow, OrganizationRow, ScheduleRow, ServiceRow
from directory.vocabulary import Audience, CrisisGrade, Extent, Fit, Gender, ServiceStatus
from intake.needs import Need
from tests.directory.made_up import SECRET, MadeUp

MAYBE = st.sampled_from([True, False, None])
PLACES = ["toronto-on", "london-on", "calgary-ab", "iqaluit-nu", "gatineau-qc"]
ANYWHERE = st.sampled_from([None, "CA", "ON", "AB", *PLACES, "ottawa-on", "olds-ab", "no-such"])
AREAS = st.one_of(
    st.just(("CA", Extent.NATIONAL)),
    st.just(("CA", Extent.NATIONAL_INTAKE)),
    st.sampled_from(["ON", "AB", "NU"]).map(lambda place: (place, Extent.PROVINCE)),
    st.sampled_from(PLACES).map(lambda place: (place, Extent.TOWN)),
)
SCHEDULES = st.builds(
    lambda days, opens, closes, doubt: {
        "timezone": "America/Toronto",
        "byday": ",".join(days),
        "opens_at": time(opens),
        "closes_at": time(closes),
        "unconfirmed": ["opens_at"] if doubt else [],
    },
    st.lists(st.sampled_from(["MO", "WE", "FR", "SU"]), min_size=1, unique=True),
    st.integers(0, 23),
    st.integers(0, 23),
    st.booleans(),
)
AGES = st.tuples(
    st.one_of(st.none(), st.integers(0, 20)), st.one_of(st.none(), st.integers(20, 90))
)
SERVICES = st.fixed_dictionaries(
    {
        "needs": st.dictionaries(st.sampled_from(list(Need)), st.sampled_from(list(Fit))),
        "audiences": st.sets(st.sampled_from(list(Audience)), max_size=2),
        "area": AREAS,
        "languages": st.lists(st.sampled_from(["en", "fr", "pa"]), unique=True),
        "phone": st.booleans(),
        "text": st.booleans(),
        "kind": st.sampled_from(["direct_service", "government", "law_enforcement"]),
        "ages": AGES,
        "schedules": st.lists(SCHEDULES, max_size=2),
        "sealed_house": st.booleans(),
        "columns": st.fixed_dictionaries(
            {
                "status": st.sampled_from([ServiceStatus.ACTIVE] * 4 + list(ServiceStatus)),
                "visibility": st.sampled_from(["public"] * 5 + ["staff_only", "sealed"]),
                "share_by_channel": st.sampled_from(["any"] * 5 + ["voice_only", "advocate_only"]),
                "crisis_grade": st.sampled_from([None, *CrisisGrade]),
                "police_affiliated": MAYBE,
                "interpretation": MAYBE,
                "accepts_men": MAYBE,
                "accepts_women": MAYBE,
                "accepts_no_status": MAYBE,
                "unconfirmed": st.lists(
                    st.sampled_from(["crisis_grade", "languages", "accepts_men"]), unique=True
                ),
            }
        ),
    }
)
QUESTIONS = st.builds(
    Question,
    need=st.one_of(st.none(), st.sampled_from(list(Need))),
    place_id=ANYWHERE,
    language=st.sampled_from([None, "en", "fr", "pa"]),
    age=st.one_of(st.none(), st.integers(10, 90)),
    gender=st.one_of(st.none(), st.sampled_from([Gender.MAN, Gender.WOMAN])),
    open_at=st.one_of(
        st.none(),
        st.integers(0, 7 * 24 * 2).map(
            lambda half_hours: datetime(2026, 2, 1, tzinfo=UTC) + timedelta(minutes=30 * half_hours)
        ),
    ),
    without_status=st.booleans(),
    police_ok=st.booleans(),
)


def build(drawn: list[dict[str, Any]]) -> tuple[MadeUp, dict[str, ServiceRow]]:
    """The drawn services with houses that must stay hidden."""
    made = MadeUp()
    services: dict[str, ServiceRow] = {}
    for number, one in enumerate(drawn):
        place, level = one["area"]
        low, high = one["ages"]
        service = made.service(
            f"Door {number}",
            needs=one["needs"],
            audiences=one["audiences"],
            place=place,
            level=level,
            languages=one["languages"],
            phone=f"555-01{number:02}" if one["phone"] else None,
            text=f"555-01{50 + number}" if one["text"] else None,
            kind=one["kind"],
            minimum_age=low,
            maximum_age=high,
            schedules=[ScheduleRow(**columns) for columns in one["schedules"]],
            **one["columns"],
        )
        made.house(service, sealed=one["sealed_house"])
        services[str(service.id)] = service
    return made, services


def check(offers: list[Offer], question: Question, made: MadeUp, services: dict[str, Any]) -> None:
    """Everything that must hold for any answer to any question."""
    owners = {row.id: row for row in made.rows if isinstance(row, OrganizationRow)}
    houses = [row for row in made.rows if isinstance(row, LocationRow)]
    assert offers
    assert THE_LINE in offers[-1].why
    assert offers[-1].phone
    told = repr(offers)
    assert SECRET not in told
    assert "49.123456" not in told
    assert "555-0199" not in told
    assert "555-0198" not in told
    assert not any(str(house.id) in told for house in houses)
    for offer in offers[:-1]:
        service = services[offer.service_id]
        police = owners[service.organization_id].kind == "law_enforcement"
        assert question.police_ok or not (police or service.police_affiliated)
        assert service.status == "active"
        assert service.visibility == "public"
        assert service.share_by_channel == "any"
        assert offer.phone or offer.text_number
        assert offer.confirm
        if question.gender is Gender.MAN and "accepts_men" not in service.unconfirmed:
            assert service.accepts_men is not False
        if question.age is not None:
            assert service.minimum_age is None or question.age >= service.minimum_age
            assert service.maximum_age is None or question.age <= service.maximum_age
        if offer.hours == "24/7" or ("open:live" in offer.why):
            assert service.crisis_grade not in {"message_only", "info_only"}
        if offer.hours == "24/7":
            assert service.crisis_grade == "24_7_live"
            assert "crisis_grade" not in service.unconfirmed
        if "open:live" in offer.why:
            assert question.open_at is not None
            schedules = [
                row
                for row in made.rows
                if isinstance(row, ScheduleRow) and row.service_id == service.id
            ]
            known = ServiceRow(
                crisis_grade=service.crisis_grade,
                unconfirmed=service.unconfirmed,
                schedules=[plain(row) for row in schedules],
            )
            assert openness(known, question.open_at) is Openness.LIVE


def plain(row: ScheduleRow) -> ScheduleRow:
    """A schedule outside any session."""
    return ScheduleRow(
        timezone=row.timezone,
        freq="WEEKLY",
        interval=1,
        byday=row.byday,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        unconfirmed=row.unconfirmed,
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    drawn=st.lists(SERVICES, max_size=6),
    questions=st.lists(QUESTIONS, min_size=1, max_size=5),
    limit=st.integers(0, 6),
)
def test_no_directory_makes_the_search_leak_or_lie(
    empty_url: str, drawn: list[dict[str, Any]], questions: list[Question], limit: int
) -> None:
    """Sealed and confidential places, staff numbers, police, age, gender, hours, emptiness."""
    made, services = build(drawn)

    async def ask() -> list[list[Offer]]:
        async with made.opened(empty_url) as directory:
            return [await directory.search(question, limit) for question in questions]

    for question, offers in zip(questions, asyncio.run(ask()), strict=True):
        check(offers, question, made, services)


def test_the_check_can_fail() -> None:
    """The promise above is not empty: a leaking offer is caught."""
    made, services = build([])
    leak = Offer("x", f"{SECRET} House", "555-0100", None, "Canada", "", (), (THE_LINE,), False)
    with pytest.raises(AssertionError):
        check([leak], Question(), made, services)
