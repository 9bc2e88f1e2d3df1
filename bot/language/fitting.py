"""Fits the weights of the voices: `python -m bot.language.fitting` writes weights.yaml.

The texts are those the voices learn from (`bot.language.texts`), so they are halved: what one
half teaches is heard on the other, and the other way round. Of each text three pieces count, the
whole, two or three words of it, and one. A piece of another language that English words alone
make up tells nothing and is left out. Every language and length weighs the same. The fit is a
multinomial logistic one with shared weights (softmax over the candidates); weights are drawn
towards those of the published measurement of this combination and constants towards zero, so
that scripts with few texts stay sane. Then the trust in each length class is fitted alone, on
the same held-out scores. The evaluation set (data/language/eval.jsonl) is never read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import yaml
from scipy.optimize import minimize, minimize_scalar

from bot.language import Array, words
from bot.language.cleaning import Cleaned, clean, fold, strip_marks
from bot.language.groups import GROUPS
from bot.language.texts import texts
from bot.language.voices import VOICES, Learnt, Voices
from bot.language.weighing import LENGTHS, WEIGHTS, Weights, length_of

#: Where the fit starts and what it is drawn to.
_START = {
    "lingua": 0.45, "ngrams": 0.3, "listed": 2.8, "listed_share": 2.0, "usage": 0.35,
    "not_english": -1.0, "letters": 1.0, "arabizi": 4.0,
}  # fmt: skip
_PULL = 0.002
#: Pieces of one length a language and half; fewer than the least weigh less.
_MOST, _LEAST = 200, 40
_NO_TRUST = dict.fromkeys(LENGTHS, 1.0)
#: Candidates that are one language in writing: either is right.
_ONE = (("hi-Latn", "ur-Latn"),)
_HEADER = """\
# How much each voice counts in naming a language, by script. Made by
#   python -m bot.language.fitting
# whose docstring says how; do not edit by hand. Held-out macro accuracy of the fit, by length:
"""


@dataclass(frozen=True)
class Heard:
    """Pieces of texts with what the voices said of them."""

    voices: Array
    """piece x candidate x voice"""
    right: Array
    """piece x candidate: whether naming it is right"""
    lengths: Array
    """index into LENGTHS"""
    weights: Array
    """sum to one"""


def listen(script: str, written: Mapping[str, Sequence[str]]) -> Heard:
    """Hear every voice on each half of the texts, having learnt from the other half."""
    candidates = GROUPS[script].candidates
    pieces: list[tuple[str, Cleaned, Array]] = []
    for half in (0, 1):
        others = {t: [x for x in lines if _mix(x) % 2 != half] for t, lines in written.items()}
        voices = Voices(Learnt.of(others))
        for tag in candidates:
            lines = [line for line in written.get(tag, ()) if _mix(line) % 2 == half]
            pieces += [(tag, c, voices.hear(script, c)) for c in _pieces(tag, lines)]
    right = np.array([[_same(tag, other) for other in candidates] for tag, _, _ in pieces])
    cells = [(tag, length_of(len(cleaned.words))) for tag, cleaned, _ in pieces]
    share = np.array([1.0 / max(_LEAST, cells.count(cell)) for cell in cells])
    return Heard(
        voices=np.array([heard for _, _, heard in pieces]),
        right=right,
        lengths=np.array([LENGTHS.index(length) for _, length in cells]),
        weights=share / share.sum(),
    )


def fit(heard: Heard) -> Weights:
    """Weights and constants by maximum likelihood, then the trust in each length."""
    start = np.array([_START[name] for name in VOICES])
    count = heard.right.shape[1]

    def loss(values: Array) -> tuple[float, Array]:
        voices, constants = values[: len(VOICES)], values[len(VOICES) :]
        chances = _softmax(heard.voices @ voices + constants)
        right = np.maximum((chances * heard.right).sum(axis=1), 1e-12)
        wrong_by = (chances - chances * heard.right / right[:, None]) * heard.weights[:, None]
        drawn = values - first
        slope = np.concatenate(
            [np.einsum("pc,pcv->v", wrong_by, heard.voices), wrong_by.sum(axis=0)]
        )
        value = -(heard.weights * np.log(right)).sum() + _PULL * (drawn**2).sum() / 2
        return float(value), (slope + _PULL * drawn) * free

    first = np.concatenate([start, np.zeros(count)])
    # A language without texts would only ever be wrong: its constant stays where it is.
    free = np.concatenate([np.ones(len(VOICES)), heard.right.any(axis=0)])
    found = minimize(loss, first, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    voices, constants = found[: len(VOICES)], found[len(VOICES) :]
    scores = heard.voices @ voices + constants
    trust = {n: _trust(scores, heard, i) for i, n in enumerate(LENGTHS)}
    return Weights(voices, constants, trust)


def _trust(scores: Array, heard: Heard, length: int) -> float:
    chosen = heard.lengths == length
    if not chosen.any():
        return 1.0

    def loss(factor: float) -> float:
        right = (_softmax(factor * scores[chosen]) * heard.right[chosen]).sum(axis=1)
        return float(-(heard.weights[chosen] * np.log(np.maximum(right, 1e-12))).sum())

    return float(minimize_scalar(loss, bounds=(0.3, 1.5), method="bounded").x)


def accuracy(weights: Weights, heard: Heard) -> list[float]:
    """Share of held-out pieces named rightly, by length, every language weighing the same."""
    best = (heard.voices @ weights.voices + weights.constants).argmax(axis=1)
    hits = heard.right[np.arange(len(best)), best] * heard.weights
    return [
        float(hits[heard.lengths == i].sum() / max(1e-9, heard.weights[heard.lengths == i].sum()))
        for i in range(len(LENGTHS))
    ]


def _softmax(scores: Array) -> Array:
    grown = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Array = grown / grown.sum(axis=-1, keepdims=True)
    return shares


def _pieces(tag: str, lines: Sequence[str]) -> Iterator[Cleaned]:
    """Pieces of held-out texts of one language; Vietnamese also as texted, without marks."""
    left = dict.fromkeys(LENGTHS, _MOST)
    seen: set[tuple[str, ...]] = set()
    for line in sorted(lines, key=_mix):
        for text in {line: None, strip_marks(line): None} if tag == "vi" else (line,):
            for piece in _cut(text):
                cleaned = clean(piece)
                length = length_of(len(cleaned.words))
                if cleaned.words in seen or not left[length] or not _telling(tag, cleaned):
                    continue
                seen.add(cleaned.words)
                left[length] -= 1
                yield cleaned


def _cut(text: str) -> Iterator[str]:
    parts, chance = text.split(), _mix(text)
    yield text
    yield parts[chance % len(parts)]
    size = min(len(parts), 2 + chance // 7 % 2)
    at = chance // 11 % (len(parts) - size + 1)
    yield " ".join(parts[at : at + size])


def _telling(tag: str, cleaned: Cleaned) -> bool:
    if not cleaned.words or tag == "en":
        return bool(cleaned.words)
    own, english = words.lists().get(tag, frozenset()), words.lists()["en"]
    return not all(fold(w) in english and fold(w) not in own for w in cleaned.words)


def _same(tag: str, other: str) -> bool:
    return tag == other or any(tag in pair and other in pair for pair in _ONE)


def _mix(text: str) -> int:
    """A number for a text that no order of files changes."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:12], 16)


def main() -> None:
    """Fit every script and write the file."""
    written, found, header = texts(), {}, _HEADER
    for script in GROUPS:
        if sum(bool(written.get(tag)) for tag in GROUPS[script].candidates) < 2:
            # Nothing to tell apart: letters and lists weigh as at the start.
            start = np.array([_START[name] for name in VOICES])
            zeros = np.zeros(len(GROUPS[script].candidates))
            found[script] = Weights(start, zeros, _NO_TRUST).plain(script)
            header += f"#   {script}: not fitted, texts of fewer than two\n"
            continue
        heard = listen(script, written)
        fitted = fit(heard)
        found[script] = fitted.plain(script)
        figures = ", ".join(
            f"{n} {100 * a:.1f} %" for n, a in zip(LENGTHS, accuracy(fitted, heard), strict=True)
        )
        header += f"#   {script}: {figures} of {len(heard.weights)} pieces\n"
        print(f"{script}: {figures}")
    body = yaml.safe_dump(found, sort_keys=False, default_flow_style=None, width=96)
    WEIGHTS.write_text(header + body, encoding="utf-8")


if __name__ == "__main__":
    main()
