"""The training texts of all languages, each with its intent, tier and row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

_DATA = Path(__file__).parent.parent / "data" / "nlu"
_ENTITY = re.compile(r"\[([^]]*)\](\([^)]*\)|\{[^}]*\})")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Line(NamedTuple):
    """One training text."""

    language: str
    intent: str
    tier: str
    row: int | None
    text: str


def languages() -> list[str]:
    """The codes of the languages that have training texts."""
    return sorted(path.name for path in _DATA.iterdir() if any(path.glob("*.yml")))


def lines(language: str) -> Iterator[Line]:
    """The training texts of one language, without the marks of entities."""
    for path in sorted((_DATA / language).glob("*.yml")):
        document = yaml.load(path.read_text(encoding="utf-8"), _LOADER)
        for item in document["nlu"]:
            said = item.get("metadata") or {}
            for example in str(item.get("examples", "")).splitlines():
                text = _ENTITY.sub(r"\1", example.strip().removeprefix("- "))
                if "intent" in item and text:
                    tier, row = said.get("tier", "none"), said.get("category")
                    yield Line(language, item["intent"], tier, row, text)
