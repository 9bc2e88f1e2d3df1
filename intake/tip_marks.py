"""What two tips may have in common: plates, phone numbers, handles, addresses, places.

Only keyed hashes of these are kept (storage/tips.py), so that the desk learns that there may be a
match without either side being shown.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from intake.folding import fold

_PHONE = re.compile(r"(?<![\d])\+?\d[\d\s().-]{5,18}\d(?!\d)")
_HANDLE = re.compile(r"(?<![\w@.])@([A-Za-z0-9_.]{3,30})")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_LINK = re.compile(r"https?://(?:www\.)?([^\s]{4,200})", re.I)
# Letters and digits mixed, five to eight in all, as on Canadian and most other plates.
# "A12 BCD" is Quebec's; elsewhere a word after the digits is not part of the plate.
_PLATE = re.compile(
    r"\b([A-Z]\d{2}[ -][A-Z]{3}|[A-Z]{2,4} \d{3,4}|[A-Z]{1,4}-?\d{2,4}(?:-?[A-Z]{1,3})?)\b"
)
# Words before a number that is no plate: two tips about a room 214 are not about one room.
_NUMBERED = re.compile(
    r"(?:ROOM|UNIT|APT|EXIT|ROAD|SUITE|HWY|RM|BOX|BUS|PO|RUE|APP|LOT|FOR|WORK)\b.*"
)
_SHORTEST_PLACE = 6
_MOST = 40


@dataclass(frozen=True)
class Trace:
    """Something that two tips may share. Never printed: it is a person's word."""

    kind: str
    value: str


def traces(words: str, where: str = "") -> frozenset[Trace]:
    """What may link this tip to others, written in one way whoever wrote it."""
    found: list[Trace] = []
    for match in _EMAIL.finditer(words):
        found.append(Trace("email", match[0].casefold()))
    for match in _LINK.finditer(words):
        found.append(Trace("link", match[1].rstrip("/.,)").casefold()))
    rest = _LINK.sub(" ", _EMAIL.sub(" ", words))
    for match in _PHONE.finditer(rest):
        digits = "".join(c for c in match[0] if c.isdigit())
        if 7 <= len(digits) <= 15:
            found.append(Trace("phone", digits[-10:]))
    for match in _HANDLE.finditer(rest):
        found.append(Trace("handle", match[1].rstrip(".").casefold()))
    for match in _PLATE.finditer(rest.upper()):
        plate = re.sub(r"[^A-Z0-9]", "", match[1])
        if 5 <= len(plate) <= 8 and not _NUMBERED.fullmatch(match[1]):
            found.append(Trace("plate", plate))
    place = "".join(sorted_words(where))
    if len(place) >= _SHORTEST_PLACE:
        found.append(Trace("place", place))
    return frozenset(found[:_MOST])


def sorted_words(place: str) -> list[str]:
    """A place without its order, accents and signs: "Motel 6, Barrie" is "barrie motel 6"."""
    plain = unicodedata.normalize("NFKC", fold(place))
    return sorted(re.findall(r"\w+", plain))
