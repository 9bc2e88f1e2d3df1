"""From the chances of a text to a verdict: its tier of risk, the rows it speaks of, how sure.

The thresholds are read off judgements on training texts by models that never saw them, for each
language alone: as low as the false alarms among its harmless texts allow, so that little risk
falls below. A false alarm costs an advocate a minute, a miss may cost a person everything. Between
"likely" and "unlikely" there is "not sure", and that is a concern too.

The rules of `intake/risk.py` judge every text as well; the higher tier holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.text_model import HUNTING, TIERS, Chances, is_risk
from bot.text_training import Example, Unseen

#: Raise when the same training data must give another model.
FORMAT = 4
#: Share of a language's harmless texts that may be taken for risk, where half of them are near
#: misses: jokes, films, games, work and school in the words of danger. Who is not heard may not
#: write again; a false alarm costs an advocate a look.
_UNSURE_ALARMS, _SURE_ALARMS = 0.09, 0.03
_NEAR_MISSES, _SHARE_OF_NEAR_MISSES = "out_of_scope", 0.5
#: Fewer harmless texts than this say nothing of a language; the common threshold holds.
_FEWEST = 100
_COMMON = ""
#: Part of the common threshold from which a text in a language without training texts is
#: "not sure".
_UNLEARNT = 0.5
#: A tier is named when it carries at least this share of all risk seen: a faint "imminent"
#: beside much "concern" is a concern.
_TIER_SHARE = 0.4
#: A row beside the likeliest is named when it has this share of all risk seen.
_ALSO = 0.3

_PREFIX = "risk_"
_HUNTING_ROW = (24, "hunting")


@dataclass(frozen=True)
class Verdict:
    """What the model makes of one text."""

    tier: str
    confidence: float
    """How likely the text carries risk (for "none": that it carries none)."""
    cues: tuple[tuple[int, str], ...]
    """(row of the risk model, its name), the likeliest first."""
    unsure: bool


HARMLESS = Verdict(tier="none", confidence=1.0, cues=(), unsure=False)


@dataclass(frozen=True)
class Threshold:
    """Chance of risk from which a text is "not sure", and from which it is risk."""

    unsure: float
    sure: float


class RiskModel:
    """Thresholds for each language, and the row of each intent that is a sign of risk."""

    def __init__(
        self,
        thresholds: Mapping[str, Threshold],
        rows: Mapping[str, tuple[int, str]],
        version: str,
    ) -> None:
        self.thresholds = dict(thresholds)
        self._rows = dict(rows)
        self.version = version

    @classmethod
    def calibrate(
        cls, unseen: Unseen, rows: Mapping[str, tuple[int, str]], version: str
    ) -> RiskModel:
        """Set the thresholds by what a model said of texts that it was not trained on."""
        risk = np.asarray(unseen.at_least)[:, 0]
        languages = np.array([example.language for example in unseen.examples])
        harmless = np.array([example.tier == "none" for example in unseen.examples])
        near = np.array([example.intent == _NEAR_MISSES for example in unseen.examples])
        thresholds = {_COMMON: _threshold(risk[harmless], near[harmless])}
        for language in np.unique(languages):
            chosen = harmless & (languages == language)
            if chosen.sum() >= _FEWEST:
                thresholds[str(language)] = _threshold(risk[chosen], near[chosen])
        return cls(thresholds, rows, version)

    def judge(self, chances: Chances, language: str | None) -> Verdict:
        """The verdict on a text in a language, where one is known."""
        threshold, risk = self._threshold(language), chances.at_least[0]
        if risk < threshold.unsure:
            return Verdict("none", 1.0 - risk, (), unsure=False)
        cues = self._cues(chances.intents)
        if risk < threshold.sure:
            return Verdict("concern", risk, cues, unsure=True)
        for tier in (3, 2):
            if chances.at_least[tier - 1] >= _TIER_SHARE * risk:
                return Verdict(TIERS[tier], risk, cues, unsure=False)
        return Verdict("concern", risk, cues, unsure=False)

    def _threshold(self, language: str | None) -> Threshold:
        """That of the language; in one that nothing was learnt in, "not sure" begins far lower:
        what little is understood of it seldom comes near to certainty.
        """
        common = self.thresholds[_COMMON]
        if language is None:
            return common
        return self.thresholds.get(language, Threshold(common.unsure * _UNLEARNT, common.sure))

    def _cues(self, intents: Mapping[str, float]) -> tuple[tuple[int, str], ...]:
        """The rows that carry the risk seen."""
        weights = {self._rows[name]: chance for name, chance in intents.items() if is_risk(name)}
        total = sum(weights.values())
        order = sorted(weights, key=lambda row: (-weights[row], row))
        return tuple(
            row for place, row in enumerate(order) if not place or weights[row] >= _ALSO * total
        )

    def state(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "thresholds": {
                language: [threshold.unsure, threshold.sure]
                for language, threshold in sorted(self.thresholds.items())
            },
            "rows": {name: list(row) for name, row in sorted(self._rows.items())},
            "version": self.version,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> RiskModel:
        """Restore what `state` returned."""
        return cls(
            {language: Threshold(*values) for language, values in state["thresholds"].items()},
            {name: (int(row), str(short)) for name, (row, short) in state["rows"].items()},
            state["version"],
        )


def row_of(intent: str, category: int | None) -> tuple[int, str] | None:
    """The row of an intent that is a sign of risk, and its short name."""
    if intent == HUNTING:
        return _HUNTING_ROW
    if category is None:
        return None
    return category, intent[len(_PREFIX) :] if intent.startswith(_PREFIX) else intent


def version_of(examples: Sequence[Example]) -> str:
    """Names the data that a model was made from, whatever its order."""
    digest = hashlib.sha256(f"{FORMAT}".encode())
    lines = (f"{' '.join(e.reading.tokens)}\0{e.intent}\0{e.tier}\0{e.language}" for e in examples)
    for line in sorted(lines):
        digest.update(f"\0{line}".encode())
    return f"model-{digest.hexdigest()[:12]}"


def _threshold(harmless: Any, near: Any) -> Threshold:
    """The lowest thresholds at which no more of these texts than allowed are taken for risk."""
    weights = np.ones(len(harmless))
    if near.any() and not near.all():
        weights[near] = _SHARE_OF_NEAR_MISSES / near.sum()
        weights[~near] = (1 - _SHARE_OF_NEAR_MISSES) / (~near).sum()
    order = np.argsort(harmless)
    passed = np.cumsum(weights[order]) / weights.sum()
    unsure, sure = (
        float(harmless[order][min(np.searchsorted(passed, 1 - share), len(harmless) - 1)])
        for share in (_UNSURE_ALARMS, _SURE_ALARMS)
    )
    return Threshold(max(round(unsure, 4), 0.0001), max(round(sure, 4), 0.0001))
