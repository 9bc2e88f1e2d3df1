"""The risk model: ordered tiers, named rows, the same model from the same examples."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.risk_model import TIERS, Example, RiskModel

HARMLESS = (
    "hello there|hi how are you|what is this|is it free|thanks a lot|who won the game|good night"
    "|tell me a joke|are you a robot|see you later|what time is it|do you like pizza"
)
WEAPON = (
    "he has a gun|he has a knife|they have guns|he pulled a knife|a gun to my head"
    "|he will stab me|he will shoot me|theres a gun here|he showed his gun|gun in his hand"
)
DOCUMENTS = (
    "he has my passport|boss took my passport|they keep my papers|he kept my id"
    "|no passport he has it|my passport is with the boss|they took our papers|he took my papers"
)


def _examples() -> list[Example]:
    return [
        *(Example(text, "talk") for text in HARMLESS.split("|")),
        *(Example(t, "risk_weapon", "imminent", 2, "weapon") for t in WEAPON.split("|")),
        *(
            Example(t, "risk_documents_taken", "urgent", 13, "documents_taken")
            for t in DOCUMENTS.split("|")
        ),
    ]


@pytest.fixture(scope="module")
def fitted() -> RiskModel:
    """A small model of two rows."""
    return RiskModel.fit(_examples())


@pytest.mark.parametrize(
    ("text", "tier", "row"),
    [
        ("he has a gun on him", "imminent", (2, "weapon")),
        ("the boss has my passport", "urgent", (13, "documents_taken")),
    ],
)
def test_a_row_is_found_at_its_tier(
    fitted: RiskModel, text: str, tier: str, row: tuple[int, str]
) -> None:
    """Unseen words of a row get its tier and name."""
    verdict = fitted.judge(text)
    assert (tier, row) == (verdict.tier, verdict.cues[0])


def test_a_harmless_text_has_no_cue(fitted: RiskModel) -> None:
    """No tier, no row, and the confidence that it is harmless."""
    verdict = fitted.judge("hello what is this")
    assert (verdict.tier, verdict.cues, verdict.unsure) == ("none", (), False)
    assert verdict.confidence > 0.5


def test_the_same_examples_give_the_same_model() -> None:
    """Order does not matter to the version, nor chance to the verdict."""
    one, other = RiskModel.fit(_examples()), RiskModel.fit(_examples())
    assert one.version == other.version == RiskModel.fit(_examples()[::-1]).version
    assert one.judge("he has a gun") == other.judge("he has a gun")


def test_another_tier_is_another_version() -> None:
    """A version names the data, so that an alert can be traced to it."""
    changed = [
        replace(example, tier="concern") if example.category == 13 else example
        for example in _examples()
    ]
    assert RiskModel.fit(changed).version != RiskModel.fit(_examples()).version


def test_tiers_are_in_order(fitted: RiskModel) -> None:
    """A higher tier is never easier to reach than the confidence of a lower one allows."""
    assert TIERS == ("none", "concern", "urgent", "imminent")
    assert set(fitted.thresholds) == {"unsure", *TIERS[1:]}
    assert all(0.0 < threshold < 1.0 for threshold in fitted.thresholds.values())
