"""Goodbye, and texts that nobody understands."""

from __future__ import annotations

import pytest

from actions.conversation import Misunderstood, SayGoodbye
from tests.actions.tracker import run, tracker, user


async def test_goodbye_leaves_a_way_back_and_closes() -> None:
    """The words first, then the wish."""
    outcome = await run(SayGoodbye(), tracker(user("goodbye", "bye")))
    assert (outcome.said, outcome.wishes) == (["utter_goodbye"], [{"kind": "close"}])


@pytest.mark.parametrize("before", ["greet", "thanks", "ask_cost"])
async def test_the_first_text_not_understood_is_asked_again(before: str) -> None:
    """Other words, with a person on offer."""
    state = tracker(user(before, "x"), user("nlu_fallback", "y"))
    outcome = await run(Misunderstood(), state)
    assert (outcome.said, outcome.wishes) == (["utter_rephrase"], [])


async def test_the_very_first_text_may_not_be_understood() -> None:
    """There is nothing before it."""
    outcome = await run(Misunderstood(), tracker(user("nlu_fallback", "y")))
    assert outcome.said == ["utter_rephrase"]


@pytest.mark.parametrize("before", ["nlu_fallback", "out_of_scope"])
async def test_the_second_in_a_row_fetches_a_human(before: str) -> None:
    """Nobody is asked a third time."""
    state = tracker(user("greet", "x"), user(before, "y"), user("out_of_scope", "z"))
    outcome = await run(Misunderstood(), state)
    assert outcome.wishes == [{"kind": "escalate", "reason": "unsure", "tier": None}]
    assert outcome.said == []
