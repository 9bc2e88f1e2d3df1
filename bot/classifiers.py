"""Two kinds of trained classifier, kept as plain numbers: no object is restored from a file.

scikit-learn fits both. `Linear` reads n-grams, one logistic regression a class. `Perceptron` reads
a sentence's vector through one hidden layer, since what texts of one kind have in common is no
straight line in that space.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

SEED = 7
_HIDDEN = 256
_ROUNDS = 15
_BATCH = 128
_LARGEST = 30.0  # beyond this a logistic function is 0 or 1 to any precision that matters


@dataclass(frozen=True)
class Linear:
    """Weights of shape (features, outputs); each output is a yes-or-no question of its own."""

    weights: Any
    bias: Any

    @classmethod
    def fit(cls, vectors: Any, answers: Any, strength: float) -> Linear:
        """`answers` has one column of booleans a question; `strength` is scikit-learn's C."""
        weights = np.zeros((vectors.shape[1], answers.shape[1]), dtype=np.float32)
        bias = np.zeros(answers.shape[1], dtype=np.float32)
        for column in range(answers.shape[1]):
            yes = answers[:, column]
            if yes.all() or not yes.any():
                bias[column] = _LARGEST if yes.all() else -_LARGEST
                continue
            model = LogisticRegression(
                C=strength, class_weight="balanced", solver="liblinear", random_state=SEED
            ).fit(vectors, yes)
            weights[:, column], bias[column] = model.coef_[0], model.intercept_[0]
        return cls(weights, bias)

    def chances(self, vectors: Any) -> Any:
        """Probability of yes, a row a text, a column a question."""
        return sigmoid(vectors @ self.weights + self.bias)

    def state(self) -> dict[str, Any]:
        """Arrays to be kept."""
        return {"weights": self.weights.astype(np.float16), "bias": self.bias}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Linear:
        """Restore what `state` returned."""
        return cls(state["weights"].astype(np.float32), state["bias"])


@dataclass(frozen=True)
class Perceptron:
    """A hidden layer and a softmax over classes."""

    mean: Any
    inner: Any
    inner_bias: Any
    outer: Any
    outer_bias: Any

    @classmethod
    def fit(cls, vectors: Any, classes: Sequence[int], count: int) -> Perceptron:
        """`classes` are numbers below `count`; one that has no example gets no chance."""
        mean = vectors.mean(axis=0)
        model = MLPClassifier(
            (_HIDDEN,), alpha=1e-3, max_iter=_ROUNDS, batch_size=min(_BATCH, len(classes)),
            learning_rate_init=2e-3, random_state=SEED,
        )  # fmt: skip
        seen = np.unique(np.asarray(classes))
        with warnings.catch_warnings():
            # The rounds are counted on purpose: more of them learn the texts by heart.
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(_centred(vectors, mean), np.searchsorted(seen, classes))
        inner, outer = model.coefs_
        inner_bias, outer_bias = model.intercepts_
        if len(seen) == 2:  # scikit-learn asks one question of two classes
            outer = np.hstack([np.zeros_like(outer), outer])
            outer_bias = np.array([0.0, outer_bias[0]])
        every = np.zeros((_HIDDEN, count), dtype=np.float32)
        every_bias = np.full(count, -_LARGEST, dtype=np.float32)
        every[:, seen], every_bias[seen] = outer, outer_bias
        return cls(mean, inner.astype(np.float32), inner_bias.astype(np.float32), every, every_bias)

    def chances(self, vectors: Any) -> Any:
        """Probability of each class, a row a text."""
        hidden = np.maximum(_centred(vectors, self.mean) @ self.inner + self.inner_bias, 0.0)
        scores = hidden @ self.outer + self.outer_bias
        weighed = np.exp(scores - scores.max(axis=1, keepdims=True))
        return weighed / weighed.sum(axis=1, keepdims=True)

    def state(self) -> dict[str, Any]:
        """Arrays to be kept."""
        return {
            "mean": self.mean,
            "inner": self.inner,
            "inner_bias": self.inner_bias,
            "outer": self.outer,
            "outer_bias": self.outer_bias,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Perceptron:
        """Restore what `state` returned."""
        return cls(**{name: state[name] for name in cls.__dataclass_fields__})


def sigmoid(score: Any) -> Any:
    """The logistic function, without overflow."""
    return 1.0 / (1.0 + np.exp(-np.clip(score, -_LARGEST, _LARGEST)))


def logit(chance: Any) -> Any:
    """The inverse of `sigmoid`."""
    kept = np.clip(chance, 1e-6, 1 - 1e-6)
    return np.log(kept / (1 - kept))


def _centred(vectors: Any, mean: Any) -> Any:
    moved = vectors - mean
    return moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6)
