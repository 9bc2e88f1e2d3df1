"""Judging by what earlier messages left behind is judging by the messages themselves."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from intake import risk
from intake.remembered import FRAGMENTS, REMEMBERED, Memory
from intake.risk import Assessment, Tier, follow, screen


def followed(*texts: str) -> tuple[Assessment, Memory]:
    """The last of the texts, each judged by what those before it left behind."""
    memory = Memory()
    assessment = screen("")
    for text in texts:
        assessment, memory = follow(text, memory)
    return assessment, memory


def conversations(root: Path) -> list[Sequence[str]]:
    """Texts of the evaluation sets: as written, cut in two, and after unrelated ones."""
    rows = [
        json.loads(line)
        for path in sorted((root / "data/eval").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    chance = random.Random(7)
    texts = [str(row["text"]) for row in rows]
    found: list[Sequence[str]] = [
        [*row["history"], row["text"]] for row in rows if "history" in row
    ]
    for text in chance.sample(texts, 150):
        words = text.split()
        cut = chance.randint(1, max(1, len(words) - 1))
        found.append(["hey", " ".join(words[:cut]), " ".join(words[cut:]) or "ok"])
        found.append([*chance.sample(texts, 3), text])
    return found


def test_what_is_left_behind_is_enough(root: Path) -> None:
    """The same tier, cues and spans as from the words of the whole conversation."""
    for texts in conversations(root):
        *history, now = texts
        assert followed(*texts)[0] == screen(now, history), len(texts)


@pytest.mark.parametrize(
    ("texts", "tier"),
    [
        (["hey", "im 15", "he sells me"], Tier.IMMINENT),
        (["hey", "he sells me", "im 15"], Tier.IMMINENT),
        (["he wont let me", "leave"], Tier.IMMINENT),
        (["im 15", *["ok"] * 8, "he sells me"], Tier.IMMINENT),
        (["he has a gun", "ok thanks"], None),
        (["hey", "thanks"], None),
    ],
)
def test_risk_in_pieces(texts: list[str], tier: Tier | None) -> None:
    """Acceptance case 6, and calm texts after a disclosure."""
    assert followed(*texts)[0].tier is tier


def test_little_is_kept_and_none_of_it_in_the_cues() -> None:
    """The ends of a few texts; what outlives them names places in lists, not words."""
    secret = "zanzibar"
    texts = [f"{secret}{number} im 15 he has a gun" for number in range(20)]
    memory = followed(*texts, "and so " + "on " * 200)[1]
    assert len(memory.words) == FRAGMENTS
    assert max(len(each.split()) for each in memory.words) <= 24
    assert secret not in memory.cues
    assert len(json.loads(memory.cues)["earlier"]) == REMEMBERED


def test_without_its_words_a_memory_still_adds_up() -> None:
    """The words are forgotten after a while; what they meant is not."""
    memory = followed("hey", "im 15")[1]
    assert follow("he sells me", Memory(memory.cues))[0].tier is Tier.IMMINENT


def test_other_lists_read_the_words_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Places of lists that have changed mean nothing; nobody is judged by them."""
    memory = followed("hey", "im 15")[1]
    monkeypatch.setattr(risk, "VERSION", "rules-of-tomorrow")
    assert follow("he sells me", memory)[0].tier is Tier.IMMINENT
    assert follow("he sells me", Memory(memory.cues))[0].tier is screen("he sells me").tier
