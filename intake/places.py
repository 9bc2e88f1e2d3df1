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
10. A postal code, or its first half, is the town or province it belongs to
    (`intake/postal.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intake import place_words as near
from intake.folding import words
from intake.gazetteer import (
    MISSPELLED_FROM_LETTERS,
    Cue,
    Naming,
    Place,
    PlaceKind,
    gazetteer,
    one_letter_less,
)
from intake.place_names import places_by_name
from intake.postal import places_of_codes

__all__ = ["Place", "PlaceKind", "PlaceMatch", "by_id", "find_places", "named_places"]


@dataclass(frozen=True)
class PlaceMatch:
    """A place and the span of the text that names it, province included."""

    place: Place
    start: int
    end: int


def find_places(text: str) -> list[PlaceMatch]:
    """Every place named, by name or postal code, in reading order."""
    named = list(_Reading(text).matches())
    for place_id, start, end in places_of_codes(text):
        place = by_id(place_id)
        if place is not None and not any(one.start < end and start < one.end for one in named):
            named.append(PlaceMatch(place, start, end))
    return sorted(named, key=lambda one: one.start)


def named_places(text: str) -> list[PlaceMatch]:
    """`find_places`, and the names of places in other scripts and languages, in reading order.

    Not for what learns or judges from texts: a script is a sign of the language that a place
    name in it must not take away.
    """
    named = find_places(text)
    for place_id, start, end in places_by_name(text):
        place = by_id(place_id)
        beside = [one for one in named if one.start < end and start < one.end]
        # "ciudad de Quebec" says more than "Quebec".
        if place is not None and all(one.end - one.start < end - start for one in beside):
            named = [one for one in named if one not in beside] + [PlaceMatch(place, start, end)]
    return sorted(named, key=lambda one: one.start)


def by_id(place_id: str) -> Place | None:
    """The place with this id, if there is one."""
    return gazetteer().places.get(place_id)


class _Reading:
    """One text on its way through the rules."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._words = words(text)
        self._folded = [word.folded for word in self._words]
        self._gazetteer = gazetteer()
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
        return self._elided(first) or self._misspelled(first)

    def _elided(self, first: int) -> tuple[Place, int] | None:
        """ "pres dottawa": French texted without its apostrophe; the d is the cue."""
        folded = self._folded[first]
        namings = self._gazetteer.names.get(folded[1:], ())
        if len(folded) < near.ELIDED_FROM_LETTERS or folded[0] not in "dl" or not namings:
            return None
        if near.FRENCH.isdisjoint(self._folded) or namings[0].cue is not Cue.NONE:
            return None
        return namings[0].place, self._province_behind(first + 1)[1]

    def _accepted(
        self, namings: Sequence[Naming], first: int, after: int
    ) -> tuple[Place, int] | None:
        """The best of the namings that the words around allow."""
        if self._is_quebec_city(first):
            return self._gazetteer.places[near.QUEBEC_CITY], self._province_behind(after)[1]
        if namings[0].place.kind is PlaceKind.PROVINCE and not self._is_province(first, after):
            return None
        if self._is_street_or_person(first, after):
            return None
        province, behind = self._province_behind(after)
        if province:
            here = [one for one in namings if one.place.province == province]
            if here and here[0].place.kind is not PlaceKind.PROVINCE:
                return here[0].place, behind
        if after < len(self._folded) and self._folded[after] in near.ABROAD:
            return None
        # The most populous stands first; a province named elsewhere decides before that.
        ordered = sorted(namings, key=lambda one: one.place.province not in self._named_provinces)
        for naming in ordered:
            if self._cued(naming.cue, first, after):
                return naming.place, after
        return None

    def _cued(self, cue: Cue, first: int, after: int) -> bool:
        """Whether the words around the name give it the cue it needs."""
        if cue is Cue.NONE or self._is_whole_answer(first, after):
            return True
        if cue is Cue.PROVINCE:
            return False
        if after < len(self._folded) and self._folded[after] in near.AREA:
            return True
        if first == 0:
            return False
        before = self._folded[first - 1]
        if cue is Cue.WORD and before in near.CUES and not self._is_english_article(first - 1):
            return True
        if cue is Cue.NAME and before in near.NAME_CUES:
            return True
        if before not in near.LOOSE_CUES or first < 2 or self._is_english_article(first - 1):
            return False
        moving = self._folded[first - 2]
        return moving.isdigit() or moving in near.MOVING | near.FRENCH_MOVING

    def _is_english_article(self, index: int) -> bool:
        """ "a hope": an a without accent counts as the French word only in a French phrase."""
        word = self._words[index]
        if word.folded != "a" or word.written.lower() == "à":
            return False
        return near.FRENCH.isdisjoint(self._folded)

    def _is_whole_answer(self, first: int, after: int) -> bool:
        """ "hope", "im in olds", "Victoria please": nothing else was said."""
        _, behind = self._province_behind(after)
        around = self._folded[:first] + self._folded[behind:]
        return len(around) <= 4 and all(word in near.ANSWER_OPENERS for word in around)

    def _is_street_or_person(self, first: int, after: int) -> bool:
        """Rule 6."""
        if after < len(self._folded) and self._folded[after] in near.STREET_BEHIND:
            return True
        if first == 0:
            return False
        before = self._folded[first - 1]
        if before in near.STREET_BEFORE or before in near.PERSON_BEFORE:
            return True
        return before in near.LINKING and first > 1 and self._folded[first - 2] in {"name", "nom"}

    def _is_quebec_city(self, first: int) -> bool:
        """French keeps them apart: "à Québec" is the city, "au Québec" the province."""
        if self._folded[first] != "quebec":
            return False
        if self._province_behind(first + 1)[0] == "QC":
            return True
        before = self._folded[first - 1] if first else ""
        return before == "a" and not self._is_english_article(first - 1)

    def _is_province(self, first: int, after: int) -> bool:
        """Rule 9, for a province that stands alone."""
        word = self._words[first]
        short = sum(len(folded) for folded in self._folded[first:after]) <= near.SHORT
        if not short:
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
        if behind - index > 1 or word.folded not in near.SMALL_WORDS:
            return True
        between = self._text[self._words[index - 1].end : word.start]
        rest = self._text[word.end :].lstrip()
        ends_here = not rest or not rest[0].isalnum()
        return (word.written.isupper() and not self._shouted) or "," in between or ends_here

    def _misspelled(self, first: int) -> tuple[Place, int] | None:
        """Rule 7."""
        folded = self._folded[first]
        if len(folded) < MISSPELLED_FROM_LETTERS - 1 or folded in self._gazetteer.names:
            return None
        cued = first > 0 and self._folded[first - 1] in near.MISSPELLING_CUES
        if not cued and not self._is_whole_answer(first, first + 1):
            return None
        for spelling in (folded, *one_letter_less(folded)):
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
