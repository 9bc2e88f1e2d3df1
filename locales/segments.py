"""How many SMS parts a text costs (GSM 03.38 and UCS-2; Twilio glossary)."""

from __future__ import annotations

from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
GSM7_ONE, GSM7_PART = 160, 153
UCS2_ONE, UCS2_PART = 70, 67


@dataclass(frozen=True)
class Segments:
    """Encoding and cost of a text; `units` are septets or UTF-16 code units."""

    encoding: str
    units: int
    parts: int


def count(text: str) -> Segments:
    """One character outside GSM-7 turns the whole message into UCS-2."""
    if all(c in _BASIC or c in _EXTENDED for c in text):
        widths = [2 if c in _EXTENDED else 1 for c in text]
        return Segments("GSM-7", sum(widths), _parts(widths, GSM7_ONE, GSM7_PART))
    widths = [2 if ord(c) > 0xFFFF else 1 for c in text]
    return Segments("UCS-2", sum(widths), _parts(widths, UCS2_ONE, UCS2_PART))


def _parts(widths: list[int], one: int, part: int) -> int:
    """A character is never torn in two: an escaped one or a pair moves to the next part whole."""
    if sum(widths) <= one:
        return 1
    parts, used = 1, 0
    for width in widths:
        if used + width > part:
            parts, used = parts + 1, 0
        used += width
    return parts
