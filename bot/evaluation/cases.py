"""The messages of data/eval: what each is, and the wishes that they are sorted by.

The sets were labelled before the dialogue had its present intents, and more coarsely; so many of
its intents answer one label. Where a message may rightly be taken for either of two, both count.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.settings import ROOT

SETS = ROOT / "data" / "eval"
DANGER = "danger"

#: Intent of the dialogue -> the group that it is judged by; every sign of risk is DANGER.
GROUPS = {
    "greet": "greet",
    "affirm": "affirm",
    "deny": "deny",
    "thanks": "thanks",
    "wrong_number": "wrong_number",
    "opt_out_words": "opt_out",
    "out_of_scope": "out_of_scope",
    "ask_person": "ask_person",
    "find_service": "find_service",
    "inform_need": "find_service",
    "inform_place": "find_service",
    "want_to_report": "tip",
    "tip_about_someone": "tip",
    "risk_third_party": "tip",
    "asks_about_person": "hunting",
    "change_language": "language",
    "ask_what_is_this": "about_the_line",
    "ask_help": "about_the_line",
    "ask_cost": "about_the_line",
    "ask_if_bot": "about_the_line",
    "ask_private": "private",
    "ask_delete": "private",
    "ask_if_police": "police",
    "ask_police_involved": "police",
}
#: Label of a set -> groups that answer it rightly, the label's own first.
_LABELS = {
    "report_danger": (DANGER,),
    "report_labour": (DANGER,),
    "threat_staff": (DANGER,),
    "hunt_person": ("hunting", DANGER),
    "tip_about_someone": ("tip", DANGER),
    "homework": ("out_of_scope",),
    "job_seeker": ("out_of_scope",),
    "spam": ("out_of_scope",),
    "media": ("out_of_scope",),
    "ask_line": ("about_the_line", "greet"),
    "ask_bot": ("about_the_line",),
    "ask_police": ("police",),
    "ask_private": ("private",),
}


@dataclass(frozen=True)
class Case:
    """One message of a set, and what it is."""

    text: str
    history: tuple[str, ...]
    language: str
    tier: str
    category: int | None
    hard: bool
    groups: tuple[str, ...]
    """Groups of intents that are right, the message's own first."""

    @property
    def risky(self) -> bool:
        """Whether an advocate must see it."""
        return self.tier != "none"


def group_of(intent: str) -> str:
    """The group of an intent that was named."""
    if intent in GROUPS:
        return GROUPS[intent]
    return DANGER if intent.startswith("risk_") else intent


def languages(folder: Path = SETS) -> list[str]:
    """The languages that have a set, English and French first."""
    found = sorted(path.stem for path in folder.glob("*.jsonl"))
    return sorted(found, key=lambda code: (code not in ("en", "fr"), code))


def cases(folder: Path = SETS) -> Iterator[Case]:
    """Every message, language by language, in the order of its file."""
    for language in languages(folder):
        for line in (folder / f"{language}.jsonl").read_text(encoding="utf-8").splitlines():
            yield _case(json.loads(line), language)


def fingerprint(folder: Path = SETS) -> str:
    """Names the state of all sets together."""
    digest = hashlib.sha256()
    for language in languages(folder):
        digest.update((folder / f"{language}.jsonl").read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _case(row: dict[str, object], language: str) -> Case:
    tier, label = str(row["tier"]), str(row["intent"])
    groups = _LABELS.get(label, (label,))
    if tier != "none" and DANGER not in groups:
        groups = (*groups, DANGER)
    history = row.get("history") or []
    assert isinstance(history, list)
    return Case(
        text=str(row["text"]),
        history=tuple(map(str, history)),
        language=language,
        tier=tier,
        category=None if row["category"] is None else int(str(row["category"])),
        hard=bool(row["hard"]),
        groups=groups,
    )
