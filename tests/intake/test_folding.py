"""How names of places and needs are folded: whole words in every script, each in its place."""

from __future__ import annotations

import pytest

from intake.folding import words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("L’Île-Perrot", ["l", "ile", "perrot"]),
        ("e\u0301te\u0301", ["ete"]),
        ("ਟੋਰਾਂਟੋ ਵਿੱਚ", ["ਟੋਰਾਂਟੋ", "ਵਿੱਚ"]),
        ("टोरंटो में", ["टोरंटो", "में"]),
        ("فِي كندا", ["في", "كندا"]),
        ("в Торонто", ["в", "торонто"]),
    ],
)
def test_a_word_is_whole_in_its_script(text: str, folded: list[str]) -> None:
    """Vowel signs do not cut a word in two, and accents go."""
    found = words(text)
    assert [word.folded for word in found] == folded
    assert [text[word.start : word.end] for word in found] == [word.written for word in found]
