"""The directory's search through the desk's API: what is understood, found, told and kept back."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from directory.question import Question, Reader
from directory.search import Directory
from directory.seed import seed
from directory.vocabulary import Exploitation, Gender, Phase
from handoff.directory_words import explained
from intake.needs import Need
from tests.handoff.people import Bench


@pytest.fixture
async def seeded(bench: Bench) -> Bench:
    """A desk over the first records."""
    await seed(bench.office.settings.database_url)
    return bench


async def test_the_free_text_is_understood(seeded: Bench) -> None:
    """Need, place and language out of one line; the explicit field wins."""
    river = await seeded.advocate()
    answer = (await river.get("/api/directory/search?q=shelter+brampton+punjabi")).json()
    read = answer["understood"]
    assert (read["need"], read["place"]["id"], read["language"]) == (
        "shelter", "brampton-on", "pa",
    )  # fmt: skip
    answer = (await river.get("/api/directory/search?q=shelter&place=T5J+2R7")).json()
    assert answer["understood"]["place"] == {"id": "edmonton-ab", "name": "Edmonton"}
    assert len(answer["offers"]) >= 3
    assert answer["offers"][-1]["the_line"]
    for offer in answer["offers"]:
        assert offer["reasons"]
        assert not {"address", "latitude", "postal_code", "location"} & set(offer)


async def test_a_name_is_found(seeded: Bench) -> None:
    """What an advocate knows by name comes first, whatever else fits."""
    river = await seeded.advocate()
    answer = (await river.get("/api/directory/search?q=covenant+house")).json()
    first = answer["offers"][0]
    assert "Covenant House" in first["full_name"]
    assert first["why"] == ["named"]


async def test_staff_see_what_a_person_does_not(seeded: Bench) -> None:
    """Advocate-only services and transfer numbers at the desk; never in a person's answer."""
    async with seeded.office.database.engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE service SET share_by_channel = 'advocate_only' WHERE name LIKE 'Covenant%'"
            )
        )
        await connection.execute(
            text(
                "INSERT INTO phone (id, service_id, number, visibility, warm_transfer, position) "
                "SELECT gen_random_uuid(), id, '555-0142', 'staff_only', true, 9 "
                "FROM service WHERE name LIKE 'Covenant%'"
            )
        )
    try:
        question = Question(Need.SHELTER, "toronto-on", age=19)
        directory = Directory.on(seeded.office.database.engine, "1-833-900-1010", seeded.office.now)
        told = await directory.search(question, 50)
        known = await directory.search(question, 50, Reader.STAFF)
        assert not [offer for offer in told if offer.transfer_number or offer.full_name]
        (house,) = [one for one in known if (one.full_name or "").startswith("Covenant")]
        assert house.transfer_number == "555-0142"
        assert "share:advocate_only" in house.why
        assert house.name not in {offer.name for offer in told}
    finally:
        async with seeded.office.database.engine.begin() as connection:
            await connection.execute(text("TRUNCATE organization, taxonomy, attribute CASCADE"))


async def test_every_reason_has_words(seeded: Bench) -> None:
    """English and French, for every question of a wide set."""
    directory = Directory.on(seeded.office.database.engine, "1-833-900-1010", seeded.office.now)
    seen: set[str] = set()
    for need in (*Need, None):
        for more in (
            {"gender": Gender.MAN, "age": 34, "without_status": True, "language": "pa"},
            {"exploitation": Exploitation.SEX, "phase": Phase.LONG_TERM, "police_ok": True},
            {"exploitation": Exploitation.LABOUR, "phase": Phase.EMERGENCY, "with_pets": True},
            {"open_at": seeded.office.now(), "age": 17, "language": "fr", "indigenous": True},
        ):
            for place in ("toronto-on", "AB", "barrie-on"):
                question = Question(need, place, **more)  # type: ignore[arg-type]
                for offer in await directory.search(question, 50, Reader.STAFF):
                    seen.update(offer.why)
    for language in ("en", "fr"):
        for reason in seen:
            (sentence,) = explained([reason], language)
            assert sentence.strip()
            assert "match." not in sentence
    assert len(seen) > 40


@pytest.mark.parametrize(
    "query", ["need=magic", "age=-1", "place=" + "x" * 300, "limit=1000", "colour=red"]
)
async def test_unfit_questions_are_refused(bench: Bench, query: str) -> None:
    """The shape is checked at the edge, and nothing of it is repeated."""
    river = await bench.advocate()
    answer = await river.get(f"/api/directory/search?{query}")
    assert answer.status_code == 422
    assert answer.json() == {"error": {"code": "unfit_request", "message": ""}}


async def test_only_staff_search(bench: Bench) -> None:
    """A stranger is asked to sign in; a directory editor may search."""
    assert (await bench.stranger().get("/api/directory/search")).status_code == 401
    editor = await bench.advocate("Sage", "directory_editor")
    answer = await editor.get("/api/directory/search?q=food")
    assert answer.status_code == 200
    assert answer.json()["offers"][-1]["phone"] == "1-833-900-1010"
