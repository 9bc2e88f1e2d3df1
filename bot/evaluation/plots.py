"""Two plots of the report, as SVG that is the same byte for byte when the figures are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot

from bot.evaluation.figures import Rate, Verdict, false_escalations, recall
from bot.evaluation.verdicts import Heard

_INK, _SOFT, _MARK = "#1f4e79", "#b5651d", "#777777"


def recall_by_language(rates: Mapping[str, tuple[Rate, Rate]], path: Path) -> None:
    """Recall of escalation and false escalations, a row a language, with their intervals."""
    names = list(rates)[::-1]
    figure, axes = pyplot.subplots(figsize=(7.5, 0.32 * len(names) + 1.4))
    for number, (colour, shift, label) in enumerate(
        ((_INK, 0.12, "recall of escalation"), (_SOFT, -0.12, "false escalations"))
    ):
        found = [rates[name][number] for name in names]
        places = [place + shift for place in range(len(names))]
        low = [rate.share - rate.interval[0] for rate in found]
        high = [rate.interval[1] - rate.share for rate in found]
        axes.errorbar(
            [rate.share for rate in found], places, xerr=[low, high], fmt="o", ms=4,
            color=colour, lw=1, label=label,
        )  # fmt: skip
    for mark in (0.08, 0.95):
        axes.axvline(mark, color=_MARK, lw=0.8, ls=":")
    axes.set_yticks(range(len(names)), names)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xlabel("share of messages, with 95 % intervals; dotted: the marks 8 % and 95 %")
    axes.legend(loc="lower center", fontsize=8, frameon=False)
    _save(figure, path)


def trade_off(heard: Sequence[Heard], others: Mapping[str, Sequence[Verdict]], path: Path) -> None:
    """Recall against false escalations as the model's threshold moves, the rules always heard."""
    figure, axes = pyplot.subplots(figsize=(6.5, 5.0))
    points = [(_at(heard, threshold / 200)) for threshold in range(201)]
    axes.plot(
        *zip(*points, strict=True), color=_INK, lw=1.4, label="rules and model, any threshold"
    )
    lines = [one.line for one in heard]
    axes.plot(
        false_escalations(lines).share, recall(lines).share, "o", color=_INK, ms=8,
        label="the line as it is",
    )  # fmt: skip
    for marker, (name, verdicts) in zip("s^Dv", others.items(), strict=False):
        axes.plot(
            false_escalations(verdicts).share, recall(verdicts).share, marker, ms=7,
            color=_SOFT, label=name,
        )  # fmt: skip
    axes.plot(0.08, 0.98, "*", color=_MARK, ms=12, label="the mark")
    axes.set_xlim(0, 0.6)
    axes.set_ylim(0.3, 1.01)
    axes.set_xlabel("false escalations, share of harmless messages")
    axes.set_ylabel("recall of escalation")
    axes.legend(loc="lower right", fontsize=8, frameon=False)
    _save(figure, path)


def _at(heard: Sequence[Heard], threshold: float) -> tuple[float, float]:
    said = [
        Verdict(
            one.case,
            one.judged.tier_of_rules if one.risk < threshold else "imminent",
            one.judged.asks_for_person,
            one.judged.hands_over,
        )
        for one in heard
    ]
    return false_escalations(said).share, recall(said).share


def _save(figure: Any, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # A date and random names inside would make every plot a new one.
    with matplotlib.rc_context({"svg.hashsalt": path.stem, "svg.fonttype": "none"}):
        figure.tight_layout()
        figure.savefig(path, format="svg", metadata={"Date": None})
    pyplot.close(figure)
