"""Finds the names of languages in what people write, in any script and spelling.

A message that is nothing but a name ("español", "中文", "in punjabi pls") is a wish that the line
obeys at once, like 0 for a person. Inside a longer message a name is only reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from intake.keywords import fold
from intake.languages import base, table

# What people put around a name without saying anything more.
_AROUND = frozenset(
    "in en em na po pe auf please pls plz thanks thx svp stp sil vous te plait porfavor por favor "
    "porfa speak talk write text i we you je yo eu parle parlez parler hablo habla hablar hablas "
    "falo fala falar se only just seulement solo language langue idioma lingua limba nyelv bhasha "
    "zaban zuban mein me main ch vich bolo boliye bat baat karo lang can do tu vorbesc beszelek "
    "bang tieng noi gap lut sa ng my mi ma is est es мова язык пожалуйста будь ласка на زبان لطفا "
    "به من فضلک रो में कृपया भाषा ਵਿੱਚ ਜੀ".split()
)
# The same in scripts that write no spaces between words.
_JOINED = re.compile(
    "请|請|说|說|讲|講|用|可以|吗|嗎|唔該|我|想|要|会|會|吧|谢谢|謝謝|ครับ|ค่ะ|คะ|ขอ|พูด|หน่อย|ได้ไหม|로|으로|해주세요|부탁해요"
    "|부탁드립니다|요"
)
_MOST_WORDS = 6
_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f\u0900-\u0d7f\u0e00-\u0eff\u1200-\u137f'’-])*")
_LATIN = re.compile(r"[a-z0-9 ]+")


# Words before a name that turn it around: "i dont read english".
_NOT = frozenset(
    "not no dont doesnt cant cannot never without aint pas sans jamais sin nunca nem nu ne nahi "
    "nhi hindi di huwag nao khong ko не ні нет لا مش نه नहीं ਨਹੀਂ".split()
)
_NOT_JOINED = re.compile("(?:不|沒|没|唔|ไม่|안|못)[^。，\\s]{0,4}$")
_REACH = 4


@dataclass(frozen=True)
class Named:
    """A language named inside a text, and where."""

    tag: str
    start: int
    end: int


def named(text: str, current: str | None = None) -> str | None:
    """The tag of the language that this whole message names, if it does nothing else.

    `current` is the conversation's language: "hindi" is a name, but means "no" in Tagalog.
    """
    said = fold(text)
    if not said or len(said.split()) > _MOST_WORDS:
        return None
    bare = " ".join(word for word in said.split() if word not in _AROUND)
    for candidate in (said, bare, _JOINED.sub("", said).strip()):
        tag = _names().get(candidate)
        if tag is not None and not _is_another_word(candidate, tag, current):
            return tag
    return None


def find(text: str) -> Iterator[Named]:
    """Names of languages inside a text, in reading order."""
    for match in _WORD.finditer(text):
        word = fold(match.group())
        tag = _names().get(word)
        if tag is not None:
            yield Named(tag, match.start(), match.end())
        elif not _LATIN.fullmatch(word):
            # Names written without a space around them.
            for inner in _unspaced().finditer(match.group()):
                start = match.start() + inner.start()
                yield Named(_names()[inner.group()], start, start + len(inner.group()))


def wanted(text: str) -> Named | None:
    """The one language that a text asks for; None when it names none, or several."""
    found = list(find(text))
    asked = [one for one in found if not _is_denied(text[: one.start])]
    return asked[0] if len({one.tag for one in asked}) == 1 else None


def _is_denied(before: str) -> bool:
    """Whether one of the last few words of the same clause says not."""
    clause = re.split(r"[.,;!?。，\n]", before)[-1]
    if _NOT_JOINED.search(clause):
        return True
    return not _NOT.isdisjoint(fold(clause).split()[-_REACH:])


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    """Folded name -> tag.

    What is listed counts first, then what a form calls itself ("punjabi" is the romanised one),
    then English and French names.
    """
    languages = table().values()
    usual = [language.forms[0] for language in languages]
    found = {fold(name): form.tag for form in usual for name in form.names.values()}
    found |= {fold(form.own): form.tag for language in languages for form in language.forms}
    return found | {fold(name): tag for one in languages for name, tag in one.also.items()}


@lru_cache(maxsize=1)
def _unspaced() -> re.Pattern[str]:
    """Names in scripts without spaces, the longest first."""
    signs = re.compile("[\u0e00-\u0eff\u3040-\u9fff\uac00-\ud7a3]")
    joined = sorted(filter(signs.search, _names()), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, joined)))


def _is_another_word(name: str, tag: str, current: str | None) -> bool:
    language = table()[base(tag)]
    return current is not None and base(current) in language.not_in.get(name, frozenset())
