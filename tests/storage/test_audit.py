"""The audit log's chain: whatever is done behind its back is found, and it is no bottleneck."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from storage.audit import Anchor, Broken, Whole
from storage.database import Database

EARLY = (
    "INSERT INTO audit (action) VALUES ('early one'), ('early two')",
    "ALTER TABLE audit DISABLE TRIGGER append_only",
)


@pytest.fixture(scope="module")
def own_url(postgres: str) -> str:
    """A database whose log is broken on purpose."""
    from tests.conftest import fresh_database

    return fresh_database(postgres, "audit")


@pytest.fixture
async def log(own_url: str, keyring: Any) -> AsyncIterator[Database]:
    """A log of two rows from before the chain and six chained ones."""
    database = Database(own_url, keyring)
    await _behind(database, "TRUNCATE audit RESTART IDENTITY", *EARLY)
    for number in range(3):
        async with database.transaction() as tx:
            for half in ("a", "b"):
                detail = {"n": number, "é": [half, None, True]}
                await tx.desk.audit("made", advocate_id=None, detail=detail)
    yield database
    await database.close()


async def _behind(database: Database, *statements: str) -> None:
    async with database.engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def _verify(database: Database, anchor: Anchor | None = None) -> Whole | Broken:
    async with database.transaction() as tx:
        return await tx.audits.verify(anchor)


async def test_an_untouched_log_holds(log: Database) -> None:
    """Rows are numbered without gaps; the anchor is the newest, and is read back from text."""
    found = await _verify(log)
    assert isinstance(found, Whole) and (found.rows, found.early) == (8, 2)
    assert found.anchor is not None and found.anchor.id == 8
    assert Anchor.parse(str(found.anchor)) == found.anchor
    assert await _verify(log, found.anchor) == found


@pytest.mark.parametrize(
    ("harm", "row"),
    [
        (("UPDATE audit SET action = 'x' WHERE id = 5",), 5),
        (("UPDATE audit SET detail = '{}' WHERE id = 8",), 8),
        (("UPDATE audit SET at = at + interval '1 microsecond' WHERE id = 4",), 4),
        (("UPDATE audit SET advocate_id = gen_random_uuid() WHERE id = 3",), 3),
        (("UPDATE audit SET action = 'x' WHERE id = 1",), 3),
        (("DELETE FROM audit WHERE id = 2",), 3),
        (("DELETE FROM audit WHERE id = 5",), 6),
        (
            (
                "UPDATE audit SET id = 100 WHERE id = 5",
                "UPDATE audit SET id = 5 WHERE id = 6",
                "UPDATE audit SET id = 6 WHERE id = 100",
            ),
            5,
        ),
        (("INSERT INTO audit (id, action) VALUES (9, 'x')",), 9),
        (("INSERT INTO audit (id, action, hash) VALUES (9, 'x', sha256('x'))",), 9),
        (("UPDATE audit SET hash = NULL WHERE id > 5",), 6),
        (("DELETE FROM audit WHERE id = 5", "UPDATE audit SET id = id - 1 WHERE id > 5"), 5),
    ],
)
async def test_the_first_broken_row_is_named(
    log: Database, harm: tuple[str, ...], row: int
) -> None:
    """Changed, removed, reordered, appended or renumbered: found, at the right place."""
    await _behind(log, *harm)
    found = await _verify(log)
    assert isinstance(found, Broken) and found.id == row


async def test_a_cut_end_is_seen_against_an_anchor(log: Database) -> None:
    """Only an anchor tells that the newest rows are gone, or that all were written anew."""
    before = await _verify(log)
    assert isinstance(before, Whole)
    await _behind(log, "DELETE FROM audit WHERE id > 6")
    assert isinstance(await _verify(log), Whole)
    cut = await _verify(log, before.anchor)
    assert isinstance(cut, Broken) and cut.id == 8
    async with log.transaction() as tx:
        for _ in range(2):
            await tx.desk.audit("made", advocate_id=None)
    assert isinstance(await _verify(log), Whole)
    other = await _verify(log, before.anchor)
    assert isinstance(other, Broken) and other.id == 8


async def test_only_the_key_makes_a_chain(log: Database, keyring: Any) -> None:
    """With another key nothing fits: a thief of the database cannot write the log anew."""
    from dataclasses import replace

    thief = Database(log.url, replace(keyring, fingerprint_key=b"g" * 32))
    found = await _verify(thief)
    await thief.close()
    assert isinstance(found, Broken) and found.id == 3


async def test_what_fails_leaves_no_row(log: Database) -> None:
    """A row belongs to its transaction."""
    with pytest.raises(RuntimeError):
        async with log.transaction() as tx:
            await tx.desk.audit("undone", advocate_id=None)
            raise RuntimeError
    found = await _verify(log)
    assert isinstance(found, Whole) and found.rows == 8


async def test_many_at_once_make_one_chain(log: Database) -> None:
    """Ten writers at once: no gap, no dead end, no row lost."""

    async def write(number: int) -> None:
        for _ in range(10):
            async with log.transaction() as tx:
                await tx.desk.audit("made", advocate_id=None, detail={"n": number})

    await asyncio.gather(*(write(number) for number in range(10)))
    found = await _verify(log)
    assert isinstance(found, Whole) and found.rows == 108


async def test_a_detail_that_would_not_come_back_is_refused(log: Database) -> None:
    """PostgreSQL may write 1e3 as 1000: such a row would look broken for ever."""
    with pytest.raises(TypeError):
        async with log.transaction() as tx:
            await tx.desk.audit("made", advocate_id=None, detail={"n": 1.5})
