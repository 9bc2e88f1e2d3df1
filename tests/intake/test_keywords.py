"""Whole messages that mean something by themselves."""

from __future__ import annotations

import pytest

from intake.keywords import Choice, choice, keyword
from intake.messages import Keyword

STOP, START, INFO = Keyword.STOP, Keyword.START, Keyword.INFO


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (STOP, "STOP"),
        (STOP, "stop "),
        (STOP, "Arrêt."),
        (STOP, "ARRET!"),
        (STOP, "ＳＴＯＰ"),
        (STOP, "Désabonner"),
        (START, "Start"),
        (START, "unstop"),
        (INFO, "INFO"),
        (None, "stop please"),
        (None, "please stop him"),
        (None, "stop hurting me"),
        (None, "arrete de me frapper"),
        (None, "arrête ça"),
        (None, "help"),
        (None, ""),
        (None, "yes"),
    ],
)
def test_a_keyword_is_a_whole_message(expected: Keyword | None, text: str) -> None:
    """Carrier words count alone, in any case, accent and width; inside a sentence never."""
    assert keyword(text) is expected


@pytest.mark.parametrize(
    ("expected", "texts"),
    [
        (Choice.YES, ["1", "yes", "Y", "Oui", "ok", "C'est OK", "it's ok", "OUAIS!"]),
        (Choice.NO, ["2", "no", "non", "Not now", "pas maintenant", "plus tard."]),
        (Choice.LIMITS, ["3", "privacy", "vie privée"]),
        (Choice.PERSON, ["0", "person", "personne", "Agent", "humain"]),
        (None, ["11", "1 2", "not ok", "ok but he is here", "no one helps me", "person of colour"]),
    ],
)
def test_a_choice_is_a_whole_message(expected: Choice | None, texts: list[str]) -> None:
    """An answer to the safety check is a digit or a plain word, not part of a sentence."""
    assert [choice(text) for text in texts] == [expected] * len(texts)


YES, NO, LIMITS, PERSON = Choice.YES, Choice.NO, Choice.LIMITS, Choice.PERSON


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (YES, "١"), (YES, "१"), (YES, "۱"), (YES, "１"), (YES, "1️⃣"), (NO, "٢"), (NO, "੨"),
        (NO, "๒"), (LIMITS, "۳"), (PERSON, "٠"), (PERSON, "०"), (YES, " 1. "), (None, "१२"),
    ],
)  # fmt: skip
def test_digits_of_every_script(expected: Choice | None, text: str) -> None:
    """A keyboard writes its own digits; emoji of digits count too."""
    assert choice(text) is expected


@pytest.mark.parametrize(
    ("language", "yes", "no", "person"),
    [
        ("es", "Sí", "ahora no", "persona"),
        ("tl", "Opo", "hindi po", "tao"),
        ("pa", "ਹਾਂ ਜੀ", "ਨਹੀਂ", "ਵਿਅਕਤੀ"),
        ("pa-Latn", "hanji", "nahi", "insaan"),
        ("zh", "可以", "不方便", "人工"),
        ("zh-Hant", "得", "唔得", "真人"),
        ("ar", "نَعَم", "لا", "شخص"),
        ("hi", "हाँ", "नहीं", "इंसान"),
        ("hi-Latn", "haan", "abhi nahi", "vyakti"),
        ("ur", "جی ہاں", "نہیں", "انسان"),
        ("fa", "بله", "نه", "یک نفر"),
        ("vi", "có", "không", "người"),
        ("ko", "네", "아니요", "사람"),
        ("th", "ได้ค่ะ", "ไม่ได้", "เจ้าหน้าที่"),
        ("pt", "sim", "não", "pessoa"),
        ("ru", "Да.", "нет", "человек"),
        ("uk", "так", "ні", "людина"),
        ("ro", "da", "nu acum", "persoană"),
        ("hu", "igen", "nem", "ember"),
        ("so", "haa", "maya", "qof"),
        ("ht", "wi", "non", "moun"),
    ],
)
def test_answers_in_words(language: str, yes: str, no: str, person: str) -> None:
    """Every language of the line answers the check in words, and asks for a person in one."""
    assert [choice(word, language) for word in (yes, no, person)] == [YES, NO, PERSON]


@pytest.mark.parametrize(
    ("expected", "text", "language"),
    [
        (NO, "k", "vi"),  # khong
        (YES, "k", "en"),
        (YES, "k", None),
        (NO, "hindi", "tl"),
        (NO, "nahi", "ur"),  # listed for Hindi and Punjabi too
        (NO, "не сейчас", "en"),  # long and clear enough whatever the language
        (None, "la", "en"),
        (NO, "la", "ar"),
        (None, "na", None),
        (NO, "na", "pa-Latn"),
        (None, "que", "es"),
    ],
)
def test_a_word_is_read_in_the_conversations_language(
    expected: Choice | None, text: str, language: str | None
) -> None:
    """Then in English and French; a short word of another language is left alone."""
    assert choice(text, language) is expected


def test_no_answer_is_a_carriers_word() -> None:
    """A person who answers the check must never be opted out by it."""
    from intake.keywords import _meanings

    assert [word for word in _meanings() if keyword(word) is not None] == []


def test_vowel_signs_make_the_word() -> None:
    """ "हूँ" (am) is not "हाँ" (yes)."""
    assert choice("हूँ", "hi") is None
