"""What each voice says of each candidate language of a script, as numbers to be weighed.

Voices: lingua (a library, low-accuracy mode), langdetect's n-grams with profiles of our own, the
word lists, how often our own texts use the words, words that English does not have and another
language has (people mix English into every language, and less the other way round), letters that
one language alone uses, and digits as romanised Arabic spells.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from lingua import IsoCode639_1, LanguageDetector, LanguageDetectorBuilder

from bot.language import Array, words
from bot.language.cleaning import Cleaned, clean, fold, strip_marks
from bot.language.groups import GROUPS, Group
from bot.language.ngrams import NGrams, Profile, profile, stock_profile
from bot.language.usage import Counts, Usage, count

VOICES = (
    "lingua", "ngrams", "listed", "listed_share", "usage", "not_english", "letters", "arabizi",
)  # fmt: skip

_LINGUA_LACKS = math.log(0.01)
_LINGUA_FLOOR = 1e-3
_NGRAM_FLOOR = 1e-5
_MOST_LISTED = 4.0
_MOST_LETTERS = 3
_MOST_ARABIZI = 2
_MOST_NOT_ENGLISH = 3
_ENGLISH = "en"
_FIRST_TEXT = "text текст متن पाठ"


@dataclass(frozen=True)
class Learnt:
    """What is counted in texts of our own."""

    profiles: Mapping[str, Profile]
    """Candidate -> its n-grams."""
    usage: Counts

    @classmethod
    def of(cls, texts: Mapping[str, Sequence[str]]) -> Learnt:
        """Count. `texts`: tag -> texts (`bot.language.texts`)."""
        written = {tag for group in GROUPS.values() for tag in group.written}
        profiles = {tag: _profile(tag, texts.get(tag, ())) for tag in sorted(written)}
        candidates = {tag for group in GROUPS.values() for tag in group.candidates}
        counted = count({tag: lines for tag, lines in texts.items() if tag in candidates})
        return cls(profiles, counted)

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Learnt:
        """Restore what `state` returned."""
        return cls(profiles=state["profiles"], usage=state["usage"])

    def state(self) -> dict[str, Any]:
        """All of it as plain values, to be kept as JSON."""
        return {"profiles": self.profiles, "usage": self.usage}


class Voices:
    """Every voice on the candidates of each script. Build once: it loads profiles and models."""

    def __init__(self, learnt: Learnt) -> None:
        self._ngrams = {s: _ngrams_of(group, learnt.profiles) for s, group in GROUPS.items()}
        self._usage = {s: Usage(learnt.usage, group.candidates) for s, group in GROUPS.items()}
        self._english = words.lists()[_ENGLISH] | learnt.usage.get(_ENGLISH, {}).keys()
        self._others = frozenset().union(
            *(
                words.lists().get(tag, frozenset()) | learnt.usage.get(tag, {}).keys()
                for tag in GROUPS["Latn"].candidates
                if tag != _ENGLISH
            )
        )
        # lingua reads its models at the first text, which would make a person wait for them.
        for script in GROUPS:
            _lingua_of(script, _FIRST_TEXT)

    def hear(self, script: str, cleaned: Cleaned) -> Array:
        """One row a candidate of the script's group, one column a voice (VOICES)."""
        group, ngrams = GROUPS[script], self._ngrams[script]
        said = _lingua_of(script, cleaned.text)
        chances = ngrams.probabilities(cleaned.text) if ngrams else {}
        listed = words.claimed(cleaned.words, group.candidates, group.beside)
        used = self._usage[script].compare(cleaned.words)
        spelt = min(_MOST_ARABIZI, words.arabizi(cleaned.words)) if script == "Latn" else 0
        foreign = self._not_english(cleaned) if script == "Latn" else 0
        rows = np.zeros((len(group.candidates), len(VOICES)))
        for row, tag in enumerate(group.candidates):
            part, number = listed.get(tag, (0.0, 0))
            rows[row] = (
                said.get(tag, _LINGUA_LACKS if group.lingua else 0.0),
                math.log(max(chances.get(tag, 0.0), _NGRAM_FLOOR)),
                min(_MOST_LISTED, part),
                number / max(1, len(cleaned.words)),
                used[row],
                foreign if tag == _ENGLISH else 0.0,
                min(_MOST_LETTERS, sum(map(cleaned.text.count, group.letters.get(tag, "")))),
                spelt if tag == "ar-Latn" else 0.0,
            )
        return rows

    def _not_english(self, cleaned: Cleaned) -> int:
        """Words that texts or lists of other languages have and those of English do not."""
        folded = map(fold, cleaned.words)
        strange = sum(word not in self._english and word in self._others for word in folded)
        return min(_MOST_NOT_ENGLISH, strange)


def _profile(tag: str, texts: Sequence[str]) -> Profile:
    """The n-grams of texts, as written and as people text them without marks."""
    lines = [clean(text).text for text in texts]
    bare = [strip_marks(line) for line in lines]
    if tag == "vi":
        return profile(tag, bare)  # langdetect ships the profile with marks
    return profile(tag, lines if bare == lines else lines + bare)


def _ngrams_of(group: Group, profiles: Mapping[str, Profile]) -> NGrams | None:
    stock = [{**stock_profile(code), "name": tag} for tag, code in group.stock.items()]
    written = [
        {**profiles[tag], "name": f"{tag}:texts" if tag in group.stock else tag}
        for tag in group.written
        if profiles[tag]["freq"]
    ]
    return NGrams(stock + written) if len(stock + written) > 1 else None


@lru_cache(maxsize=len(GROUPS))
def _detector(script: str) -> LanguageDetector:
    codes = (getattr(IsoCode639_1, code.upper()) for code in GROUPS[script].lingua.values())
    builder = LanguageDetectorBuilder.from_iso_codes_639_1(*codes)
    return builder.with_low_accuracy_mode().with_preloaded_language_models().build()


def _lingua_of(script: str, text: str) -> dict[str, float]:
    """Candidate -> logarithm of lingua's probability; even when it finds nothing to go by."""
    group = GROUPS[script]
    if not group.lingua:
        return {}
    values = {
        value.language.iso_code_639_1.name.lower(): value.value
        for value in _detector(script).compute_language_confidence_values(text)
    }
    if not any(values.values()):
        return {tag: math.log(1.0 / len(group.lingua)) for tag in group.lingua}
    return {tag: math.log(max(values[code], _LINGUA_FLOOR)) for tag, code in group.lingua.items()}
