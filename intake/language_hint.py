"""The language of a few words, for fixed lines sent before any model was asked.

Danger is answered at once, in a language that the person reads if the words show it clearly: by
their script, else by everyday words that belong to one language only. When they do not, None, and
the line is sent in English and French. The engine's language component decides everything else.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from intake.keywords import fold
from intake.languages import OFFICIAL

_LISTS = Path(__file__).parent / "data" / "hints.yaml"

# First and last letter of scripts, and the one language of ours that is written in each, or the
# languages among which words and letters decide.
_SCRIPTS: tuple[tuple[str, str, str], ...] = (
    ("\u0370", "\u03ff", "el"),
    ("\u0400", "\u052f", "ru uk"),
    ("\u0530", "\u058f", "hy"),
    ("\u0590", "\u05ff", "he"),
    ("\u0600", "\u077f", "ar fa ur"),
    ("\u0900", "\u097f", "hi ne"),
    ("\u0980", "\u09ff", "bn"),
    ("\u0a00", "\u0a7f", "pa"),
    ("\u0a80", "\u0aff", "gu"),
    ("\u0b80", "\u0bff", "ta"),
    ("\u0c00", "\u0c7f", "te"),
    ("\u0c80", "\u0cff", "kn"),
    ("\u0d00", "\u0d7f", "ml"),
    ("\u0d80", "\u0dff", "si"),
    ("\u0e00", "\u0e7f", "th"),
    ("\u0e80", "\u0eff", "lo"),
    ("\u1000", "\u109f", "my"),
    ("\u10a0", "\u10ff", "ka"),
    ("\u1100", "\u11ff", "ko"),
    ("\u1200", "\u137f", "am ti"),
    ("\u1780", "\u17ff", "km"),
    ("\u3040", "\u30ff", "ja"),
    ("\u3130", "\u318f", "ko"),
    ("\u4e00", "\u9fff", "zh"),
    ("\uac00", "\ud7a3", "ko"),
)
# A third of the letters, a Han or Hangul sign counting for more, as both stand for a syllable.
_SHARE, _SYLLABLE = 0.3, 2.5
# Letters that one language alone uses among those that share its script.
_LETTERS = {
    "ur": "ٹڈڑںےہھ",
    "fa": "پچژگ",
    "ar": "ةىإأ",
    "uk": "іїєґ",
    "ru": "ыэъё",
    "ti": "ቐቑቒቓቔቕቖኸኹኺኻኼኽኾኣኢ",
}
_TRADITIONAL = frozenset(
    "個們來說這裡會過還沒嗎對時為國學開關門問間點樣錢電話車長東兒從後頭買賣邊機給聽見覺讓應該幫誰請謝護證媽"
    "現動傷殺嚇報員員槍貨債賬寫書聯繫麼壞體實經當場難離愛嘅咗喺唔冇嚟佢哋嘢啲畀瞓攞"
)
_SIMPLIFIED = frozenset(
    "个们来说这里会过还没吗对时为国学开关门问间点样钱电话车长东儿从后头买卖边机给听见觉让应该帮谁请谢护证妈"
    "现动伤杀吓报员枪货债账写书联系么坏体实经当场难离爱"
) - frozenset("里后系")
# How much must speak for a language (a word of two languages is half a vote for each), and how many
# times as much as for the next one.
_ENOUGH, _AHEAD = 1.4, 1.7
# So few words are an answer or a call, and one of them may decide for an official language.
_FEW = 3
_WORD = re.compile(r"\S+")


def hint(texts: Iterable[str]) -> str | None:
    """A tag, or None when the words do not clearly belong to one language."""
    written = "\n".join(texts)
    among = _by_script(written)
    if among is None:
        return _among(written, _latin())
    if among == "zh":
        return _han(written)
    if " " not in among:
        return among
    return _among(written, among.split(), by_letters=True)


def _by_script(text: str) -> str | None:
    """The languages of the script that decides, or None when the letters are Latin."""
    weights: dict[str | None, float] = defaultdict(float)
    for letter in text:
        if letter.isalpha():
            found = _script_of(letter)
            weights[found] += _SYLLABLE if found in ("zh", "ja", "ko") else 1
    total = sum(weights.values())
    if weights.get("ja") and weights.get("zh"):
        weights["ja"] += weights.pop("zh")
    for among, weight in sorted(weights.items(), key=lambda one: -one[1]):
        if among is not None and weight >= _SHARE * total:
            return among
    return None


@lru_cache(maxsize=4096)
def _script_of(letter: str) -> str | None:
    """The languages of a letter's script; None for Latin and for scripts of no language of ours."""
    return next((codes for a, z, codes in _SCRIPTS if a <= letter <= z), None)


def _among(text: str, codes: Iterable[str], *, by_letters: bool = False) -> str | None:
    """The language that most words speak for, if they do so clearly."""
    codes = tuple(codes)
    words = set(_WORD.findall(fold(text)))
    votes = dict.fromkeys(codes, 0.0)
    for word in words:
        owners = [code for code in codes if word in _lists()[code][0] | _lists()[code][1]]
        for code in owners:
            votes[code] += 1 / len(owners)
    if by_letters:
        for code in codes:
            votes[code] += sum(text.count(one) > 0 for one in _LETTERS.get(code, ""))
    (most, best), (next_most, _) = sorted(((vote, code) for code, vote in votes.items()))[:-3:-1]
    is_clear = most >= _AHEAD * next_most
    # Among languages that share a rare script one word is enough where nothing speaks against it.
    alone = (by_letters or words & _lists()[best][1]) and most >= 1 and next_most == 0
    short = best in OFFICIAL and most >= 1 and len(words) <= _FEW
    return best if is_clear and (most >= _ENOUGH or bool(alone) or short) else None


def _han(text: str) -> str:
    """Traditional where more signs say so; most short texts show neither."""
    traditional = sum(letter in _TRADITIONAL for letter in text)
    return "zh-Hant" if traditional > sum(letter in _SIMPLIFIED for letter in text) else "zh"


@lru_cache(maxsize=1)
def _lists() -> Mapping[str, tuple[frozenset[str], frozenset[str]]]:
    """Code -> words that count, and words of which one is enough."""
    raw = yaml.safe_load(_LISTS.read_text(encoding="utf-8"))
    return {code: (_folded(lists, "words"), _folded(lists, "alone")) for code, lists in raw.items()}


def _folded(lists: Mapping[str, str], name: str) -> frozenset[str]:
    return frozenset(fold(word) for word in lists.get(name, "").split())


@lru_cache(maxsize=1)
def _latin() -> tuple[str, ...]:
    """The languages of the lists that are written in Latin letters."""
    shared = {code for _, _, among in _SCRIPTS for code in among.split()}
    return tuple(code for code in _lists() if code not in shared)
