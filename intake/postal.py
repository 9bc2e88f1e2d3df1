"""Read the place out of a Canadian postal code, or its first half (FSA): "T5J 2R7", "h2x".

The first letter is a province or a part of one (Canada Post); the digit and letter behind it, in
the larger cities, are the city. Only the first half is read: the second says which side of a
street. The first half alone must stand behind a word such as "in" or "code", or in a short
answer: "H1B" is also a visa.
"""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

# The letters that Canada Post uses: no D, F, I, O, Q, U anywhere, no W and Z in front.
_LETTERS = "ABCEGHJ-NPRSTV-Z"
_CODE = re.compile(
    rf"(?<![0-9A-Za-z])([ABCEGHJ-NPRSTVXY][0-9][{_LETTERS}])(?:[ -]?[0-9][{_LETTERS}][0-9])?"
    r"(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_CUES = re.compile(
    r"(?:\b(?:in|near|at|from|code|postal|a|à|au|de|pres|près)|^)(?:\s+is)?[\s:,(]*$", re.I
)
_VISAS = frozenset({"H1B", "H2A", "H2B", "H1C"})
_SHORT_ANSWER_WORDS = 3
_PROVINCES = {
    "A": "NL", "B": "NS", "C": "PE", "E": "NB", "G": "QC", "H": "QC", "J": "QC", "K": "ON",
    "L": "ON", "M": "ON", "N": "ON", "P": "ON", "R": "MB", "S": "SK", "T": "AB", "V": "BC",
    "Y": "YT",
}  # fmt: skip
_TABLE = Path(__file__).parent / "data" / "postal.csv"


@functools.cache
def _towns() -> Mapping[str, str]:
    """Beginning of a code -> id of `intake.places`; the longest one that fits decides."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["place"] for row in csv.DictReader(file)}


def places_of_codes(text: str) -> Iterator[tuple[str, int, int]]:
    """(id of `intake.places`, start, end) of every postal code or FSA in a text."""
    for found in _CODE.finditer(text):
        half = found.group() == found[1]
        if half and not _stands_alone(text, found.start(), found[1].upper()):
            continue
        place = _place(found[1].upper())
        if place is not None:
            yield place, found.start(), found.end()


def _stands_alone(text: str, start: int, area: str) -> bool:
    """Whether three letters and digits are half a code and nothing else."""
    if area in _VISAS:
        return False
    return len(text.split()) <= _SHORT_ANSWER_WORDS or bool(_CUES.search(text[:start]))


def _place(area: str) -> str | None:
    """The town, else the province, of a forward sortation area."""
    for length in (3, 2, 1):
        if area[:length] in _towns():
            return _towns()[area[:length]]
    return _PROVINCES.get(area[0])
