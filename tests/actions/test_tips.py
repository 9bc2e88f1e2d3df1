"""A tip is taken as it is told, and goes to a human when it presses."""

from __future__ import annotations

import pytest

from actions.tips import FinishTip, ValidateTipForm
from tests.actions.tracker import CALM, run, slot, tracker, user

TOLD = "a van drops off the same six women"


async def test_what_is_told_is_taken() -> None:
    """The wish has no words: the engine's channel adds them."""
    state = tracker(user("tip_about_someone", TOLD), slot("tip_told", True), loop="tip_form")
    outcome = await run(ValidateTipForm(), state)
    assert (outcome.wishes, outcome.slots) == ([{"kind": "take_tip"}], {"tip_told": True})
    assert TOLD not in str(outcome.messages)


async def test_a_tip_that_carries_risk_fetches_a_human_at_once() -> None:
    """Without waiting for the answer to the question."""
    state = tracker(
        user("tip_about_someone", TOLD),
        slot("tip_told", True),
        loop="tip_form",
        risk={**CALM, "tier": "imminent"},
    )
    outcome = await run(ValidateTipForm(), state)
    assert outcome.wishes == [
        {"kind": "take_tip"},
        {"kind": "escalate", "reason": "tip", "tier": "imminent"},
    ]


async def test_an_answer_to_the_question_is_not_part_of_the_tip() -> None:
    """ "2" is no observation."""
    state = tracker(user("choose_2", "2"), slot("tip_now", "no"), loop="tip_form")
    outcome = await run(ValidateTipForm(), state)
    assert (outcome.wishes, outcome.slots) == ([], {"tip_now": "no"})


async def test_a_form_that_goes_on_takes_nothing() -> None:
    """Rasa validates nothing after a question in between."""
    state = tracker(user("ask_cost", "is it free"), loop="tip_form")
    assert (await run(ValidateTipForm(), state)).wishes == []


@pytest.mark.parametrize(
    ("answer", "said", "wishes"),
    [
        ("no", "utter_tip_kept", []),
        ("yes", "utter_tip_urgent", [("tip", "imminent")]),
        ("unsure", "utter_tip_urgent", [("tip", "urgent")]),
        (None, "utter_tip_urgent", [("tip", "urgent")]),
    ],
)
async def test_what_presses_goes_to_a_human(
    answer: str | None, said: str, wishes: list[tuple[str, str]]
) -> None:
    """In progress or a child: yes, or nobody knows."""
    state = tracker(user("choose_1", "x"), slots={"tip_told": True, "tip_now": answer})
    outcome = await run(FinishTip(), state)
    assert [said] == outcome.said
    assert wishes == [(wish["reason"], wish["tier"]) for wish in outcome.wishes]
    assert outcome.slots == {"tip_told": None, "tip_now": None}
