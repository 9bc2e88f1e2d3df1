"""Every cue list is in its form, complete, and can be said to an advocate in words."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from intake.cue_file import CueListError
from intake.cuelist import CONTEXT, CueList
from intake.risk import FILES, Tier, cue_list, rules

_ROOT = Path(__file__).parents[2]
_ROWS = range(1, 26)  # rows 26 to 28 are said by no words of their own
_TIERS = {tier.label: int(tier) for tier in Tier}


@cache
def _read(path: Path) -> CueList:
    return cue_list(path)


def _by_name(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", FILES, ids=_by_name)
def test_every_pattern_can_be_read(path: Path) -> None:
    """What is compiled when a message first needs it is compiled here."""
    _read(path).check()
    assert _read(path).language == path.stem


@pytest.mark.parametrize("path", FILES, ids=_by_name)
def test_every_row_has_a_cue(path: Path) -> None:
    """A language in which one danger cannot be said would be a gap nobody sees."""
    assert set(_ROWS) - {entry.row for entry in _read(path).entries} == set()


@pytest.mark.parametrize("path", FILES, ids=_by_name)
def test_every_cue_has_words_on_the_screen(path: Path) -> None:
    """An advocate reads why a message was raised, not the name of a rule."""
    said = set(
        re.findall(
            r'^msgid "cue\.(\w+)"',
            (_ROOT / "locales" / "en" / "desk.po").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    )
    assert said
    named = {entry.name for entry in _read(path).entries if entry.row != CONTEXT}
    assert named - said == set()


@pytest.mark.parametrize("path", FILES, ids=_by_name)
def test_somebody_can_be_asked_for(path: Path) -> None:
    """Each language has words for a person, and for now and tonight."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert document["person"]["whole"]
    assert document["person"]["within"]
    assert document["soon"]
    assert document["modifiers"]


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ("language: xx\nmask: [a]\ncues: []", "xx.yaml: no such key: mask"),
        (
            "language: xx\ncues: [{name: odd, row: 1, tier: urgent, says: [a], say: [b]}]",
            "xx: cue 'odd': no such key: says",
        ),
    ],
)
def test_a_key_that_no_list_has_is_an_error(document: str, complaint: str) -> None:
    """A slip in a key would leave rules out without a word."""
    with pytest.raises(CueListError, match=re.escape(complaint)):
        CueList(yaml.safe_load(document), _TIERS)


def test_the_lists_are_read_once() -> None:
    """A process keeps its lists, and knows all of them."""
    assert rules() is rules()
    assert [cues.language for cues in rules().lists] == [path.stem for path in FILES]
