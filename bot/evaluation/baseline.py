"""The kept figures of Rasa's default pipeline, measured on the same data and the same messages.

It needs TensorFlow and an hour, so it is measured seldom (`./hotline evaluate --baselines`, which
runs `rasa_default.py` in an environment of its own) and its verdicts are kept, one letter a
message. They count for the state of the evaluation sets that they were measured on, and no other.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.evaluation.cases import Case, fingerprint
from bot.evaluation.figures import Verdict
from bot.settings import ROOT
from bot.text_model import TIERS

KEPT = ROOT / "data" / "eval" / "rasa-default.json"
_LETTERS = {tier[0]: tier for tier in TIERS}


@dataclass(frozen=True)
class Baseline:
    """What the default pipeline said of every message, and what it was trained with."""

    verdicts: tuple[Verdict, ...]
    groups: tuple[tuple[str, str], ...]
    """Group of intents that is right, and the one named, for each message."""
    about: dict[str, Any]


def kept(cases: Sequence[Case], path: Path = KEPT) -> Baseline | None:
    """The kept figures, or None where there are none of these very messages."""
    if not path.exists():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    if found["sets"] != fingerprint() or len(found["tiers"]) != len(cases):
        return None
    said = zip(cases, found["tiers"], found["groups"].split(), strict=True)
    rows = [(case, _LETTERS[letter], group) for case, letter, group in said]
    return Baseline(
        tuple(Verdict(case, tier, group == "ask_person") for case, tier, group in rows),
        tuple(
            (case.groups[0], case.groups[0] if group in case.groups else group)
            for case, _, group in rows
        ),
        found["about"],
    )
