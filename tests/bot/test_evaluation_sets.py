"""What measures is apart from what teaches: no evaluation text, nor a near copy, is trained on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bot.components.normalise import tokens
from bot.language.texts import texts

SETS = sorted(Path("data/eval").glob("*.jsonl"))
#: From this share of common runs of four letters on, two texts are near copies.
NEAR_COPY = 0.8
#: Letters of a harmless text that may be anybody's.
_SHORT = 12


@pytest.fixture(scope="module")
def trained() -> dict[str, list[str]]:
    """Language -> every text that the model or the language identifier learns."""
    found: dict[str, list[str]] = {}
    for tag, lines in texts().items():
        found.setdefault(tag.split("-")[0], []).extend(lines)
    return found


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_no_evaluation_text_or_near_copy_is_trained_on(
    path: Path, trained: dict[str, list[str]]
) -> None:
    """A text that the model has all but seen measures its memory."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    measured = [str(row["text"]) for row in rows if row["tier"] != "none" or _is_long(row["text"])]
    assert list(near_copies(measured, trained.get(path.stem.split("-")[0], []))) == []


def _is_long(text: str) -> bool:
    """Not a "hello" or an "ok thanks": those few words are everybody's, and nobody's copy."""
    found = tokens(text)
    letters = sum(len(token.text) for token in found)
    return len(found) > 2 and letters > _SHORT


def near_copies(measured: Sequence[str], learnt: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pairs of texts that fold to the same, or share most of their runs of four letters."""
    runs = [_runs(text) for text in learnt]
    having: dict[str, list[int]] = {}
    for place, found in enumerate(runs):
        for run in found:
            having.setdefault(run, []).append(place)
    for text in measured:
        own = _runs(text)
        common = Counter(place for run in own for place in having.get(run, ()))
        for place, shared in common.items():
            if shared >= NEAR_COPY * (len(own) + len(runs[place]) - shared):
                yield text, learnt[place]


def _runs(text: str) -> frozenset[str]:
    """Runs of four letters of a folded text without its marks; a shorter text is one itself."""
    words = (token.text for token in tokens(text) if token.text[0].isalnum())
    folded = " ".join(words) or text
    return frozenset(folded[at : at + 4] for at in range(max(1, len(folded) - 3)))


@pytest.mark.parametrize(
    ("measured", "found"),
    [
        ("HE HAS A GUN!!", True),
        ("he has  a gun, and he's comin", True),
        ("he has a gun and shes crying", False),
        ("okay", False),
        ("ok", True),
    ],
)
def test_the_guard_sees_a_copy(measured: str, found: bool) -> None:
    """Spelling and marks do not hide one; a shared beginning is none."""
    learnt = ["he has a gun", "he has a gun and hes coming", "ok"]
    assert bool(list(near_copies([measured], learnt))) is found
