"""The pipeline's language component: names a text's language and the one to answer in."""

from __future__ import annotations

import json
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
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.identification import Identified, Identifier
from bot.judgement import LANGUAGE
from bot.language.texts import texts
from bot.language.voices import Learnt
from intake.language_choice import Spoken, decide
from intake.languages import OFFICIAL

_DEFAULT = "en"
_EARLIER = 4
_FILE = "language.json"


class IdentifierMissing(RuntimeError):
    """The model archive holds nothing about languages: it was trained without this component."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class LanguageIdentifier(GraphComponent):
    """Sets `language` on a message, and an entity that fills the slot of that name.

    The turn's metadata says which language the conversation has (`language`, a tag), whether the
    person picked it (`language_chosen`), and what was written before (`history`).
    """

    def __init__(
        self, model_storage: ModelStorage, resource: Resource, identifier: Identifier | None = None
    ) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._identifier = identifier

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageIdentifier:
        """A component to be trained."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LanguageIdentifier:
        """Restore what was learnt. Raises IdentifierMissing."""
        with model_storage.read_from(resource) as folder:
            path = folder / _FILE
            if not path.exists():
                raise IdentifierMissing("Train again: this model has learnt no languages.")
            state = json.loads(path.read_text(encoding="utf-8"))
        return cls(model_storage, resource, Identifier(Learnt.from_state(state)))

    def train(self, training_data: TrainingData) -> Resource:
        """Rasa's call for training. What tells languages apart is read from the files themselves:
        Rasa's training data does not say which language a text is in.
        """
        learnt = Learnt.of(texts())
        self._identifier = Identifier(learnt)
        with self._model_storage.write_to(self._resource) as folder:
            state = json.dumps(learnt.state(), ensure_ascii=False, sort_keys=True)
            (folder / _FILE).write_text(state, encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Rasa's call for each incoming message."""
        if self._identifier is None:
            raise IdentifierMissing("This component was neither trained nor loaded.")
        for message in messages:
            known = message.get("metadata") or {}
            current, chosen = known.get("language"), bool(known.get("language_chosen"))
            text = message.get(TEXT) or ""
            # Short texts say little; those before them count until a language is known.
            earlier = (known.get("history") or [])[-_EARLIER:] if current is None else []
            found = self._identifier.identify(text, current, chosen, earlier)
            message.set(LANGUAGE, _plain(found), add_to_output=True)
            entity = {
                ENTITY_ATTRIBUTE_TYPE: LANGUAGE,
                ENTITY_ATTRIBUTE_VALUE: answer_in(found, text, current, chosen),
                ENTITY_ATTRIBUTE_START: 0,
                ENTITY_ATTRIBUTE_END: len(text),
                "extractor": type(self).__name__,
            }
            message.set(ENTITIES, [*message.get(ENTITIES, []), entity], add_to_output=True)
        return messages


def _plain(found: Identified) -> dict[str, Any]:
    return {
        "code": found.code,
        "script": found.script,
        "confidence": found.confidence,
        "candidates": [
            {"code": one.code, "script": one.script, "confidence": one.confidence}
            for one in found.candidates
        ],
        "words": found.words,
        "latin": found.script in (None, "Latn"),
    }


def answer_in(found: Identified, text: str, current: str | None, chosen: bool) -> str:
    """Tag of the language of the reply, as the porch decides it; before that is clear, a guess."""
    decided = decide(found.candidates, text, Spoken(current, chosen))
    if decided.tag is not None:
        return decided.tag
    return found.code if found.code in OFFICIAL else _DEFAULT
