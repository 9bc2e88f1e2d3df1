"""Editors keep the directory: found, changed on record, checked; sealed records take two."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from directory.question import Question
from directory.search import Directory
from directory.seed import seed
from intake.needs import Need
from tests.handoff.people import Bench, Browser


@pytest.fixture
async def seeded(bench: Bench) -> AsyncIterator[Bench]:
    """A desk over the first records, taken away again."""
    await seed(bench.office.settings.database_url)
    yield bench
    async with bench.office.database.engine.begin() as connection:
        await connection.execute(
            text("TRUNCATE organization, taxonomy, attribute, metadata CASCADE")
        )


async def one(bench: Bench, statement: str) -> Any:
    """The first row of a query."""
    async with bench.office.database.engine.connect() as connection:
        return (await connection.execute(text(statement))).first()


async def post(browser: Browser, path: str, **fields: str) -> int:
    """Send a form."""
    return (await browser.client.post(path, data=fields)).status_code


async def sealed_house(bench: Bench) -> UUID:
    """One of the records, sealed."""
    async with bench.office.database.engine.begin() as connection:
        row = await connection.execute(
            text("UPDATE service SET visibility = 'sealed' WHERE name LIKE 'Deborah%' "
                 "RETURNING id")
        )  # fmt: skip
        found: UUID = row.scalar_one()
    return found


async def test_found_changed_and_on_record(seeded: Bench) -> None:
    """By name and by number; the change is in the answer, and its history tells who."""
    sage = await seeded.advocate("Sage", "directory_editor")
    page = (await sage.get("/directory?q=klinic")).text
    (link,) = set(re.findall(r"/directory/[0-9a-f-]{36}", page))
    assert link in (await sage.get("/directory?q=844-333-2211")).text
    assert await post(sage, link, accepts_men="no", minimum_age="16", name="Klinic line") == 303
    page = (await sage.get(link)).text
    assert "Klinic line" in page
    assert page.count(">Sage<") == 3
    row = await one(seeded, f"SELECT accepts_men, minimum_age FROM service WHERE id='{link[11:]}'")
    assert (row[0], int(row[1])) == (False, 16)
    # The same values again change nothing and write nothing.
    assert await post(sage, link, accepts_men="no", minimum_age="16.0") == 303
    assert (await one(seeded, "SELECT count(*) FROM metadata"))[0] == 3


MISFITS: list[dict[str, str]] = [
    {"minimum_age": "old"}, {"minimum_age": "131"}, {"minimum_age": "NaN"}, {"name": " "},
    {"minimum_age": "30", "maximum_age": "20"}, {"status": "open"}, {"accepts_men": "perhaps"},
    {"visibility": ""},
]  # fmt: skip


async def test_a_value_that_does_not_fit_changes_nothing(seeded: Bench) -> None:
    """Not even the fields beside it."""
    sage = await seeded.advocate("Sage", "directory_editor")
    known = (await one(seeded, "SELECT id FROM service WHERE discreet_name = 'Klinic'"))[0]
    for fields in MISFITS:
        sent = await post(sage, f"/directory/{known}", alert="New hours", **fields)
        assert sent == 422, fields
        kept = await one(seeded, f"SELECT alert FROM service WHERE id = '{known}'")
        assert kept[0] is None, fields


async def test_a_sealed_record_takes_two(seeded: Bench) -> None:
    """The first one's change waits, they cannot agree to it themselves, another can."""
    house = await sealed_house(seeded)
    sage = await seeded.advocate("Sage", "directory_editor")
    fern = await seeded.advocate("Fern", "directory_editor")
    assert await post(sage, f"/directory/{house}", visibility="public", accepts_men="no") == 303
    seen = f"SELECT visibility FROM service WHERE id = '{house}'"
    assert (await one(seeded, seen))[0] == "sealed"
    change = (await one(seeded, "SELECT id FROM directory_change"))[0]
    assert 'value="true"' not in (await sage.get("/directory")).text
    assert 'value="true"' in (await fern.get("/directory")).text
    await post(sage, f"/directory/changes/{change}", agrees="true")
    assert (await one(seeded, seen))[0] == "sealed"
    assert await post(fern, f"/directory/changes/{change}", agrees="true") == 303
    assert (await one(seeded, seen))[0] == "public"
    assert await post(fern, f"/directory/changes/{change}", agrees="true") == 404
    line = await one(seeded, "SELECT updated_by FROM metadata WHERE field_name = 'visibility'")
    assert line[0] == "Sage, Fern"


async def test_a_failed_call_ranks_lower_until_somebody_checks(seeded: Bench) -> None:
    """First of the answers before, on top of the work list after, first again once checked."""
    river = await seeded.advocate()
    sage = await seeded.advocate("Sage", "directory_editor")
    directory = Directory.on(seeded.office.database.engine, "1-833-900-1010", seeded.office.now)
    question = Question(Need.TRAFFICKING, "brandon-mb", "en")

    async def first() -> str:
        return (await directory.search(question))[0].name

    known = (await one(seeded, "SELECT id FROM service WHERE discreet_name = 'Klinic'"))[0]
    assert await first() == "Klinic"
    refused = await sage.post(f"/api/directory/services/{known}/failed-call")
    assert refused.status_code == 403
    assert (await river.post(f"/api/directory/services/{known}/failed-call")).status_code == 204
    assert await first() != "Klinic"
    page = (await sage.get("/directory?todo=true")).text
    assert re.findall(r"/directory/([0-9a-f-]{36})", page)[0] == str(known)
    assert await post(sage, f"/directory/{known}/verify", method="call") == 303
    assert await first() == "Klinic"
    assert str(known) not in (await sage.get("/directory?todo=true")).text


async def test_only_editors_edit(seeded: Bench) -> None:
    """Advocates have the search; the pages are not theirs. A record that is not there is not."""
    river = await seeded.advocate()
    sage = await seeded.advocate("Sage", "directory_editor")
    known = (await one(seeded, "SELECT id FROM service LIMIT 1"))[0]
    assert (await river.get("/directory")).status_code == 403
    assert await post(river, f"/directory/{known}", alert="x") == 403
    assert (await sage.get("/directory/00000000-0000-4000-8000-000000000000")).status_code == 404
