"""People as they come: random directories and questions, and the one whom systems forget."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa_sdk import Tracker

from actions.referral import ShowOffers, question_of
from directory.hours import Openness, openness
from directory.question import THE_LINE, Offer, Question, Reader
from directory.search import Directory
from directory.tables import ScheduleRow, ServiceAreaRow, ServiceRow
from directory.vocabulary import Audience, Exploitation, Extent, Fit, Gender, Phase
from intake.details import details
from intake.needs import Need, find_need
from intake.places import named_places
from locales.catalogue import Catalogue
from locales.segments import count
from tests.actions.tracker import run, tracker, user
from tests.directory.made_up import SECRET, MadeUp

PLACES = (None, "AB", "toronto-on", "calgary-ab", "gatineau-qc", "iqaluit-nu", "regina-sk")
ZONES = ("America/St_Johns", "America/Regina", "America/Edmonton", "America/Toronto")


def schedule(chance: random.Random) -> ScheduleRow:
    """Weekly hours of any kind: short, over night, one day or all."""
    days = chance.sample(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), chance.randint(1, 7))
    return ScheduleRow(
        timezone=chance.choice(ZONES),
        freq="WEEKLY",
        interval=1,
        byday=",".join(days),
        opens_at=time(chance.randint(0, 23), chance.choice((0, 30))),
        closes_at=time(chance.randint(0, 23), chance.choice((0, 30))),
        unconfirmed=chance.choice(([], [], ["opens_at"])),
    )


def directory_of(seed: int) -> tuple[MadeUp, dict[str, ServiceRow], dict[str, list[ScheduleRow]]]:
    """Up to twelve services of every kind, some with houses that must never show."""
    chance = random.Random(seed)
    made = MadeUp()
    services: dict[str, ServiceRow] = {}
    hours: dict[str, list[ScheduleRow]] = {}
    for number in range(chance.randint(0, 12)):
        level = chance.choice(list(Extent))
        place = {
            Extent.PROVINCE: "AB", Extent.NATIONAL: "CA", Extent.NATIONAL_INTAKE: "CA",
        }.get(level, chance.choice(("toronto-on", "calgary-ab", "regina-sk")))  # fmt: skip
        unknown: list[Any] = [None, True, False]
        shifts = [schedule(chance) for _ in range(chance.randint(0, 3))]
        service = made.service(
            f"Service {number}",
            needs={chance.choice(list(Need)): chance.choice(list(Fit))},
            audiences=chance.sample(list(Audience), chance.randint(0, 1)),
            place=place,
            level=level,
            languages=chance.sample(("en", "fr", "pa"), chance.randint(0, 2)),
            phone=f"555-01{number:02d}",
            kind=chance.choice(("direct_service", "government", "law_enforcement")),
            schedules=shifts,
            visibility=chance.choice(("public", "public", "staff_only", "sealed")),
            share_by_channel=chance.choice(("any", "any", "voice_only", "advocate_only")),
            status=chance.choice(("active", "active", "temporarily closed")),
            crisis_grade=chance.choice((None, "24_7_live", "hours_live", "message_only")),
            accepts_men=chance.choice(unknown),
            accepts_no_status=chance.choice(unknown),
            minimum_age=chance.choice((None, 16, 18)),
            maximum_age=chance.choice((None, 24, 60)),
            interpretation=chance.choice(unknown),
            serves_labour_trafficking=chance.choice(unknown),
        )
        if chance.random() < 0.7:
            made.house(service, sealed=chance.random() < 0.5)
        services[str(service.id)], hours[str(service.id)] = service, shifts
    return made, services, hours


def questions(seed: int, number: int) -> list[Question]:
    """Questions of every kind."""
    chance = random.Random(seed)
    return [
        Question(
            need=chance.choice((None, *Need)),
            place_id=chance.choice(PLACES),
            language=chance.choice((None, "en", "pa")),
            age=chance.choice((None, 15, 34, 70)),
            gender=chance.choice((None, *Gender)),
            open_at=datetime(2026, 2, chance.randint(1, 28), chance.randint(0, 23), tzinfo=UTC),
            without_status=chance.random() < 0.3,
            with_children=chance.random() < 0.3,
            with_pets=chance.random() < 0.2,
            away_from=("calgary-ab",) if chance.random() < 0.2 else (),
            exploitation=chance.choice((None, *Exploitation)),
            phase=chance.choice((None, *Phase)),
            police_ok=chance.random() < 0.1,
        )
        for _ in range(number)
    ]


def hold(
    offers: list[Offer],
    question: Question,
    services: dict[str, ServiceRow],
    hours: dict[str, list[ScheduleRow]],
) -> None:
    """What is promised of every answer to a person."""
    assert offers
    assert THE_LINE in offers[-1].why
    said = repr(offers)
    assert SECRET not in said
    for hidden in ("555-0199", "555-0198", "49.12", "V0V"):
        assert hidden not in said
    for offer in offers[:-1]:
        service = services[offer.service_id]
        assert (service.visibility, service.share_by_channel) == ("public", "any")
        assert service.status == "active"
        if "open:live" in offer.why and service.crisis_grade != "24_7_live":
            assert any(_open(one, question.open_at) for one in hours[offer.service_id])
        assert "open:live" not in offer.why or service.crisis_grade != "message_only"


def _open(shift: ScheduleRow, moment: datetime | None) -> bool:
    """By counting minutes of the week, another way than the code's."""
    assert moment is not None and shift.opens_at is not None and shift.closes_at is not None
    local = moment.astimezone(ZoneInfo(shift.timezone))
    now = local.weekday() * 1440 + local.hour * 60 + local.minute
    opens = shift.opens_at.hour * 60 + shift.opens_at.minute
    length = (shift.closes_at.hour * 60 + shift.closes_at.minute - opens - 1) % 1440 + 1
    names = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    return any(
        (now - names.index(day) * 1440 - opens) % 10_080 < length
        for day in str(shift.byday).split(",")
    )


@given(st.integers(0, 10**9))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
async def test_random_directories_keep_every_promise(empty_url: str, seed: int) -> None:
    """Nothing sealed leaks, nothing closed is called open, no answer is empty."""
    made, services, hours = directory_of(seed)
    async with made.opened(empty_url) as directory:
        for question in questions(seed + 1, 12):
            hold(await directory.search(question, 20), question, services, hours)


@pytest.mark.asyncio(loop_scope="module")
async def test_the_man_whom_systems_forget(directory: Directory) -> None:
    """Man, 34, no status, labour, Punjabi, rural Alberta, Sunday 02:00: never nothing."""
    sunday = datetime(2026, 2, 8, 2, 0, tzinfo=ZoneInfo("America/Edmonton")).astimezone(UTC)
    for need in (Need.LABOUR_RIGHTS, Need.TRAFFICKING, Need.SHELTER, None):
        question = Question(
            need, "vermilion-ab", "pa", age=34, gender=Gender.MAN, without_status=True,
            open_at=sunday, exploitation=Exploitation.LABOUR,
        )  # fmt: skip
        offers = await directory.search(question)
        assert len(offers) >= 3
        for offer in offers[:-1]:
            assert offer.phone or offer.text_number
            assert "only:women" not in offer.why
            assert not [reason for reason in offer.why if reason.startswith("asked:")]
            # Spoken, interpreted, or said to be asked about.
            assert any("language" in reason for reason in offer.why)
        # Somebody answers at this hour: one of them, or the line itself.
        staff = await directory.search(question, 10, Reader.STAFF)
        assert any("open:live" in offer.why for offer in staff)


@pytest.mark.asyncio(loop_scope="module")
async def test_the_bot_answers_him_in_punjabi(directory: Directory) -> None:
    """From his own words to the texts that he gets: two options, none of them police or a house."""
    said = "vermilion alberta ch aa, tankhah da masla. main banda haan, 34 saal, kagaz nahi"
    slots = {
        "need": getattr(find_need(said), "value", None),
        "place": named_places(said)[0].place.id,
        "known_details": [one.value for one in details(said)],
        "language": "pa",
    }
    assert slots["need"] == "labour_rights" and slots["place"] == "vermilion-ab"
    assert {"man", "age:34", "without_status"} == set(slots["known_details"])
    catalogue = Catalogue.load()
    state = tracker(user("affirm", "haan"), slots=slots, loop="find_service_form")
    outcome = await run(ShowOffers(directory, catalogue), state)
    assert len(outcome.wishes[0]["services"]) == 2
    offers = await directory.search(question_of(Tracker.from_dict(state)), 2)
    assert [one.service_id for one in offers[:2]] == outcome.wishes[0]["services"]
    assert not [one for one in offers if "asked:police" in one.why or "only:women" in one.why]
    for message in outcome.messages:
        if message["response"]:
            values = {"phone": "1-833-900-1010", "offer": message.get("offer", "")}
            text = catalogue.text(message["response"], "pa", **values)
            assert count(text).parts <= 2, text


@pytest.mark.parametrize(
    ("day", "province", "state"),
    [
        (date(2026, 7, 1), "ON", Openness.UNKNOWN),
        (date(2026, 6, 24), "QC", Openness.UNKNOWN),
        (date(2026, 6, 24), "ON", Openness.LIVE),
        (date(2026, 12, 25), "AB", Openness.UNKNOWN),
        (date(2026, 7, 2), "ON", Openness.LIVE),
    ],
)
def test_a_holiday_is_not_taken_for_a_working_day(
    day: date, province: str, state: Openness
) -> None:
    """Office hours say nothing of a holiday of the province: ask, do not promise."""
    zone = {"ON": "America/Toronto", "QC": "America/Toronto", "AB": "America/Edmonton"}[province]

    service = ServiceRow(
        unconfirmed=[],
        schedules=[
            ScheduleRow(timezone=zone, freq="WEEKLY", interval=1, byday="MO,TU,WE,TH,FR",
                        opens_at=time(9), closes_at=time(17), unconfirmed=[])
        ],
        service_areas=[ServiceAreaRow(level="province", place_id=province, province=province)],
    )  # fmt: skip
    noon = datetime.combine(day, time(12), ZoneInfo(zone))
    assert openness(service, noon) is state
