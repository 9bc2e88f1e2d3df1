"""Languages are told apart on short texts, and no single word changes a conversation's language."""

from __future__ import annotations

import pytest

from bot.components.language import answer_in
from bot.identification import SURE_SWITCH, UNSURE, identify


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("he has my passport and wont give it back", "en"),
        ("can u help me pls", "en"),
        ("il a pris mon passport jpeu pas sortir", "fr"),
        ("chui cachee dans la salle de bain", "fr"),
        ("jai besoin daide svp", "fr"),
        ("hola necesito ayuda por favor", "es"),
        ("kinuha nya passport ko", "tl"),
        ("mujhe bahar nahi jane dete passport bhi le liya", "hi"),
        ("mwen bezwen ed tanpri", "ht"),
        ("ਮੈਨੂੰ ਮਦਦ ਚਾਹੀਦੀ ਹੈ", "pa"),
        ("我要 help", "zh"),
        ("помогите мне пожалуйста", "ru"),
        ("допоможіть мені", "uk"),
        ("ساعدوني من فضلك", "ar"),
        ("مدد چاہیے", "ur"),
        ("도와주세요", "ko"),
        ("ช่วยด้วย", "th"),
        ("助けてください", "ja"),
        ("ᐃᑲᔪᖅᑕᐅᔪᒪᕗᖓ", "iu"),
    ],
)
def test_a_first_text_shows_its_language(text: str, code: str) -> None:
    """Clear first texts are named surely enough to answer in."""
    found = identify(text)
    assert (code, True) == (found.code, found.confidence > UNSURE)


@pytest.mark.parametrize(
    ("text", "current"),
    [("ok", "fr"), ("merci", "en"), ("hola", "en"), ("toronto", "fr"), ("oui", "en"), ("no", "fr")],
)
def test_one_word_never_switches(text: str, current: str) -> None:
    """A name, an "ok" or a greeting says nothing about the conversation."""
    found = identify(text, current)
    assert answer_in(found, current, chosen=False) == current


@pytest.mark.parametrize("text", ["1", "👍", "...", "https://example.org", "604-555-0100", "  "])
def test_a_text_without_words_keeps_the_language(text: str) -> None:
    """Digits, signs and links never guess."""
    assert identify(text, "fr").code == "fr"
    assert identify(text).code is None


def test_several_words_in_the_other_language_switch() -> None:
    """Somebody who goes on in French is answered in French."""
    found = identify("je veux parler a une vraie personne", "en")
    assert found.code == "fr" and found.confidence >= SURE_SWITCH
    assert answer_in(found, "en", chosen=False) == "fr"


def test_the_persons_choice_holds_above_all() -> None:
    """Whoever chose English and quotes French is answered in English."""
    found = identify("il ma dit je vais te tuer", "en", chosen=True)
    assert answer_in(found, "en", chosen=True) == "en"


def test_an_unclear_first_text_is_not_sure() -> None:
    """One short word that several languages share is no ground to answer in any of them."""
    assert identify("sos").confidence <= UNSURE


def test_the_same_text_gets_the_same_answer() -> None:
    """langdetect draws lots; it is seeded."""
    text = "ayuda help aide"
    assert len({identify(text) for _ in range(20)}) == 1
