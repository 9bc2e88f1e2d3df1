"""The report's figures are counted as it says, and the same figures give the same report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.evaluation import baseline, plots
from bot.evaluation.cases import GROUPS, SETS, Case, cases, fingerprint, group_of, languages
from bot.evaluation.figures import (
    Rate,
    Verdict,
    confusion,
    false_escalations,
    macro_f1,
    not_below,
    recall,
)
from bot.evaluation.report import Found, report
from bot.evaluation.verdicts import Heard
from bot.judging import Judged
from bot.language.accuracy import Named
from intake.risk import Assessment, Tier

NO_RULE = Assessment(None, (), False, "rules-x")


def _case(tier: str = "none", group: str = "out_of_scope", **more: Any) -> Case:
    known = {"text": "a text", "history": (), "language": "en", "category": None, "hard": False}
    return Case(tier=tier, groups=(group,), **{**known, **more})


def _heard(case: Case, tier: str, *, rules: Assessment = NO_RULE, language: str = "en") -> Heard:
    model = {
        "language": {
            "code": language,
            "confidence": 0.9,
            "candidates": [{"code": language, "script": None, "confidence": 0.9}],
        },
        "intent": {"name": "risk_weapon" if tier != "none" else "out_of_scope", "confidence": 0.8},
        "risk": {"tier": tier, "confidence": 0.7, "cues": [], "version": "model-x"},
        "asks_for_person": False,
    }
    named = Named(case.text, case.language, case.language, "vi", 0.99)
    return Heard(case, Judged(case.text, rules, model, asks_for_person=False), named, 0.004)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        # Wilson's interval, worked out by hand from its formula with z = 1.96.
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (98, 100, 0.9300, 0.9945),
    ],
)
def test_intervals(hits: int, of: int, low: float, high: float) -> None:
    """Good for few messages, and never below nothing or above all."""
    assert Rate(hits, of).interval == pytest.approx((low, high), abs=1e-3)


def test_nothing_to_count_is_no_figure() -> None:
    """An empty class is a dash, not a zero."""
    assert str(Rate(0, 0)) == "–"


def test_what_counts_as_what() -> None:
    """A wish for a person is an escalation, and a harmless one is no false alarm."""
    said = [
        Verdict(_case("imminent"), "urgent", asks=False),
        Verdict(_case("urgent"), "none", asks=True),
        Verdict(_case("concern"), "none", asks=False),
        Verdict(_case("none"), "concern", asks=False),
        Verdict(_case("none"), "none", asks=False),
        Verdict(_case("none", "ask_person"), "none", asks=True),
        # Nobody else understands it: no false alarm, and risk that is told in it is heard.
        Verdict(_case("none", language="so"), "none", asks=False, handed_over=True),
    ]
    assert recall(said) == Rate(2, 3)
    handed = Verdict(_case("urgent", language="so"), "none", asks=False, handed_over=True)
    assert recall([*said, handed]) == Rate(3, 4)
    assert recall(said, "imminent") == Rate(1, 1)
    assert not_below(said) == Rate(0, 3)
    assert false_escalations(said) == Rate(1, 2)
    assert confusion(said)["imminent", "urgent"] == 1


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("a", "a"), ("b", "b")], 1.0),
        ([("a", "a"), ("b", "a")], 1 / 3),
        ([("a", "b"), ("b", "a")], 0.0),
    ],
)
def test_macro_f1(pairs: Sequence[tuple[str, str]], expected: float) -> None:
    """Every group weighs the same."""
    assert macro_f1(pairs) == pytest.approx(expected)


def test_every_label_and_every_intent_has_a_group() -> None:
    """A label that nothing can answer would count as wrong for ever."""
    named = yaml.safe_load(Path("domain.yml").read_text(encoding="utf-8"))["intents"]
    answers = {group_of(intent) for intent in named}
    assert {case.groups[0] for case in cases()} <= answers
    assert set(GROUPS) <= set(named)


def test_all_sets_are_read() -> None:
    """Each line once, in the language of its file."""
    lines = sum(len(path.read_text().splitlines()) for path in SETS.glob("*.jsonl"))
    found = list(cases())
    assert len(found) == lines and {case.language for case in found} == set(languages())


FOUND = Found(
    [
        _heard(_case("imminent", "danger", category=1, text="he comes"), "urgent"),
        _heard(_case("urgent", "danger", category=13, hard=True, text="no pay"), "none"),
        _heard(_case("none", text="a film"), "concern"),
        _heard(_case("none", text="an exam"), "none", language="fr"),
        _heard(
            _case("concern", "danger", category=14, language="fr", text="une dette"),
            "none",
            rules=Assessment(Tier.CONCERN, (), False, "rules-x"),
            language="fr",
        ),
    ],
    None,
)


def test_the_report_names_every_miss_and_says_what_is_missed() -> None:
    """Nobody has to look for what went wrong."""
    words = report(FOUND, "## What this does not show\n\n- much")
    assert "66.7%" in words and "**missed**" in words
    assert "- urgent, row 13, hard [none; none 0.30]: no pay" in words
    assert "- harmless [none; concern 0.70]: a film" in words
    assert "he comes" not in words and "une dette" not in words
    assert "- en as fr (0.90): an exam" in words
    assert "## What this does not show" in words
    assert "has not been measured" in words


def test_the_same_figures_give_the_same_files(tmp_path: Path) -> None:
    """Byte for byte: a report that changes without cause is not read again."""
    rates = {"en": (Rate(9, 10), Rate(1, 10)), "fr": (Rate(8, 10), Rate(0, 10))}
    made = []
    for name in ("one", "two"):
        folder = tmp_path / name
        plots.recall_by_language(rates, folder / "recall.svg")
        plots.trade_off(FOUND.heard, {"the rules": FOUND.lines}, folder / "trade-off.svg")
        made.append([(folder / file).read_bytes() for file in ("recall.svg", "trade-off.svg")])
    assert made[0] == made[1]
    assert report(FOUND, "limits") == report(FOUND, "limits")


@pytest.mark.parametrize(("sets", "counts"), [(None, True), ("another state", False)])
def test_kept_figures_count_for_the_sets_they_were_measured_on(
    tmp_path: Path, sets: str | None, counts: bool
) -> None:
    """A set that changed since makes them figures of something else."""
    wanted = list(cases())
    file = tmp_path / "kept.json"
    kept = {
        "about": {"epochs": 1, "texts": 2},
        "sets": sets or fingerprint(),
        "tiers": "n" * len(wanted),
        "groups": " ".join(["out_of_scope"] * len(wanted)),
    }
    file.write_text(json.dumps(kept))
    found = baseline.kept(wanted, file)
    assert (found is not None) is counts
    if found is not None:
        assert recall(found.verdicts).hits == 0 and len(found.groups) == len(wanted)
    assert baseline.kept(wanted, tmp_path / "none.json") is None
