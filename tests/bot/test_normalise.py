"""One spelling of a word for the models, and spans that point into the text as written."""

from __future__ import annotations

import pytest

from bot.components.normalise import fold, plain, tokens
from bot.components.reading import read


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("HELP", "help"),
        ("heeelppp", "help"),
        ("J’ai peur", "jai peur"),
        ("j'ai peur", "jai peur"),
        ("Ça va pas, à côté", "ca va pas , a cote"),
        ("ma sœur", "ma soeur"),
        ("k1ll k!ll pa$$port", "kill kill passport"),
        ("16h 2nite rm214 $500", "16h 2nite rm214 $ 500"),
        ("he said “come”", 'he said " come "'),
        ("e\u0301cole", "ecole"),
        ("ｈｅｌｐ", "help"),
        ("\uff0frestart", "/ restart"),
        ("🆘", "sos"),
        ("👍🏽", "ok"),
        ("🔫 lol 😂", "gun lol emojilaugh"),
        # The scripts of the cue lists are read as the cue lists read them (intake/letters.py).
        ("أنا خائفة، ساعدوني؟", "انا خايفه , ساعدوني ?"),
        ("đi đâu?", "di dau ?"),
        ("他打我。救命！", "他 打 我 . 救 命 !"),
        ("他打緊我", "他 打 紧 我"),
        ("ช่วยด้วย", "ช ว ย ด ว ย"),
        ("살려주세요ㅠㅠㅠ", "살려주세요ㅠ"),
        ("मुझे डर है।", "मुझे डर है ."),
        ("", ""),
        ("   ", ""),
    ],
)
def test_fold(written: str, folded: str) -> None:
    """How people text becomes how the models were trained."""
    assert fold(written) == folded


def test_spans_point_into_the_text_as_written() -> None:
    """Evidence is shown in the person's own spelling."""
    text = "il m’a  PRIIIIS mon p4ssport!"
    assert [text[token.start : token.end] for token in tokens(text)] == [
        "il", "m’a", "PRIIIIS", "mon", "p4ssport", "!",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("im around Red Deer", "im around placename"),
        ("Trois-Rivières", "placename"),
        ("from toronto to Montréal, tonight", "from placename to placename , tonight"),
        ("he has my passport", "he has my passport"),
    ],
)
def test_every_place_is_one_word_to_the_models(written: str, read_as: str) -> None:
    """Which town it is says nothing about a wish or a risk."""
    assert read(written) == read_as


@pytest.mark.parametrize(
    ("written", "plainly"),
    [
        ("HE HAS A KNIFE!!", "he has a knife!!"),
        ("h3 h4s my p4ssport", "h3 has my passport"),
        ("hesss gonnna killl meee", "hes gona kil me"),
        ("Ça va pas, à côté", "ça va pas, à côté"),
        ("他打我。救命！", "他打我。救命！"),
        ("ช่วยด้วย", "ช่วยด้วย"),
    ],
)
def test_a_sentence_keeps_its_accents_and_marks(written: str, plainly: str) -> None:
    """Who reads it whole learnt from careful texts."""
    assert plain(written) == plainly
