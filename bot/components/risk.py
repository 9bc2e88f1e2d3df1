"""The pipeline's risk component: trains on the tiers in the NLU data, judges every text.

An intent of data/nlu whose metadata names a tier and a row ("category") is an
example of risk; every other training text is an example of none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.reading import read
from bot.judgement import RISK
from bot.risk_model import HARMLESS, TIERS, Example, RiskModel, Verdict

#: People disclose in fragments; this many earlier texts are read together with the new one.
_FRAGMENTS = 4
_LONGEST_FRAGMENT = 400
_PREFIX = "risk_"
#: An answer to a list; a model has nothing to go by in it.
_BARE_DIGIT = re.compile(r"\d\W*")
#: The one type in a fitted TfidfVectorizer that skops does not know: a plain matrix of numbers.
_TRUSTED = ["scipy.sparse._csr.csr_matrix"]


class RiskModelMissing(RuntimeError):
    """The model archive holds no risk model: it was trained without this component."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class RiskClassifier(GraphComponent):
    """Sets `risk` on a message: tier, confidence, cues, version, unsure."""

    def __init__(
        self, model_storage: ModelStorage, resource: Resource, model: RiskModel | None = None
    ) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RiskClassifier:
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
    ) -> RiskClassifier:
        """Restore the trained model; refuses anything that is not plain scikit-learn."""
        import skops.io

        with model_storage.read_from(resource) as folder:
            path = folder / "risk.skops"
            if not path.exists():
                raise RiskModelMissing("Train again: this model has no risk component.")
            state = skops.io.load(path, trusted=_TRUSTED)
        return cls(model_storage, resource, RiskModel.from_state(state))

    def train(self, training_data: TrainingData) -> Resource:
        """Rasa's call for training."""
        import skops.io

        self._model = RiskModel.fit([_example(m) for m in training_data.intent_examples])
        with self._model_storage.write_to(self._resource) as folder:
            skops.io.dump(self._model.state(), folder / "risk.skops")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Rasa's call for each incoming message."""
        if self._model is None:
            raise RiskModelMissing("This component was neither trained nor loaded.")
        for message in messages:
            known = message.get("metadata") or {}
            verdict = self._judge(message.get(TEXT) or "", known.get("history") or [])
            message.set(
                RISK,
                {
                    "tier": verdict.tier,
                    "confidence": verdict.confidence,
                    "cues": [{"category": row, "name": name} for row, name in verdict.cues],
                    "version": self._model.version,
                    "unsure": verdict.unsure,
                },
                add_to_output=True,
            )
        return messages

    def _judge(self, text: str, history: Sequence[str]) -> Verdict:
        """The text alone, or what it makes of the fragments before it; the higher tier.

        Fragments count only where this text completes them: what earlier texts
        carried by themselves was judged when they came.
        """
        alone = self._model_of(read(text))
        before = [read(item)[-_LONGEST_FRAGMENT:] for item in history[-_FRAGMENTS:]]
        if not before or _rank(alone) == len(TIERS) - 1:
            return alone
        if _BARE_DIGIT.fullmatch(read(text)):
            return alone
        together = self._model_of(" ".join([*before, read(text)]))
        earlier = self._model_of(" ".join(before))
        if _rank(together) > max(_rank(alone), _rank(earlier)):
            return together
        return alone

    def _model_of(self, folded: str) -> Verdict:
        if self._model is None or not folded or _BARE_DIGIT.fullmatch(folded):
            return HARMLESS
        return self._model.judge(folded)


def _rank(verdict: Verdict) -> int:
    return TIERS.index(verdict.tier)


def _example(message: Message) -> Example:
    metadata = message.get("metadata") or {}
    told = {**(metadata.get("intent") or {}), **(metadata.get("example") or {})}
    intent = message.get(INTENT)
    if "tier" not in told:
        return Example(text=read(message.get(TEXT)), intent=intent)
    return Example(
        text=read(message.get(TEXT)),
        intent=intent,
        tier=told["tier"],
        category=told["category"],
        name=intent[len(_PREFIX) :] if intent.startswith(_PREFIX) else intent,
    )
