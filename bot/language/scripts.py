"""Which script a text is written in, and what the script alone says of the language."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

#: First and last code point -> ISO 15924 code, Latin being whatever is left.
_RANGES: tuple[tuple[int, int, str], ...] = (
    (0x0370, 0x03FF, "Grek"),
    (0x0400, 0x052F, "Cyrl"),
    (0x0530, 0x058F, "Armn"),
    (0x0590, 0x05FF, "Hebr"),
    (0x0600, 0x077F, "Arab"),
    (0x0780, 0x07BF, "Thaa"),
    (0x08A0, 0x08FF, "Arab"),
    (0x0900, 0x097F, "Deva"),
    (0x0980, 0x09FF, "Beng"),
    (0x0A00, 0x0A7F, "Guru"),
    (0x0A80, 0x0AFF, "Gujr"),
    (0x0B80, 0x0BFF, "Taml"),
    (0x0C00, 0x0C7F, "Telu"),
    (0x0C80, 0x0CFF, "Knda"),
    (0x0D00, 0x0D7F, "Mlym"),
    (0x0D80, 0x0DFF, "Sinh"),
    (0x0E00, 0x0E7F, "Thai"),
    (0x0E80, 0x0EFF, "Laoo"),
    (0x0F00, 0x0FFF, "Tibt"),
    (0x1000, 0x109F, "Mymr"),
    (0x10A0, 0x10FF, "Geor"),
    (0x1100, 0x11FF, "Kore"),
    (0x1200, 0x139F, "Ethi"),
    (0x1400, 0x167F, "Cans"),
    (0x1780, 0x17FF, "Khmr"),
    (0x18B0, 0x18FF, "Cans"),
    (0x2D80, 0x2DDF, "Ethi"),
    (0x3040, 0x30FF, "Jpan"),
    (0x3130, 0x318F, "Kore"),
    (0x3400, 0x9FFF, "Hani"),
    (0xAC00, 0xD7A3, "Kore"),
    (0xF900, 0xFAFF, "Hani"),
    (0xFB50, 0xFDFF, "Arab"),
    (0xFE70, 0xFEFF, "Arab"),
    (0x20000, 0x3FFFF, "Hani"),
)
#: Scripts that one language of the line's table writes alone (intake/data/languages.yaml).
ALONE = {
    "Armn": "hy", "Beng": "bn", "Geor": "ka", "Grek": "el", "Gujr": "gu", "Guru": "pa",
    "Hebr": "he", "Jpan": "ja", "Khmr": "km", "Knda": "kn", "Kore": "ko", "Laoo": "lo",
    "Mlym": "ml", "Mymr": "my", "Sinh": "si", "Taml": "ta", "Telu": "te", "Thaa": "dv",
    "Thai": "th", "Tibt": "bo",
}  # fmt: skip
#: A character of these says as much as a short word does.
_WEIGHTS = {"Hani": 2.5, "Jpan": 2.0, "Kore": 2.0}
_SHARE = 0.3
#: Han characters and pairs of them that only written Cantonese uses.
_CANTONESE = (
    *"嘅咗喺唔冇嚟佢哋嘢啲㗎畀俾瞓乜嗰咁咩噉攞揾搵睇啱嘥踎諗谂攰嬲餸黐",
    "係咪", "系咪", "而家", "聽日", "听日", "尋日", "寻日", "差佬", "老細", "老细", "返工", "收工",
    "屋企", "邊度", "边度", "邊個", "边个", "點解", "点解", "點樣", "點算", "点算", "幫手", "得閒",
)  # fmt: skip


def script_of(text: str) -> str | None:
    """The script of a text's letters: a foreign one with 30 % of them or more, else Latin.

    None when there is no letter. Han characters beside kana are Japanese.
    """
    weights: Counter[str] = Counter()
    for letter in text:
        if letter.isalpha():
            script = _script_of_letter(letter)
            weights[script] += _WEIGHTS.get(script, 1.0)  # type: ignore[assignment]
    if not weights:
        return None
    if weights["Jpan"] and weights["Hani"]:
        weights["Jpan"] += weights.pop("Hani")
    total = sum(weights.values())
    foreign = [name for name in weights if name != "Latn" and weights[name] >= _SHARE * total]
    # The order of the table decides between equals: the same text, the same answer.
    return max(sorted(foreign), key=lambda name: weights[name]) if foreign else "Latn"


@lru_cache(maxsize=4096)
def _script_of_letter(letter: str) -> str:
    point = ord(letter)
    if point < _RANGES[0][0]:
        return "Latn"
    return next((name for first, last, name in _RANGES if first <= point <= last), "Latn")


def han_script(text: str) -> str | None:
    """`Hans` or `Hant` by the characters that only one of them has; None when none shows it."""
    simplified = traditional = 0
    for letter in text:
        if _script_of_letter(letter) == "Hani" and letter not in _CANTONESE:
            in_simplified, in_traditional = _encodable(letter)
            simplified += in_simplified and not in_traditional
            traditional += in_traditional and not in_simplified
    if simplified == traditional:
        return None
    return "Hans" if simplified > traditional else "Hant"


@lru_cache(maxsize=8192)
def _encodable(letter: str) -> tuple[bool, bool]:
    """Whether the national character sets of Simplified and of Traditional Chinese hold it."""
    found = []
    for charset in ("gb2312", "big5"):
        try:
            letter.encode(charset)
            found.append(True)
        except UnicodeEncodeError:
            found.append(False)
    return found[0], found[1]


def is_cantonese(text: str) -> bool:
    """Whether a Chinese text has a character or word of written Cantonese."""
    return any(sign in text for sign in _CANTONESE)
