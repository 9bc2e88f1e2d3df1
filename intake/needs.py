"""Tell which kind of service a person is looking for from their own words.

Plain keyword lists: English and French with the turns of phrase that people use there
(`intake/data/needs.yaml`), every other language in `intake/data/words/`. The answer only
chooses which services to show first, never whether to help.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from intake.details import refused
from intake.folding import fold, words
from intake.word_lists import Finder, gathered, tokens_of

_LISTS = Path(__file__).with_name("data") / "needs.yaml"


class Need(str, enum.Enum):
    """What a person may be looking for, most pressing first.

    The order breaks ties: a bed tonight comes before a lawyer next week.
    """

    SHELTER = "shelter"
    SEXUAL_ASSAULT = "sexual_assault"
    CRISIS_SUPPORT = "crisis_support"
    CHILD_PROTECTION = "child_protection"
    ONLINE_IMAGES = "online_images"
    TRAFFICKING = "trafficking"
    BASIC_NEEDS = "basic_needs"
    HEALTH = "health"
    DOMESTIC_VIOLENCE = "domestic_violence"
    YOUTH = "youth"
    LABOUR_RIGHTS = "labour_rights"
    LEGAL_IMMIGRATION = "legal_immigration"
    INDIGENOUS_SUPPORT = "indigenous_support"


@dataclass(frozen=True)
class NeedMatch:
    """One need found, with the span of the words that named it."""

    need: Need
    start: int
    end: int
    asked: bool
    """Whether the words follow an asking verb: "need a bed" says more than "a bed"."""


# "i need a lawyer", "looking for", "besoin de", "je cherche": what follows within
# a few words is the wish itself, the rest of the text is often the background.
_ASKING = re.compile(
    r"\b(need|needs|want|looking for|look for|find|get me|where can i|is there|any|help with|"
    r"besoin|cherche|trouver|veux|voudrais|aimerais|y a t il|aide pour)\b"
)
_REFUSING = re.compile(r"\b(dont|don t|do not|doesnt|doesn t|didnt|not|no need|pas|sans vouloir)\b")
# Narrower than asking: "i dont have any place", "je peux pas trouver de refuge" refuse nothing.
_WISHING = re.compile(r"\b(need|needs|want|wants|looking for|besoin|cherche|veux|voudrais)\b")
# "dont want counselling just food": from here on the wish begins again.
_TURNING = re.compile(r"\b(just|but|only|instead|mais|juste|seulement|plutot|know|sais)\b")
# How far before a keyword an asking or refusing word still belongs to it.
_REACH_WORDS = 5
_REFUSAL_REACH_WORDS = 4
_ASKED_WEIGHT = 3


def find_need(text: str) -> Need | None:
    """The need the words name most clearly, or None when they name none."""
    ranked = find_needs(text)
    return ranked[0] if ranked else None


def find_needs(text: str) -> list[Need]:
    """Every need named, the clearest first.

    A need asked for outright ("need a lawyer") counts for more than one that
    is mentioned; a tie goes to the more pressing need (the order of `Need`).
    """
    scores: dict[Need, int] = {}
    for match in match_needs(text):
        scores[match.need] = scores.get(match.need, 0) + (_ASKED_WEIGHT if match.asked else 1)
    order = list(Need)
    return sorted(scores, key=lambda need: (-scores[need], order.index(need)))


def match_needs(text: str) -> list[NeedMatch]:
    """Every keyword found, in reading order; refused ones ("I dont need...") are left out."""
    spelled = words(text)
    folded = " ".join(word.folded for word in spelled)
    starts = _offsets([word.folded for word in spelled])
    found: list[NeedMatch] = []
    for need, first, last in _keywords_in(folded, starts):
        before = [word.folded for word in spelled[max(0, first - _REACH_WORDS) : first]]
        if _refused(before, spelled[first].folded):
            continue
        inside = " ".join(word.folded for word in spelled[first : last + 1])
        asked = bool(_ASKING.search(" ".join(before)) or _ASKING.match(inside))
        found.append(NeedMatch(need, spelled[first].start, spelled[last].end, asked))
    found += _of_other_languages(text)
    return sorted(found, key=lambda match: (match.start, match.end))


def _of_other_languages(text: str) -> Iterator[NeedMatch]:
    """What the lists of the other languages name, and nobody refuses."""
    tokens = tokens_of(text)
    for one in _others().find(tokens):
        if not refused(tokens, one.first, one.after):
            start, end = tokens[one.first].start, tokens[one.after - 1].end
            yield NeedMatch(Need(one.name), start, end, asked=False)


@lru_cache(maxsize=1)
def _others() -> Finder:
    return Finder(gathered("needs"))


def _refused(before: Sequence[str], keyword: str) -> bool:
    """ "i dont need a shelter": a refusing word, then an asking one, then the keyword."""
    near = " ".join(before[-_REFUSAL_REACH_WORDS:])
    refusal = _REFUSING.search(near)
    if refusal is None or keyword in {"nowhere", "nulle", "no", "not", "pas"}:
        return False
    between = near[refusal.end() :]
    if _TURNING.search(between):
        return False
    return bool(_WISHING.search(between) or _WISHING.search(near[: refusal.start()]))


def _offsets(folded: Sequence[str]) -> dict[int, int]:
    """Character offset in the joined text -> index of the word that starts there."""
    offsets: dict[int, int] = {}
    position = 0
    for index, word in enumerate(folded):
        offsets[position] = index
        position += len(word) + 1
    return offsets


def _keywords_in(folded: str, starts: dict[int, int]) -> Iterator[tuple[Need, int, int]]:
    """(need, first word, last word) of every keyword; the longest of overlapping ones."""
    for need, pattern in _patterns().items():
        for found in pattern.finditer(folded):
            first = starts[found.start()]
            last = first + found.group().count(" ")
            yield need, first, last


@lru_cache(maxsize=1)
def _patterns() -> dict[Need, re.Pattern[str]]:
    """One expression a need, longest phrase first."""
    lists = yaml.safe_load(_LISTS.read_text(encoding="utf-8"))
    patterns: dict[Need, re.Pattern[str]] = {}
    for need in Need:
        phrases = {
            (phrase, language)
            for language, listed in lists[need.value].items()
            for phrase in listed
        }
        ordered = sorted(phrases, key=lambda one: (-len(one[0]), one))
        choices = "|".join(_expression(*one) for one in ordered)
        patterns[need] = re.compile(rf"(?:^|(?<= ))(?:{choices})(?= |$)")
    return patterns


def _expression(phrase: str, language: str) -> str:
    """The expression of one phrase of the lists; `*` stands for any ending of a word.

    People text "dhebergement" and "laide": French words that begin with a
    vowel sound may carry the letter that an apostrophe should part from them.
    """
    elided = "(?:d|l|qu)?" if language == "fr" and fold(phrase)[0] in "aeiouh" else ""
    return elided + " ".join(
        re.escape(fold(word.rstrip("*"))) + (r"[^ ]*" if word.endswith("*") else "")
        for word in phrase.split()
    )
