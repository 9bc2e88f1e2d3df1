"""How often each language uses a word, counted in texts of our own.

Where a word list says "this is a word of Punjabi", this says how much more often Punjabi texts
have it than others, which parts words that several languages share. A word seen nowhere says
nothing: the texts are too few for that to mean something.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from bot.language import Array
from bot.language.cleaning import clean, fold

#: Each language counts as if it had this many more words, spread as over all languages.
_PSEUDO_WORDS = 30.0
_WORD_FLOOR = -3.0
_FLOOR, _CEILING = -6.0, 10.0

Counts = Mapping[str, Mapping[str, int]]


def count(texts: Mapping[str, Sequence[str]]) -> dict[str, dict[str, int]]:
    """Tag -> folded word -> how often its texts have it."""
    return {
        tag: dict(sorted(Counter(fold(w) for line in lines for w in clean(line).words).items()))
        for tag, lines in texts.items()
    }


class Usage:
    """Compares how often each candidate uses the words of a text."""

    def __init__(self, counts: Counts, candidates: Sequence[str]) -> None:
        totals = np.array([float(sum(counts.get(tag, {}).values())) for tag in candidates])
        written = max(1, int((totals > 0).sum()))
        vocabulary = sorted({word for tag in candidates for word in counts.get(tag, {})})
        self._rows = {word: row for row, word in enumerate(vocabulary)}
        self._logs = np.zeros((len(vocabulary), len(candidates)), dtype=np.float32)
        for row, word in enumerate(vocabulary):
            seen = np.array([float(counts.get(tag, {}).get(word, 0)) for tag in candidates])
            overall = float((seen / np.maximum(totals, 1.0)).sum()) / written
            likely = (seen + _PSEUDO_WORDS * overall) / (totals + _PSEUDO_WORDS) / overall
            self._logs[row] = np.maximum(np.log(likely), _WORD_FLOOR)

    def compare(self, words: Iterable[str]) -> Array:
        """For each candidate, the sum over words of how much likelier they are in it (logs)."""
        known = [self._rows[word] for word in map(fold, words) if word in self._rows]
        total = self._logs[known].sum(axis=0, dtype=np.float64)
        clipped: Array = np.clip(total, _FLOOR, _CEILING)
        return clipped
