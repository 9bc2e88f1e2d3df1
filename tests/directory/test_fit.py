"""The ranking, rule by rule, over small invented directories on a real database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from directory.fit import kilometres
from directory.question import THE_LINE, Offer, Question
from directory.vocabulary import Audience, Extent, Fit, Gender
from intake.needs import Need
from tests.directory.made_up import NOW, MadeUp

SHELTER = Question(Need.SHELTER, "toronto-on", "en")


async def ask(made: MadeUp, url: str, question: Question = SHELTER) -> list[Offer]:
    """The options of an invented directory, without the line."""
    async with made.opened(url) as directory:
        offers = await directory.search(question, limit=20)
    assert THE_LINE in offers[-1].why
    return offers[:-1]


@pytest.mark.parametrize(
    ("columns", "question"),
    [
        ({"accepts_men": False}, {"gender": Gender.MAN}),
        ({"accepts_trans_women": False}, {"gender": Gender.TRANS_WOMAN}),
        ({"accepts_non_binary": False}, {"gender": Gender.NON_BINARY}),
        ({"accepts_no_status": False}, {"without_status": True}),
        ({"accepts_with_children": False}, {"with_children": True}),
        ({"accepts_pets": False}, {"with_pets": True}),
        ({"minimum_age": 18}, {"age": 17}),
        ({"maximum_age": 24}, {"age": 25}),
        ({"languages": ["fr"], "interpretation": False}, {"language": "pa"}),
        ({"place": "AB", "level": Extent.PROVINCE}, {"place_id": "toronto-on"}),
        ({"place": "calgary-ab", "level": Extent.TOWN}, {"place_id": "edmonton-ab"}),
        ({"place": "calgary-ab", "level": Extent.TOWN}, {"place_id": None}),
        ({"place": "ottawa-on", "level": Extent.TOWN, "radius_km": 1}, {"place_id": "gatineau-qc"}),
        ({"status": "temporarily closed"}, {}),
        ({"visibility": "staff_only"}, {}),
        ({"visibility": "sealed"}, {}),
        ({"share_by_channel": "voice_only"}, {}),
        ({"share_by_channel": "advocate_only"}, {}),
        ({"kind": "law_enforcement"}, {}),
        ({"police_affiliated": True}, {}),
        ({"phone": None}, {}),
        ({"organization": {"visibility": "staff_only"}}, {}),
        ({"needs": {Need.LABOUR_RIGHTS: Fit.PRIMARY}}, {}),
    ],
)
async def test_a_known_no_excludes(
    empty_url: str, columns: dict[str, Any], question: dict[str, Any]
) -> None:
    """Each hard rule by itself, and the same service without it is offered."""
    made = MadeUp()
    made.service("Plain")
    made.service("Excluded", phone=columns.pop("phone", "555-0101"), **columns)
    asked = Question(**{"need": Need.SHELTER, "place_id": "toronto-on", **question})
    assert [offer.name for offer in await ask(made, empty_url, asked)] == ["Plain"]


@pytest.mark.parametrize(
    ("known", "question", "reason"),
    [
        ({"accepts_men": True}, {"gender": Gender.MAN}, "confirm:accepts_men"),
        ({"accepts_no_status": True}, {"without_status": True}, "confirm:accepts_no_status"),
        ({"accepts_pets": True}, {"with_pets": True}, "confirm:accepts_pets"),
        ({"minimum_age": 0}, {"age": 34}, "confirm:age"),
        ({"languages": ["pa"]}, {"language": "pa"}, "confirm:language"),
        ({"interpretation": True}, {"language": "pa"}, "confirm:language"),
        ({"crisis_grade": "24_7_live"}, {"open_at": NOW}, "open:unknown"),
    ],
)
async def test_unknown_never_excludes_but_ranks_lower(
    empty_url: str, known: dict[str, Any], question: dict[str, Any], reason: str
) -> None:
    """A service that says yes comes before one that says nothing, which asks to confirm."""
    made = MadeUp()
    verified: dict[str, Any] = {"verification": "verified", "verified_at": NOW, "verified_by": "A",
                "verified_method": "call"}  # fmt: skip
    made.service("A silent one", phone="555-0101", **verified)
    made.service("Says yes", phone="555-0102", **verified, **known)
    asked = Question(**{"need": Need.SHELTER, "place_id": "toronto-on", **question})
    first, second = await ask(made, empty_url, asked)
    assert (first.name, first.confirm) == ("Says yes", False)
    assert (second.name, second.confirm) == ("A silent one", True)
    assert reason in second.why
    assert reason not in first.why


async def test_nearest_reach_first(empty_url: str) -> None:
    """Town, region, province, nearby, nation, and at last a place to travel to."""
    made = MadeUp()
    for number, (name, place, level, radius) in enumerate(
        [
            ("nation", "CA", Extent.NATIONAL, None),
            ("travel", "CA", Extent.NATIONAL_INTAKE, None),
            ("province", "ON", Extent.PROVINCE, None),
            ("nearby", "barrie-on", Extent.TOWN, 20),
            ("town", "toronto-on", Extent.TOWN, 30),
            ("region", "york-region-on", Extent.REGION, 60),
        ]
    ):
        made.service(name, phone=f"555-010{number}", place=place, level=level, radius_km=radius)
    found = await ask(made, empty_url)
    assert [offer.name for offer in found] == [
        "town", "region", "province", "nation", "nearby", "travel",
    ]  # fmt: skip
    assert [offer.where for offer in found] == [
        "Toronto", "York Region", "Ontario", "Canada", "Barrie", "Canada",
    ]  # fmt: skip


async def test_a_town_reaches_over_a_border(empty_url: str) -> None:
    """Ottawa's service area holds Gatineau, in another province."""
    made = MadeUp()
    made.service("Ottawa", place="ottawa-on", level=Extent.TOWN, radius_km=40)
    found = await ask(made, empty_url, Question(Need.SHELTER, "gatineau-qc"))
    assert [offer.name for offer in found] == ["Ottawa"]


async def test_needs_and_audiences_order_the_answer(empty_url: str) -> None:
    """Made for the need, also for the need, finds one, related, somebody to talk to."""
    made = MadeUp()
    for number, (name, needs) in enumerate(
        [
            ("talk", {Need.CRISIS_SUPPORT: Fit.PRIMARY}),
            ("related", {Need.DOMESTIC_VIOLENCE: Fit.PRIMARY}),
            ("finds one", {Need.SHELTER: Fit.GENERAL}),
            ("also", {Need.SHELTER: Fit.SECONDARY}),
            ("made for it", {Need.SHELTER: Fit.PRIMARY}),
            ("unrelated", {Need.ONLINE_IMAGES: Fit.PRIMARY}),
        ]
    ):
        made.service(name, phone=f"555-010{number}", needs=needs)
    assert [offer.name for offer in await ask(made, empty_url)] == [
        "made for it", "also", "finds one", "related", "talk",
    ]  # fmt: skip


async def test_belonging_is_never_assumed(empty_url: str) -> None:
    """An Indigenous service leads once the person says so, and not before."""
    for said, expected in (
        (False, ["For anyone", "Indigenous-led"]),
        (True, ["Indigenous-led", "For anyone"]),
    ):
        made = MadeUp()
        made.service("For anyone", phone="555-0101", needs={Need.SHELTER: Fit.SECONDARY})
        made.service("Indigenous-led", phone="555-0102", audiences=[Audience.INDIGENOUS])
        question = Question(Need.SHELTER, "toronto-on", indigenous=said)
        assert [offer.name for offer in await ask(made, empty_url, question)] == expected


@pytest.mark.parametrize(
    ("grade", "days", "shown", "reason"),
    [
        ("24_7_live", 80, True, None),
        ("24_7_live", 100, True, "confirm:overdue"),
        ("24_7_live", 181, False, None),
        (None, 170, True, None),
        (None, 190, True, "confirm:overdue"),
        (None, 361, False, None),
    ],
)
async def test_stale_records_sink_then_vanish(
    empty_url: str, grade: str | None, days: int, shown: bool, reason: str | None
) -> None:
    """Crisis numbers are good for 90 days, others for 180; at twice that they are hidden."""
    made = MadeUp()
    made.service(
        crisis_grade=grade,
        verification="verified",
        verified_at=NOW - timedelta(days=days),
        verified_by="A",
        verified_method="call",
    )
    found = await ask(made, empty_url, Question(Need.SHELTER))
    assert bool(found) is shown
    if shown:
        assert ("confirm:overdue" in found[0].why) is (reason is not None)
        assert found[0].confirm is (reason is not None)


async def test_one_number_is_offered_once(empty_url: str) -> None:
    """Two records with one number, and the line's own number under another name."""
    made = MadeUp()
    made.service("First", phone="1-800-555-0101")
    made.service("Same door", phone="(800) 555-0101")
    made.service("The line again", phone="1-833-900-1010")
    assert [offer.name for offer in await ask(made, empty_url)] == ["First"]


async def test_texting_that_is_not_safe_is_not_offered(empty_url: str) -> None:
    """The voice number stays."""
    made = MadeUp()
    made.service("Careful", phone="555-0101", text="555-0102", safe_to_text=False)
    (offer,) = await ask(made, empty_url)
    assert (offer.phone, offer.text_number) == ("555-0101", None)


async def test_an_empty_directory_still_answers(empty_url: str) -> None:
    """The line's own number needs no record."""
    async with MadeUp().opened(empty_url) as directory:
        (line,) = await directory.search(Question(Need.SHELTER, "toronto-on"))
    assert line.why == (THE_LINE,)
    assert line.phone == "1-833-900-1010"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((43.65, -79.38), (43.65, -79.38), 0.0),
        ((43.65, -79.38), (45.50, -73.57), 504.0),
        ((49.28, -123.12), (53.55, -113.49), 820.0),
    ],
)
def test_kilometres(one: tuple[float, float], other: tuple[float, float], expected: float) -> None:
    """Great-circle distances, to one percent."""
    assert kilometres(*one, *other) == pytest.approx(expected, rel=0.01)
