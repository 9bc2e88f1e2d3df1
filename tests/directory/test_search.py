"""The search over the first records: what an advocate would expect of it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from directory.question import THE_LINE, Offer, Question
from directory.search import Directory
from directory.vocabulary import Gender
from intake.needs import Need

pytestmark = pytest.mark.asyncio(loop_scope="module")

EDMONTON = ZoneInfo("America/Edmonton")
SUNDAY_NIGHT = datetime(2026, 2, 1, 2, 0, tzinfo=EDMONTON)
TUESDAY_NOON = datetime(2026, 2, 3, 12, 0, tzinfo=ZoneInfo("America/Toronto"))


def names(offers: list[Offer]) -> list[str]:
    """The options without the line's own number."""
    return [offer.name for offer in offers if THE_LINE not in offer.why]


async def test_man_without_status_at_night_in_rural_alberta(directory: Directory) -> None:
    """34, labour, Punjabi, Sunday 02:00: nobody closed is called live, the line is there."""
    offers = await directory.search(
        Question(
            need=Need.LABOUR_RIGHTS,
            place_id="AB",
            language="pa",
            age=34,
            gender=Gender.MAN,
            open_at=SUNDAY_NIGHT,
            without_status=True,
        ),
        limit=20,
    )
    assert names(offers)[0] == "ACT Alberta"
    by_name = {offer.name: offer for offer in offers}
    federal = by_name["Service Canada worker line"]
    assert "open:closed" in federal.why
    assert federal.hours == "Mon-Fri 06:30-20:00 ET"
    assert "language:interpreter" in federal.why
    assert not {"AWHL", "Deborah's Gate", "Covenant House"} & set(by_name)
    assert "Kids Help Phone" not in names(offers)[:2]
    line = offers[-1]
    assert THE_LINE in line.why
    assert (line.phone, line.hours) == ("1-833-900-1010", "24/7")
    for offer in offers:
        assert "open:live" not in offer.why or offer.hours == "24/7"


@pytest.mark.parametrize(
    ("question", "first"),
    [
        (Question(Need.SHELTER, "scarborough-on", "en", age=17), "Covenant House"),
        (Question(Need.SHELTER, "surrey-bc", "en", gender=Gender.WOMAN), "Deborah's Gate"),
        (Question(Need.SHELTER, "montreal-qc", "fr", gender=Gender.WOMAN), "Ligne SOS"),
        (Question(Need.SHELTER, "fort-mcmurray-ab", "en"), "310-1818 line"),
        (Question(Need.SEXUAL_ASSAULT, "trois-rivieres-qc", "fr"), "Info-aide"),
        (Question(Need.CRISIS_SUPPORT, None, "en"), "9-8-8"),
        (Question(Need.YOUTH, "iqaluit-nu", "en", age=15), "Kids Help Phone"),
        (Question(Need.TRAFFICKING, "brandon-mb", "en"), "Klinic"),
        (Question(Need.TRAFFICKING, "moncton-nb", "fr"), "211"),
        (Question(Need.LABOUR_RIGHTS, "halifax-ns", "es"), "Service Canada worker line"),
        (Question(Need.LEGAL_IMMIGRATION, "leamington-on", "es"), "FCJ Centre"),
        (Question(Need.ONLINE_IMAGES, None, "en", age=15), "NeedHelpNow.ca"),
        (Question(Need.INDIGENOUS_SUPPORT, "sioux-lookout-on"), "ONWA"),
        (Question(Need.CRISIS_SUPPORT, "ON", "en", indigenous=True), "Talk4Healing"),
        (Question(Need.CRISIS_SUPPORT, "rankin-inlet-nu", "en"), "9-8-8"),
        (Question(Need.CHILD_PROTECTION, "gatineau-qc", "fr"), "DPJ"),
        (Question(Need.CHILD_PROTECTION, "regina-sk", "en"), "Mobile Crisis Regina"),
        (Question(Need.CHILD_PROTECTION, "la-loche-sk", "en"), "Children's line (north)"),
        (Question(Need.DOMESTIC_VIOLENCE, "yellowknife-nt", "en"), "YWCA NWT"),
        (Question(Need.DOMESTIC_VIOLENCE, "toronto-on", "fr"), "Fem'aide"),
        (Question(Need.DOMESTIC_VIOLENCE, "charlottetown-pe", "en"), "211"),
        (Question(Need.SEXUAL_ASSAULT, "saskatoon-sk", "en"), "211"),
        (Question(Need.BASIC_NEEDS, "halifax-ns", "en"), "211"),
        (Question(None, "st-john-s-nl", police_ok=True), "Crime Stoppers"),
        (Question(Need.HEALTH, "st-john-s-nl", "en"), "211"),
        (Question(None, "whitehorse-yt", "en"), "VLBC help line"),
        (Question(), "211"),
    ],
)
async def test_first_answer(directory: Directory, question: Question, first: str) -> None:
    """The door an advocate would name first."""
    assert names(await directory.search(question))[0] == first


async def test_the_service_made_for_it_is_shown_though_closed(directory: Directory) -> None:
    """At two in the morning the sexual-violence line of the province still stands there."""
    night = Question(Need.SEXUAL_ASSAULT, "edmonton-ab", "en", open_at=SUNDAY_NIGHT)
    offers = await directory.search(night)
    assert "One Line" in names(offers)
    assert "open:live" in offers[0].why


@pytest.mark.parametrize("gender", [Gender.MAN, Gender.TRANS_MAN])
@pytest.mark.parametrize("need", list(Need))
async def test_women_only_services_are_not_offered_to_men(
    directory: Directory, gender: Gender, need: Need
) -> None:
    """A known no excludes, whatever the need and however long the list."""
    for place in ("toronto-on", "vancouver-bc", "montreal-qc"):
        found = names(await directory.search(Question(need, place, gender=gender), limit=50))
        if gender is Gender.MAN:
            assert not {"AWHL", "Fem'aide", "Deborah's Gate"} & set(found)


async def test_unknown_gender_is_told_and_one_option_turns_nobody_away(
    directory: Directory,
) -> None:
    """A women's line may lead, marked as such, beside one that is open to anyone."""
    first, second, _ = await directory.search(Question(Need.SHELTER, "toronto-on", "en"))
    assert "only:women" in first.why
    assert not [reason for reason in second.why if reason.startswith(("only:", "ages:"))]


@pytest.mark.parametrize("age", [15, 25, 60])
async def test_age_limits_exclude(directory: Directory, age: int) -> None:
    """16 to 24 means 16 to 24."""
    question = Question(Need.SHELTER, "toronto-on", "en", age=age)
    assert "Covenant House" not in names(await directory.search(question, limit=50))


async def test_police_only_when_asked_for(directory: Directory) -> None:
    """No police record otherwise, for any need and place; first of all once they ask."""
    for need in (*Need, None):
        for place in ("calgary-ab", "toronto-on", "whitehorse-yt", "SK"):
            found = names(await directory.search(Question(need, place), limit=100))
            assert not [name for name in found if "Police" in name or "RCMP" in name]
            assert "Crime Stoppers" not in found
    asked = await directory.search(Question(None, "calgary-ab", police_ok=True))
    assert asked[0].name == "Calgary Police, non-emergency"
    assert "asked:police" in asked[0].why


@pytest.mark.parametrize("need", [*Need, None])
@pytest.mark.parametrize("place", [None, "CA", "NU", "PE", "thompson-mb", "toronto-on", "gone"])
async def test_never_fewer_than_two_options_and_the_line(
    directory: Directory, need: Need | None, place: str | None
) -> None:
    """Anywhere in Canada, even with a place that no longer exists."""
    offers = await directory.search(Question(need, place, "pa", open_at=SUNDAY_NIGHT), limit=1)
    assert [THE_LINE in offer.why for offer in offers] == [False, False, True]
    assert len({offer.phone or offer.text_number for offer in offers}) == 3
    assert all(offer.phone or offer.text_number for offer in offers)


@pytest.mark.parametrize(("limit", "expected"), [(0, 2), (2, 2), (4, 4)])
async def test_limit_counts_the_options(directory: Directory, limit: int, expected: int) -> None:
    """The line's own number comes on top; fewer than two are never given."""
    offers = await directory.search(Question(Need.SHELTER, "toronto-on"), limit=limit)
    assert len(names(offers)) == expected


async def test_unverified_records_ask_to_confirm(directory: Directory) -> None:
    """No first record was verified, so every option says so."""
    offers = await directory.search(Question(Need.CRISIS_SUPPORT, "toronto-on", "en"), limit=50)
    options = offers[:-1]
    assert options
    assert all(offer.confirm and "confirm:unverified" in offer.why for offer in options)


async def test_hours_that_nobody_confirms_are_not_called_24_7(directory: Directory) -> None:
    """ "24/7" stands only where a live person is known to answer."""
    offers = await directory.search(Question(open_at=SUNDAY_NIGHT), limit=100)
    two_one_one = next(offer for offer in offers if offer.name == "211")
    assert two_one_one.hours == ""
    assert "open:unknown" in two_one_one.why
    assert all("open:live" in offer.why for offer in offers[:-1] if offer.hours == "24/7")


async def test_french_answers_are_french(directory: Directory) -> None:
    """Hours and places in French for a French speaker."""
    offers = await directory.search(
        Question(Need.LABOUR_RIGHTS, "BC", "fr", open_at=TUESDAY_NOON), limit=10
    )
    by_name = {offer.name: offer for offer in offers}
    assert by_name["Service Canada worker line"].hours == "lun-ven 06:30-20:00 HE"
    assert by_name["MOSAIC"].where == "Colombie-Britannique"


async def test_text_only_services_are_offered_by_text(directory: Directory) -> None:
    """A service without a voice line is reached by its text number."""
    offers = await directory.search(Question(Need.DOMESTIC_VIOLENCE, "ottawa-on", "en"), limit=10)
    by_text = next(offer for offer in offers if offer.name == "UAHO")
    assert (by_text.phone, by_text.text_number) == (None, "613-704-5535")


async def test_lines_for_others_are_no_stopgap(directory: Directory) -> None:
    """Nobody is taken for Indigenous or trans because nothing else is near."""
    for need in Need:
        for place in ("charlottetown-pe", "moncton-nb", "saskatoon-sk", "edmonton-ab"):
            if need is not Need.INDIGENOUS_SUPPORT:
                found = names(await directory.search(Question(need, place, "en")))
                assert not {"1-844-413 support line", "Hope for Wellness", "Peer support line"} & {
                    *found
                }


async def test_names_are_discreet(directory: Directory) -> None:
    """Nothing on a lock screen says what the service is about."""
    telling = ("traffick", "suicide", "assault", "sexual", "violence", "crisis line", "victim")
    for need in (*Need, None):
        for place in ("BC", "AB", "MB", "toronto-on", "QC", "NT"):
            for offer in await directory.search(Question(need, place), limit=100):
                assert not [word for word in telling if word in offer.name.lower()], offer.name


async def test_line_phone_is_the_callers(seeded_url: str) -> None:
    """Another line's number closes the answer where the settings say so."""
    async with Directory.open(seeded_url, "1-800-555-0100") as opened:
        offers = await opened.search(Question())
    assert offers[-1].phone == "1-800-555-0100"
