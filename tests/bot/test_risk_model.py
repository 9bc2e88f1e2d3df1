"""The verdict on a text: thresholds of each language, ordered tiers, named rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from bot.components.reading import Reading
from bot.risk_model import RiskModel, Threshold, row_of, version_of
from bot.text_model import TIERS, Chances
from bot.text_training import Example, Unseen

ROWS = {
    "risk_weapon": (2, "weapon"),
    "risk_captivity": (3, "captivity"),
    "asks_about_person": (24, "hunting"),
}
MODEL = RiskModel(
    {"": Threshold(0.4, 0.6), "en": Threshold(0.4, 0.6), "th": Threshold(0.2, 0.3)}, ROWS, "model-x"
)


def _chances(*at_least: float, **intents: float) -> Chances:
    one, two, three = at_least
    return Chances({"risk_weapon": 0.0, "talk": 0.0, **intents}, (one, two, three))


@pytest.mark.parametrize(
    ("at_least", "language", "tier", "unsure"),
    [
        ((0.39, 0.39, 0.39), "en", "none", False),
        ((0.41, 0.41, 0.41), "en", "concern", True),
        ((0.61, 0.61, 0.61), "en", "imminent", False),
        ((0.90, 0.80, 0.10), "en", "urgent", False),
        ((0.90, 0.10, 0.05), "en", "concern", False),
        # A language has thresholds of its own; one without gets the common ones.
        ((0.31, 0.31, 0.01), "th", "urgent", False),
        ((0.31, 0.31, 0.01), None, "none", False),
        # In a language that nothing was learnt in, less is enough to be "not sure".
        ((0.31, 0.31, 0.01), "so", "concern", True),
        ((0.19, 0.19, 0.01), "so", "none", False),
    ],
)
def test_the_tier(at_least: Sequence[float], language: str | None, tier: str, unsure: bool) -> None:
    """Likely, unlikely, and "not sure" between them."""
    verdict = MODEL.judge(_chances(*at_least, risk_weapon=0.5), language)
    assert (verdict.tier, verdict.unsure) == (tier, unsure)


def test_the_rows_that_carry_the_risk_are_named() -> None:
    """The likeliest first, another only with a good share; what is harmless is no row."""
    verdict = MODEL.judge(
        _chances(0.9, 0.9, 0.9, talk=0.5, risk_captivity=0.2, risk_weapon=0.25,
                 asks_about_person=0.05),
        "en",
    )  # fmt: skip
    assert verdict.cues == ((2, "weapon"), (3, "captivity"))


def test_a_harmless_text_has_no_cue() -> None:
    """No tier, no row, and the confidence that it is harmless."""
    verdict = MODEL.judge(_chances(0.1, 0.1, 0.1, talk=0.9), "en")
    assert (verdict.tier, verdict.cues, verdict.confidence) == ("none", (), 0.9)


def _unseen(language: str, harmless: Sequence[float], risky: Sequence[float]) -> Unseen:
    reading = Reading("x", ("x",))
    told = [Example(reading, "talk", "none", language)] * len(harmless)
    told += [Example(reading, "risk_weapon", "imminent", language)] * len(risky)
    chances = np.repeat(np.array([*harmless, *risky])[:, None], 3, axis=1)
    return Unseen(tuple(told), chances)


def test_thresholds_keep_false_alarms_low_in_each_language() -> None:
    """At most 8 in 100 harmless texts above, whatever the scale of a language."""
    spread = np.linspace(0.0, 1.0, 201)
    english, thai = _unseen("en", spread, [0.9]), _unseen("th", spread / 4, [0.9])
    both = Unseen((*english.examples, *thai.examples), np.vstack([english.at_least, thai.at_least]))
    model = RiskModel.calibrate(both, ROWS, "model-x")
    for language, scale in (("en", 1.0), ("th", 0.25)):
        threshold = model.thresholds[language]
        assert 0.07 <= (spread * scale >= threshold.unsure).mean() <= 0.10
        assert threshold.unsure < threshold.sure


def test_near_misses_weigh_as_much_as_all_other_harmless_texts() -> None:
    """A line hears more of them than a list of wishes has."""
    talk, near = _unseen("en", [0.0] * 900, [0.9]), _unseen("en", np.linspace(0, 1, 101), [])
    told = [replace(example, intent="out_of_scope") for example in near.examples]
    both = Unseen((*talk.examples, *told), np.vstack([talk.at_least, near.at_least]))
    # 9 in 100 of all, half of all near misses: 18 in 100 of these.
    threshold = RiskModel.calibrate(both, ROWS, "model-x").thresholds["en"]
    assert threshold.unsure == pytest.approx(0.82, abs=0.011)


def test_few_texts_set_no_threshold() -> None:
    """A dozen lines say nothing of a language."""
    model = RiskModel.calibrate(_unseen("so", [0.1] * 12, [0.9]), ROWS, "model-x")
    assert set(model.thresholds) == {""}


def test_a_kept_model_is_the_same() -> None:
    """Through JSON's plain values."""
    restored = RiskModel.from_state(MODEL.state())
    assert restored.state() == MODEL.state()
    assert restored.judge(_chances(0.9, 0.9, 0.9), "en").tier == TIERS[3]


@pytest.mark.parametrize(
    ("intent", "category", "row"),
    [
        ("risk_documents_taken", 13, (13, "documents_taken")),
        ("asks_about_person", None, (24, "hunting")),
        ("greet", None, None),
    ],
)
def test_the_row_of_an_intent(
    intent: str, category: int | None, row: tuple[int, str] | None
) -> None:
    """Named as the rules name it."""
    assert row_of(intent, category) == row


def test_a_version_names_the_data() -> None:
    """Order does not matter to it; one tier does."""
    texts = [Example(Reading.of(f"text {n}"), "talk", "none", "en") for n in range(4)]
    changed = [replace(texts[0], tier="concern"), *texts[1:]]
    assert version_of(texts) == version_of(texts[::-1]) != version_of(changed)
    assert version_of(texts).startswith("model-")
