"""A language's name is found in any script, alone as a wish, in a sentence as a mention."""

from __future__ import annotations

import pytest

from intake import languages
from intake.keywords import choice, keyword
from intake.language_names import find, named, wanted


@pytest.mark.parametrize(
    ("tag", "texts"),
    [
        ("en", ["english", "English please", "in english", "anglais", "inglés", "英文", "अंग्रेज़ी"]),
        ("fr", ["français", "FRANCAIS SVP", "en francais", "french plz", "فرانسوی"]),
        ("es", ["español", "espanol", "Español, por favor", "hablo español", "spanish"]),
        ("tl", ["tagalog", "Tagalog po", "filipino", "taglish"]),
        ("pa", ["ਪੰਜਾਬੀ", "ਪੰਜਾਬੀ ਵਿੱਚ ਜੀ", "gurmukhi", "पंजाबी"]),
        ("pa-Latn", ["punjabi", "in punjabi pls", "Punjabi vich"]),
        ("pa-Arab", ["پنجابی", "shahmukhi"]),
        ("zh", ["中文", "请说中文", "普通话", "chinese", "mandarin please", "简体中文"]),
        ("zh-Hant", ["繁體中文", "國語", "繁體"]),
        ("yue", ["廣東話", "粤语", "cantonese", "講廣東話"]),
        ("ar", ["عربي", "العربية", "بالعربي", "arabic", "3arabi", "arabe svp"]),
        ("hi", ["हिन्दी", "हिंदी", "हिंदी में"]),
        ("hi-Latn", ["hindi", "hinglish", "hindi mein bolo"]),
        ("ur", ["اردو", "urdu", "أردو"]),
        ("fa", ["فارسی", "فارسي", "farsi", "dari", "persian"]),
        ("vi", ["Tiếng Việt", "tieng viet", "vietnamese"]),
        ("ko", ["한국어", "한국말로", "korean"]),
        ("th", ["ไทย", "ภาษาไทยค่ะ", "thai"]),
        ("pt", ["português", "portugues", "portuguese"]),
        ("ru", ["русский", "по-русски", "russian"]),
        ("uk", ["українська", "українською", "ukrainian"]),
        ("ro", ["română", "romana", "romaneste"]),
        ("hu", ["magyar", "magyarul", "hungarian"]),
        ("so", ["soomaali", "Af Soomaali", "somali"]),
        ("ht", ["kreyòl", "kreyol ayisyen", "haitian creole"]),
        ("iu", ["inuktitut", "ᐃᓄᒃᑎᑐᑦ"]),
        ("cr", ["cree", "ᓀᐦᐃᔭᐍᐏᐣ"]),
        (None, ["ok", "hola", "no", "i dont speak english", "no english", "im from spain", "",
                "he is thai", "my boss speaks punjabi and beats me", "1"]),
    ],
)  # fmt: skip
def test_a_name_alone_is_a_wish(tag: str | None, texts: list[str]) -> None:
    """With "please" and "in" around it, in any spelling; a sentence about something is not."""
    assert [(text, named(text)) for text in texts] == [(text, tag) for text in texts]


def test_every_name_in_a_list_can_be_typed_back() -> None:
    """Who types what the list shows gets that language."""
    assert [tag for tag in languages.listed() if named(languages.own_name(tag)) != tag] == []


def test_hindi_is_no_in_tagalog() -> None:
    """In a conversation in Tagalog it answers the safety check."""
    assert named("hindi", "tl") is None and named("Hindi po", "tl") is None
    assert named("hindi", "en") == named("hindi", None) == "hi-Latn"


def test_no_name_is_a_keyword_or_an_answer() -> None:
    """Naming a language neither opts out nor answers the safety check."""
    names = {name for one in languages.table().values() for name in one.also}
    names |= {form.own for form in languages.forms().values()}
    assert {name for name in names if keyword(name) is not None} == set()
    assert {name for name in names if choice(name) is not None} == {"Hindi"}


def test_names_inside_a_text() -> None:
    """Each with its place, also where nothing parts words."""
    text = "can someone talk Punjabi, or 我想說廣東話, or ภาษาไทย"
    assert [(one.tag, text[one.start : one.end]) for one in find(text)] == [
        ("pa-Latn", "Punjabi"),
        ("yue", "廣東話"),
        ("th", "ภาษาไทย"),
    ]


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("en", "can we talk in english please i dont read spanish"),
        ("en", "no hablo español, english please"),
        ("pa-Latn", "is there someone who speaks punjabi"),
        ("zh-Hant", "我不懂英文。國語"),
        (None, "i dont speak english"),
        (None, "je parle pas français"),
        (None, "spanish or portuguese"),
        (None, "another language please"),
    ],
)
def test_the_one_language_that_is_asked_for(tag: str | None, text: str) -> None:
    """What somebody does not speak is not what they want; of two, the line asks."""
    found = wanted(text)
    assert (found and found.tag) == tag
