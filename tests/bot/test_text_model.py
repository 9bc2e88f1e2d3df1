"""The model of texts: two ways of reading, the same model from the same texts, plain numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from bot.components.reading import Reading
from bot.text_model import TextModel, together
from bot.text_training import Example, Unseen, train

TALK = (
    "hello there|hi how are you|what is this|is it free|thanks a lot|who won the game|good night"
    "|tell me a joke|are you a robot|see you later|what time is it|do you like pizza"
)
WEAPON = (
    "he has a gun|he has a knife|they have guns|he pulled a knife|a gun to my head"
    "|he will stab me|he will shoot me|theres a gun here|he showed his gun|gun in his hand"
)
PAPERS = (
    "he has my passport|boss took my passport|they keep my papers|he kept my id"
    "|no passport he has it|my passport is with the boss|they took our papers|he took my papers"
)


class Counting:
    """An encoder that knows three subjects, and how many texts it was asked about."""

    SUBJECTS = ("gun knife stab shoot", "passport papers id", "")

    def __init__(self) -> None:
        self.read = 0

    def encode(self, texts: Sequence[str]) -> Any:
        self.read += len(texts)
        found = np.full((len(texts), 4), 0.1, dtype=np.float32)
        for row, text in enumerate(texts):
            for place, subject in enumerate(self.SUBJECTS):
                found[row, place] += sum(word in text for word in subject.split())
        return found


def examples() -> list[Example]:
    """Three kinds of text in one language."""
    kinds = ((TALK, "talk", "none"), (WEAPON, "risk_weapon", "imminent"))
    kinds = (*kinds, (PAPERS, "risk_documents_taken", "urgent"))
    return [
        Example(Reading.of(text), intent, tier, "en")
        for texts, intent, tier in kinds
        for text in texts.split("|")
    ]


@pytest.fixture(scope="module")
def fitted() -> tuple[TextModel, Unseen]:
    """A small model."""
    return train(examples(), Counting())


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("he has a gun on him", "risk_weapon"),
        ("the boss has my passport", "risk_documents_taken"),
        ("hello what is this", "talk"),
    ],
)
def test_the_likeliest_intent(fitted: tuple[TextModel, Unseen], text: str, intent: str) -> None:
    """Unseen words of a kind get its name, and its chance is a chance."""
    intents = fitted[0].judge(Reading.of(text)).intents
    assert max(intents, key=lambda name: intents[name]) == intent
    assert sum(intents.values()) == pytest.approx(1.0, abs=1e-3)


def test_tiers_are_in_order(fitted: tuple[TextModel, Unseen]) -> None:
    """What is at least imminent is at least urgent."""
    weapon = fitted[0].judge(Reading.of("he has a gun")).at_least
    papers = fitted[0].judge(Reading.of("he has my passport")).at_least
    talk = fitted[0].judge(Reading.of("hello there")).at_least
    for chances in (weapon, papers, talk):
        assert chances[0] >= chances[1] >= chances[2]
    assert weapon[2] > papers[2] and papers[0] > talk[0]


def test_the_same_texts_give_the_same_model() -> None:
    """Number by number."""
    one, other = (train(examples(), Counting())[0].state() for _ in range(2))
    assert one.keys() == other.keys()
    assert all((one[name] == other[name]).all() for name in one)


def test_more_workers_give_the_same_model() -> None:
    """How the work is shared out is no part of it."""
    alone, shared = (train(examples(), Counting(), jobs=jobs)[0].state() for jobs in (1, 2))
    assert all((alone[name] == shared[name]).all() for name in alone)


def test_a_kept_model_says_what_the_fitted_one_says(fitted: tuple[TextModel, Unseen]) -> None:
    """To the precision that is kept."""
    restored = TextModel.from_state(fitted[0].state(), Counting())
    for example in examples():
        before, after = fitted[0].judge(example.reading), restored.judge(example.reading)
        assert after.at_least == pytest.approx(before.at_least, abs=2e-3)


def test_a_sentence_is_not_read_where_the_letters_leave_no_doubt() -> None:
    """The costly half is for texts that need it."""
    encoder = Counting()
    state = train(examples(), encoder)[0].state()
    encoder.read = 0
    TextModel.from_state({**state, "doubt": np.array(1.0)}, encoder).judge(Reading.of("he has"))
    assert encoder.read == 0
    TextModel.from_state({**state, "doubt": np.array(0.0)}, encoder).judge(Reading.of("he has"))
    assert encoder.read == 1


def test_every_text_is_judged_unseen(fitted: tuple[TextModel, Unseen]) -> None:
    """Thresholds rest on every text that teaches a tier, risky ones mostly above harmless."""
    unseen = fitted[1]
    assert len(unseen.examples) == len(examples())
    risky = np.array([example.tier != "none" for example in unseen.examples])
    assert unseen.at_least[risky, 0].mean() > unseen.at_least[~risky, 0].mean()


def test_a_tip_teaches_no_tier() -> None:
    """It may be about danger or not."""
    tips = [
        Example(Reading.of(f"my neighbour number {place} acts strange"), "tip_about_someone",
                None, "en")
        for place in range(8)
    ]  # fmt: skip
    _, unseen = train([*examples(), *tips], Counting())
    assert {example.intent for example in unseen.examples} == {
        "talk", "risk_weapon", "risk_documents_taken",
    }  # fmt: skip


def test_three_opinions_make_one() -> None:
    """Each raises the risk, none alone decides it."""
    names = ["risk_weapon", "talk", "tip_about_someone"]
    tiers = np.array([[0.5, 0.5, 0.5]])
    calm, tip, risk = ([[0.0, 1.0, 0.0]], [[0.1, 0.1, 0.8]], [[1.0, 0.0, 0.0]])
    even = np.array([[0.5, 0.0, 0.0, 0.5]])
    chances = [together(tiers, np.array(one), even, names)[0, 0] for one in (calm, tip, risk)]
    assert chances[0] < 0.1 < chances[1] < 0.9 < chances[2]
    # Of eight tips in ten nothing is said; the rest is as likely risk as not.
    assert chances[1] == pytest.approx(0.5)
