"""Parts of an SMS."""

from __future__ import annotations

import pytest

from locales.segments import count


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("à é è ù ì ò ä ö ü ñ Ç É ¿ ¡", "GSM-7", 27, 1),
        ("€[]", "GSM-7", 6, 1),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),
        ("ç", "UCS-2", 1, 1),
        ("’", "UCS-2", 1, 1),
        ("ਮਦਦ" * 24, "UCS-2", 72, 2),
        ("😀" * 35, "UCS-2", 70, 1),
        ("😀" * 36, "UCS-2", 72, 2),
        ("a" * 66 + "😀" + "a" * 66, "UCS-2", 134, 3),
    ],
)
def test_counts(text: str, encoding: str, units: int, parts: int) -> None:
    """After GSM 03.38; a pair or an escape is never torn in two."""
    result = count(text)
    assert (result.encoding, result.units, result.parts) == (encoding, units, parts)
