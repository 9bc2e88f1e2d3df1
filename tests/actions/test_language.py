"""The person's choice of language, and languages that the bot does not speak."""

from __future__ import annotations

import pytest

from actions.language import ChangeLanguage, OtherLanguage
from tests.actions.tracker import run, tracker, user


@pytest.mark.parametrize("code", ["en", "fr"])
async def test_a_spoken_language_is_set_and_answered_in(code: str) -> None:
    """ "English from now on" is said in English, whatever was spoken before."""
    state = tracker(user("change_language", "x"), slots={"wanted_language": code})
    outcome = await run(ChangeLanguage(), state)
    assert [{"kind": "set_language", "code": code}] == outcome.wishes
    assert [("utter_language_set", code)] == [
        (one["response"], one["language"]) for one in outcome.messages if one["response"]
    ]
    assert {"language": code, "wanted_language": None} == outcome.slots


async def test_another_language_is_recorded_and_fetches_a_human() -> None:
    """An advocate can have it interpreted by phone."""
    state = tracker(user("change_language", "x"), slots={"wanted_language": "pa"})
    outcome = await run(ChangeLanguage(), state)
    assert outcome.wishes == [
        {"kind": "set_language", "code": "pa"},
        {"kind": "escalate", "reason": "language", "tier": None},
    ]
    assert outcome.said == ["utter_other_language"]


async def test_a_language_without_a_name_fetches_a_human() -> None:
    """ "3 other": there is no code to record."""
    state = tracker(user("choose_3", "3"), slots={"wanted_language": "other"})
    outcome = await run(ChangeLanguage(), state)
    assert [wish["kind"] for wish in outcome.wishes] == ["escalate"]


async def test_a_text_in_another_language_is_answered_in_both_official_ones() -> None:
    """The person is not asked to rephrase in a language they may not have."""
    outcome = await run(OtherLanguage(), tracker(user("other_language", "x")))
    assert outcome.said == ["utter_other_language"]
    assert outcome.wishes == [{"kind": "escalate", "reason": "language", "tier": None}]
