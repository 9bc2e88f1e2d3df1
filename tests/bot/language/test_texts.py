"""What is learnt from and what is measured on are apart, and each stands under its language."""

from __future__ import annotations

from collections import Counter

from bot.language.accuracy import EVALUATION, evaluation
from bot.language.cleaning import clean, fold
from bot.language.scripts import script_of
from bot.language.texts import WRITTEN, texts
from intake.languages import base

#: Languages that no training data of conversations teaches, with a profile of their own.
_TAUGHT_HERE = ("ht", "cr-Latn", "oj-Latn", "iu-Latn", "am", "ti")


def test_enough_texts_make_a_profile() -> None:
    """200 varied lines do; more add little."""
    written = texts()
    assert dict.fromkeys(_TAUGHT_HERE, True) == {
        tag: len(written[tag]) >= 250 for tag in _TAUGHT_HERE
    }


def test_no_text_stands_twice_in_a_file() -> None:
    """A text counts once."""
    for path in sorted(WRITTEN.glob("*.txt")):
        lines = Counter(path.read_text(encoding="utf-8").splitlines())
        assert [line for line, times in lines.items() if times > 1] == [], path.name


def test_files_are_in_the_script_of_their_name() -> None:
    """A text of another script teaches nothing."""
    for folder in (WRITTEN, EVALUATION):
        for path in sorted(folder.glob("*.txt")):
            scripts = {script_of(x) for x in path.read_text(encoding="utf-8").splitlines() if x}
            assert len(scripts) == 1, path.name
            assert ("Latn" in scripts) or "Latn" not in path.stem


def test_romanised_texts_stand_under_their_own_tag() -> None:
    """Training data holds all scripts of a language in one folder."""
    written = texts()
    assert {"Guru"} == {script_of(text) for text in written["pa"]}
    assert {"Latn"} == {script_of(text) for text in written["pa-Latn"]}


def test_evaluation_texts_are_not_learnt_from() -> None:
    """Words and short phrases anybody may write, a few of them; what is longer is in one place."""
    learnt = {_plain(text) for lines in texts().values() for text in lines}
    shared = [_plain(text) for _, _, text in evaluation() if _plain(text) in learnt]
    assert [text for text in shared if text.count(" ") > 2] == []
    assert len([text for text in shared if " " in text]) <= 20


def test_every_group_is_measured_at_every_length() -> None:
    """A dozen texts a group or more, each group of a language that the line knows."""
    groups = Counter(group for group, _, _ in evaluation())
    assert len(groups) >= 35
    assert min(groups.values()) >= 12
    assert all(base(tag) for _, tag, _ in evaluation())


def _plain(text: str) -> str:
    return " ".join(fold(word) for word in clean(text).words)
