"""Languages are told apart on short texts, and the conversation so far counts."""

from __future__ import annotations

import json

import pytest

from bot.components.language import answer_in
from bot.identification import Identifier, identifier
from bot.language.texts import texts
from bot.language.voices import Learnt
from intake.language_choice import SURE_FIRST


@pytest.mark.parametrize(
    ("text", "code", "script"),
    [
        ("he has my passport and wont give it back", "en", "Latn"),
        ("can u help me pls", "en", "Latn"),
        ("il a pris mon passport jpeu pas sortir", "fr", "Latn"),
        ("chui cachee dans la salle de bain", "fr", "Latn"),
        ("jai besoin daide svp", "fr", "Latn"),
        ("hola necesito ayuda por favor", "es", "Latn"),
        ("preciso de ajuda por favor", "pt", "Latn"),
        ("kinuha nya passport ko", "tl", "Latn"),
        ("sobrang takot na ako pls help me", "tl", "Latn"),
        ("am nevoie de ajutor va rog", "ro", "Latn"),
        ("kérem segítsen nekem", "hu", "Latn"),
        ("fadlan i caawi waan baqayaa", "so", "Latn"),
        ("mwen bezwen ed tanpri", "ht", "Latn"),
        ("em cần giúp đỡ", "vi", "Latn"),
        ("em can giup do, ho ko cho ra ngoai", "vi", "Latn"),
        ("mainu madad chahidi hai", "pa", "Latn"),
        ("ana khayfa ya 7abibi, 3andi moshkela", "ar", "Latn"),
        ("komakam konid lotfan", "fa", "Latn"),
        ("mahti wîcihin nisêkisin", "cr", "Latn"),
        ("daga wiidookawishin ningotaaj", "oj", "Latn"),
        ("ikajuqtaujumajunga kappiasuktunga", "iu", "Latn"),
        ("malai dherai dar lageko cha", "ne", "Latn"),
        ("ich brauche bitte hilfe", "de", "Latn"),
        ("ho bisogno di aiuto per favore", "it", "Latn"),
        ("potrzebuję pomocy", "pl", "Latn"),
        ("nahitaji msaada tafadhali", "sw", "Latn"),
        ("ਮੈਨੂੰ ਮਦਦ ਚਾਹੀਦੀ ਹੈ", "pa", "Guru"),
        ("मुझे मदद चाहिए", "hi", "Deva"),
        ("मलाई मद्दत चाहियो", "ne", "Deva"),
        ("помогите мне пожалуйста", "ru", "Cyrl"),
        ("допоможіть мені", "uk", "Cyrl"),
        ("ساعدوني من فضلك", "ar", "Arab"),
        ("مدد چاہیے", "ur", "Arab"),
        ("لطفا کمکم کنید", "fa", "Arab"),
        ("도와주세요", "ko", "Kore"),
        ("ช่วยด้วย", "th", "Thai"),
        ("助けてください", "ja", "Jpan"),
        ("ᐃᑲᔪᖅᑕᐅᔪᒪᕗᖓ", "iu", "Cans"),
        ("ᒪᐦᑎ ᐑᒋᐦᐃᐣ", "cr", "Cans"),
        ("እባካችሁ እርዱኝ", "am", "Ethi"),
        ("በጃኹም ሓግዙኒ", "ti", "Ethi"),
    ],
)
def test_a_first_text_shows_its_language(text: str, code: str, script: str) -> None:
    """Clear first texts are named surely enough to answer in."""
    found = identifier().identify(text)
    assert (code, script, True) == (found.code, found.script, found.confidence >= SURE_FIRST)


def test_romanised_hindi_and_urdu_are_one_language_in_writing() -> None:
    """Either name is sure, and the other stands among the candidates."""
    found = identifier().identify("mujhe bahar nahi jane dete passport bhi le liya")
    assert found.confidence >= SURE_FIRST
    assert {"hi", "ur"} <= {one.code for one in found.candidates}


@pytest.mark.parametrize(
    ("text", "current", "code", "script"),
    [
        ("请帮帮我，我很害怕", None, "zh", "Hans"),
        ("請幫幫我，我很害怕", None, "zh", "Hant"),
        ("救命", None, "zh", "Hans"),
        ("救命", "zh-Hant", "zh", "Hant"),
        ("唔該幫下我", None, "yue", "Hant"),
        ("我要 help", None, "zh", "Hans"),
    ],
)
def test_chinese_comes_in_two_scripts_and_cantonese(
    text: str, current: str | None, code: str, script: str
) -> None:
    """The script of the answer; where no character shows it, that of the conversation."""
    found = identifier().identify(text, current)
    assert found.code == "zh"
    assert (code, script) == (found.candidates[0].code, found.candidates[0].script)


@pytest.mark.parametrize(
    ("text", "current"),
    [
        ("ok", "fr"),
        ("merci", "en"),
        ("hola", "en"),
        ("toronto", "fr"),
        ("oui", "en"),
        ("no", "fr"),
        ("salamat", "en"),
    ],
)
def test_one_word_never_switches(text: str, current: str) -> None:
    """A name, an "ok" or a greeting says nothing about the conversation."""
    found = identifier().identify(text, current)
    assert current == answer_in(found, text, current, chosen=False)


@pytest.mark.parametrize("text", ["1", "👍", "...", "https://example.org", "604-555-0100", "  "])
def test_a_text_without_words_keeps_the_language(text: str) -> None:
    """Digits, signs and links never guess."""
    assert identifier().identify(text, "fr").code == "fr"
    assert (identifier().identify(text).code, identifier().identify(text).candidates) == (None, ())


def test_several_words_in_the_other_language_switch() -> None:
    """Somebody who goes on in French is answered in French."""
    text = "je veux parler a une vraie personne"
    assert answer_in(identifier().identify(text, "en"), text, "en", chosen=False) == "fr"


def test_the_persons_choice_holds_above_all() -> None:
    """Whoever chose English and quotes French is answered in English."""
    text = "il ma dit je vais te tuer"
    found = identifier().identify(text, "en", chosen=True)
    assert answer_in(found, text, "en", chosen=True) == "en"


@pytest.mark.parametrize("text", ["sos", "toronto", "maria"])
def test_an_unclear_first_text_is_not_sure(text: str) -> None:
    """One short word that several languages share is no ground to answer in any of them."""
    assert identifier().identify(text).confidence < SURE_FIRST


@pytest.mark.parametrize(
    ("text", "history", "code"),
    [
        ("no", ["necesito ayuda por favor"], "es"),
        ("no", ["i need some help with my boss"], "en"),
        ("si", ["am nevoie de ajutor"], "ro"),
        ("👍", ["chui cachee dans la salle de bain"], "fr"),
        ("ok", ["ਮੈਨੂੰ ਮਦਦ ਚਾਹੀਦੀ ਹੈ"], "pa"),
    ],
)
def test_earlier_texts_count_until_a_language_is_settled(
    text: str, history: list[str], code: str
) -> None:
    """A word that languages share is read as the texts before it."""
    assert code == identifier().identify(text, history=history).code


def test_candidates_are_at_most_three_and_ranked() -> None:
    """The likeliest comes first and is the one named."""
    found = identifier().identify("ayuda help aide")
    confidences = [one.confidence for one in found.candidates]
    assert 1 <= len(confidences) <= 3
    assert sorted(confidences, reverse=True) == confidences
    assert (found.code, found.confidence) == (found.candidates[0].code, confidences[0])


def test_the_same_text_gets_the_same_answer() -> None:
    """Nothing draws lots, and what is kept in a model answers as what was learnt."""
    text = "ayuda help aide"
    state = json.dumps(Learnt.of(texts()).state(), sort_keys=True)
    kept = Identifier(Learnt.from_state(json.loads(state)))
    assert {identifier().identify(text) for _ in range(20)} == {kept.identify(text)}
