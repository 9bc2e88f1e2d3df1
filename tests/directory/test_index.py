"""The index ranks as judging every service would, and is never older than the database."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import psycopg
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from benchmarks.directory_invented import Invented
from benchmarks.directory_order import NOW, differing
from benchmarks.directory_plain import plain_choice
from benchmarks.directory_random import random_candidates, random_questions
from directory.current import Indexes
from directory.entries import Candidate
from directory.facets import Asked
from directory.index import Index
from directory.question import Reader
from directory.search import chosen_from
from intake.places import by_id
from storage.database import sqlalchemy_url

LINE = "1-833-900-1010"


def told(index: Index, known: list[Candidate], chance: random.Random) -> None:
    """Both ways give the same services for the same reasons."""
    assert not differing(index, known, chance)


def test_the_index_ranks_as_judging_everything_would() -> None:
    """Over random directories and questions; places of every kind, hours of every kind."""
    for seed in range(200):
        chance = random.Random(seed)
        known = random_candidates(chance, chance.randint(0, 40), NOW)
        told(Index(known), known, chance)


def test_changed_services_are_judged_as_they_are_now() -> None:
    """Struck out, changed and added, in any order; also after the index is made anew."""
    for seed in range(12):
        chance = random.Random(seed)
        known = {one.service.id: one for one in random_candidates(chance, 30, NOW)}
        index = Index(known.values())
        for _ in range(3):
            gone = set(chance.sample(sorted(known), 4))
            come = random_candidates(chance, 3, NOW)
            index.change({*gone, *(one.service.id for one in come)}, come)
            known = {key: one for key, one in known.items() if key not in gone}
            known |= {one.service.id: one for one in come}
            told(index, list(known.values()), chance)
        told(Index(index.everything()), list(known.values()), chance)


def test_no_service_is_missed_around_the_change_of_clocks() -> None:
    """Every half hour of the nights on which the clocks change, in zones with and without it."""
    for seed in range(2):
        chance = random.Random(seed)
        known = random_candidates(chance, 25, NOW)
        index = Index(known)
        for night in (datetime(2026, 3, 8, 3, tzinfo=UTC), datetime(2026, 11, 1, 3, tzinfo=UTC)):
            for half_hours in range(24):
                question = next(random_questions(chance, 1, night))
                moment = night + timedelta(minutes=30 * half_hours)
                question = type(question)(need=question.need, place_id="toronto-on", open_at=moment)
                asked = Asked(question, by_id("toronto-on"), NOW, Reader.STAFF)
                fast = chosen_from(index, asked, 50, LINE)
                plain = plain_choice(known, asked, 50, LINE)
                assert [one.id for _, one in fast] == [one.id for _, one in plain]


def test_an_invented_directory_is_the_same_each_time() -> None:
    """Figures of one day can be compared with those of another."""
    assert Invented(20).package()[:200] == Invented(20).package()[:200]
    assert list(Invented(3).questions(5)) == list(Invented(3).questions(5))


def test_the_comparison_can_fail() -> None:
    """An index that lacks services is told apart."""
    chance = random.Random(1)
    known = random_candidates(chance, 40, NOW)
    assert any(differing(Index(known[:20]), known, random.Random(seed)) for seed in range(5))


async def test_no_change_is_passed_over(empty_url: str) -> None:
    """Not even one whose transaction began before another's and ended after it."""
    engine = create_async_engine(sqlalchemy_url(empty_url), poolclass=NullPool)
    indexes = Indexes(lambda: AsyncSession(engine))

    async def names() -> list[str]:
        index = await indexes.of_today(Reader.PERSON)
        return sorted(one.service.name for one in index.everything())

    add = (
        "WITH o AS (INSERT INTO organization (id, name, description, kind, visibility) VALUES "
        "(gen_random_uuid(), 'X', 'X', 'coalition', 'public') RETURNING id) INSERT INTO service "
        "(id, organization_id, name, visibility, share_by_channel) "
        "SELECT gen_random_uuid(), id, %s, 'public', 'any' FROM o"
    )
    with psycopg.connect(empty_url) as slow, psycopg.connect(empty_url, autocommit=True) as quick:
        try:
            assert await names() == []
            slow.execute(add, ("Slow",))
            quick.execute(add, ("Quick",))
            assert await names() == ["Quick"]
            slow.commit()
            assert await names() == ["Quick", "Slow"]
            quick.execute("UPDATE organization SET visibility = 'sealed' WHERE id = "
                          "(SELECT organization_id FROM service WHERE name = 'Quick')")  # fmt: skip
            assert await names() == ["Slow"]
        finally:
            slow.rollback()
            quick.execute("TRUNCATE organization CASCADE")
    assert await names() == []
    await engine.dispose()
