"""What is cleaned from a text, and which delivery reports count."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from intake.messages import MAX_CHARACTERS, Delivery, clean


def test_clean_keeps_what_people_write() -> None:
    """Accents are composed; emoji, newlines and Persian joiners stay."""
    assert clean("e\u0301 \U0001f52b\nمی\u200cخواهم ") == "é \U0001f52b\nمی\u200cخواهم"


def test_clean_drops_controls() -> None:
    """Null bytes, bidi overrides and lone surrogates go."""
    assert clean("a\x00b\u202ec\ud800d") == "abcd"


@given(st.text(alphabet=st.characters(), max_size=5_000))
def test_clean_is_bounded_composed_and_stable(text: str) -> None:
    """Cleaning twice changes nothing, and nothing longer than the bound comes out."""
    once = clean(text)
    assert len(once) <= MAX_CHARACTERS
    assert unicodedata.is_normalized("NFC", once)
    assert clean(once) == once


def test_a_state_never_goes_back() -> None:
    """Terminal states have the highest rank, so that late reports lose."""
    ranks = [Delivery.QUEUED, Delivery.SENDING, Delivery.SENT, Delivery.DELIVERED]
    assert [state.rank for state in ranks] == sorted(state.rank for state in ranks)
    assert Delivery.FAILED.rank == Delivery.DELIVERED.rank
