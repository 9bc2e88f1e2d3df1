"""Puts one offer into one short text: two SMS at the most, and nothing that tells on a lock screen.

A name that says what happened to somebody is left out; the number is enough to call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from directory.question import Offer
from locales.catalogue import Catalogue
from locales.segments import count

OPTIONS = 2
#: More parts than this arrive out of order on bad networks, and cost the person.
MOST_PARTS = 2
# Words of a name that say too much to somebody who looks over a shoulder (R9).
_TELLING = re.compile(
    r"traffick|exploit|assault|violen|abuse|rape|victim|survivor|prostitut|sex|suicid|"
    r"traite|agress|viol\b|victime|abus|maltrait|battu",
    re.IGNORECASE,
)


class Wording:
    """The words of offers in one language."""

    def __init__(self, catalogue: Catalogue, language: Sequence[str]) -> None:
        self._catalogue = catalogue
        self._language = language

    def name(self, offer: Offer) -> str:
        """What the service is called here."""
        if _TELLING.search(offer.name):
            return self._catalogue.text("utter_offer_unnamed", self._language)
        return offer.name

    def of(self, offer: Offer) -> tuple[str, dict[str, str]]:
        """A sentence and its values: the fullest wording that fits."""
        key = "utter_offer_to_confirm" if offer.confirm else "utter_offer"
        written = ""
        for written in self._wordings(offer):
            if self._parts(key, written) <= MOST_PARTS:
                break
        return key, {"offer": written}

    def _wordings(self, offer: Offer) -> Iterator[str]:
        """From everything to the least. For whom a service is, is never left out."""
        name, area = self.name(offer), f"({offer.where})" if offer.where else ""
        unnamed = self._catalogue.text("utter_offer_unnamed", self._language)
        limits, reach = " ".join(self._limits(offer)), self._reach(offer)
        for parts in (
            (name, area, limits, reach, offer.hours),
            (name, limits, reach, offer.hours),
            (name, limits, reach),
            (unnamed, limits, reach),
        ):
            yield " ".join(part for part in parts if part)

    def _parts(self, key: str, written: str) -> int:
        return count(self._catalogue.text(key, self._language, offer=written)).parts

    def _reach(self, offer: Offer) -> str:
        if offer.phone:
            return offer.phone
        if offer.text_number:
            number = offer.text_number
            return self._catalogue.text("utter_offer_text", self._language, number=number)
        return ""

    def _limits(self, offer: Offer) -> Iterator[str]:
        """For whom the service is, where the person has not said who they are."""
        for reason in offer.why:
            kind, _, value = reason.partition(":")
            if kind == "only" and value == "women":
                yield self._catalogue.text("utter_offer_women", self._language)
            elif kind == "ages":
                # "16-" is written "16+" and "-18" is written "0-18".
                low, _, high = value.partition("-")
                ages = f"{low or 0}-{high}" if high else f"{low}+"
                yield self._catalogue.text("utter_offer_ages", self._language, ages=ages)
