"""Scripts of every kind: both sides are folded alike, cues are found where they stand, and what is
said of negation, time and fragments holds in each of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml

from intake.cuelist import CueList
from intake.hits import Rules
from intake.patterns import parts_of
from intake.risk import Assessment, Tier, screen
from intake.tokens import BREAK, Token, fold

_LISTS = Path(__file__).parent / "small_lists.yaml"


@cache
def _rules() -> Rules:
    tiers = {tier.label: int(tier) for tier in Tier}
    documents = yaml.safe_load(_LISTS.read_text(encoding="utf-8"))
    return Rules(CueList(document, tiers) for document in documents)


def _screen(text: str, *history: str) -> Assessment:
    return screen(text, history, judge=_rules())


def _words(text: str) -> list[str]:
    return [token.text for token in fold(text)]


@pytest.mark.parametrize(
    ("texted", "normal"),
    [
        ("不讓我離開", "不让我离开"),
        ("護照被沒收", "护照被没收"),
        ("妳", "你"),
        ("ａｂｃ１２", "abc12"),
        ("ไม่ไปไหน", "ไมไปไหน"),
        ("น้ำ", "นํ้า"),
        ("ਨਹੀਂ", "ਨਹੀ"),
        ("ਮੈਨੂੰ ਜ਼ਬਰਦਸਤੀ", "ਮੈਨੂ ਜਬਰਦਸਤੀ"),
        ("ਅੱਜ", "ਅਜ"),
        ("नहीं हूँ", "नही हूं"),
        ("ज़बरदस्ती", "जबरदस्ती"),
        ("डॉक्टर", "डाक्टर"),
        ("१५ साल", "15 साल"),
        ("أَخَذَ جَوازي", "اخذ جوازي"),
        ("مدرســـة", "مدرسه"),
        ("إلى على", "الي علي"),
        ("شيء", "شي"),
        ("کتاب می‌خواهم", "كتاب ميخواهم"),
        ("ہے مجھے", "هے مجهے"),
        ("ﻣﺤﺒﻮﺳﺔ", "محبوسة"),
        ("۱۵ ١٥", "15 15"),
        ("на\u0438\u0306", "най"),
        ("её щёлк", "ее щелк"),
        ("\u1102\u1161\u1105\u1173\u11af", "나를"),
        ("ÐÁNH đập tôi", "ðanh dap toi"),
        ("ЇЖАК ҐАНОК", "їжак ганок"),
        ("ᐃᑲᔪᙵ", "ᐃᑲᔪᙵ"),
    ],
)
def test_both_spellings_are_read_alike(texted: str, normal: str) -> None:
    """Marks, joiners, forms of letters and digits that people leave out or mix up fold to one."""
    assert _words(texted) == _words(normal)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("май", "маи"),
        ("їх", "іх"),
        ("ਮਾਰ", "ਮਰ"),
        ("का", "की"),
        ("때리", "때려"),
        ("ตี", "ตา"),
        ("打", "找"),
        ("ے", "ي"),
    ],
)
def test_letters_that_matter_stay_apart(one: str, other: str) -> None:
    """Folding does not make one word of two."""
    assert _words(one) != _words(other)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("他打我", [("他", 0, 1), ("打", 1, 2), ("我", 2, 3)]),
        ("ok他", [("ok", 0, 2), ("他", 2, 3)]),
        ("15岁", [("15", 0, 2), ("岁", 2, 3)]),
        ("ตี่ฉัน", [("ตี", 0, 3), ("ฉั", 3, 5), ("น", 5, 6)]),
        ("ਮਾਰ", [("ਮਾਰ", 0, 3)]),
        ("ضَرَب", [("ضرب", 0, 5)]),
    ],
)
def test_what_is_one_word(text: str, tokens: list[tuple[str, int, int]]) -> None:
    """Han and Thai are read letter by letter, all else word by word, and each keeps its place."""
    assert fold(text) == [Token(*token) for token in tokens]


@pytest.mark.parametrize("ender", list("؟۔।॥。！？።។။᙮؛"))
def test_the_full_stops_of_all_scripts(ender: str) -> None:
    """A cue is not read across the end of a sentence of any script."""
    assert BREAK in _words(f"ਹਾਂ{ender} ਠੀਕ")


@pytest.mark.parametrize(
    ("lexeme", "parts"),
    [
        ("打*", ("打",)),
        ("때리*", ("때리*",)),
        ("护照", ("护", "照")),
        ("محبوسة*", ("محبوسه*",)),
        ("ตี", ("ตี",)),
    ],
)
def test_pattern_words_are_folded_like_messages(lexeme: str, parts: tuple[str, ...]) -> None:
    """Who writes a list writes normal spelling; a star after Han or Thai says nothing new."""
    assert parts_of(lexeme) == parts


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("ਮੇਰਾ ਬੌਸ ਰੋਜ਼ ਮੈਨੂੰ ਕੁੱਟਦਾ ਹੈ", "pa", "ਬੌਸ ਰੋਜ਼ ਮੈਨੂੰ ਕੁੱਟਦਾ"),
        ("mera boss mnu roz marda hai", "pa", "boss mnu roz marda"),
        ("老闆每天打我", "zh", "老闆每天打我"),
        ("佢唔俾我離開", "zh", "佢唔俾我離開"),
        ("زوجي بيضربني كل يوم", "ar", "بيضربني"),
        ("صاحب العمل أَخَذَ جوازي", "ar", "أَخَذَ جوازي"),
        ("صاحب العمل اخذ مني وجوازي", "ar", "اخذ مني وجوازي"),
        ("howa 5ad mny gawazi", "ar", "5ad mny gawazi"),
        ("ana 7abesni hena", "ar", "7abesni"),
        ("แฟนชอบตีหนูค่ะ", "th", "แฟนชอบตีหนู"),
        ("남편이 저를 때렸어요", "ko", "남편이 저를 때렸어요"),
        ("사장님이 여권을 가져갔어요", "ko", "여권을 가져갔어요"),
        ("муж меня каждый день избивает", "ru", "муж меня каждый день избивает"),
        ("хозяин забрал мой паспорт", "ru", "забрал мой паспорт"),
        ("میخواهم بمیرم", "fa", "میخواهم بمیرم"),
        ("می خواهم بمیرم", "fa", "می خواهم بمیرم"),
    ],
)
def test_a_cue_is_found_where_it_stands(text: str, language: str, said: str) -> None:
    """In each script, native or romanised, the advocate is shown the words that were written."""
    cues = _screen(text).cues
    assert [(cue.language, text[cue.start : cue.end]) for cue in cues] == [(language, said)]


@pytest.mark.parametrize(
    "text",
    [
        "ਬੌਸ ਮੈਨੂੰ ਨਹੀਂ ਮਾਰਦਾ",
        "boss mainu nhi marda",
        "他从来没有打我",
        "他不会杀我",
        "زوجي لا يضربني",
        "แฟนไม่เคยตีหนู",
        "남편이 때리지 않아요",
        "남편이 안 때려요",
        "он меня не бьет",
    ],
)
def test_a_denial_limits_the_cue(text: str) -> None:
    """Before the verb, after it or between the words: a denial goes to a human without alarm."""
    assert _screen(text).tier is Tier.CONCERN


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("ਅੱਜ ਬੌਸ ਮੈਨੂੰ ਮਾਰਦਾ", Tier.IMMINENT),
        ("他今晚要杀了我", Tier.IMMINENT),
        ("佢而家打我", Tier.IMMINENT),
        ("แฟนจะฆ่าฉันคืนนี้", Tier.IMMINENT),
        ("он меня сегодня убьет", Tier.IMMINENT),
        ("ਬੌਸ ਮੈਨੂੰ ਮਾਰਦਾ। ਅੱਜ ਮੀਂਹ ਹੈ", Tier.URGENT),
    ],
)
def test_a_time_in_the_sentence_makes_it_sooner(text: str, tier: Tier) -> None:
    """Now, today or tonight counts within its own sentence, in every script."""
    assert _screen(text).tier is tier


@pytest.mark.parametrize(
    ("earlier", "text", "tier"),
    [
        (["ਮੇਰਾ ਬੌਸ"], "ਮੈਨੂੰ ਮਾਰਦਾ", Tier.URGENT),
        (["mera boss"], "mainu marda", Tier.URGENT),
        (["他不让我"], "離開", Tier.IMMINENT),
        (["اخذ"], "جوازي", Tier.URGENT),
        (["แฟนชอบ"], "ตีหนู", Tier.URGENT),
        (["남편이"], "때려요", Tier.URGENT),
        (["он меня"], "бьёт", Tier.URGENT),
        (["ਬੌਸ ਮੈਨੂੰ ਮਾਰਦਾ"], "ਅੱਜ", Tier.IMMINENT),
        (["他要杀了我"], "今晚", Tier.IMMINENT),
        (["แฟนจะฆ่าฉัน"], "คืนนี้", Tier.IMMINENT),
        (["ਮੈਂ 15 ਸਾਲ"], "ਬੌਸ ਮੈਨੂੰ ਮਾਰਦਾ", Tier.IMMINENT),
    ],
)
def test_what_was_said_before_completes_it(earlier: list[str], text: str, tier: Tier) -> None:
    """A cue in two texts, a time after a threat, a minor in danger: in every script."""
    assert _screen(text, *earlier).tier is tier


@pytest.mark.parametrize(
    "text", ["ana 7abibi fi 15 min", "im 7abesi", "他找我", "แฟนมาหาหนู", "남편이 와요"]
)
def test_what_only_looks_like_a_cue(text: str) -> None:
    """A digit that is a letter is no age, and a part of a cue is none."""
    assert [cue.name for cue in _screen(text).cues if cue.name != "confined"] == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("charge me", "fr"),
        ("will they charge me for my text", None),
        ("jai besoin daide", "fr"),
        ("mera boss bahut gussa karda he hits me roz", "en"),
    ],
)
def test_languages_beside_each_other(text: str, language: str | None) -> None:
    """A list that only shares the words says nothing; English is heard in all languages."""
    assert [cue.language for cue in _screen(text).cues] == ([language] if language else [])
