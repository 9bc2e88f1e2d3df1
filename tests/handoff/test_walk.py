"""The handoff keeps its promises whatever happens in whatever order."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from storage.desk import DeskRepository
from storage.keys import load
from tests.handoff.walk import KINDS, Walk

STEPS = 350


@pytest.fixture(scope="session")
def walk_url(postgres: str) -> str:
    """A database of the walk's own."""
    from tests.conftest import fresh_database

    return fresh_database(postgres, "walk")


async def test_random_steps(walk_url: str, key_file: Path, voice: Any) -> None:
    """`python -m benchmarks.handoff` takes 30,000."""
    walk = await Walk(walk_url, load(key_file), voice, random.Random(1)).run(STEPS)
    assert walk.violations == []
    assert set(KINDS) <= set(walk.taken)
    assert {"NotHolder", "NotWaiting"} <= set(walk.refused)


async def test_the_walk_sees_a_claim_that_two_can_win(
    walk_url: str, key_file: Path, voice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checks can fail: a claim that does not look who holds is found."""
    from sqlalchemy import update

    from storage.tables import ConversationRow

    async def greedy(self: DeskRepository, conversation_id: Any, advocate_id: Any, *_: Any) -> bool:
        await self.session.execute(
            update(ConversationRow)
            .where(ConversationRow.id == conversation_id)
            .values(holder="advocate", advocate_id=advocate_id)
        )
        return True

    monkeypatch.setattr(DeskRepository, "claim", greedy)
    walk = Walk(walk_url, load(key_file), voice, random.Random(2))
    assert (await walk.run(STEPS)).violations
