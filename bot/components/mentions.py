"""Entities that plain lists find better than a model: places, needs, details, languages.

Places and needs come from `intake`, so that every part of the line reads them
alike; the person's text as written is searched, not the folded one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components import normalise
from intake.details import AWAY, details, sought_and_shunned, wish
from intake.language_names import wanted
from intake.needs import find_need, match_needs

#: A text that is nothing but a word of our own question (utter_ask_find_service_form_need). In a
#: sentence these words say too little to be in the lists of intake/needs.py.
_WORDS_OF_THE_QUESTION = {
    "a roof": "shelter", "un toit": "shelter",
    "basics": "basic_needs", "la base": "basic_needs",
    "trouble at home": "domestic_violence", "home": "domestic_violence",
    "problemes a la maison": "domestic_violence", "maison": "domestic_violence",
    "work": "labour_rights", "work or pay": "labour_rights", "travail": "labour_rights",
    "papers": "legal_immigration", "papiers": "legal_immigration", "droit": "legal_immigration",
    "droit ou papiers": "legal_immigration",
    "talk": "crisis_support", "parler": "crisis_support",
}  # fmt: skip


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class MentionExtractor(GraphComponent):
    """Adds `place`, `need`, `detail`, `offer_wish` and `wanted_language` to a message."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MentionExtractor:
        """Nothing is trained or loaded."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Rasa's call for each incoming message."""
        for message in messages:
            found = mentions(message.get(TEXT) or "")
            message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages


def mentions(text: str) -> list[dict[str, Any]]:
    """Entities of a text in reading order; of several needs the clearest only."""
    sought, shunned = sought_and_shunned(text)
    found = [_entity("place", one.place.id, one.start, one.end) for one in sought]
    found += [_entity("detail", AWAY + one.place.id, one.start, one.end) for one in shunned]
    need = find_need(text)
    if need is None and normalise.fold(text) in _WORDS_OF_THE_QUESTION:
        value = _WORDS_OF_THE_QUESTION[normalise.fold(text)]
        found.append(_entity("need", value, 0, len(text)))
    elif need is not None:
        span = next(match for match in match_needs(text) if match.need is need)
        found.append(_entity("need", need.value, span.start, span.end))
    found += list(_details(text))
    language = wanted(text)
    if language is not None:
        found.append(_entity("wanted_language", language.tag, language.start, language.end))
    return sorted(found, key=lambda entity: (entity["start"], entity["end"]))


def _details(text: str) -> Iterator[dict[str, Any]]:
    """What narrows a search, and what is wished for after an offer."""
    for one in details(text):
        yield _entity("detail", one.value, one.start, one.end)
    wished = wish(text)
    if wished is not None:
        yield _entity("offer_wish", wished.value, wished.start, wished.end)


def _entity(kind: str, value: str, start: int, end: int) -> dict[str, Any]:
    return {
        "entity": kind,
        "value": value,
        "start": start,
        "end": end,
        "extractor": MentionExtractor.__name__,
    }
