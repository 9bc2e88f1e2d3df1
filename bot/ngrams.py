"""A text as letters and words: which short runs of letters, words and pairs of words it has.

A model on these knows the very words that people used before, in any spelling that shares a few
letters. Han characters and the clusters of Thai are words of one letter (`intake/letters.py`);
runs of letters go across them, since there are no spaces to stop at.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from intake.letters import TABLE, Kind

_SHORTEST, _LONGEST = 2, 4
#: Texts of the training data that must have a run or a word before it counts.
_SEEN_IN = 2
#: What stands before a word, so that it is no run of letters.
_WORD = "="


class Ngrams:
    """A vocabulary of runs and words with the weight of each; rarer ones weigh more."""

    def __init__(self, terms: Sequence[str], rarity: Any) -> None:
        self.terms = tuple(terms)
        self.rarity = np.asarray(rarity, dtype=np.float32)
        self._places = {term: place for place, term in enumerate(self.terms)}

    @classmethod
    def learn(cls, texts: Sequence[Sequence[str]]) -> Ngrams:
        """The vocabulary of texts given as folded tokens; their order does not matter."""
        seen: Counter[str] = Counter()
        for tokens in texts:
            seen.update(set(_terms(tokens)))
        terms = sorted(term for term, times in seen.items() if times >= _SEEN_IN)
        rarity = [1.0 + math.log((1 + len(texts)) / (1 + seen[term])) for term in terms]
        return cls(terms, rarity)

    def vectors(self, texts: Iterable[Sequence[str]]) -> Any:
        """One sparse row a text: runs and words each of length 1."""
        starts, places, values = [0], [], []
        for tokens in texts:
            found, weights = self._vector(tokens)
            places.append(found)
            values.append(weights)
            starts.append(starts[-1] + len(found))
        if not places:
            return csr_matrix((0, len(self.terms)), dtype=np.float32)
        parts = (np.concatenate(values), np.concatenate(places), np.array(starts))
        return csr_matrix(parts, shape=(len(places), len(self.terms)), dtype=np.float32)

    def _vector(self, tokens: Sequence[str]) -> tuple[Any, Any]:
        counted = Counter(_terms(tokens))
        known = sorted(
            (self._places[term], term[0] == _WORD, times)
            for term, times in counted.items()
            if term in self._places
        )
        places = np.array([place for place, _, _ in known], dtype=np.int32)
        is_word = np.array([word for _, word, _ in known], dtype=bool)
        weights = np.array([1.0 + math.log(times) for *_, times in known], dtype=np.float32)
        weights *= self.rarity[places] if len(places) else 1.0
        for part in (is_word, ~is_word):
            length = float(np.sqrt((weights[part] ** 2).sum()))
            if length:
                weights[part] /= length
        return places, weights


def _terms(tokens: Sequence[str]) -> Iterator[str]:
    for token in tokens:
        yield f"{_WORD}{token}"
    for first, second in zip(("", *tokens), (*tokens, ""), strict=True):
        yield f"{_WORD}{first} {second}"
    for word in _runs(tokens):
        padded = f" {word} "
        for length in range(_SHORTEST, _LONGEST + 1):
            if len(padded) < length:
                break
            for start in range(len(padded) - length + 1):
                run = padded[start : start + length]
                # A sign that words begin with here says nothing; see `_WORD`.
                if run[0] != _WORD:
                    yield run


def _runs(tokens: Sequence[str]) -> Iterator[str]:
    """Words, and what is written without spaces as one."""
    run = ""
    for token in tokens:
        if TABLE[token[0]][0] is Kind.ALONE:
            run += token
            continue
        if run:
            yield run
            run = ""
        yield token
    if run:
        yield run
