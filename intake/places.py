"""Find the Canadian places that a text names, in English or French, spelled as people text.

The places are data (`intake/data/places.csv`, GeoNames and a hand-kept list;
`intake/data/README.md`). The rules for reading them:

1. Words are compared folded (no capitals, accents, hyphens, apostrophes), the
   longest name first, whole words only; no word belongs to two names.
2. Of places with one name, the one whose province stands right behind it wins
   ("windsor NS"), then one whose province is named anywhere in the text, then
   the most populous.
3. A name that is also an ordinary word ("hope", "olds"), and every place under
   5,000 people, needs a cue: a word such as in, near, at, from, downtown, a, de,
   habite before it, "area" or "region" after it, its province behind it, or to
   be the whole answer ("Hope").
4. A name that is also a person's name ("Victoria", "Nelson") needs the same,
   but at, to, from, de and a count only after a verb of being or moving: "im
   from victoria", not "a text from victoria".
5. A name better known abroad ("Paris") needs its province, or to be the whole
   answer; a foreign country behind a name means it is not ours ("london uk").
6. A street or a person is no town: "Kingston Road", "rue Sherbrooke",
   "Dr Hamilton", "my name is Brandon".
7. A word one letter away from a larger town, behind a strong cue or as the
   whole answer, is read as that town ("in edmontn").
8. "à Québec" is the city; any other "Québec" without "city" is the province.
9. Two letters are a province only behind a town or a cue, or in capitals among
   small letters: "bc" is also "because", "on" is also a word.
"""

from __future__ import annotations

import csv
import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from intake.folding import fold, key, words

_DATA = Path(__file__).with_name("data") / "places.csv"


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


@dataclass(frozen=True)
class PlaceMatch:
    """A place and the span of the text that names it, province included."""

    place: Place
    start: int
    end: int


def find_places(text: str) -> list[PlaceMatch]:
    """Every place named, in reading order."""
    return list(_Reading(text).matches())


def by_id(place_id: str) -> Place | None:
    """The place with this id, if there is one."""
    return _gazetteer().places.get(place_id)


class _Cue(str, enum.Enum):
    """What has to stand beside a name before it counts (rules 3 to 5)."""

    NONE = ""
    WORD = "word"
    NAME = "name"
    PROVINCE = "province"


@dataclass(frozen=True)
class _Naming:
    """One way of naming one place."""

    place: Place
    cue: _Cue


@dataclass(frozen=True)
class _Gazetteer:
    """All places by id and by every folded name."""

    places: dict[str, Place]
    names: dict[str, tuple[_Naming, ...]]
    longest: int
    """Words in the longest name."""
    misspelled: dict[str, Place]
    """Spellings of larger towns with one letter left out, for rule 7."""


# Rule 3: what makes an ordinary word a place.
_CUES = frozenset(
    "in near nearby at from around outside inside downtown uptown central greater city town "
    "reserve rez leave leaving left reach reached via towards toward "
    "a au aux en de du dans pres vers hors depuis habite vis reste demeure ville quitte "
    "quitter".split()
)
# Rule 4: what makes a person's name a place.
_NAME_CUES = frozenset(
    "in near nearby around outside inside downtown uptown central greater city town dans en "
    "habite vis demeure vers hors".split()
)
_LOOSE_CUES = frozenset("at to from a de".split())
_MOVING = frozenset(
    "im am is are were was be been being i'm live lives lived living stay stays staying stayed "
    "come comes came coming go goes going went gone move moves moved moving drive drives drove "
    "driven driving bring brings brought take takes took taken get gets got travel traveled "
    "travelled fly flew flown bus train sent back arrived leave leaving left not".split()
)
_FRENCH_MOVING = frozenset(
    "suis est sommes sont etais etait viens vient venu venue vais va aller alle allee parti "
    "partie arrive arrivee demenage demenagee amene amenee retourne reste restee vis vit "
    "habite ville pres region loin autobus".split()
)
_AREA = frozenset(
    "area region city downtown reserve rez town county district island surroundings "
    "ville centre".split()
)
_STREET_BEHIND = frozenset(
    "street road rd ave avenue blvd boulevard drive lane crescent cres highway hwy parkway "
    "square arms drugs st".split()
)
_STREET_BEFORE = frozenset("rue boul boulevard avenue av chemin ch rang autoroute".split())
_PERSON_BEFORE = frozenset(
    "mr mrs ms miss dr named name called madame monsieur mme appelle nomme nommee prenom".split()
)
# "name is Brandon": the verb between the introducing word and the name.
_LINKING = frozenset("is s est".split())
_ABROAD = frozenset(
    "uk england britain scotland ireland france germany australia usa us america india china "
    "jamaica mexico philippines angleterre allemagne australie inde chine mexique jamaique "
    "ohio texas michigan california florida nevada".split()
)
# Words in front of an answer that do not take away from its being the whole answer.
_ANSWER_OPENERS = frozenset(
    "its it is i im am we were are in at near hi hello my city town yes ok okay um live "
    "je suis a en de c est dans ville oui pres bonjour allo habite vis now rn please pls plz "
    "right here currently actuellement ici maintenant".split()
)
_QUEBEC_CITY = "quebec-qc"
_TWO_LETTERS = frozenset("ab bc mb sk on qc nb ns pe nl nt nu yt".split())
# Of these two the small letters are words of their own: "toronto on monday", "bc he".
_SMALL_WORDS = frozenset({"on", "bc"})
_MISSPELLED_FROM_POPULATION = 20_000
_MISSPELLED_FROM_LETTERS = 7
_MISSPELLING_CUES = frozenset("in near from outside around a de dans habite downtown".split())


class _Reading:
    """One text on its way through the rules."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._words = words(text)
        self._folded = [word.folded for word in self._words]
        self._gazetteer = _gazetteer()
        self._shouted = text.upper() == text
        self._named_provinces = self._provinces()

    def matches(self) -> Iterator[PlaceMatch]:
        """Left to right, longest name first."""
        index = 0
        while index < len(self._words):
            found = self._at(index)
            if found is None:
                index += 1
                continue
            place, after = found
            yield PlaceMatch(place, self._words[index].start, self._words[after - 1].end)
            index = after

    def _at(self, first: int) -> tuple[Place, int] | None:
        """The place named from this word on, and the index of the word behind it."""
        most = min(self._gazetteer.longest, len(self._words) - first)
        for count in range(most, 0, -1):
            namings = self._gazetteer.names.get(" ".join(self._folded[first : first + count]))
            if namings:
                found = self._accepted(namings, first, first + count)
                if found is not None:
                    return found
        return self._misspelled(first)

    def _accepted(
        self, namings: Sequence[_Naming], first: int, after: int
    ) -> tuple[Place, int] | None:
        """The best of the namings that the words around allow."""
        if self._is_quebec_city(first):
            return self._gazetteer.places[_QUEBEC_CITY], after
        if namings[0].place.kind is PlaceKind.PROVINCE and not self._is_province(first, after):
            return None
        if self._is_street_or_person(first, after):
            return None
        province, behind = self._province_behind(after)
        if province:
            here = [one for one in namings if one.place.province == province]
            if here and here[0].place.kind is not PlaceKind.PROVINCE:
                return here[0].place, behind
        if after < len(self._folded) and self._folded[after] in _ABROAD:
            return None
        # The most populous stands first; a province named elsewhere decides before that.
        ordered = sorted(namings, key=lambda one: one.place.province not in self._named_provinces)
        for naming in ordered:
            if self._cued(naming.cue, first, after):
                return naming.place, after
        return None

    def _cued(self, cue: _Cue, first: int, after: int) -> bool:
        """Whether the words around the name give it the cue it needs."""
        if cue is _Cue.NONE or self._is_whole_answer(first, after):
            return True
        if cue is _Cue.PROVINCE:
            return False
        if after < len(self._folded) and self._folded[after] in _AREA:
            return True
        if first == 0:
            return False
        before = self._folded[first - 1]
        if cue is _Cue.WORD:
            return before in _CUES and not self._is_english_article(first - 1)
        if before in _NAME_CUES:
            return True
        if before not in _LOOSE_CUES or first < 2 or self._is_english_article(first - 1):
            return False
        before_that = self._folded[first - 2]
        return before_that.isdigit() or before_that in _MOVING | _FRENCH_MOVING

    def _is_english_article(self, index: int) -> bool:
        """ "a hope": an a without accent counts as the French word only in a French phrase."""
        word = self._words[index]
        if word.folded != "a" or word.written.lower() == "à":
            return False
        return index == 0 or self._folded[index - 1] not in _FRENCH_MOVING

    def _is_whole_answer(self, first: int, after: int) -> bool:
        """ "hope", "im in olds", "Victoria please": nothing else was said."""
        _, behind = self._province_behind(after)
        around = self._folded[:first] + self._folded[behind:]
        return len(around) <= 4 and all(word in _ANSWER_OPENERS for word in around)

    def _is_street_or_person(self, first: int, after: int) -> bool:
        """Rule 6."""
        if after < len(self._folded) and self._folded[after] in _STREET_BEHIND:
            return True
        if first == 0:
            return False
        before = self._folded[first - 1]
        if before in _STREET_BEFORE or before in _PERSON_BEFORE:
            return True
        return before in _LINKING and first > 1 and self._folded[first - 2] in {"name", "nom"}

    def _is_quebec_city(self, first: int) -> bool:
        """French keeps them apart: "à Québec" is the city, "au Québec" the province."""
        return (
            self._folded[first] == "quebec"
            and first > 0
            and self._folded[first - 1] == "a"
            and not self._is_english_article(first - 1)
        )

    def _is_province(self, first: int, after: int) -> bool:
        """Rule 9, for a province that stands alone."""
        word = self._words[first]
        if after - first > 1 or word.folded not in _TWO_LETTERS | {"ont", "pei"}:
            return True
        before = self._folded[first - 1] if first else ""
        if before in {"in", "from", "near", "outside", "northern", "southern", "rural", "en", "au"}:
            return word.folded != "on" or word.written == "ON"
        if word.folded in {"on", "pe", "nt", "nu"}:
            return False
        return (word.written.isupper() and not self._shouted) or self._is_whole_answer(first, after)

    def _province_behind(self, index: int) -> tuple[str, int]:
        """The province named from this word on, as in "windsor, NS", and the word behind it."""
        for count in (3, 2, 1):
            behind = index + count
            if behind > len(self._words):
                continue
            for naming in self._gazetteer.names.get(" ".join(self._folded[index:behind]), ()):
                if naming.place.kind is PlaceKind.PROVINCE and self._reads_as_province(
                    index, behind
                ):
                    return naming.place.province, behind
        return "", index

    def _reads_as_province(self, index: int, behind: int) -> bool:
        """Whether small letters behind a town are its province: "bc he" is "because he"."""
        word = self._words[index]
        if behind - index > 1 or word.folded not in _SMALL_WORDS:
            return True
        between = self._text[self._words[index - 1].end : word.start]
        rest = self._text[word.end :].lstrip()
        ends_here = not rest or not rest[0].isalnum()
        return (word.written.isupper() and not self._shouted) or "," in between or ends_here

    def _misspelled(self, first: int) -> tuple[Place, int] | None:
        """Rule 7."""
        folded = self._folded[first]
        if len(folded) < _MISSPELLED_FROM_LETTERS - 1 or folded in self._gazetteer.names:
            return None
        cued = first > 0 and self._folded[first - 1] in _MISSPELLING_CUES
        if not cued and not self._is_whole_answer(first, first + 1):
            return None
        for spelling in (folded, *_one_letter_less(folded)):
            place = self._gazetteer.misspelled.get(spelling)
            if place is not None and place.name[:1].lower() == folded[0]:
                _, behind = self._province_behind(first + 1)
                return place, behind
        return None

    def _provinces(self) -> frozenset[str]:
        """Provinces spelled out anywhere in the text."""
        found: set[str] = set()
        for index in range(len(self._words)):
            for count in (3, 2, 1):
                folded = " ".join(self._folded[index : index + count])
                for naming in self._gazetteer.names.get(folded, ()):
                    if naming.place.kind is PlaceKind.PROVINCE and len(folded) > 2:
                        found.add(naming.place.province)
        return frozenset(found)


def _one_letter_less(word: str) -> Iterator[str]:
    """The word with each letter in turn left out."""
    return (word[:index] + word[index + 1 :] for index in range(len(word)))


@lru_cache(maxsize=1)
def _gazetteer() -> _Gazetteer:
    """Read the data once."""
    places: dict[str, Place] = {}
    names: dict[str, list[_Naming]] = {}
    misspelled: dict[str, Place] = {}
    with _DATA.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            place = _place(row)
            places[place.id] = place
            own = _Cue(row["cue"])
            for name, cue in _names(row, own):
                names.setdefault(name, []).append(_Naming(place, cue))
            if _takes_misspellings(place, own):
                folded = key(place.name)
                for spelling in (folded, *_one_letter_less(folded)):
                    known = misspelled.get(spelling)
                    if known is None or known.population < place.population:
                        misspelled[spelling] = place
    ordered = {name: tuple(sorted(namings, key=_by_size)) for name, namings in names.items()}
    longest = max(name.count(" ") + 1 for name in ordered)
    return _Gazetteer(places, ordered, longest, misspelled)


def _by_size(naming: _Naming) -> tuple[bool, int]:
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


def _names(row: dict[str, str], own: _Cue) -> Iterator[tuple[str, _Cue]]:
    """Every folded name of a line, with its cue; "peg?" is an alias that needs one."""
    yield key(row["name"]), own
    for alias in filter(None, row["aliases"].split("|")):
        if alias.endswith("?"):
            yield key(alias[:-1]), _Cue.WORD
        else:
            yield key(alias), own


def _takes_misspellings(place: Place, cue: _Cue) -> bool:
    """Larger towns with one long name of their own."""
    return (
        place.kind is PlaceKind.CITY
        and cue is _Cue.NONE
        and place.population >= _MISSPELLED_FROM_POPULATION
        and len(fold(place.name)) >= _MISSPELLED_FROM_LETTERS
        and " " not in key(place.name)
    )
