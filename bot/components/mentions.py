"""Entities that plain lists find better than a model: places, needs, details, languages.

Places and needs come from `intake`, so that every part of the line reads them
alike; the person's text as written is searched, not the folded one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components import normalise
from intake.language_names import wanted
from intake.needs import find_need, match_needs
from intake.places import find_places

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
#: What narrows a search, in folded words -> the field of directory.question.Question.
_DETAILS = {
    "with_children": re.compile(
        r"\b(?:with|take|takes|accept|accepts|and|avec|prend|prends|accepte|et|pis)(?: \w+){0,2} "
        r"(?:kid|kids|child|children|baby|son|daughter|enfant|enfants|bebe|fils|fille|filles)\b"
    ),
    "with_pets": re.compile(r"\b(?:dog|dogs|cat|cats|pet|pets|chien|chiens|chat|chats|animaux)\b"),
    "without_status": re.compile(
        r"\b(?:no status|no papers|without status|without papers|undocumented|non status|"
        r"sans statut|sans papiers|pas de statut|pas de papiers)\b"
    ),
}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class MentionExtractor(GraphComponent):
    """Adds the entities `place`, `need`, `detail` and `wanted_language` to a message."""

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
    found = [_entity("place", m.place.id, m.start, m.end) for m in find_places(text)]
    need = find_need(text)
    if need is None and normalise.fold(text) in _WORDS_OF_THE_QUESTION:
        value = _WORDS_OF_THE_QUESTION[normalise.fold(text)]
        found.append(_entity("need", value, 0, len(text)))
    elif need is not None:
        span = next(match for match in match_needs(text) if match.need is need)
        found.append(_entity("need", need.value, span.start, span.end))
    tokens = normalise.tokens(text)
    found += _details(tokens)
    language = wanted(text)
    if language is not None:
        found.append(_entity("wanted_language", language.tag, language.start, language.end))
    return sorted(found, key=lambda entity: (entity["start"], entity["end"]))


def _details(tokens: Sequence[normalise.Folded]) -> Iterator[dict[str, Any]]:
    """Details of a search; their span is the whole text, for the words may be anywhere in it."""
    folded = " ".join(token.text for token in tokens)
    for detail, pattern in _DETAILS.items():
        if pattern.search(folded):
            yield _entity("detail", detail, tokens[0].start, tokens[-1].end)


def _entity(kind: str, value: str, start: int, end: int) -> dict[str, Any]:
    return {
        "entity": kind,
        "value": value,
        "start": start,
        "end": end,
        "extractor": MentionExtractor.__name__,
    }
