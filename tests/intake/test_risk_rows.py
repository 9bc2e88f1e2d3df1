"""Every row of the risk model, as people text it in each language, and what must stay silent."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from intake.risk import Assessment, Tier, screen

_TEXTS = Path(__file__).parent / "risk_texts"
_LANGUAGES = ("en", "fr")
_ROWS = range(1, 26)  # rows 26 to 28 are said by no words of their own


@cache
def _read(name: str) -> dict[Any, Any]:
    content: dict[Any, Any] = yaml.safe_load((_TEXTS / name).read_text(encoding="utf-8"))
    return content


def _screen(conversation: str) -> Assessment:
    *history, text = conversation.split(" / ")
    return screen(text, history)


def _tables() -> list[tuple[str, int, str]]:
    return [
        (language, row, tier)
        for language in _LANGUAGES
        for row, tiers in _read(f"{language}.yaml").items()
        for tier in tiers
    ]


@pytest.mark.parametrize("language", _LANGUAGES)
def test_each_row_has_at_least_six_texts(language: str) -> None:
    """The tables cover all rows that words can say."""
    tables = _read(f"{language}.yaml")
    assert sorted(tables) == list(_ROWS)
    assert all(sum(map(len, tiers.values())) >= 6 for tiers in tables.values())


@pytest.mark.parametrize(("language", "row", "tier"), _tables())
def test_a_row_is_heard(language: str, row: int, tier: str) -> None:
    """Each text raises at least its tier, and says the row by which."""
    least = Tier[tier.upper()]
    texts = _read(f"{language}.yaml")[row][tier]
    unheard = []
    for text in texts:
        found = _screen(text)
        rows = {cue.category for cue in found.cues}
        if found.tier is None or found.tier < least or row not in rows:
            unheard.append((text, found.tier, sorted(rows)))
    assert unheard == []


@pytest.mark.parametrize("language", _LANGUAGES)
def test_everyday_life_stays_silent(language: str) -> None:
    """Idioms, plots, homework, jokes, errands and thanks after a disclosure raise nothing."""
    texts = _read("harmless.yaml")[language]
    assert len(texts) >= 45
    raised = [(text, [c.name for c in _screen(text).cues]) for text in texts if _screen(text).tier]
    assert raised == []


@pytest.mark.parametrize("row", _ROWS)
def test_a_row_is_heard_in_capitals_and_without_marks(row: int) -> None:
    """Shouting, or texting without accents and apostrophes, changes no judgement."""
    changed = []
    for language in _LANGUAGES:
        for tier, texts in _read(f"{language}.yaml")[row].items():
            for text in texts:
                plain = text.translate(str.maketrans("éèêàùâôîïç", "eeeauaoiic"))
                if _screen(text.upper()).tier is None or _screen(plain).tier is None:
                    changed.append((tier, text))
    assert changed == []
