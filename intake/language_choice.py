"""Decides, from what a text was written in, which language the conversation goes on in.

The rules of the domain brief: never switch on one word, never leave a language that the person
chose for a single text, ask rather than guess, and hand over at once what is recognised but not
spoken. Pure: the engine and the worker both ask it, so that words and state agree.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass

from intake import languages

#: A first text must be this clear; in Latin letters, where slang misleads, short ones clearer.
SURE_FIRST, SURE_FIRST_SHORT = 0.7, 0.9
#: Later texts: switch from here on, offer to switch from there on.
SURE_SWITCH, PERHAPS = 0.8, 0.4
#: A first text that may be in a language other than the official ones this likely is asked about.
WORTH_ASKING = 0.2
_FEW_WORDS = 3
_SHOWN_CANDIDATES = 3
# One spoken language, told apart by script: romanised, nobody can say which it is.
_HINDUSTANI = frozenset({"hi", "ur"})
_SOUTH_ASIAN = frozenset({"hi", "ur", "pa"})
_WHICH_SOUTH_ASIAN = ("pa", "pa-Latn", "hi", "hi-Latn", "ur")

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Candidate:
    """A language that a text may be in; `script` is that of its letters, ISO 15924."""

    code: str
    script: str | None
    confidence: float

    @property
    def tag(self) -> str:
        """The tag of the language in this script."""
        return languages.tag_of(self.code, self.script)


@dataclass(frozen=True)
class Spoken:
    """The language of a conversation so far; `offered`: what its last list showed, if one was."""

    tag: str | None = None
    chosen: bool = False
    offered: tuple[str, ...] | None = None


class Move(enum.Enum):
    """What to do about the language of a text."""

    STAY = "go on as before"
    FOLLOW = "go on in the language of the text"
    ASK = "go on as before and ask"
    INTERPRETER = "fetch a human who can have it interpreted"


@dataclass(frozen=True)
class Decision:
    """A move, the language from here on, and the languages to offer in a list."""

    move: Move
    tag: str | None
    offer: tuple[str, ...] = ()


def decide(candidates: Sequence[Candidate], text: str, spoken: Spoken) -> Decision:
    """Decide on a text whose language may be each of the candidates, the likeliest first."""
    words = len(_WORD.findall(text))
    if not candidates or words == 0:
        return Decision(Move.STAY, spoken.tag)
    if spoken.tag is None:
        return _first(candidates, words, spoken)
    return _later(candidates, words, spoken, spoken.tag)


def offer(candidates: Sequence[Candidate], spoken: Spoken) -> tuple[str, ...]:
    """The first page of a list: the likeliest languages, that of the conversation, the official."""
    likely = [one.tag for one in candidates[:_SHOWN_CANDIDATES]]
    current = [spoken.tag] if spoken.tag else []
    known = [tag for tag in (*likely, *current, *languages.OFFICIAL) if languages.form(tag)]
    return tuple(dict.fromkeys(known))


def _first(candidates: Sequence[Candidate], words: int, spoken: Spoken) -> Decision:
    best = candidates[0]
    short = _is_latin(best) and words <= _FEW_WORDS
    if not languages.is_full(best.tag):
        # A word like "haa" is one of many languages: nobody is fetched for it alone.
        one_word = _is_latin(best) and words == 1
        if best.confidence >= (SURE_FIRST_SHORT if short else SURE_SWITCH) and not one_word:
            return Decision(Move.INTERPRETER, best.tag)
    elif best.confidence >= (SURE_FIRST_SHORT if short else SURE_FIRST):
        return Decision(Move.FOLLOW, best.tag, _which_script(best, spoken))
    foreign = [one for one in candidates if one.code not in languages.OFFICIAL]
    if spoken.offered is None and any(one.confidence >= WORTH_ASKING for one in foreign):
        return Decision(Move.ASK, None, offer(candidates, spoken))
    return Decision(Move.STAY, None)


def _later(candidates: Sequence[Candidate], words: int, spoken: Spoken, current: str) -> Decision:
    best = candidates[0]
    if _same(best, current):
        follows = not spoken.chosen and best.confidence >= SURE_SWITCH
        return Decision(Move.STAY, best.tag if follows and _reads_else(best, current) else current)
    if best.confidence < PERHAPS or (_is_latin(best) and words == 1):
        return Decision(Move.STAY, current)
    # Whoever chose a language is asked first; writing on in the other one is an answer.
    asked = best.tag in (spoken.offered or ())
    if best.confidence >= SURE_SWITCH and (asked or not spoken.chosen):
        if not languages.is_full(best.tag):
            return Decision(Move.INTERPRETER, best.tag)
        return Decision(Move.FOLLOW, best.tag, _which_script(best, spoken) or (current,))
    if asked or (spoken.offered is not None and not spoken.chosen):
        return Decision(Move.STAY, current)
    return Decision(Move.ASK, current, offer(candidates, spoken))


def _same(found: Candidate, current: str) -> bool:
    """Whether a text is in the conversation's language, in whatever script."""
    code = languages.base(current)
    romanised = _is_latin(found) and {languages.base(found.code), code} <= _HINDUSTANI
    return romanised or languages.base(found.code) == code


def _reads_else(found: Candidate, current: str) -> bool:
    """Whether the same language now comes in a form that has words of its own (zh, zh-Hant)."""
    if languages.base(found.tag) != languages.base(current):
        return False
    form = languages.form(found.tag)
    return form is not None and form.listed and form.tag not in languages.chain(current)[:2]


def _which_script(found: Candidate, spoken: Spoken) -> tuple[str, ...]:
    """Romanised Punjabi, Hindi or Urdu: asked once which it is, and how they like to read it."""
    if spoken.offered is not None or not _is_latin(found) or found.code not in _SOUTH_ASIAN:
        return ()
    return (*_WHICH_SOUTH_ASIAN, spoken.tag or "en")


def _is_latin(found: Candidate) -> bool:
    form = languages.form(found.tag)
    return (found.script or (form.script if form else "Latn")) == "Latn"
