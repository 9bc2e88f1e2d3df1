"""How long a text is when it travels as SMS; enough of GSM 03.38 to stay within two parts."""

from __future__ import annotations

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")
_ONE, _PART = 160, 153
_ONE_WIDE, _PART_WIDE = 70, 67


def parts(text: str) -> int:
    """How many SMS a text takes."""
    if all(letter in _BASIC or letter in _EXTENDED for letter in text):
        length = sum(2 if letter in _EXTENDED else 1 for letter in text)
        return 1 if length <= _ONE else -(-length // _PART)
    length = sum(2 if ord(letter) > 0xFFFF else 1 for letter in text)
    return 1 if length <= _ONE_WIDE else -(-length // _PART_WIDE)
