"""The person's wish for a language, and languages that the bot does not speak."""

from __future__ import annotations

import pytest

from actions.language import ChangeLanguage, OtherLanguage
from intake.languages import forms, is_full
from tests.actions.tracker import run, tracker, user


@pytest.mark.parametrize("tag", [tag for tag in forms() if is_full(tag)])
async def test_a_spoken_language_is_set_and_answered_in(tag: str) -> None:
    """ "English from now on" is said in English, whatever was spoken before."""
    state = tracker(user("change_language", "x"), slots={"wanted_language": tag})
    outcome = await run(ChangeLanguage(), state)
    assert [{"kind": "set_language", "code": tag}] == outcome.wishes
    assert [("utter_language_set", tag)] == [
        (one["response"], one["language"]) for one in outcome.messages if one["response"]
    ]
    assert (outcome.slots["language"], outcome.slots["wanted_language"]) == (tag, None)


async def test_a_language_that_we_do_not_speak_fetches_a_human() -> None:
    """It is recorded; the line itself says the rest."""
    state = tracker(user("change_language", "x"), slots={"wanted_language": "so"})
    outcome = await run(ChangeLanguage(), state)
    assert outcome.wishes == [
        {"kind": "set_language", "code": "so"},
        {"kind": "escalate", "reason": "language", "tier": None},
    ]
    assert outcome.said == []


async def test_a_language_without_a_name_is_asked_for() -> None:
    """The line shows its list."""
    outcome = await run(ChangeLanguage(), tracker(user("change_language", "x")))
    assert (outcome.wishes, outcome.said) == ([{"kind": "ask_language"}], [])


async def test_a_text_in_another_language_fetches_a_human() -> None:
    """The person is not asked to rephrase in a language they may not have."""
    outcome = await run(OtherLanguage(), tracker(user("other_language", "x")))
    assert outcome.wishes == [{"kind": "escalate", "reason": "language", "tier": None}]
    assert outcome.said == []
