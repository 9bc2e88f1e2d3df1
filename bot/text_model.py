"""What a text is about: the chance of each intent and of each tier of risk.

Every text is read in two ways. As letters and words (`bot/ngrams.py`) it is compared with the very
spellings of the training data; as a sentence (`bot/sentences.py`) with what they mean, in all
languages at once. Each way errs alone where the other does not, and together they find more risk at
the same number of false alarms than either (docs/decisions/0012-two-readings-of-a-text.md).

A sentence's reading takes most of the time there is. It is left out where the letters leave no
doubt that a text is harmless ("ok thanks").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from bot.classifiers import Linear, Perceptron, logit, sigmoid
from bot.components.reading import Reading
from bot.ngrams import Ngrams

TIERS = ("none", "concern", "urgent", "imminent")
#: Intents that are a sign of risk by themselves, beside those named "risk_...": whoever looks for a
#: person may hunt them (row 24 of the risk model).
HUNTING = "asks_about_person"
#: A tip may be about danger or not; it teaches no tier, and counts for neither side.
TIP = "tip_about_someone"
#: Weight of each of the two opinions on a whole sentence beside that on its letters.
_SENTENCE = 0.5


class Encoder(Protocol):
    """What turns texts into vectors: `bot.sentences.SentenceEncoder`, or a test's own."""

    def encode(self, texts: Sequence[str]) -> Any:
        """One row a text."""


@dataclass(frozen=True)
class Chances:
    """How likely each intent is, and that the risk of a text is at least of each tier above
    none.
    """

    intents: Mapping[str, float]
    at_least: tuple[float, float, float]


class TextModel:
    """A fitted model: made by `bot/text_training.py`, kept by `state`, read by `from_state`."""

    def __init__(
        self,
        names: Sequence[str],
        ngrams: Ngrams,
        parts: Mapping[str, Any],
        doubt: float,
        encoder: Encoder,
    ) -> None:
        self.names = tuple(names)
        self._ngrams = ngrams
        self._parts = parts
        self._doubt = doubt
        self._encoder = encoder

    def judge(self, reading: Reading) -> Chances:
        """The chances of one text."""
        vector = self._ngrams.vectors([reading.tokens])
        letters = self._parts["letters"].chances(vector)[0]
        letters = letters / letters.sum()
        tiers = self._parts["tiers"].chances(vector)[0]
        if tiers[0] < self._doubt:
            return self._chances(letters, tiers)
        sentence = self._encoder.encode([reading.text])
        intents = self._parts["sentence"].chances(sentence)
        whole = self._parts["sentence_tiers"].chances(sentence)
        risk = together(tiers[None], intents, whole, self.names)[0]
        return self._chances((letters + intents[0]) / 2, risk)

    def _chances(self, intents: Any, at_least: Any) -> Chances:
        falling = np.minimum.accumulate(at_least)
        return Chances(
            dict(zip(self.names, map(float, intents), strict=True)),
            (float(falling[0]), float(falling[1]), float(falling[2])),
        )

    def state(self) -> dict[str, Any]:
        """Plain arrays, by name."""
        state: dict[str, Any] = {
            "names": np.array(self.names),
            "terms": np.array("\n".join(self._ngrams.terms)),
            "rarity": self._ngrams.rarity,
            "doubt": np.array(self._doubt),
        }
        for part, model in self._parts.items():
            state |= {f"{part}.{name}": array for name, array in model.state().items()}
        return state

    @classmethod
    def from_state(cls, state: Mapping[str, Any], encoder: Encoder) -> TextModel:
        """Restore what `state` returned."""

        def part(name: str) -> Mapping[str, Any]:
            start = f"{name}."
            return {key[len(start) :]: state[key] for key in state if key.startswith(start)}

        parts = {
            "letters": Linear.from_state(part("letters")),
            "tiers": Linear.from_state(part("tiers")),
            "sentence": Perceptron.from_state(part("sentence")),
            "sentence_tiers": Perceptron.from_state(part("sentence_tiers")),
        }
        ngrams = Ngrams(str(state["terms"]).split("\n"), state["rarity"])
        return cls([str(n) for n in state["names"]], ngrams, parts, float(state["doubt"]), encoder)


def is_risk(intent: str) -> bool:
    """Whether an intent is a sign of risk."""
    return intent.startswith("risk_") or intent == HUNTING


def together(tiers: Any, intents: Any, whole: Any, names: Sequence[str]) -> Any:
    """Chances of "at least" each tier, a row a text, from the three opinions on it.

    `tiers` is what its letters say of each tier, `intents` and `whole` what the sentence says of
    each intent and of each of the four tiers.
    """
    at_least = np.cumsum(whole[:, ::-1], axis=1)[:, ::-1][:, 1:]
    risky = np.array([is_risk(name) for name in names])
    tip = np.array([name == TIP for name in names])
    by_intent = intents[:, risky].sum(axis=1) / np.maximum(1 - intents[:, tip].sum(axis=1), 1e-3)
    risk = logit(tiers[:, 0]) + _SENTENCE * (logit(by_intent) + logit(at_least[:, 0]))
    found = np.empty_like(at_least)
    found[:, 0] = sigmoid(risk / (1 + 2 * _SENTENCE))
    for tier in (1, 2):
        # Of all risk seen, the part that is of this tier or a higher one.
        by_letters = np.minimum(tiers[:, tier] / np.maximum(tiers[:, 0], 1e-6), 1.0)
        by_sentence = at_least[:, tier] / np.maximum(at_least[:, 0], 1e-6)
        found[:, tier] = found[:, 0] * (by_letters + by_sentence) / 2
    return found
