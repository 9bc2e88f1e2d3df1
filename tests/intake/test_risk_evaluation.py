"""The evaluation sets: well formed, large and hard enough, and apart from all that is trained."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from intake.tokens import plain

_ROOT = Path(__file__).parents[2]
_TEXTS = Path(__file__).parent / "risk_texts"
_LANGUAGES = ("en", "fr")
_KEYS = {"text", "language", "tier", "category", "intent", "hard"}


@cache
def _evaluation(language: str) -> tuple[dict[str, Any], ...]:
    path = _ROOT / "data" / "eval" / f"{language}.jsonl"
    return tuple(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", plain(text).replace("'", "").replace("’", "")))


def _training(language: str) -> Iterator[str]:
    for path in sorted((_ROOT / "data" / "nlu" / language).glob("*.yml")):
        for item in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in str(item.get("examples", "")).splitlines():
                yield re.sub(r"\[([^]]*)\](\([^)]*\)|\{[^}]*\})", r"\1", line.strip(" -"))


def _table_texts(language: str) -> Iterator[str]:
    tables = yaml.safe_load((_TEXTS / f"{language}.yaml").read_text(encoding="utf-8"))
    for tiers in tables.values():
        for texts in tiers.values():
            yield from texts
    harmless = yaml.safe_load((_TEXTS / "harmless.yaml").read_text(encoding="utf-8"))
    yield from harmless[language]


def _near(one: frozenset[str], other: frozenset[str]) -> bool:
    """The same words but for one in five; messages of fewer than four words may be alike."""
    return len(one) > 3 and len(one & other) >= 0.8 * max(len(one), len(other))


@pytest.mark.parametrize("language", _LANGUAGES)
def test_the_set_has_its_form_and_size(language: str) -> None:
    """At least 150 messages, about half risky, a third hard, each with the keys it must have."""
    rows = _evaluation(language)
    assert len(rows) >= 150
    assert all(_KEYS <= row.keys() <= _KEYS | {"history"} for row in rows)
    assert {row["language"] for row in rows} == {language}
    assert {row["tier"] for row in rows} == {"imminent", "urgent", "concern", "none"}
    assert all((row["tier"] == "none") == (row["category"] is None) for row in rows)
    assert {row["category"] for row in rows if row["category"]} >= set(range(1, 26))
    assert 0.45 <= sum(row["tier"] != "none" for row in rows) / len(rows) <= 0.62
    assert sum(row["hard"] for row in rows) / len(rows) >= 0.33
    assert len({_words(row["text"]) for row in rows}) >= len(rows) - 1


@pytest.mark.parametrize("language", _LANGUAGES)
def test_no_evaluation_message_stands_in_training_or_tests(language: str) -> None:
    """Nothing trained or tabled is a message of the set, or nearly one."""
    texts = (*_training(language), *_table_texts(language))
    seen = {frozenset(_words(text)) for text in texts}
    assert len(seen) > 500
    messages = {row["text"]: frozenset(_words(row["text"])) for row in _evaluation(language)}
    copies = [text for text, one in messages.items() if any(_near(one, other) for other in seen)]
    assert copies == []


@pytest.mark.parametrize("language", _LANGUAGES)
def test_no_evaluation_message_is_quoted_by_a_cue(language: str) -> None:
    """No cue list holds a message of four words or more, with or without its brackets."""
    lists = [
        " ".join(_words(path.read_text(encoding="utf-8")))
        for path in sorted((_ROOT / "intake" / "cues").glob("*.yaml"))
    ]
    assert lists
    quoted = [
        row["text"]
        for row in _evaluation(language)
        if len(_words(row["text"])) > 3
        and any(" ".join(_words(row["text"])) in text for text in lists)
    ]
    assert quoted == []
