"""Every sentence of every language that has a catalogue: whole, calm, safe to show, and short."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

from intake import languages
from locales.catalogue import ROOT, Catalogue
from locales.report import parts

CATALOGUES = {domain: Catalogue.load(domain) for domain in ("messages", "pages")}
MESSAGES = CATALOGUES["messages"]
ALL = [(domain, tag) for domain, one in CATALOGUES.items() for tag in sorted(one.languages)]
SPOKEN = [(domain, tag) for domain, tag in ALL if languages.is_full(tag)]
TAGS = sorted(MESSAGES.languages)

# The one sentence that languages have in which there is no conversation.
PARTIAL = {"language.interpreter"}
# What a lock screen shows of a text.
PREVIEW = 40
# Parts of a sentence outside GSM-7, by its parts in English: a part holds less than half as much.
MOST_PARTS = {1: 3, 2: 4}

_PLACEHOLDER = re.compile(r"\{\w+\}")
_NUMBER = re.compile(r"\d+")
# Exclamation marks of every script.
_EXCLAMATION = re.compile("[!¡՜！︕﹗‼⁉❕❗]")

# Words that name what the line is about, by language; nothing of ours may hold them.
TRAFFICKING = {
    "en": "traffick",
    "fr": "traite des|traite de|trafic",
    "es": "trata de|tr[áa]fic",
    "tl": "traffick",
    "pa": "ਤਸਕਰ|taskari",
    "zh": "贩卖|贩运|販賣|販運|人口贩|人口販",
    "ar": "اتجار|الإتجار",
    "hi": "तस्कर|दुर्व्यापार|taskari",
    "ur": "اسمگل|ٹریفک",
    "fa": "قاچاق",
    "vi": "buôn người|buôn bán",
    "ko": "인신매매",
    "th": "ค้ามนุษย์",
    "pt": "tr[áa]fic",
    "ru": "торговл|траффик",
    "uk": "торгівл|трафік",
    "ro": "trafic",
    "hu": "emberkeresked",
    "so": "tahriib",
    "ht": "trafik",
    "ta": "கடத்த",
    "bn": "পাচার",
    "am": "ዝውውር",
    "ti": "ንግዲ ሰብ",
    "ne": "बेचबिखन|तस्कर",
}
# What may not stand where others can see it (R9).
UNFIT_TO_SHOW = {
    "en": "victim|police|exploit|shelter|rescue|abuse|sex|survivor",
    "fr": "victime|police|exploit|refuge|abus|sexe|survivant",
    "es": "víctima|polic|explot|refugio|abuso|sex|rescat",
    "tl": "biktima|pulis|pang-aabuso|abuso",
    "pa": "ਪੀੜਤ|ਪੁਲਿਸ|ਸ਼ੋਸ਼ਣ|peedit|shoshan",
    "zh": "受害|警察|剥削|剝削|性侵|虐待|庇护所|庇護所",
    "ar": "ضحي|شرطة|استغلال|جنس|اعتداء",
    "hi": "पीड़ित|पुलिस|शोषण|peedit|shoshan",
    "ur": "متاثرہ|پولیس|استحصال",
    "fa": "قربانی|پلیس|سوءاستفاده",
    "vi": "nạn nhân|công an|cảnh sát|bóc lột|lạm dụng",
    "ko": "피해자|경찰|착취|학대|성폭",
    "th": "เหยื่อ|ตำรวจ|ทารุณ",
    "pt": "vítima|polí|explora|abrigo|abus|sex",
    "ru": "жертв|полиц|эксплуат|насили",
    "uk": "жертв|поліц|експлуат|насил",
    "ro": "victim|poliț|exploat|abuz",
    "hu": "áldozat|rendőr|kizsákm|bántalm",
    "so": "dhibane|boolis",
    "ht": "viktim|lapolis",
    "ta": "பாதிக்கப்பட்ட|போலீ",
    "bn": "ভুক্তভোগী|পুলিশ",
    "am": "ተጠቂ|ፖሊስ",
    "ti": "ግዳይ|ፖሊስ",
    "ne": "पीडित|प्रहरी",
}
# Answers to a question about the police name it.
ASKED_ABOUT = {"utter_police", "utter_police_involved"}
# Words that no sentence of ours says to a person.
NEVER = {"en": "victim|rescue|illegal|you should|calm down", "fr": "victime|illégal|calmez"}


def sentences(domain: str, tag: str) -> Iterator[tuple[str, str, str]]:
    """Key, English, own words."""
    english = CATALOGUES[domain].sentences["en"]
    for key, sentence in CATALOGUES[domain].sentences[tag].items():
        if key in english:
            yield key, english[key].text, sentence.text


def plain(text: str) -> str:
    """Lower case, placeholders out."""
    return _PLACEHOLDER.sub("", text).casefold()


@pytest.mark.parametrize(("domain", "tag"), ALL)
def test_every_catalogue_is_whole(domain: str, tag: str) -> None:
    """All keys of English and no other; what is only recognised has its one sentence."""
    keys, english = CATALOGUES[domain].keys(tag), CATALOGUES[domain].keys()
    if languages.is_full(tag):
        assert (sorted(english - keys), sorted(keys - english)) == ([], [])
    else:
        assert (domain, keys) == ("messages", PARTIAL)


def test_every_spoken_form_has_its_catalogues() -> None:
    """A language in lists that would be answered in English is none."""
    shown = {tag for tag in languages.listed() if languages.is_full(tag)}
    for domain, catalogue in CATALOGUES.items():
        assert shown - catalogue.languages == set(), domain


@pytest.mark.parametrize(("domain", "tag"), ALL)
def test_the_header_names_the_folder(domain: str, tag: str) -> None:
    """Translators' tools go by it."""
    with (ROOT / tag / f"{domain}.po").open("rb") as file:
        assert f"Language: {tag}".encode() in file.read().replace(b"_", b"-")


@pytest.mark.parametrize(("domain", "tag"), ALL)
def test_placeholders_are_those_of_english(domain: str, tag: str) -> None:
    """A missing one hides a number, an extra one breaks the sentence."""
    for key, english, own in sentences(domain, tag):
        assert sorted(_PLACEHOLDER.findall(own)) == sorted(_PLACEHOLDER.findall(english)), key


@pytest.mark.parametrize(("domain", "tag"), ALL)
def test_numbers_are_those_of_english(domain: str, tag: str) -> None:
    """1 yes, 2 no, 3 limits, 0 a person, 911, 9-8-8: in ASCII, so that they can be typed back."""
    for key, english, own in sentences(domain, tag):
        wanted, given = set(_NUMBER.findall(english)), set(_NUMBER.findall(own))
        assert wanted <= given, key
        assert all(number.isascii() for number in given), key


@pytest.mark.parametrize(("domain", "tag"), ALL)
def test_carrier_words_stay(domain: str, tag: str) -> None:
    """STOP and START, and ARRET in French: carriers or the line obey no other spelling."""
    stops = {"fr": "STOP|ARRET"}.get(tag, "STOP")
    for key, english, own in sentences(domain, tag):
        for word, written in (("STOP", stops), ("START", "START")):
            assert (word in english) == bool(re.search(written, own)), key


@pytest.mark.parametrize(("domain", "tag"), ALL)
def test_nothing_shouts(domain: str, tag: str) -> None:
    """No exclamation mark in any script."""
    assert [key for key, _, own in sentences(domain, tag) if _EXCLAMATION.search(own)] == []


@pytest.mark.parametrize(("domain", "tag"), ALL)
def test_nothing_names_the_subject(domain: str, tag: str) -> None:
    """The bot never says it first, in any language (R21); nor words that blame (R22)."""
    code = languages.base(tag)
    words = "|".join(filter(None, [TRAFFICKING[code], TRAFFICKING["en"], NEVER.get(code)]))
    found = [key for key, _, own in sentences(domain, tag) if re.search(words, plain(own))]
    assert found == []


@pytest.mark.parametrize("tag", TAGS)
def test_lock_screens_show_nothing(tag: str) -> None:
    """The first 40 characters are neutral (R9)."""
    words = f"{UNFIT_TO_SHOW[languages.base(tag)]}|{UNFIT_TO_SHOW['en']}"
    shown = [(key, plain(own)[:PREVIEW]) for key, _, own in sentences("messages", tag)]
    found = [key for key, start in shown if re.search(words, start)]
    assert set(found) - ASKED_ABOUT == set()


@pytest.mark.parametrize("tag", TAGS)
def test_sentences_are_short(tag: str) -> None:
    """GSM-7 takes the parts of English, other scripts three for one and four for two."""
    for key, _, _ in sentences("messages", tag):
        english, own = parts(MESSAGES, key, "en"), parts(MESSAGES, key, tag)
        most = english.parts + 1 if own.encoding == "GSM-7" else MOST_PARTS[english.parts]
        assert own.parts <= most, f"{key}: {own}"


@pytest.mark.parametrize("tag", ["en", "fr"])
def test_the_official_languages_stay_in_gsm_7(tag: str) -> None:
    """Two parts at the most: one accent outside GSM-7 would double the cost."""
    for key in MESSAGES.sentences[tag]:
        own = parts(MESSAGES, key, tag)
        assert (own.encoding, own.parts <= 2) == ("GSM-7", True), key


@pytest.mark.parametrize("tag", TAGS)
def test_what_comments_claim_is_true(tag: str) -> None:
    """Where a file says "GSM-7, one part", it is."""
    with (ROOT / tag / "messages.po").open("rb") as file:
        entries = [one for one in read_po(file) if one.id]
    for entry in entries:
        claim = re.search(
            r"GSM-7(?:, (?:at most )?(one|two) parts?)?", " ".join(entry.auto_comments)
        )
        if claim is None:
            continue
        own = parts(MESSAGES, str(entry.id), tag)
        assert own.encoding == "GSM-7", entry.id
        assert own.parts <= (1 if claim[1] == "one" else 2), entry.id


def test_every_language_has_its_lists() -> None:
    """A new catalogue brings the words that it must not say."""
    codes = {languages.base(tag) for tag in TAGS}
    assert codes - set(TRAFFICKING) == codes - set(UNFIT_TO_SHOW) == set()
