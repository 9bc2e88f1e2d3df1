"""The places of Canada and the names that people give them, read from `data/places.csv`."""

from __future__ import annotations

import csv
import enum
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from intake.folding import fold, key

_DATA = Path(__file__).with_name("data") / "places.csv"
# Only towns this large and names this long are looked for behind a misspelling.
_MISSPELLED_FROM_POPULATION = 20_000
MISSPELLED_FROM_LETTERS = 7


class PlaceKind(str, enum.Enum):
    """How much ground a name covers."""

    CITY = "city"
    REGION = "region"
    """A named part of one province, with a centre ("York Region", "Cape Breton")."""
    PROVINCE = "province"
    COUNTRY = "country"


@dataclass(frozen=True)
class Place:
    """A place in Canada. The coordinates are those of its centre, in degrees."""

    id: str
    """Stable: "toronto-on" for a town, "ON" for a province, "CA" for the country."""
    name: str
    province: str
    """Two letters; empty for the country."""
    kind: PlaceKind
    latitude: float
    longitude: float
    population: int = 0
    french: str = ""
    """The name in French where it differs."""

    def name_in(self, language: str | None) -> str:
        """The name for a reader of this language (ISO 639-1)."""
        return self.french if language == "fr" and self.french else self.name


class Cue(str, enum.Enum):
    """What has to stand beside a name before it counts (rules 3 to 5 of `intake/places.py`)."""

    NONE = ""
    WORD = "word"
    NAME = "name"
    PROVINCE = "province"


@dataclass(frozen=True)
class Naming:
    """One way of naming one place."""

    place: Place
    cue: Cue


@dataclass(frozen=True)
class Gazetteer:
    """All places by id and by every folded name."""

    places: dict[str, Place]
    names: dict[str, tuple[Naming, ...]]
    longest: int
    """Words in the longest name."""
    misspelled: dict[str, Place]
    """Spellings of larger towns with one letter left out, for words one letter off."""


def one_letter_less(word: str) -> Iterator[str]:
    """The word with each letter in turn left out."""
    return (word[:index] + word[index + 1 :] for index in range(len(word)))


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """Read the data once."""
    places: dict[str, Place] = {}
    names: dict[str, list[Naming]] = {}
    misspelled: dict[str, Place] = {}
    with _DATA.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            place = _place(row)
            places[place.id] = place
            own = Cue(row["cue"])
            for name, cue in _names(row, own):
                names.setdefault(name, []).append(Naming(place, cue))
            if _takes_misspellings(place, own):
                folded = key(place.name)
                for spelling in (folded, *one_letter_less(folded)):
                    known = misspelled.get(spelling)
                    if known is None or known.population < place.population:
                        misspelled[spelling] = place
    ordered = {name: tuple(sorted(namings, key=_by_size)) for name, namings in names.items()}
    longest = max(name.count(" ") + 1 for name in ordered)
    return Gazetteer(places, ordered, longest, misspelled)


def _by_size(naming: Naming) -> tuple[bool, int]:
    """Provinces before towns, then the most populous first."""
    return naming.place.kind is not PlaceKind.PROVINCE, -naming.place.population


def _place(row: dict[str, str]) -> Place:
    """The place of one line of the file."""
    return Place(
        row["id"],
        row["name"],
        row["province"],
        PlaceKind(row["kind"]),
        float(row["latitude"]),
        float(row["longitude"]),
        int(row["population"]),
        row["french"],
    )


def _names(row: dict[str, str], own: Cue) -> Iterator[tuple[str, Cue]]:
    """Every folded name of a line, with its cue; "peg?" is an alias that needs one."""
    yield key(row["name"]), own
    for alias in filter(None, row["aliases"].split("|")):
        if alias.endswith("?"):
            yield key(alias[:-1]), Cue.WORD
        else:
            yield key(alias), own


def _takes_misspellings(place: Place, cue: Cue) -> bool:
    """Larger towns with one long name of their own."""
    return (
        place.kind is PlaceKind.CITY
        and cue is Cue.NONE
        and place.population >= _MISSPELLED_FROM_POPULATION
        and len(fold(place.name)) >= MISSPELLED_FROM_LETTERS
        and " " not in key(place.name)
    )
