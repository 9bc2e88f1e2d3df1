"""The action that asks the referral directory and puts its offers into two SMS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import wishes
from actions.wishes import Event
from directory.question import THE_LINE, Offer, Question
from intake.languages import base, chain
from intake.needs import Need
from intake.places import by_id
from locales.catalogue import Catalogue
from locales.segments import count

OPTIONS = 2
#: More parts than this arrive out of order on bad networks, and cost the person. In a language
#: that needs UCS-2 a part holds less than half as much.
MOST_PARTS = {"GSM-7": 2, "UCS-2": 4}


class Search(Protocol):
    """What this action needs of directory.search.Directory."""

    async def search(self, question: Question, limit: int = OPTIONS) -> list[Offer]:
        """The best options, then the line's own number."""


class FindService(Action):
    """Answers a search with names and numbers, never with an address."""

    def __init__(self, directory: Search, catalogue: Catalogue) -> None:
        self._directory = directory
        self._catalogue = catalogue

    def name(self) -> str:
        return "action_find_service"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        language = chain(tracker.get_slot("language"))
        asked = question_of(tracker)
        offers = await self._directory.search(asked, limit=OPTIONS)
        options = [offer for offer in offers if THE_LINE not in offer.why][:OPTIONS]
        line = next(offer for offer in offers if THE_LINE in offer.why)
        if tracker.get_slot("place") == "unknown":
            wishes.say(dispatcher, "utter_place_unknown")
        key, values = self._worded(options, line, language)
        wishes.say(dispatcher, key, **values)
        if options:
            wishes.refer(dispatcher, [offer.service_id for offer in options])
        else:
            # An empty directory is no answer: a human knows more than a list.
            wishes.escalate(dispatcher, "unsure")
        kept = tracker.get_slot("place") if asked.place_id else None
        return [SlotSet("need", None), SlotSet("details", None), SlotSet("place", kept)]

    def _worded(
        self, options: Sequence[Offer], line: Offer, language: Sequence[str]
    ) -> tuple[str, dict[str, str]]:
        """The fullest wording that fits: names with areas, names alone, then fewer options."""
        bare = count(self._catalogue.text("utter_offers_none", language, line=line.name))
        for number in range(len(options), 0, -1):
            for with_area in (True, False):
                key, values = self._wording(options[:number], line, language, with_area)
                written = count(self._catalogue.text(key, language, **values))
                if written.parts <= MOST_PARTS[bare.encoding]:
                    return key, values
        return "utter_offers_none", {"line": line.name}

    def _wording(
        self, options: Sequence[Offer], line: Offer, language: Sequence[str], with_area: bool
    ) -> tuple[str, dict[str, str]]:
        """A response and its values for these options."""
        written = [self._option(offer, language, with_area) for offer in options]
        key = "utter_offers_two" if len(written) > 1 else "utter_offers_one"
        if any(offer.confirm for offer in options):
            key += "_to_confirm"
        return key, {**dict(zip(("first", "second"), written, strict=False)), "line": line.name}

    def _option(self, offer: Offer, language: Sequence[str], with_area: bool) -> str:
        """One option: its name, its area, how to reach it, its hours."""
        if offer.phone:
            reach = offer.phone
        elif offer.text_number:
            reach = self._catalogue.text("utter_offer_text", language, number=offer.text_number)
        else:
            reach = ""
        area = f"({offer.where})" if with_area and offer.where else ""
        hours = offer.hours if with_area else ""
        # Whom a service turns away is never left out: a wasted call may be the last one.
        limits = " ".join(self._limits(offer, language))
        return " ".join(part for part in (offer.name, area, limits, reach, hours) if part)

    def _limits(self, offer: Offer, language: Sequence[str]) -> Iterator[str]:
        """For whom the service is, where the person has not said who they are."""
        for reason in offer.why:
            kind, _, value = reason.partition(":")
            if kind == "only" and value == "women":
                yield self._catalogue.text("utter_offer_women", language)
            elif kind == "ages":
                # "16-" is written "16+" and "-18" is written "0-18".
                low, _, high = value.partition("-")
                ages = f"{low or 0}-{high}" if high else f"{low}+"
                yield self._catalogue.text("utter_offer_ages", language, ages=ages)


def question_of(tracker: Tracker) -> Question:
    """What the slots say of the person's wish; what they do not say stays unknown."""
    need = _need(tracker.get_slot("need"))
    details = frozenset(_strings(tracker.get_slot("details")))
    place, language = tracker.get_slot("place"), tracker.get_slot("language")
    return Question(
        need=need,
        place_id=place if place and by_id(place) is not None else None,
        language=base(language) if language else None,
        open_at=datetime.now(UTC),
        with_children="with_children" in details,
        with_pets="with_pets" in details,
        without_status="without_status" in details,
        indigenous=need is Need.INDIGENOUS_SUPPORT,
    )


def _need(value: str | None) -> Need | None:
    return Need(value) if value in {need.value for need in Need} else None


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))
