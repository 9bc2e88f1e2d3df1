"""Letters and words of a text: seldom ones weigh more, and scripts without spaces have runs too."""

from __future__ import annotations

import numpy as np
import pytest

from bot.components.reading import Reading
from bot.ngrams import Ngrams

TEXTS = ("he has a gun", "he has a knife", "she has my papers", "他锁了门", "他锁了窗")


def _learnt() -> Ngrams:
    return Ngrams.learn([Reading.of(text).tokens for text in TEXTS])


@pytest.mark.parametrize(
    ("term", "known"),
    [
        ("=has", True),
        ("=he has", True),
        ("has", True),  # letters of a word
        (" ha", True),  # its beginning
        ("s a", False),  # letters do not go across words that spaces part
        ("=gun", False),  # said in one text alone
        ("=他 锁", True),
        ("他锁了", True),  # Han letters do: there are no spaces to stop at
    ],
)
def test_what_is_learnt(term: str, known: bool) -> None:
    """What two texts share."""
    assert (term in _learnt().terms) is known


def test_the_order_of_texts_does_not_matter() -> None:
    """The vocabulary is sorted, so that its places are the same from run to run."""
    backwards = Ngrams.learn([Reading.of(text).tokens for text in TEXTS[::-1]])
    assert backwards.terms == _learnt().terms
    assert (backwards.rarity == _learnt().rarity).all()


def test_words_and_letters_have_length_one_each() -> None:
    """A long text has no more to say than a short one."""
    vector = _learnt().vectors([Reading.of("he has a gun he has a gun he has").tokens])
    assert np.sqrt((vector.data**2).sum()) == pytest.approx(np.sqrt(2), rel=1e-5)


def test_a_text_of_unknown_words_is_a_row_of_nothing() -> None:
    """Nothing fails on words that nobody has written before."""
    vectors = _learnt().vectors([Reading.of("zzz qqq").tokens, ()])
    assert (vectors.shape, vectors.nnz) == ((2, len(_learnt().terms)), 0)
