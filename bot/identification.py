"""Names the language of a text, from a word to a page: script first, then voices weighed.

A script that one language alone writes decides. Where several share one (Latin, Arabic, Cyrillic,
Devanagari, Ethiopic, syllabics) the voices of `bot.language` are weighed into probabilities, and
the conversation so far is the prior: whoever wrote Spanish till now most likely still does. The
same text, with the same conversation, always gets the same answer.

What to do about it (stay, follow, ask) is decided by `intake.language_choice`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bot.language import Array
from bot.language.cleaning import Cleaned, clean
from bot.language.groups import GROUPS
from bot.language.scripts import ALONE, han_script, is_cantonese, script_of
from bot.language.texts import texts
from bot.language.voices import Learnt, Voices
from bot.language.weighing import weights
from intake.language_choice import Candidate
from intake.languages import base, is_full, table
from intake.places import find_places

#: How likely the conversation's language is before a further text is read, and one that the
#: person picked.
CURRENT, CHOSEN = 0.8, 0.95
#: How much earlier texts count while no language is settled.
_EARLIER = 0.8
#: A first text is more often in an official language, and seldom in one that we only recognise or
#: in letters that few use for it. Romanised Hindi and Urdu are one language in writing.
_FIRST = {
    "en": 4.0, "fr": 3.0, "hi-Latn": 0.5, "ur-Latn": 0.5, "fa-Latn": 0.35, "zh-Latn": 0.2,
    "ne-Latn": 0.35, "bn-Latn": 0.35, "ta-Latn": 0.35,
}  # fmt: skip
_RECOGNISED, _UNLISTED = 0.7, 0.15

_SCRIPT_CONFIDENCE = 0.97
_FAITHFUL = 0.98
_MOST_CANDIDATES = 3
_WORTH_NAMING = 0.02
_ROMANISED_HINDUSTANI = ("hi-Latn", "ur-Latn")
_LEAST_OF_PAIR = 0.15
_CANTONESE = "yue"
#: Words that people of any language write: in a conversation they say nothing about it.
_ANYBODYS = frozenset(
    "ok okay oki okey okok okk kk k lol haha hahaha hehe hmm mm mhm uh ah aha oh wow bye".split()
)
#: Digits kept of a probability: what lingua returns differs in its last ones from call to call.
_DIGITS = 6


@dataclass(frozen=True)
class Identified:
    """What language a text is in; the conversation's where no word of the text shows one."""

    code: str | None
    script: str | None
    confidence: float
    candidates: tuple[Candidate, ...]
    """At most three, the likeliest first; none when there are no words. Written Cantonese has the
    code `yue` here. Romanised Hindi and Urdu, one language in writing, have their confidence in
    common when first."""
    words: int
    """Words that could show a language; 0 for digits, emoji and links alone."""


class Identifier:
    """Identifies languages with what it has learnt from the project's texts."""

    def __init__(self, learnt: Learnt) -> None:
        self._voices = Voices(learnt)

    def identify(
        self,
        text: str,
        current: str | None = None,
        chosen: bool = False,
        history: Sequence[str] = (),
    ) -> Identified:
        """Name the language of a text.

        `current` is the tag of the conversation's language, `chosen` whether the person picked
        it; until there is one, `history`, the texts before, stands in for it.
        """
        cleaned = clean(text)
        earlier = self._of_earlier(history) if current is None else {base(current): 1.0}
        telling = _telling(text, cleaned)
        if not cleaned.words or (earlier and not telling.words):
            code = max(earlier, key=lambda one: earlier[one]) if earlier else None
            return Identified(code, None, earlier.get(code, 0.0) if code else 0.0, (), 0)
        kept = _EARLIER if current is None else CHOSEN if chosen else CURRENT
        found = self._candidates(telling, earlier, kept, current)
        best = found[0]
        named = [one for one in found[1:_MOST_CANDIDATES] if one.confidence >= _WORTH_NAMING]
        return Identified(
            base(best.code), best.script, best.confidence, (best, *named), len(telling.words)
        )

    def _of_earlier(self, history: Sequence[str]) -> dict[str, float]:
        """Base code -> probability of the language of earlier texts, read together."""
        together = "\n".join(history)
        cleaned = _telling(together, clean(together))
        if not cleaned.words:
            return {}
        likely: dict[str, float] = {}
        for one in self._candidates(cleaned, {}, 0.0, None):
            code = base(one.code)
            likely[code] = likely.get(code, 0.0) + one.confidence
        total = sum(likely.values())
        return {code: chance / total for code, chance in likely.items()}

    def _candidates(
        self, cleaned: Cleaned, earlier: Mapping[str, float], kept: float, current: str | None
    ) -> list[Candidate]:
        """Every language that the text may be in, the likeliest first."""
        script = script_of(cleaned.text) or "Latn"
        if script == "Hani":
            return [_chinese(cleaned.text, current)]
        if script not in GROUPS:
            return [Candidate(ALONE[script], script, _SCRIPT_CONFIDENCE)]
        tags = GROUPS[script].candidates
        scores = np.log(_prior(tags, earlier, kept))
        if cleaned.words:
            heard = self._voices.hear(script, cleaned)
            scores = scores + weights()[script].scores(heard, len(cleaned.words))
        chances = np.exp(scores - scores.max())
        chances = np.minimum(chances / chances.sum(), _FAITHFUL if script != "Latn" else 1.0)
        rounded = (round(chance, _DIGITS) for chance in chances.tolist())
        ranked = sorted(zip(tags, rounded, strict=True), key=lambda pair: -pair[1])
        return _named(ranked, script)


@lru_cache(maxsize=1)
def identifier() -> Identifier:
    """The identifier of the texts in the tree, made once a process."""
    return Identifier(Learnt.of(texts()))


def _telling(text: str, cleaned: Cleaned) -> Cleaned:
    """What is left without places of Canada, named alike in every language, and "ok", "lol"."""
    bare = text
    for place in reversed(find_places(text)):
        bare = f"{bare[: place.start]} {bare[place.end :]}"
    told = cleaned if bare == text else clean(bare)
    return Cleaned("", ()) if _ANYBODYS.issuperset(told.words) else told


def _prior(tags: Sequence[str], earlier: Mapping[str, float], kept: float) -> Array:
    """How likely each candidate is before the text is read; positive, sums to one."""
    first = np.array([_first(tag) for tag in tags])
    first /= first.sum()
    bases = [base(tag) for tag in tags]
    so_far = np.array([earlier.get(code, 0.0) / bases.count(code) for code in bases])
    if so_far.sum() <= 0.0:
        return first
    share = kept * min(1.0, float(so_far.sum()))
    prior: Array = share * so_far / so_far.sum() + (1.0 - share) * first
    return prior


@lru_cache(maxsize=256)
def _first(tag: str) -> float:
    if tag in _FIRST or is_full(tag):
        return _FIRST.get(tag, 1.0)
    known = table().get(base(tag))
    return _RECOGNISED if known and any(form.listed for form in known.forms) else _UNLISTED


def _named(ranked: Sequence[tuple[str, float]], script: str) -> list[Candidate]:
    """Candidates by code; when romanised Hindi or Urdu leads, it stands for both."""
    chances = dict(ranked)
    pair = sorted(_ROMANISED_HINDUSTANI, key=lambda tag: -chances.get(tag, 0.0))
    together = round(sum(chances.get(tag, 0.0) for tag in pair), _DIGITS)
    if together < ranked[0][1] or pair[0] not in chances:
        return [Candidate(tag.split("-")[0], script, chance) for tag, chance in ranked]
    # How somebody spells says little about which of the two they would call it.
    other = max(chances[pair[1]], _LEAST_OF_PAIR * together)
    led = [(pair[0], min(1.0, together)), (pair[1], other)]
    others = [(tag, chance) for tag, chance in ranked if tag not in pair]
    ordered = [led[0], *sorted([led[1], *others], key=lambda one: -one[1])]
    return [Candidate(tag.split("-")[0], script, chance) for tag, chance in ordered]


def _chinese(text: str, current: str | None) -> Candidate:
    """Written Cantonese by its own characters; the script by those that only one has."""
    script = han_script(text)
    cantonese = is_cantonese(text)
    if script is None:
        traditional = cantonese or current in ("zh-Hant", _CANTONESE)
        script = "Hant" if traditional else "Hans"
    code = _CANTONESE if cantonese and script == "Hant" else "zh"
    return Candidate(code, script, _SCRIPT_CONFIDENCE)
