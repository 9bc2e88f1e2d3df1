"""Shares with their intervals, and the figures that a set of verdicts comes to."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.evaluation.cases import Case
from bot.text_model import TIERS
from intake.languages import is_full

_Z = 1.959964  # of a normal distribution, 95 % lie within this many standard deviations


@dataclass(frozen=True)
class Rate:
    """So many hits of so many."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        """0 to 1; not a number when there is nothing to count."""
        return self.hits / self.of if self.of else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval, 95 %: good for few cases and for shares near 0 and 1."""
        if not self.of:
            return 0.0, 1.0
        z2 = _Z * _Z / self.of
        centre = (self.share + z2 / 2) / (1 + z2)
        spread = math.sqrt(self.share * (1 - self.share) / self.of + z2 / (4 * self.of)) * _Z
        return max(0.0, centre - spread / (1 + z2)), min(1.0, centre + spread / (1 + z2))

    def __str__(self) -> str:
        if not self.of:
            return "–"
        low, high = self.interval
        return f"{self.share:.1%} ({low:.0%}–{high:.0%})"


@dataclass(frozen=True)
class Verdict:
    """What somebody, or something, said of a case."""

    case: Case
    tier: str
    asks: bool
    """Whether it was heard as a wish for a person, which fetches one whatever the tier."""
    handed_over: bool = False
    """Whether a person is fetched because the line does not speak the language."""

    @property
    def escalates(self) -> bool:
        """Whether a human is fetched."""
        return self.asks or self.handed_over or self.tier != "none"


def rate(verdicts: Iterable[Verdict], holds: Callable[[Verdict], bool]) -> Rate:
    """Of how many verdicts something holds."""
    found = [holds(verdict) for verdict in verdicts]
    return Rate(sum(found), len(found))


def recall(verdicts: Sequence[Verdict], tier: str | None = None) -> Rate:
    """Of the risky messages, or of those of one tier, how many fetch a human."""
    wanted = [v for v in verdicts if v.case.risky and tier in (None, v.case.tier)]
    return rate(wanted, lambda verdict: verdict.escalates)


def false_escalations(verdicts: Sequence[Verdict]) -> Rate:
    """Of the harmless messages that need no person, how many fetch one."""
    return rate(filter(needless, verdicts), lambda verdict: verdict.escalates)


def needless(verdict: Verdict) -> bool:
    """Whether a person would be fetched for nothing: not where one is asked for, nor where nobody
    else understands what is written.
    """
    case = verdict.case
    return not case.risky and "ask_person" not in case.groups and is_full(case.language)


def not_below(verdicts: Sequence[Verdict]) -> Rate:
    """Of the risky messages, how many get their tier or a higher one."""
    risky = [v for v in verdicts if v.case.risky]
    return rate(risky, lambda v: TIERS.index(v.tier) >= TIERS.index(v.case.tier))


def confusion(verdicts: Iterable[Verdict]) -> Counter[tuple[str, str]]:
    """(tier of the case, tier said) -> how often."""
    return Counter((verdict.case.tier, verdict.tier) for verdict in verdicts)


def macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """Mean F1 over the groups that occur, of (right, said)."""
    scores = []
    for group in sorted({right for right, _ in pairs}):
        hits = sum(right == said == group for right, said in pairs)
        wrong = sum((right == group) != (said == group) for right, said in pairs)
        scores.append(2 * hits / (2 * hits + wrong))
    return statistics.fmean(scores) if scores else math.nan
