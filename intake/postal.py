"""Read the place out of a Canadian postal code, or its first half (FSA): "T5J 2R7", "h2x".

The first letter is a province or a part of one (Canada Post); the digit and letter behind it, in
the larger cities, are the city. Only the first half is read: the second says which side of a
street. The first half alone must stand behind a word such as "in" or "code", or in a short
answer: "H1B" is also a visa.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

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
# The longest beginning of a code that is in the table decides.
_TOWNS: Mapping[str, str] = {
    "A1A": "st-john-s-nl", "A1B": "st-john-s-nl", "A1C": "st-john-s-nl", "A1E": "st-john-s-nl",
    "A1G": "st-john-s-nl", "A1H": "st-john-s-nl", "A2H": "corner-brook-nl", "A1V": "gander-nl",
    "B3": "halifax-ns", "B2W": "dartmouth-ns", "B2Y": "dartmouth-ns", "B2N": "truro-ns",
    "B1P": "sydney-ns", "B1S": "sydney-ns", "C1A": "charlottetown-pe", "C1E": "charlottetown-pe",
    "C1N": "summerside-pe", "E1A": "moncton-nb", "E1C": "moncton-nb", "E1E": "moncton-nb",
    "E1G": "moncton-nb", "E2H": "saint-john-nb", "E2J": "saint-john-nb", "E2K": "saint-john-nb",
    "E2L": "saint-john-nb", "E2M": "saint-john-nb", "E3A": "fredericton-nb",
    "E3B": "fredericton-nb", "E3C": "fredericton-nb", "E2A": "bathurst-nb",
    "G1": "quebec-qc", "G2": "quebec-qc", "G6V": "levis-qc", "G6W": "levis-qc",
    "G8": "trois-rivieres-qc", "G9A": "trois-rivieres-qc", "G7": "saguenay-qc",
    "G5L": "rimouski-qc", "H": "montreal-qc", "H7": "laval-qc", "J4": "longueuil-qc",
    "J8P": "gatineau-qc", "J8R": "gatineau-qc", "J8T": "gatineau-qc", "J8V": "gatineau-qc",
    "J8X": "gatineau-qc", "J8Y": "gatineau-qc", "J8Z": "gatineau-qc", "J9H": "gatineau-qc",
    "J1E": "sherbrooke-qc", "J1G": "sherbrooke-qc", "J1H": "sherbrooke-qc",
    "J1J": "sherbrooke-qc", "J1K": "sherbrooke-qc", "J1L": "sherbrooke-qc",
    "K1": "ottawa-on", "K2": "ottawa-on", "K7K": "kingston-on", "K7L": "kingston-on",
    "K7M": "kingston-on", "K7P": "kingston-on", "K9H": "peterborough-on",
    "K9J": "peterborough-on", "K9K": "peterborough-on", "K8N": "belleville-on",
    "K6H": "cornwall-on", "K6J": "cornwall-on", "L4M": "barrie-on", "L4N": "barrie-on",
    "L1G": "oshawa-on", "L1H": "oshawa-on", "L1J": "oshawa-on", "L1K": "oshawa-on",
    "L1L": "oshawa-on", "L5": "mississauga-on", "L4W": "mississauga-on",
    "L4X": "mississauga-on", "L4Y": "mississauga-on", "L4Z": "mississauga-on",
    "L6P": "brampton-on", "L6R": "brampton-on", "L6S": "brampton-on", "L6T": "brampton-on",
    "L6V": "brampton-on", "L6W": "brampton-on", "L6X": "brampton-on", "L6Y": "brampton-on",
    "L6Z": "brampton-on", "L7A": "brampton-on", "L3P": "markham-on", "L3R": "markham-on",
    "L3S": "markham-on", "L6B": "markham-on", "L6C": "markham-on", "L6E": "markham-on",
    "L8": "hamilton-on", "L9A": "hamilton-on", "L9B": "hamilton-on", "L9C": "hamilton-on",
    "L2E": "niagara-falls-on", "L2G": "niagara-falls-on", "L2H": "niagara-falls-on",
    "L2J": "niagara-falls-on", "M": "toronto-on", "N2": "kitchener-on", "N5V": "london-on",
    "N5W": "london-on", "N5X": "london-on", "N5Y": "london-on", "N5Z": "london-on",
    "N6": "london-on", "N8": "windsor-on", "N9": "windsor-on", "N1E": "guelph-on",
    "N1G": "guelph-on", "N1H": "guelph-on", "N7S": "sarnia-on", "N7T": "sarnia-on",
    "P3": "greater-sudbury-on", "P7": "thunder-bay-on", "P6": "sault-ste-marie-on",
    "P1A": "north-bay-on", "P1B": "north-bay-on", "P4N": "timmins-on", "P9N": "kenora-on",
    "R2": "winnipeg-mb", "R3": "winnipeg-mb", "R7A": "brandon-mb", "R7B": "brandon-mb",
    "R7C": "brandon-mb", "R8N": "thompson-mb", "S4": "regina-sk", "S7": "saskatoon-sk",
    "S6V": "prince-albert-sk", "S6W": "prince-albert-sk", "S6H": "moose-jaw-sk",
    "T1X": "calgary-ab", "T1Y": "calgary-ab", "T2": "calgary-ab", "T3": "calgary-ab",
    "T5": "edmonton-ab", "T6": "edmonton-ab", "T1H": "lethbridge-ab", "T1J": "lethbridge-ab",
    "T1K": "lethbridge-ab", "T4N": "red-deer-ab", "T4P": "red-deer-ab", "T4R": "red-deer-ab",
    "T9H": "fort-mcmurray-ab", "T9K": "fort-mcmurray-ab", "T1A": "medicine-hat-ab",
    "T1B": "medicine-hat-ab", "T8V": "grande-prairie-ab", "T8W": "grande-prairie-ab",
    "T8X": "grande-prairie-ab", "V5K": "vancouver-bc", "V5L": "vancouver-bc",
    "V5M": "vancouver-bc", "V5N": "vancouver-bc", "V5P": "vancouver-bc", "V5R": "vancouver-bc",
    "V5S": "vancouver-bc", "V5T": "vancouver-bc", "V5V": "vancouver-bc", "V5W": "vancouver-bc",
    "V5X": "vancouver-bc", "V5Y": "vancouver-bc", "V5Z": "vancouver-bc", "V6": "vancouver-bc",
    "V6V": "richmond-bc", "V6W": "richmond-bc", "V6X": "richmond-bc", "V6Y": "richmond-bc",
    "V5A": "burnaby-bc", "V5B": "burnaby-bc", "V5C": "burnaby-bc", "V5E": "burnaby-bc",
    "V5G": "burnaby-bc", "V5H": "burnaby-bc", "V5J": "burnaby-bc", "V3R": "surrey-bc",
    "V3S": "surrey-bc", "V3T": "surrey-bc", "V3V": "surrey-bc", "V3W": "surrey-bc",
    "V3X": "surrey-bc", "V4A": "surrey-bc", "V2S": "abbotsford-bc", "V2T": "abbotsford-bc",
    "V8N": "victoria-bc", "V8P": "victoria-bc", "V8R": "victoria-bc", "V8S": "victoria-bc",
    "V8T": "victoria-bc", "V8V": "victoria-bc", "V8W": "victoria-bc", "V8X": "victoria-bc",
    "V8Y": "victoria-bc", "V8Z": "victoria-bc", "V9R": "nanaimo-bc", "V9S": "nanaimo-bc",
    "V9T": "nanaimo-bc", "V1V": "kelowna-bc", "V1W": "kelowna-bc", "V1X": "kelowna-bc",
    "V1Y": "kelowna-bc", "V2K": "prince-george-bc", "V2L": "prince-george-bc",
    "V2M": "prince-george-bc", "V2N": "prince-george-bc", "V8G": "terrace-bc",
    "X0A": "NU", "X0B": "NU", "X0C": "NU", "X0E": "NT", "X0G": "NT", "X1A": "yellowknife-nt",
    "Y1A": "whitehorse-yt",
}  # fmt: skip


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
        if area[:length] in _TOWNS:
            return _TOWNS[area[:length]]
    return _PROVINCES.get(area[0])
