"""Actions that bring in a human."""

from __future__ import annotations

from typing import Any

import pytest

from actions.people import AnswerRisk, AnswerSearchForPerson, FetchPerson
from tests.actions.tracker import CALM, run, tracker, user


async def test_a_wish_for_a_person_is_passed_on() -> None:
    """No words of the bot: the line itself says that a person was asked."""
    outcome = await run(FetchPerson(), tracker(user("ask_person", "a person")))
    assert outcome.wishes == [{"kind": "escalate", "reason": "asks_for_person", "tier": None}]
    assert (outcome.said, outcome.ends_form) == ([], True)


@pytest.mark.parametrize(
    ("risk", "reason", "tier"),
    [
        ({**CALM, "tier": "imminent"}, "risk", "imminent"),
        ({**CALM, "tier": "urgent"}, "risk", "urgent"),
        ({**CALM, "tier": "concern"}, "risk", "concern"),
        ({**CALM, "tier": "concern", "unsure": True}, "unsure", "concern"),
        # The intent alone said risk: never less than a concern.
        (CALM, "unsure", "concern"),
    ],
)
async def test_risk_fetches_a_human_at_its_tier(
    risk: dict[str, Any], reason: str, tier: str
) -> None:
    """What the model judged, as it judged it."""
    outcome = await run(AnswerRisk(), tracker(user("risk_weapon", "x"), risk=risk))
    assert [{"kind": "escalate", "reason": reason, "tier": tier}] == outcome.wishes
    assert (outcome.said, outcome.ends_form) == (["utter_risk"], True)


@pytest.mark.parametrize(
    ("intent", "loop", "kinds"),
    [
        ("risk_captivity", "tip_form", ["take_tip", "escalate"]),
        ("risk_third_party", None, ["take_tip", "escalate"]),
        ("risk_captivity", "find_service_form", ["escalate"]),
        ("risk_captivity", None, ["escalate"]),
    ],
)
async def test_what_is_told_about_somebody_else_is_kept_as_a_tip(
    intent: str, loop: str | None, kinds: list[str]
) -> None:
    """A tip that carries risk is not lost to the alarm it raises."""
    state = tracker(user(intent, "x"), loop=loop, risk={**CALM, "tier": "urgent"})
    outcome = await run(AnswerRisk(), state)
    assert [wish["kind"] for wish in outcome.wishes] == kinds


@pytest.mark.parametrize("text", ["is maria there", "is somebody nobody knows there"])
async def test_whoever_asks_about_a_person_hears_the_same(text: str) -> None:
    """Nothing depends on the name, and a human reads on (row 24)."""
    outcome = await run(AnswerSearchForPerson(), tracker(user("asks_about_person", text)))
    assert outcome.said == ["utter_no_confirm"]
    assert outcome.wishes == [{"kind": "escalate", "reason": "risk", "tier": "urgent"}]
    assert text not in str(outcome.messages)
