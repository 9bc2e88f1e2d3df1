"""The engine's answer is parsed strictly; everything else is a failure."""

from __future__ import annotations

import copy
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.effects import Escalate, Reason, Say, parse_answer, parse_judgement
from intake.errors import EngineFailure
from intake.risk import Tier

GOOD: dict[str, Any] = {
    "effects": [
        {"kind": "say", "key": "utter_menu", "text": "What would help?"},
        {"kind": "escalate", "reason": "risk", "tier": "urgent"},
        {"kind": "refer", "services": ["a", "b"]},
        {"kind": "set_language", "code": "fr"},
        {"kind": "ask_language"},
        {"kind": "take_tip", "text": "a van"},
        {"kind": "close"},
    ],
    "judgement": {
        "language": {
            "code": "en",
            "confidence": 0.9,
            "candidates": [
                {"code": "en", "script": "Latn", "confidence": 0.9},
                {"code": "pa", "script": None, "confidence": 0.1},
            ],
        },
        "intent": {"name": "greet", "confidence": 0.8},
        "risk": {
            "tier": "concern",
            "confidence": 0.6,
            "cues": [{"category": 13, "name": "documents_taken"}],
            "version": "model-1",
        },
        "asks_for_person": False,
    },
    "memory": "opaque",
}


def test_a_good_answer() -> None:
    """Every kind of effect is read, in order."""
    answer = parse_answer(GOOD)
    assert answer.effects[0] == Say(text="What would help?", key="utter_menu")
    assert answer.effects[1] == Escalate(reason=Reason.RISK, tier=Tier.URGENT)
    assert len(answer.effects) == 7
    assert answer.judgement.tier is Tier.CONCERN


def _broken(path: list[Any], value: Any) -> dict[str, Any]:
    body = copy.deepcopy(GOOD)
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return body


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "hello",
        {},
        _broken(["effects"], []),
        _broken(["effects"], "say"),
        _broken(["effects"], [{"kind": "say", "text": "x"}] * 21),
        _broken(["effects", 0, "text"], ""),
        _broken(["effects", 0, "text"], "x" * 1_601),
        _broken(["effects", 0, "text"], None),
        _broken(["effects", 0, "kind"], "run_code"),
        _broken(["effects", 1, "reason"], "bored"),
        _broken(["effects", 1, "tier"], "meh"),
        _broken(["judgement"], None),
        _broken(["judgement", "risk", "tier"], "low"),
        _broken(["judgement", "risk", "cues"], [{"name": "x"}]),
        _broken(["judgement", "language", "code"], "x" * 17),
        _broken(["judgement", "language", "candidates"], {"code": "en"}),
        _broken(["judgement", "language", "candidates", 0], "en"),
        _broken(["judgement", "language", "candidates", 0, "code"], None),
        _broken(["memory"], 5),
    ],
)
def test_nonsense_is_a_failure(body: object) -> None:
    """Wrong, missing or too much: a human is fetched instead."""
    with pytest.raises(EngineFailure):
        parse_answer(body)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=20,
)


@given(json_values, st.sampled_from(["effects", "judgement", "memory"]))
def test_no_json_breaks_the_parser(value: object, key: str) -> None:
    """Whatever comes, the only exception is the named one."""
    for body in (value, {**GOOD, key: value}):
        with suppress(EngineFailure):
            parse_answer(body)


def test_the_languages_that_a_text_may_be_in() -> None:
    """The candidates as tags can be made of them; an engine that names none has one verdict."""
    judged = parse_judgement({"judgement": GOOD["judgement"]})
    assert [(one.tag, one.confidence) for one in judged.languages] == [("en", 0.9), ("pa", 0.1)]
    alone = parse_judgement(
        {"judgement": _broken(["judgement", "language", "candidates"], [])["judgement"]}
    )
    assert [(one.tag, one.confidence) for one in alone.languages] == [("en", 0.9)]


def test_a_judgement_alone() -> None:
    """The same strictness without effects."""
    assert parse_judgement({"judgement": GOOD["judgement"]}).intent == "greet"
    with pytest.raises(EngineFailure):
        parse_judgement({"judgement": {}})
