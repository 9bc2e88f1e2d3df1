"""The trained half of the risk judgement: how likely a text carries risk, and which.

Two views on character and word n-grams, averaged, for each tier: one logistic
regression only asks "at least this tier?"; another tells apart every kind of
text in the training data, each row of the risk model at each tier and each
harmless intent, and is summed over the kinds that are. The first generalises
further; the second knows that a town, a thank-you and a joke need have nothing
in common. Together they raise a third fewer false alarms than either alone.

The thresholds are read off held-out predictions of the training data, so that
few risky texts fall below them: a false alarm costs an advocate a minute, a
miss may cost a person everything. Between "likely" and "unlikely" there is "not
sure", and that is a concern too.

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
FORMAT = 3
TIERS = ("none", "concern", "urgent", "imminent")
_FOLDS = 5
_SEED = 7
#: Share of risky training texts that stay above each threshold when held out. The training
#: texts are chosen to differ from one another, so held-out figures are on the dark side: of
#: texts by other hands the same thresholds find more (tests/bot/data/unseen_risk.yml).
_RECALL = {"unsure": 0.91, "concern": 0.86, "urgent": 0.88, "imminent": 0.88}
#: A tier is named when it carries at least this share of all risk seen: a faint "imminent"
#: beside much "concern" is a concern.
_TIER_SHARE = 0.25
#: A row beside the likeliest is named when it has this share of all risk seen.
_ALSO = 0.3


@dataclass(frozen=True)
class Example:
    """One training text, folded, with what the data file says of it."""

    text: str
    intent: str
    tier: str = "none"
    category: int | None = None
    name: str | None = None
    """The row's short name, e.g. "documents_taken"."""

    @property
    def kind(self) -> str:
        """What the model tells apart: an intent at one tier."""
        return f"{self.intent}|{self.tier}"


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
        vectors = _vectors()
        features = vectors.fit_transform([example.text for example in examples])
        kinds = np.array([example.kind for example in examples])
        kinds_seen = np.unique(kinds)
        level_of = np.array([TIERS.index(kind.split("|")[1]) for kind in kinds_seen])
        levels = np.array([TIERS.index(example.tier) for example in examples])
        held_out = _held_out(_by_kind(), features, kinds)
        thresholds, at_least = {}, []
        for level, tier in enumerate(TIERS[1:], start=1):
            risky = levels >= level
            at_least.append(_by_tier().fit(features, risky))
            likely = (
                held_out[:, level_of >= level].sum(axis=1)
                + _held_out(_by_tier(), features, risky)[:, 1]
            ) / 2
            thresholds[tier] = _threshold(likely[risky], tier)
            if level == 1:
                thresholds["unsure"] = _threshold(likely[risky], "unsure")
        rows = {e.kind: (e.category, e.name) for e in examples}
        return cls(
            {
                "vectors": vectors,
                "at_least": at_least,
                "kinds": _by_kind().fit(features, kinds),
                "levels": level_of.tolist(),
                "rows": [rows[kind][0] or 0 for kind in kinds_seen],
                "names": {str(row): name for row, name in rows.values() if row is not None},
                "thresholds": thresholds,
                "version": _version(examples),
            }
        )

    def judge(self, text: str) -> Verdict:
        """Judge one folded text."""
        features = self._state["vectors"].transform([text])
        chances = self._state["kinds"].predict_proba(features)[0]
        levels = np.array(self._state["levels"])
        likely = {
            tier: float(chances[levels >= level].sum() + view.predict_proba(features)[0, 1]) / 2
            for level, (tier, view) in enumerate(
                zip(TIERS[1:], self._state["at_least"], strict=True), start=1
            )
        }
        if likely["concern"] < self.thresholds["unsure"]:
            return Verdict("none", 1.0 - likely["concern"], (), unsure=False)
        cues = self._cues(chances)
        for tier in reversed(TIERS[1:]):
            share = likely[tier] / likely["concern"]
            if likely[tier] >= self.thresholds[tier] and share >= _TIER_SHARE:
                return Verdict(tier, likely[tier], cues, unsure=False)
        return Verdict("concern", likely["concern"], cues, unsure=True)

    def _cues(self, chances: Any) -> tuple[tuple[int, str], ...]:
        """The rows that carry the risk seen."""
        weights: dict[int, float] = {}
        for row, chance in zip(self._state["rows"], chances, strict=True):
            if row:
                weights[row] = weights.get(row, 0.0) + float(chance)
        total = sum(weights.values())
        order = sorted(weights, key=lambda row: -weights[row])
        named = [r for place, r in enumerate(order) if not place or weights[r] >= _ALSO * total]
        return tuple((row, self._state["names"][str(row)]) for row in named)


def _vectors() -> FeatureUnion:
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=2, sublinear_tf=True)
    words = TfidfVectorizer(token_pattern=r"\S+", ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    return FeatureUnion([("letters", letters), ("words", words)])


def _by_kind() -> LogisticRegression:
    # One kind against the rest: fast, and each kind keeps a scale of its own.
    return LogisticRegression(C=8.0, solver="liblinear", random_state=_SEED, max_iter=400)


def _by_tier() -> LogisticRegression:
    return LogisticRegression(
        C=4.0, class_weight="balanced", solver="liblinear", random_state=_SEED, max_iter=400
    )


def _held_out(model: LogisticRegression, features: Any, wanted: Any) -> Any:
    """Probabilities for each text by a model that was trained without it."""
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED)
    return cross_val_predict(model, features, wanted, cv=folds, method="predict_proba")


def _threshold(likely: Any, name: str) -> float:
    """The highest threshold that keeps its recall among these texts."""
    return round(float(np.quantile(likely, 1 - _RECALL[name])), 4)


def _version(examples: Sequence[Example]) -> str:
    digest = hashlib.sha256(f"{FORMAT}".encode())
    for example in sorted(examples, key=lambda e: (e.text, e.kind)):
        digest.update(f"\0{example.text}\0{example.kind}\0{example.category}".encode())
    return f"model-{digest.hexdigest()[:12]}"
