"""How much each voice counts: weights and constants fitted by `bot.language.fitting`.

A candidate's score is the sum of its voices, each times its weight, plus its constant; the
scores of a script's candidates, less for short texts, are logarithms of calibrated
probabilities up to a constant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bot.language import Array
from bot.language.groups import GROUPS
from bot.language.voices import VOICES

WEIGHTS = Path(__file__).with_name("weights.yaml")

#: Words in a text -> its length class: one, two or three, more.
LENGTHS = ("one", "few", "more")


def length_of(words: int) -> str:
    """The length class of a text with so many words."""
    return LENGTHS[0] if words <= 1 else LENGTHS[1] if words <= 3 else LENGTHS[2]


@dataclass(frozen=True)
class Weights:
    """The fitted numbers of one script's group."""

    voices: Array
    constants: Array
    trust: Mapping[str, float]
    """Length class -> factor on the scores: below one where texts make the voices overconfident."""

    def scores(self, heard: Array, words: int) -> Array:
        """Log scores of the candidates (rows of `Voices.hear`)."""
        scores: Array = self.trust[length_of(words)] * (heard @ self.voices + self.constants)
        return scores

    def plain(self, script: str) -> dict[str, Any]:
        """As the file holds them."""
        candidates = GROUPS[script].candidates
        return {
            "voices": {n: round(float(v), 3) for n, v in zip(VOICES, self.voices, strict=True)},
            "constants": {
                tag: round(float(value), 2)
                for tag, value in zip(candidates, self.constants, strict=True)
            },
            "trust": {name: round(value, 2) for name, value in self.trust.items()},
        }


@lru_cache(maxsize=1)
def weights() -> Mapping[str, Weights]:
    """Script -> its weights. Raises KeyError for a voice or candidate without a number."""
    raw = yaml.safe_load(WEIGHTS.read_text(encoding="utf-8"))
    return {
        script: Weights(
            np.array([raw[script]["voices"][name] for name in VOICES]),
            np.array([raw[script]["constants"][tag] for tag in group.candidates]),
            {name: raw[script]["trust"][name] for name in LENGTHS},
        )
        for script, group in GROUPS.items()
    }
