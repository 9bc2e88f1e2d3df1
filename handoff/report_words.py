"""What the report sheet offers to choose from, and a protocol's lines, in the screen's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from directory.duty import PROVINCES
from directory.protocol_store import Outcome
from directory.protocols import Agency, steps
from handoff.report_sheet import Sheet
from intake.consent import Detail, Ground, Identified, Purpose, RecipientKind
from intake.disclosure import Danger, Occasion, Option, Way, Wish

Pairs = list[tuple[str, str]]
# Families of sentences whose last part is a code.
FAMILIES: Mapping[str, type[Enum]] = {
    "danger": Danger,
    "wish": Wish,
    "option": Option,
    "detail": Detail,
    "purpose": Purpose,
    "recipient": RecipientKind,
    "identified": Identified,
    "ground": Ground,
    "way": Way,
    "occasion": Occasion,
    "outcome": Outcome,
}
_KINDS = ("sex", "labour")
_TIMES = ("in_progress", "past")


@dataclass(frozen=True)
class StepLine:
    """One line to tick. `agency` where it is a call; `outcome` once somebody has taken it."""

    id: str
    text: str
    agency: Agency | None
    hours: str
    note: str
    outcome: str | None
    by: str
    at: datetime | None


def choices(words: Mapping[str, str]) -> dict[str, Pairs]:
    """Every list of the sheet: pairs of value and word."""
    unknown = ("", words["report.unknown"])
    found: dict[str, Pairs] = {
        family: [(str(one.value), words[f"report.{family}.{one.value}"]) for one in kind]
        for family, kind in FAMILIES.items()
    }
    found["province"] = [unknown, *((one, one) for one in PROVINCES)]
    found["age"] = [
        unknown,
        ("11", words["report.age.under_12"]),
        *((str(age), str(age)) for age in range(12, 19)),
        ("19", words["report.age.adult"]),
    ]
    found["kind"] = [unknown, *((one, words[f"report.kind.{one}"]) for one in _KINDS)]
    found["time"] = [unknown, *((one, words[f"report.time.{one}"]) for one in _TIMES)]
    return found


def step_lines(shown: Sheet, taken: Mapping[str, Any], language: str) -> list[StepLine]:
    """The protocol that fits, as lines to tick."""
    if shown.match is None:
        return []
    found = []
    for step in steps(shown.match.chosen.protocol):
        agency = step.agency
        row, by = taken.get(step.id, (None, ""))
        found.append(
            StepLine(
                id=step.id,
                text=step.words.in_(language) if step.words else agency.name if agency else "",
                agency=agency,
                hours=agency.hours.in_(language) if agency and agency.hours else "",
                note=agency.note.in_(language) if agency and agency.note else "",
                outcome=None if row is None else row.outcome.value,
                by=by,
                at=None if row is None else row.at,
            )
        )
    return found
