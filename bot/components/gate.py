"""The last word on a text's intent, where something stronger than the intent model speaks.

In this order: risk, a bare digit, a language the line does not speak, a need or a place that the
word lists find in a text of which the model makes nothing. A text that carries risk is never
answered as small talk.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.judgement import LANGUAGE, RISK
from intake.language_choice import SURE_SWITCH
from intake.languages import is_full

_RISK = "risk_"
#: Intents that keep their own answer although the text carries risk.
_OWN_ANSWER = frozenset({"ask_person", "tip_about_someone", "want_to_report", "asks_about_person"})
#: Rows whose intent is not named after them.
_OTHERWISE_NAMED = {"hunting": "asks_about_person"}
#: Words of a text out of which a listed need speaks louder than the model's "something else".
_SHORT = 6
#: An other-language text needs this many words in Latin letters to be told apart from slang.
_WORDS = 3

# A whole line that is a digit, as people answer a list: "2", "2.", "#2", "le 2", "option 2".
_DIGIT = re.compile(r"\W*(?:(?:option|number|numero|no|le|la|the|choix|answer)\W+)?([1-9])\W*")
_SPELLED = {
    "one": 1, "un": 1, "une": 1, "two": 2, "deux": 2, "three": 3, "trois": 3, "four": 4,
    "quatre": 4, "five": 5, "cinq": 5, "six": 6, "seven": 7, "sept": 7, "eight": 8, "huit": 8,
}  # fmt: skip


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class IntentGate(GraphComponent):
    """Overrides a message's intent."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentGate:
        """Nothing is trained or loaded."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Rasa's call for each incoming message."""
        for message in messages:
            text, risk = message.get(TEXT) or "", message.get(RISK)
            intent = decide(message.get(INTENT), risk, message.get(LANGUAGE), text)
            intent = _by_mention(intent, message.get(ENTITIES, []), text)
            message.set(INTENT, intent, add_to_output=True)
        return messages


def decide(
    intent: Mapping[str, Any], risk: Mapping[str, Any], language: Mapping[str, Any], text: str
) -> dict[str, Any]:
    """The intent that the dialogue answers."""
    name = intent["name"]
    if risk["tier"] != "none":
        if name in _OWN_ANSWER or (name or "").startswith(_RISK):
            return dict(intent)
        return {"name": _named(risk["cues"]), "confidence": float(risk["confidence"])}
    digit = _digit(text)
    if digit is not None:
        return {"name": f"choose_{digit}", "confidence": 1.0}
    if _is_unspoken(language):
        return {"name": "other_language", "confidence": float(language["confidence"])}
    if (name or "").startswith(_RISK):
        # Too unsure even for "not sure": the dialogue asks again rather than alarms.
        return {"name": "nlu_fallback", "confidence": float(intent["confidence"])}
    return dict(intent)


def _by_mention(
    intent: dict[str, Any], entities: Sequence[Mapping[str, Any]], text: str
) -> dict[str, Any]:
    """A need, else a place, in a text that the model did not understand.

    What the model takes for something else must be short and name a need: "i need food".
    """
    found = {entity["entity"] for entity in entities}
    if intent["name"] == "nlu_fallback" and "place" in found and "need" not in found:
        return {**intent, "name": "inform_place"}
    short = intent["name"] == "out_of_scope" and len(text.split()) <= _SHORT
    if "need" in found and (short or intent["name"] == "nlu_fallback"):
        return {**intent, "name": "inform_need"}
    return intent


def _named(cues: Sequence[Mapping[str, Any]]) -> str:
    """The intent of the first row that a model saw."""
    if not cues:
        return "risk_unsure"
    name = str(cues[0]["name"])
    return _OTHERWISE_NAMED.get(name, f"{_RISK}{name}")


def _digit(text: str) -> int | None:
    """The digit, of any script, that a line of a text is; of several lines the last such one."""
    plain = "".join(str(unicodedata.decimal(letter, letter)) for letter in text.lower())
    for line in reversed(plain.splitlines()):
        match = _DIGIT.fullmatch(line)
        if match:
            return int(match.group(1))
        if line.strip(" .!") in _SPELLED:
            return _SPELLED[line.strip(" .!")]
    return None


def _is_unspoken(language: Mapping[str, Any]) -> bool:
    code, sure = language["code"], language["confidence"] >= SURE_SWITCH
    long_enough = not language["latin"] or language["words"] >= _WORDS
    return code is not None and not is_full(code) and sure and long_enough
