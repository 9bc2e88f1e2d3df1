"""The pipeline's language component: names a text's language and the one to answer in."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from bot.identification import UNSURE, Identified, identify
from bot.judgement import LANGUAGE

#: Languages that the dialogue and its catalogues speak.
SPOKEN = ("en", "fr")
_DEFAULT = "en"
_EARLIER = 4


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageIdentifier(GraphComponent):
    """Sets `language` on a message, and an entity that fills the slot of that name.

    The turn's metadata says which language the conversation has (`language`) and
    whether the person picked it (`language_chosen`), which then holds above all.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageIdentifier:
        """Nothing is trained or loaded."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Rasa's call for each incoming message."""
        for message in messages:
            known = message.get("metadata") or {}
            current, chosen = known.get("language"), bool(known.get("language_chosen"))
            text = message.get(TEXT) or ""
            # Short texts say little; those before them count until a language is known.
            earlier = (known.get("history") or [])[-_EARLIER:] if current is None else []
            found = identify("\n".join([*earlier, text]), current, chosen)
            spoken = answer_in(found, current, chosen)
            message.set(
                LANGUAGE,
                {
                    "code": found.code,
                    "confidence": found.confidence,
                    "words": found.words,
                    "latin": found.latin,
                },
                add_to_output=True,
            )
            entity = {
                ENTITY_ATTRIBUTE_TYPE: LANGUAGE,
                ENTITY_ATTRIBUTE_VALUE: spoken,
                ENTITY_ATTRIBUTE_START: 0,
                ENTITY_ATTRIBUTE_END: len(text),
                "extractor": type(self).__name__,
            }
            message.set(ENTITIES, [*message.get(ENTITIES, []), entity], add_to_output=True)
        return messages


def answer_in(found: Identified, current: str | None, chosen: bool) -> str:
    """The language of the reply: chosen, else clearly written, else as before, else a guess."""
    if chosen and current:
        return current
    if found.code and found.confidence > UNSURE:
        return found.code
    return current or (found.code if found.code in SPOKEN else None) or _DEFAULT
