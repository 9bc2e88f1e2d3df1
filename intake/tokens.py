"""Folds a message into plain tokens that still know where they stand in the original text.

Case, accents, full-width letters, ligatures and zero-width characters go; apostrophes and the
symbols people put inside words (``k!ll``, ``s*icide``) stay for the spelling rules to read.
Emoji that carry meaning become words. A full stop, question mark, exclamation mark or line
break becomes the token ``.``, which no pattern reads across.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

BREAK = "."

_APOSTROPHES = frozenset("'’‘`´ʼ′")
_INSIDE = frozenset("*@$!")
_ENDERS = frozenset(".!?;\n。！？؟|")
# Accents written apart from their letter, and the selectors that colour an emoji.
_SILENT_MARKS = frozenset(chr(c) for c in (*range(0x300, 0x370), *range(0xFE00, 0xFE10)))
_WHOLE = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}

EMOJI = {
    "🔫": "emojigun",
    "🔪": "emojiknife",
    "🗡": "emojiknife",
    "💣": "emojibomb",
    "🆘": "emojisos",
    "🩸": "emojiblood",
    "💊": "emojipill",
    "⛓": "emojichain",
    "🔒": "emojilock",
    "🔐": "emojilock",
    "🚔": "emojipolice",
    "🚓": "emojipolice",
    "👮": "emojipolice",
    "🤫": "emojihush",
    "😂": "emojilaugh",
    "🤣": "emojilaugh",
    "😆": "emojilaugh",
    "😹": "emojilaugh",
    "💀": "emojiskull",
    "☠": "emojiskull",
    "😭": "emojicry",
    "😢": "emojicry",
    "😰": "emojifear",
    "😨": "emojifear",
    "😱": "emojifear",
    "🥺": "emojicry",
    "👊": "emojifist",
    "🤛": "emojifist",
    "🤕": "emojihurt",
}


@dataclass(frozen=True)
class Token:
    """One folded token and the half-open span it has in the original text."""

    text: str
    start: int
    end: int


def plain(text: str) -> str:
    """``text`` in lower case without accents, character by character."""
    return "".join(_plain_character(character) for character in text)


def _plain_character(character: str) -> str:
    lowered = character.lower()
    if lowered in _WHOLE:
        return _WHOLE[lowered]
    if character < "\x80":
        return lowered
    decomposed = unicodedata.normalize("NFKD", lowered)
    return "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f").casefold()


def fold(text: str) -> list[Token]:
    """The tokens of ``text`` in order; never raises, whatever the characters are."""
    found: list[Token] = []
    word: list[str] = []
    start = end = 0

    def finish() -> None:
        if word:
            found.append(Token("".join(word), start, end))
            word.clear()

    for index, character in enumerate(text):
        if character < "\x80" and character.isalnum():
            folded: str | None = character.lower()
        else:
            folded = _inside_word(text, index, bool(word))
        if folded:
            if not word:
                start = index
            word.append(folded)
            end = index + 1
        elif folded == "" and word:
            end = index + 1
        elif folded is None:
            finish()
            if character in EMOJI:
                found.append(Token(EMOJI[character], index, index + 1))
            elif _ends_sentence(text, index):
                found.append(Token(BREAK, index, index + 1))
    finish()
    return found


def _inside_word(text: str, index: int, open_word: bool) -> str | None:
    """What the character adds to a word: letters, nothing (a mark), or None when it ends one."""
    character = text[index]
    if character in _APOSTROPHES:
        return "'" if open_word and _alphanumeric(text, index + 1) else ("" if open_word else None)
    if character in _INSIDE and open_word:
        return character if _alphanumeric(text, index + 1) else None
    if character in ",." and open_word and text[index - 1].isdigit():
        return "" if index + 1 < len(text) and text[index + 1].isdigit() else None
    if character.isalnum():
        return _plain_character(character)
    category = unicodedata.category(character)
    if category in ("Me", "Cf") or character in _SILENT_MARKS:
        return ""
    if category in ("Mn", "Mc") and open_word:
        return character
    return None


def _alphanumeric(text: str, index: int) -> bool:
    if index < len(text) and text[index] in _INSIDE:
        index += 1
    return index < len(text) and text[index].isalnum()


def _ends_sentence(text: str, index: int) -> bool:
    """Whether the mark ends a sentence; a row of dots is a pause, not an end."""
    if text[index] not in _ENDERS:
        return False
    if text[index] != ".":
        return True
    neighbours = text[max(0, index - 1) : index] + text[index + 1 : index + 2]
    return "." not in neighbours
