"""What must hold of the rules for any text whatever: they answer, alike, in bounded work."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from intake.risk import Tier, rules, screen

_TEXTS = Path(__file__).parent / "risk_texts"
_LONGEST = 4000
_GENEROUS = 10.0  # seconds on a busy machine; a runaway search would take hours


def _vocabulary() -> list[str]:
    words: set[str] = set()
    for language in ("en", "fr"):
        tables = yaml.safe_load((_TEXTS / f"{language}.yaml").read_text(encoding="utf-8"))
        for tiers in tables.values():
            for texts in tiers.values():
                words.update(word for text in texts for word in text.split())
    return sorted(words)


_WORDS = _vocabulary()
_anything = st.text(st.characters(), max_size=200)
_wordy = st.lists(st.sampled_from(_WORDS), max_size=30).map(" ".join)
_texts = st.one_of(_anything, _wordy, st.builds("{} {}".format, _wordy, _anything))


@given(_texts, st.lists(_texts, max_size=3))
@settings(max_examples=150, deadline=None)
def test_any_text_is_answered_with_a_consistent_judgement(text: str, history: list[str]) -> None:
    """Whatever is sent, the answer is the same twice, its spans lie in the text, its tier is the
    highest of its cues."""
    found = screen(text, history)
    assert screen(text, history) == found
    assert found.tier == max((cue.tier for cue in found.cues), default=None)
    for cue in found.cues:
        assert 0 <= cue.start < cue.end <= len(text)
        assert 1 <= cue.category <= 25
        assert cue.language in {cues.language for cues in rules().lists}


@given(_texts, st.sampled_from(["he has a gun", "il va me tuer", "im locked in the basement"]))
@settings(max_examples=150, deadline=None)
def test_a_risky_sentence_never_lowers_what_was_said(text: str, sentence: str) -> None:
    """More danger is never less: no word of ours can be used to silence an alarm."""
    before = screen(text).tier or 0
    after = screen(f"{text}\n{sentence}").tier or 0
    assert after >= max(before, Tier.CONCERN)


@given(_anything)
@example("JK")
@example("in the movie")
@example("im not suicidal")
@settings(max_examples=100, deadline=None)
def test_a_threat_is_heard_after_any_noise(noise: str) -> None:
    """Gibberish in front of a threat does not hide it."""
    assert screen(f"{noise}\nhe is going to kill me tonight").tier is Tier.IMMINENT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00",
        "\ud83d\udc80\ud800",
        "\udfff he has a gun",
        "\u0301\u0301\u0301",
        "'" * 50,
        "a'" * 50,
        "*" * 50,
        ". . . .",
        "ÿ" * 300,
        "\u202e\u200f\ufeff",
        "مساعدة",
        "ਮਦਦ ਚਾਹੀਦੀ ਹੈ",
        "助けて",
    ],
)
def test_odd_texts_are_answered(text: str) -> None:
    """Lone surrogates, nulls, marks without a letter and other scripts raise no error."""
    assert screen(text, [text, text]).version


@pytest.mark.parametrize(
    "text",
    [
        "he " * 1333,
        "not " * 1000,
        "il a " * 800,
        "i am 15 " * 500,
        "he has my passport and " * 170,
        "a" * _LONGEST,
        "k.i.l.l. " * 440,
        "👊🏽" * 1000,
        " ".join(random.Random(1).choices(_WORDS, k=900)),
        " ".join(random.Random(2).choices(["he", "will", "not", "let", "me", "the", "and"], k=999)),
        " ".join(random.Random(3).choices(["il", "me", "pas", "laisse", "a", "le", "de"], k=1300)),
    ],
    ids=range(11),
)
def test_long_texts_take_bounded_work(text: str) -> None:
    """No text of a message's greatest length makes a search run away."""
    begun = time.process_time()
    screen(text[:_LONGEST])
    assert time.process_time() - begun < _GENEROUS
