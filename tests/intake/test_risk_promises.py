"""What the rules on the porch promise: every row in both languages, and no cry of wolf."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.risk import Tier, screen

TEXTS = Path(__file__).parent / "risk_texts"
ROWS_WITH_CUES = range(1, 26)


def _table(language: str) -> dict[int, dict[str, list[str]]]:
    table: dict[int, dict[str, list[str]]] = yaml.safe_load(
        (TEXTS / f"{language}.yaml").read_text(encoding="utf-8")
    )
    return table


CASES = [
    (language, row, tier, text)
    for language in ("en", "fr")
    for row, tiers in _table(language).items()
    for tier, texts in tiers.items()
    for text in texts
]


@pytest.mark.parametrize(("language", "row", "tier", "text"), CASES)
def test_what_people_text_is_seen(language: str, row: int, tier: str, text: str) -> None:
    """At least the tier of the table; earlier texts stand before a slash."""
    *before, last = text.split(" / ")
    found = screen(last, before)
    assert (found.tier or 0) >= Tier[tier.upper()]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_row_that_text_can_show_is_in_the_table(language: str) -> None:
    """Rows 26 to 28 are facts about a conversation, not words."""
    table = _table(language)
    assert set(table) == set(ROWS_WITH_CUES)
    assert min(sum(map(len, tiers.values())) for tiers in table.values()) >= 6


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "this is killing me lol",
        "i could murder a pizza",
        "my phone died",
        "boss is killing it this quarter",
        "shoot me an email",
        "watching a movie about trafficking",
        "homework about human trafficking",
        "im 15 min away",
        "i am 34",
        "where can i find a shelter in toronto",
        "are you a robot",
        "ok thanks",
        "bonjour",
        "c'est quoi cette ligne",
        "merci beaucoup",
        "je suis mort de rire",
        "je suis a 15 min",
    ],
)
def test_ordinary_life_is_not_danger(text: str) -> None:
    """Idioms, films, homework, questions."""
    assert screen(text).tier is None


@pytest.mark.parametrize(
    "text", ["help", "Aide", "AIDE.", "sos", "aidez moi", "0", "hlp me", "talk to someone"]
)
def test_a_word_is_enough_for_a_person(text: str) -> None:
    """Acceptance case 1."""
    assert screen(text).asks_for_person


def test_one_negation_hides_nothing_else() -> None:
    """Acceptance case 4."""
    text = "im not suicidal but he said hes going to kill me tonight"
    assert screen(text).tier is Tier.IMMINENT


def test_fragments_are_judged_together_and_a_thank_you_is_not() -> None:
    """Acceptance case 6; history alone raises nothing."""
    assert screen("he sells me", ["hey", "im 15"]).tier is Tier.IMMINENT
    assert screen("ok thanks", ["hey", "im 15", "he sells me"]).tier is None


def test_spans_point_into_the_text_as_it_was_sent() -> None:
    """Accents, emoji and decomposed letters do not shift what the advocate sees."""
    text = "\U0001f622\U0001f622 e\u0301coute, il a pris mon passeport"
    (cue,) = [cue for cue in screen(text).cues if cue.category == 13]
    assert "passeport" in text[cue.start : cue.end]
    assert "coute" not in text[cue.start : cue.end]


@settings(max_examples=150, deadline=2_000)
@given(st.text(alphabet=st.characters(), max_size=600))
def test_any_text_is_judged_alike_twice_and_danger_is_never_drowned(noise: str) -> None:
    """No text breaks the rules, and none hides a plain danger that follows it."""
    assert screen(noise) == screen(noise)
    loud = screen(f"{noise}\nhe has a gun and he will kill me")
    assert (loud.tier or 0) >= (screen(noise).tier or 0)
    assert loud.tier is Tier.IMMINENT


def test_a_long_hostile_text_ends_soon() -> None:
    """No pattern runs away: 4,000 characters made to backtrack."""
    for piece in ("he ", "i cant ", "my my ", "a", "no not ", "👀"):
        screen((piece * 4_000)[:4_000])
