"""What one character of any script is to the rules: part of a word, a word by itself, or neither.

A cue list and a message are folded by this one table, so that whoever writes a list writes the
normal spelling. The table holds, per script:

* Latin: case, accents, ligatures and full-width forms go (``đ`` is ``d``).
* Cyrillic: ``ё`` is ``е``; ``й`` and ``ї`` are letters of their own and stay.
* Arabic: vowel signs and tatweel go; the forms of alef, of ye (``ى ی``), of he (``ة ہ ھ``), of
  kaf (``ک``) and the seats of hamza are one letter each, a hamza by itself is none.
* Indic scripts: vowel signs belong to the word; nukta, addak and joiners go, candrabindu and tippi
  are anusvara, and at a word's end that goes too.
* Han: each character is a word; Traditional is read as Simplified (``data/simplified.tsv``).
* Thai, Lao, Khmer, Burmese: no spaces between words, so each letter with its vowel signs is one
  token; tone marks, which thumbs leave out, go.
* Hangul: whole syllables, whichever way they are encoded.
* Digits of every script are 0 to 9.
"""

from __future__ import annotations

import enum
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path


class Kind(enum.Enum):
    """What a character does to the word it stands in."""

    LETTER = enum.auto()
    ALONE = enum.auto()  # a token of its own, whatever stands beside it
    MARK = enum.auto()  # joins the word or the lone letter before it
    SILENT = enum.auto()  # nothing, and parts nothing
    APOSTROPHE = enum.auto()
    INSIDE = enum.auto()  # a symbol that people put inside words: ``k!ll``, ``s*icide``
    OTHER = enum.auto()  # parts words


_APOSTROPHES = frozenset("'’‘`´ʼ′")
_INSIDE = frozenset("*@$!")
_LIGATURES = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ґ": "г"}
_WHOLE = frozenset("йї")  # letters that Unicode takes apart and their readers do not
_JAMO = ("\u1100", "\u11ff")
_ALONE = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0xAA60, 0xAA7F),
    (0x1780, 0x17FF),  # Khmer
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
_ARABIC = ((0x0600, 0x06FF), (0x0750, 0x077F), (0x08A0, 0x08FF))
# One letter for those that people and keyboards mix up.
_ARABIC_LETTERS = {
    **dict.fromkeys("ىیېۍ", "ي"),
    **dict.fromkeys("ةہھەۀۂۃ", "ه"),
    **dict.fromkeys("کڪ", "ك"),
    "ٱ": "ا",
    "ں": "ن",
    "ء": "",
}
_INDIC = {
    **dict.fromkeys("ँ", "ं"),
    **dict.fromkeys("ਂਁ", "ੰ"),
    "ঁ": "ং",
    "ॉ": "ा",
    "ऑ": "आ",
    "ऍ": "ए",
    "ॅ": "",
    "ੱ": "",
}
_NUKTAS = frozenset("\u093c\u09bc\u0a3c\u0abc\u0b3c\u0cbc")
_FINAL_NASALS = ("ं", "ੰ")
# Thai and Lao: tone marks, the sign of a silent letter, the short sign; am is written as aa.
_TONES = frozenset(
    "\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d\u0e4e\u0ec8\u0ec9\u0eca\u0ecb\u0ecc\u0ecd"
)
_AM = {"ำ": "า", "ຳ": "າ", "ๆ": "", "ໆ": ""}
# Variants that the table of Simplified forms leaves as they are, and people do not tell apart.
_HAN_VARIANTS = {"妳": "你", "著": "着", "甚": "什", "畀": "俾", "牠": "它"}
_SELECTORS = ("\ufe00", "\ufe0f")


class _Table(dict[str, tuple[Kind, str]]):
    """Kind and folded form of each character, worked out when it is first met."""

    def __missing__(self, character: str) -> tuple[Kind, str]:
        found = self[character] = _describe(character)
        return found


def _describe(character: str) -> tuple[Kind, str]:
    if character in _APOSTROPHES:
        return Kind.APOSTROPHE, "'"
    if character in _INSIDE:
        return Kind.INSIDE, character
    category = unicodedata.category(character)
    if category in ("Mn", "Mc"):
        folded = _fold_mark(character)
        return (Kind.MARK, folded) if folded else (Kind.SILENT, "")
    if category in ("Me", "Cf"):
        return Kind.SILENT, ""
    if not character.isalnum():
        return Kind.OTHER, ""
    folded = _fold_letter(character)
    if not folded or character == "\u0640":
        return Kind.SILENT, ""
    alone = _within(character, _ALONE) and not folded.isdigit()
    return (Kind.ALONE if alone else Kind.LETTER), folded


def _fold_mark(character: str) -> str:
    if (
        "\u0300" <= character <= "\u036f"
        or _SELECTORS[0] <= character <= _SELECTORS[1]
        or "\u0591" <= character <= "\u05c7"  # Hebrew points
        or "\u0951" <= character <= "\u0954"  # Vedic accents
        or character in _NUKTAS
        or character in _TONES
        or _within(character, _ARABIC)
    ):
        return ""
    return _INDIC.get(character, character)


def _fold_letter(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    lowered = character.lower()
    for table in (_LIGATURES, _AM, _INDIC, _ARABIC_LETTERS):
        if lowered in table:
            return table[lowered]
    if lowered in _WHOLE or "가" <= lowered <= "힣" or "\u3130" <= lowered <= "\u318f":
        return lowered
    apart = unicodedata.normalize("NFKD", lowered)
    kept = "".join(_ARABIC_LETTERS.get(c, c) for c in apart if not _dropped(c))
    return "".join(simplified().get(c, c) for c in kept.casefold()) if apart else ""


def _dropped(character: str) -> bool:
    return unicodedata.combining(character) != 0 and not _fold_mark(character)


def _within(character: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= ord(character) <= last for first, last in ranges)


@cache
def simplified() -> Mapping[str, str]:
    """Traditional Chinese characters to Simplified ones."""
    path = Path(__file__).parent / "data" / "simplified.tsv"
    pairs = (line.partition("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {**{traditional: chosen for traditional, _, chosen in pairs}, **_HAN_VARIANTS}


TABLE = _Table()

#: A letter of a word and the mark that makes another letter of it, which is kept.
COMPOSED = {("и", "\u0306"): "й", ("і", "\u0308"): "ї"}


def settle(word: str) -> str:
    """A whole word in its last form: syllables put together, a nasal sign at the end left out."""
    if any(_JAMO[0] <= c <= _JAMO[1] for c in word):
        word = unicodedata.normalize("NFC", word)
    if len(word) > 1 and word.endswith(_FINAL_NASALS):
        return word[:-1]
    return word
