"""The bot is silent while a human holds: across retries, races, crashes and restarts."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import intake.turn
from intake.conversation import Holder
from intake.gate import Step
from storage.database import Database
from tests.intake.silence import KINDS, Machine, two_advocates, walk

STEPS = 1_000


@pytest.mark.parametrize("seed", [1, 2])
async def test_two_thousand_random_steps(database: Database, voice: Any, seed: int) -> None:
    """`python -m benchmarks.silence` walks 30,000."""
    machine = Machine(database, voice, await two_advocates(database), random.Random(seed))
    await walk(machine, STEPS)
    assert set(machine.kinds) == set(KINDS)


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(kinds=st.lists(st.sampled_from(sorted(set(KINDS))), min_size=1, max_size=15))
async def test_whatever_the_order(database: Database, voice: Any, kinds: list[str]) -> None:
    """Hypothesis picks orders, and would shrink one that breaks the promise."""
    machine = Machine(database, voice, await two_advocates(database), random.Random(3))
    for kind in ("text", "turn", *kinds):
        await machine.step(kind)


async def test_the_machine_sees_a_bot_that_does_not_look_again(
    database: Database, voice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the second look at the holder the walk fails: the test can fail."""
    plan = intake.turn.plan

    def blind(conversation: Any, pending: Any) -> Any:
        if conversation.holder is Holder.ADVOCATE:
            conversation = replace(conversation, holder=Holder.BOT, advocate_id=None)
        found = plan(conversation, pending)
        return found if found.step is not Step.STAY_SILENT else replace(found, step=Step.ASK_ENGINE)

    monkeypatch.setattr(intake.turn, "plan", blind)
    machine = Machine(database, voice, await two_advocates(database), random.Random(1))
    with pytest.raises(AssertionError):
        await walk(machine, STEPS)
