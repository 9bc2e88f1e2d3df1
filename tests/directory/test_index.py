"""The index ranks as judging every service would, and is never older than the database."""

from __future__ import annotations

import random
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest

from benchmarks.directory_invented import Invented
from benchmarks.directory_plain import plain_choice
from benchmarks.directory_random import random_candidates, random_questions
from directory.entries import Candidate, Schedule
from directory.facets import Asked
from directory.index import Index
from directory.question import Reader
from directory.search import chosen_from
from intake.places import by_id

NOW = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
LINE = "1-833-900-1010"


def told(index: Index, known: list[Candidate], chance: random.Random) -> None:
    """Both ways give the same services, costs and reasons."""
    for question in random_questions(chance, 6, NOW):
        place = by_id(question.place_id) if question.place_id else None
        asked = Asked(question, place, NOW, chance.choice(list(Reader)))
        limit = chance.choice((2, 3, 8, 50))
        fast = chosen_from(index, asked, limit, LINE)
        plain = plain_choice(known, asked, limit, LINE)
        assert [(one.id, judged.why) for judged, one in fast] == [
            (one.id, judged.why) for judged, one in plain
        ]


def test_the_index_ranks_as_judging_everything_would() -> None:
    """Over random directories and questions; places of every kind, hours of every kind."""
    for seed in range(200):
        chance = random.Random(seed)
        known = random_candidates(chance, chance.randint(0, 60), NOW)
        told(Index(known), known, chance)


def test_changed_services_are_judged_as_they_are_now() -> None:
    """Struck out, changed and added, in any order; also after the index is made anew."""
    for seed in range(60):
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
    for seed in range(4):
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


@pytest.mark.parametrize("kind", [Schedule, UUID, time])
def test_entries_are_values(kind: type) -> None:
    """What the groups of a facet are told apart by compares by value."""
    assert kind.__hash__ is not object.__hash__
