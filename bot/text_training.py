"""Fits the model of texts, and judges its own training texts by models that never saw them.

The last serves to set thresholds: what a model says of a text that it learnt says nothing. A fold
takes a stretch of lines of each kind and language away, since neighbouring lines resemble each
other more than a person's next text resembles either.

Reading sentences takes most of the time of training; of more texts than can be read in a few
minutes, an even choice is read. The letters of all are learnt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import Parallel, delayed

from bot.classifiers import Linear, Perceptron
from bot.components.reading import Reading
from bot.ngrams import Ngrams
from bot.text_model import TIERS, Encoder, TextModel, together

#: Most sentences that training reads.
READ_AT_MOST = 30_000
#: More at a time do not stay in a core's own memory, and take a third longer.
_AT_A_TIME = 64
_FOLDS = 3
_TIER_STRENGTH, _INTENT_STRENGTH = 4.0, 8.0
#: Share of risky texts, unseen in training, that their letters alone may declare harmless.
_BEYOND_DOUBT = 0.004

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Example:
    """One training text and what its file says of it; `tier` is None where none is taught."""

    reading: Reading
    intent: str
    tier: str | None
    language: str


@dataclass(frozen=True)
class Unseen:
    """Chances of "at least" each tier, for examples that a model was trained without."""

    examples: tuple[Example, ...]
    at_least: Any


@dataclass(frozen=True)
class _Data:
    """The examples as numbers. `read` says which of them have a sentence's vector."""

    vectors: Any
    sentences: Any
    read: Any
    intents: Any
    tiers: Any
    """Place in `TIERS`, or -1 where none is taught."""
    fold: Any
    names: tuple[str, ...]
    """The intents that `intents` counts."""


def train(
    examples: Sequence[Example],
    encoder: Encoder,
    progress: Progress = lambda _: None,
    jobs: int = 1,
) -> tuple[TextModel, Unseen]:
    """Fit; the same examples in the same order give the same model."""
    names = sorted({example.intent for example in examples})
    progress(f"{len(examples)} texts, as letters and words")
    ngrams = Ngrams.learn([example.reading.tokens for example in examples])
    vectors = ngrams.vectors(example.reading.tokens for example in examples)
    data = _Data(
        vectors=vectors,
        read=(read := _evenly(len(examples), READ_AT_MOST)),
        sentences=_encoded(
            encoder, [examples[place].reading.text for place in read], progress, jobs
        ),
        intents=np.searchsorted(names, [example.intent for example in examples]),
        tiers=np.array([-1 if e.tier is None else TIERS.index(e.tier) for e in examples]),
        fold=_folds(examples),
        names=tuple(names),
    )
    progress("fitting, and judging texts unseen")
    tasks = [*_last_tasks(data), *_fold_tasks(data)]
    done = dict(Parallel(n_jobs=jobs)(delayed(_do)(*task) for task in tasks))
    halves = [done["intents", half] for half in range(2)]
    parts = {
        "letters": Linear(
            np.hstack([half.weights for half in halves]),
            np.concatenate([half.bias for half in halves]),
        ),
        "tiers": done["tiers"],
        "sentence": done["sentence"],
        "sentence_tiers": done["sentence tiers"],
    }
    letters = np.zeros((len(examples), len(TIERS) - 1))
    at_least = np.zeros_like(letters)
    for number in range(_FOLDS):
        places, by_letters, by_both = done["fold", number]
        letters[places], at_least[places] = by_letters, by_both
    risky = letters[data.tiers > 0, 0]
    doubt = float(np.quantile(risky, _BEYOND_DOUBT)) if len(risky) else 0.0
    taught = [place for place in read if data.tiers[place] >= 0]
    unseen = Unseen(tuple(examples[place] for place in taught), at_least[taught])
    return TextModel(names, ngrams, parts, doubt, encoder), unseen


def _evenly(count: int, most: int) -> Any:
    """Places of `most` of `count` texts, or of all, at even distances."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(int))


def _encoded(encoder: Encoder, texts: Sequence[str], progress: Progress, jobs: int) -> Any:
    """The vectors of texts, read by so many threads; the encoder leaves Python while it reads."""
    starts = range(0, len(texts), _AT_A_TIME)
    found = []
    with ThreadPoolExecutor(jobs) as pool:
        parts = pool.map(lambda start: encoder.encode(texts[start : start + _AT_A_TIME]), starts)
        for start, part in zip(starts, parts, strict=True):
            if start % (40 * _AT_A_TIME) == 0:
                progress(f"sentences read: {start} of {len(texts)}")
            found.append(part)
    return np.vstack(found)


def _folds(examples: Sequence[Example]) -> Any:
    """The number of the fold of each example: each kind of each language, in stretches."""
    kinds: dict[tuple[str, str, str | None], list[int]] = {}
    for place, example in enumerate(examples):
        kinds.setdefault((example.language, example.intent, example.tier), []).append(place)
    fold = np.zeros(len(examples), dtype=int)
    for places in kinds.values():
        fold[places] = np.arange(len(places)) * _FOLDS // len(places)
    return fold


def _last_tasks(data: _Data) -> Iterator[tuple[Any, ...]]:
    """What is fitted on everything; the longest first."""
    for half, columns in enumerate(np.array_split(np.arange(len(data.names)), 2)):
        answers = data.intents[:, None] == columns
        yield ("intents", half), Linear.fit, data.vectors, answers, _INTENT_STRENGTH
    sentences, intents = data.sentences, data.intents[data.read]
    yield "sentence", Perceptron.fit, sentences, intents, len(data.names)
    yield "sentence tiers", _fit_tiers, sentences, data.tiers[data.read]
    yield "tiers", _fit_letter_tiers, data.vectors, data.tiers


def _fold_tasks(data: _Data) -> Iterator[tuple[Any, ...]]:
    for number in range(_FOLDS):
        yield ("fold", number), _judge_fold, data, number


def _do(name: Any, work: Callable[..., Any], *given: Any) -> tuple[Any, Any]:
    return name, work(*given)


def _fit_letter_tiers(vectors: Any, tiers: Any) -> Linear:
    taught = tiers >= 0
    answers = tiers[taught][:, None] >= np.arange(1, len(TIERS))
    return Linear.fit(vectors[taught], answers, _TIER_STRENGTH)


def _fit_tiers(sentences: Any, tiers: Any) -> Perceptron:
    taught = tiers >= 0
    return Perceptron.fit(sentences[taught], tiers[taught], len(TIERS))


def _judge_fold(data: _Data, number: int) -> tuple[Any, Any, Any]:
    """Places of a fold's texts, what their letters say and what both ways say together."""
    kept = data.fold != number
    away = np.flatnonzero(~kept)
    letters = _fit_letter_tiers(data.vectors[kept], data.tiers[kept]).chances(data.vectors[away])
    kept_read, away_read = kept[data.read], ~kept[data.read]
    places = data.read[kept_read]
    by_intent = Perceptron.fit(data.sentences[kept_read], data.intents[places], len(data.names))
    by_tier = _fit_tiers(data.sentences[kept_read], data.tiers[places])
    both = letters.copy()
    sentences = data.sentences[away_read]
    at = np.searchsorted(away, data.read[away_read])
    opinions = by_intent.chances(sentences), by_tier.chances(sentences)
    both[at] = together(letters[at], *opinions, data.names)
    return away, letters, both
