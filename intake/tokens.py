"""Folds a message into plain tokens that still know where they stand in the original text.

What each character is, in every script, stands in :mod:`intake.letters`. Apostrophes and the
symbols people put inside words (``k!ll``, ``s*icide``) stay for the spelling rules to read.
Emoji that carry meaning become words. A full stop, question mark, exclamation mark or line
break of any script becomes the token ``.``, which no pattern reads across.
"""

from __future__ import annotations

from typing import NamedTuple

from intake.letters import COMPOSED, TABLE, Kind, settle

BREAK = "."

_ENDERS = frozenset(".!?;\n\r\u2028\u2029|。｡．！？‼⁉؟؛۔।॥།።፧៖។៕။᙮⸮")

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


class Token(NamedTuple):
    """One folded token and the half-open span it has in the original text."""

    text: str
    start: int
    end: int


def plain(text: str) -> str:
    """``text`` in lower case without accents, character by character."""
    return "".join(
        character if kind in (Kind.OTHER, Kind.APOSTROPHE, Kind.INSIDE) else folded
        for character in text
        for kind, folded in (TABLE[character],)
    )


_LETTER, _ALONE = Kind.LETTER, Kind.ALONE


def fold(text: str) -> list[Token]:
    """The tokens of ``text`` in order; never raises, whatever the characters are."""
    found: list[Token] = []
    word: list[str] = []
    alone = False
    start = end = 0
    for index, character in enumerate(text):
        kind, folded = TABLE[character]
        if word:
            inside: str | None = None
            if kind is _LETTER:
                inside = None if alone else folded
            elif kind is not _ALONE and character != " ":
                inside = _inside(text, index, word, alone)
            if inside is not None:
                word.append(inside)
                end = index + 1
                continue
            found.append(_token(word, start, end))
            word = []
        if kind is _LETTER or kind is _ALONE:
            word, alone, start, end = [folded], kind is _ALONE, index, index + 1
        elif character == " ":
            continue
        elif character in EMOJI:
            found.append(Token(EMOJI[character], index, index + 1))
        elif _ends_sentence(text, index):
            found.append(Token(BREAK, index, index + 1))
    if word:
        found.append(_token(word, start, end))
    return found


def _token(word: list[str], start: int, end: int) -> Token:
    if len(word) == 1:
        return Token(word[0], start, end)
    text = "".join(word)
    return Token(text if text.isascii() else settle(text), start, end)


def _inside(text: str, index: int, word: list[str], alone: bool) -> str | None:
    """What a character that is no letter adds to the open word; None when it ends it."""
    character = text[index]
    kind, folded = TABLE[character]
    if kind is Kind.MARK:
        return folded
    if kind is Kind.SILENT:
        if (word[-1], character) in COMPOSED:
            word[-1] = COMPOSED[word[-1], character]
        return ""
    if alone:
        return None
    if kind is Kind.APOSTROPHE:
        return folded if _alphanumeric(text, index + 1) else ""
    if kind is Kind.INSIDE:
        return folded if _alphanumeric(text, index + 1) else None
    return "" if character in ",." and _in_number(text, index) else None


def _in_number(text: str, index: int) -> bool:
    return text[index - 1].isdigit() and index + 1 < len(text) and text[index + 1].isdigit()


def _alphanumeric(text: str, index: int) -> bool:
    if index < len(text) and TABLE[text[index]][0] is Kind.INSIDE:
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
