"""The pipeline's judge of texts: names the intent of each, and the risk that it carries.

An intent of data/nlu whose metadata names a tier and a row ("category") is an
example of risk, and so is who looks for a person; a tip teaches neither risk nor
its absence; every other training text is an example of none.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT, TEXT_TOKENS
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.normalise import plain
from bot.components.reading import Reading
from bot.judgement import LANGUAGE, RISK
from bot.language.texts import texts as texts_by_tag
from bot.risk_model import HARMLESS, RiskModel, Verdict, row_of, version_of
from bot.sentences import SentenceEncoder
from bot.text_model import HUNTING, TIERS, TIP, Chances, TextModel, is_risk
from bot.text_training import Example, train
from bot.training import PROGRESS
from intake.language_choice import SURE_SWITCH
from intake.languages import base, is_full

#: People disclose in fragments; this many earlier texts are read together with the new one.
_FRAGMENTS = 4
_LONGEST_FRAGMENT = 400
_RANKED = 10
#: Chance of risk below which the intents that are signs of it are out of the question.
_RULED_OUT = 0.5
#: Chance from which a text is taken for a tip, and its row of the risk model.
_TIP_FROM = 0.5
_TIP_ROW = (23, "third_party")
#: An answer to a list; a model has nothing to go by in it.
_BARE_DIGIT = re.compile(r"\W*\d\W*")
_ARRAYS, _VALUES = "text.npz", "risk.json"

_progress = logging.getLogger(PROGRESS)


class TextModelMissing(RuntimeError):
    """The model archive holds no model of texts: it was trained without this component."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TextClassifier(GraphComponent):
    """Sets the intent, its ranking, and `risk`: tier, confidence, cues, version, unsure."""

    def __init__(
        self,
        model_storage: ModelStorage,
        resource: Resource,
        model: TextModel | None = None,
        risk: RiskModel | None = None,
    ) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._model = model
        self._risk = risk

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TextClassifier:
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
    ) -> TextClassifier:
        """Restore the trained model: numbers and plain values, no object. Raises
        TextModelMissing.
        """
        with model_storage.read_from(resource) as folder:
            if not (folder / _ARRAYS).exists():
                raise TextModelMissing("Train again: this model has no model of texts.")
            with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
                model = TextModel.from_state(dict(arrays), SentenceEncoder())
            values = json.loads((folder / _VALUES).read_text(encoding="utf-8"))
        return cls(model_storage, resource, model, RiskModel.from_state(values))

    def train(self, training_data: TrainingData) -> Resource:
        """Rasa's call for training."""
        cores = len(os.sched_getaffinity(0))
        languages = {
            text: tag.split("-")[0] for tag, texts in texts_by_tag().items() for text in texts
        }
        examples = [_example(message, languages) for message in training_data.intent_examples]
        model, unseen = train(examples, SentenceEncoder(), _progress.info, jobs=cores)
        rows = {
            message.get(INTENT): row
            for message in training_data.intent_examples
            if (row := row_of(message.get(INTENT), _told(message).get("category"))) is not None
        }
        risk = RiskModel.calibrate(unseen, rows, version_of(examples))
        self._model, self._risk = model, risk
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(folder / _ARRAYS, **model.state())
            values = json.dumps(risk.state(), sort_keys=True)
            (folder / _VALUES).write_text(values, encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Rasa's call for each incoming message."""
        for message in messages:
            known = message.get("metadata") or {}
            language = _heard(message.get(LANGUAGE) or {})
            text = message.get(TEXT) or ""
            found = tuple(token.text for token in message.get(TEXT_TOKENS) or ())
            reading = Reading(plain(text), found) if found else Reading.of(text)
            chances = self._chances(reading)
            verdict = self._judge(reading, chances, language, known.get("history") or [])
            self._set(message, chances, verdict)
        return messages

    def _chances(self, reading: Reading) -> Chances:
        if self._model is None:
            raise TextModelMissing("This component was neither trained nor loaded.")
        return self._model.judge(reading)

    def _judge(
        self, now: Reading, chances: Chances, language: str | None, history: Sequence[str]
    ) -> Verdict:
        """The text alone, or what it makes of the fragments before it; the higher tier.

        Fragments count only where this text completes them: what earlier texts
        carried by themselves was judged when they came.
        """
        if _is_nothing(now):
            return HARMLESS
        alone = _or_tip(self._verdict(chances, language), chances)
        before = [Reading.of(item[-_LONGEST_FRAGMENT:]) for item in history[-_FRAGMENTS:]]
        if not before or _rank(alone) == len(TIERS) - 1:
            return alone
        together = self._verdict(self._chances(Reading.together([*before, now])), language)
        if _rank(together) <= _rank(alone):
            return alone
        earlier = self._verdict(self._chances(Reading.together(before)), language)
        return together if _rank(together) > _rank(earlier) else alone

    def _verdict(self, chances: Chances, language: str | None) -> Verdict:
        if self._risk is None:
            raise TextModelMissing("This component was neither trained nor loaded.")
        return self._risk.judge(chances, language)

    def _set(self, message: Message, chances: Chances, verdict: Verdict) -> None:
        intents = _left_over(chances) if verdict.tier == TIERS[0] else chances.intents
        order = sorted(intents.items(), key=lambda item: (-item[1], item[0]))
        ranking = [{"name": name, "confidence": chance} for name, chance in order[:_RANKED]]
        message.set(INTENT, dict(ranking[0]), add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)
        message.set(
            RISK,
            {
                "tier": verdict.tier,
                "confidence": verdict.confidence,
                "cues": [{"category": row, "name": name} for row, name in verdict.cues],
                "version": self._risk.version if self._risk else "",
                "unsure": verdict.unsure,
            },
            add_to_output=True,
        )


def _or_tip(verdict: Verdict, chances: Chances) -> Verdict:
    """What somebody tells of someone else is a concern where no more is seen in it (row 23)."""
    tip = chances.intents.get(TIP, 0.0)
    if verdict.tier != "none" or tip < _TIP_FROM:
        return verdict
    return Verdict("concern", tip, (_TIP_ROW,), unsure=True)


def _heard(language: Mapping[str, Any]) -> str | None:
    """The language of a text; one that the line does not speak only where that is sure."""
    code = language.get("code")
    if code is None:
        return None
    sure = is_full(code) or language["confidence"] >= SURE_SWITCH
    return base(code) if sure else None


def _left_over(chances: Chances) -> Mapping[str, float]:
    """The chances of intents in a text that carries no risk, once the signs of risk are ruled out.

    Where that is not quite so clear they stay in, and the dialogue asks again.
    """
    if chances.at_least[0] >= _RULED_OUT:
        return chances.intents
    harmless = {name: chance for name, chance in chances.intents.items() if not is_risk(name)}
    whole = sum(harmless.values())
    return {name: chance / whole for name, chance in harmless.items()} if whole else chances.intents


def _is_nothing(reading: Reading) -> bool:
    return not reading.tokens or bool(_BARE_DIGIT.fullmatch(reading.text))


def _rank(verdict: Verdict) -> int:
    return TIERS.index(verdict.tier)


def _told(message: Message) -> dict[str, Any]:
    metadata = message.get("metadata") or {}
    return {**(metadata.get("intent") or {}), **(metadata.get("example") or {})}


def _example(message: Message, languages: Mapping[str, str]) -> Example:
    intent, text = message.get(INTENT), message.get(TEXT)
    tier: str | None = _told(message).get("tier", "none")
    if intent == HUNTING:
        tier = "urgent"
    elif intent == TIP:
        tier = None
    return Example(Reading.of(text), intent, tier, languages.get(text, ""))
