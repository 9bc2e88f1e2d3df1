"""The trained half of the risk judgement: how likely a text carries risk, and which.

Three logistic regressions on character and word n-grams say how likely a text
is at least a concern, at least urgent, imminent; a fourth names the row of the
risk model. The thresholds are read off held-out predictions of the training
data so that almost nothing risky falls below them: a false alarm costs an
advocate a minute, a miss may cost a person everything. Between "likely" and
"unlikely" there is "not sure", and that is a concern too.

The rules of `intake/risk.py` judge every text as well; the higher tier holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import FeatureUnion

#: Raise when the same training data must give another model.
FORMAT = 1
TIERS = ("none", "concern", "urgent", "imminent")
_FOLDS = 5
_SEED = 7
#: Share of risky training texts that must stay above each threshold when held out.
_RECALL = {"concern": 0.97, "urgent": 0.95, "imminent": 0.93}
#: A threshold never sinks so low that most harmless texts would pass it, nor rises
#: above an even chance.
_LOWEST, _HIGHEST = 0.15, 0.5
#: "Not sure" begins at this part of the threshold of a concern.
_UNSURE_SHARE = 0.7
#: A row beside the likeliest is named when it is at least this likely.
_ALSO = 0.25


@dataclass(frozen=True)
class Example:
    """One training text, folded, with what the data file says of it."""

    text: str
    tier: str
    category: int | None
    name: str | None
    """The row's short name, e.g. "documents_taken"."""


@dataclass(frozen=True)
class Verdict:
    """What the model makes of one text."""

    tier: str
    confidence: float
    """How likely the text is at least of this tier (for "none": that it is harmless)."""
    cues: tuple[tuple[int, str], ...]
    """(row of the risk model, its name), the likeliest first."""
    unsure: bool


HARMLESS = Verdict(tier="none", confidence=1.0, cues=(), unsure=False)


class RiskModel:
    """A fitted model. Build with `fit`, keep with `state`, restore with `from_state`."""

    def __init__(self, state: dict[str, Any]) -> None:
        self._state = state
        self.version: str = state["version"]
        self.thresholds: dict[str, float] = state["thresholds"]

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> RiskModel:
        """Restore what `state` returned."""
        return cls(state)

    def state(self) -> dict[str, Any]:
        """Everything needed to restore the model; estimators and plain values."""
        return self._state

    @classmethod
    def fit(cls, examples: Sequence[Example]) -> RiskModel:
        """Train on examples; the same examples give the same model."""
        texts = [example.text for example in examples]
        levels = np.array([TIERS.index(example.tier) for example in examples])
        vectors = _vectors().fit(texts)
        features = vectors.transform(texts)
        tiers, thresholds = {}, {}
        for level, tier in enumerate(TIERS[1:], start=1):
            at_least = levels >= level
            tiers[tier] = _regression().fit(features, at_least)
            thresholds[tier] = _threshold(features, at_least, _RECALL[tier])
        risky = levels > 0
        rows = np.array([example.category or 0 for example in examples])
        return cls(
            {
                "vectors": vectors,
                "tiers": tiers,
                "rows": _regression().fit(features[risky], rows[risky]),
                "names": {str(e.category): e.name for e in examples if e.category is not None},
                "thresholds": thresholds,
                "version": _version(examples),
            }
        )

    def judge(self, text: str) -> Verdict:
        """Judge one folded text."""
        features = self._state["vectors"].transform([text])
        likely = {
            tier: float(model.predict_proba(features)[0, 1])
            for tier, model in self._state["tiers"].items()
        }
        for tier in reversed(TIERS[1:]):
            # A high tier also needs the text to be risky at all.
            if likely[tier] >= self.thresholds[tier] and (
                tier == "concern" or likely["concern"] >= self._unsure_from
            ):
                return Verdict(tier, likely[tier], self._cues(features), unsure=False)
        if likely["concern"] >= self._unsure_from:
            return Verdict("concern", likely["concern"], self._cues(features), unsure=True)
        return Verdict("none", 1.0 - likely["concern"], (), unsure=False)

    @property
    def _unsure_from(self) -> float:
        return self.thresholds["concern"] * _UNSURE_SHARE

    def _cues(self, features: Any) -> tuple[tuple[int, str], ...]:
        model = self._state["rows"]
        likely = model.predict_proba(features)[0]
        order = np.argsort(-likely, kind="stable")
        named = [i for place, i in enumerate(order) if place == 0 or likely[i] >= _ALSO]
        rows = [int(model.classes_[i]) for i in named]
        return tuple((row, self._state["names"][str(row)]) for row in rows)


def _vectors() -> FeatureUnion:
    return FeatureUnion(
        [
            (
                "letters",
                TfidfVectorizer(
                    analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True
                ),
            ),
            (
                "words",
                TfidfVectorizer(
                    token_pattern=r"\S+", ngram_range=(1, 3), min_df=2, sublinear_tf=True
                ),
            ),
        ]
    )


def _regression() -> LogisticRegression:
    return LogisticRegression(
        C=4.0, class_weight="balanced", solver="liblinear", random_state=_SEED, max_iter=400
    )


def _threshold(features: Any, wanted: Any, recall: float) -> float:
    """The highest threshold that keeps the recall on predictions of texts not trained on."""
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED)
    held_out = cross_val_predict(
        _regression(), features, wanted, cv=folds, method="predict_proba"
    )[:, 1]
    at_recall = float(np.quantile(held_out[wanted], 1.0 - recall))
    return round(min(_HIGHEST, max(_LOWEST, at_recall)), 4)


def _version(examples: Sequence[Example]) -> str:
    digest = hashlib.sha256(f"{FORMAT}".encode())
    for example in sorted(examples, key=lambda e: (e.text, e.tier, e.category or 0)):
        digest.update(f"\0{example.text}\0{example.tier}\0{example.category}".encode())
    return f"model-{digest.hexdigest()[:12]}"
