"""Risk, other languages and digits have the last word over the intent model."""

from __future__ import annotations

from typing import Any

import pytest

from bot.components.gate import _by_mention, decide

ENGLISH = {"code": "en", "confidence": 0.99, "words": 5, "latin": True}
CALM = {"tier": "none", "confidence": 0.9, "cues": [], "version": "model-x", "unsure": False}
WEAPON = {**CALM, "tier": "imminent", "cues": [{"category": 2, "name": "weapon"}]}


def _intent(name: str) -> dict[str, Any]:
    return {"name": name, "confidence": 0.8}


@pytest.mark.parametrize(
    ("name", "risk", "language", "text", "expected"),
    [
        ("greet", CALM, ENGLISH, "hi", "greet"),
        ("greet", WEAPON, ENGLISH, "hi he has a gun", "risk_weapon"),
        ("nlu_fallback", {**WEAPON, "cues": []}, ENGLISH, "x", "risk_unsure"),
        ("risk_captivity", WEAPON, ENGLISH, "x", "risk_captivity"),
        # Whoever hunts somebody is answered as one who asks about a person.
        ("greet", {**CALM, "tier": "urgent", "cues": [{"category": 24, "name": "hunting"}]},
         ENGLISH, "x", "asks_about_person"),
        ("ask_person", WEAPON, ENGLISH, "a person he has a gun", "ask_person"),
        ("tip_about_someone", WEAPON, ENGLISH, "my neighbour has a gun", "tip_about_someone"),
        # Neither model is sure, the intent model alone names a row: ask again.
        ("risk_weapon", CALM, ENGLISH, "x", "nlu_fallback"),
        ("out_of_scope", CALM, ENGLISH, "2", "choose_2"),
        ("out_of_scope", CALM, ENGLISH, " 3. ", "choose_3"),
        ("out_of_scope", CALM, ENGLISH, "option 1", "choose_1"),
        ("out_of_scope", CALM, ENGLISH, "deux", "choose_2"),
        ("find_service", CALM, ENGLISH, "2\ntoronto", "choose_2"),
        ("out_of_scope", CALM, ENGLISH, "٣", "choose_3"),
        ("out_of_scope", CALM, ENGLISH, "२.", "choose_2"),
        ("out_of_scope", CALM, ENGLISH, "22", "out_of_scope"),
        ("ask_help", CALM, {**ENGLISH, "code": "so"}, "x", "other_language"),
        ("ask_help", CALM, {**ENGLISH, "code": "es"}, "x", "ask_help"),
        ("ask_help", CALM, {**ENGLISH, "code": "so", "words": 2}, "x", "ask_help"),
        ("ask_help", CALM, {**ENGLISH, "code": "so", "confidence": 0.6}, "x", "ask_help"),
        ("greet", CALM, {"code": "ta", "confidence": 0.97, "words": 1, "latin": False}, "x",
         "other_language"),
        ("greet", WEAPON, {**ENGLISH, "code": "so"}, "x", "risk_weapon"),
        ("greet", CALM, {**ENGLISH, "code": None, "confidence": 0.0}, "x", "greet"),
    ],
)  # fmt: skip
def test_decide(
    name: str, risk: dict[str, Any], language: dict[str, Any], text: str, expected: str
) -> None:
    """The strongest voice names the intent."""
    assert decide(_intent(name), risk, language, text)["name"] == expected


@pytest.mark.parametrize(
    ("name", "entities", "text", "expected"),
    [
        ("nlu_fallback", ["need", "place"], "x", "inform_need"),
        ("nlu_fallback", ["place"], "x", "inform_place"),
        ("out_of_scope", ["need"], "i need food", "inform_need"),
        ("out_of_scope", ["need"], "tell me a long joke about my boss please", "out_of_scope"),
        ("out_of_scope", ["place"], "toronto", "out_of_scope"),
        ("greet", ["need"], "hi", "greet"),
        ("risk_weapon", ["need"], "food", "risk_weapon"),
    ],
)
def test_a_need_in_a_text_that_the_model_does_not_understand(
    name: str, entities: list[str], text: str, expected: str
) -> None:
    """The lists know a word that the model never met; risk and clear intents stay."""
    found = [{"entity": one} for one in entities]
    assert expected == _by_mention(_intent(name), found, text)["name"]
