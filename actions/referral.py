"""The actions of a referral: what the form has heard, the offers, and how the search ends.

One question at a time, each of which may be skipped; names and numbers are sent only after the
person has said that this phone is safe for them. Everything between two texts is slots.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import wishes
from actions.conversation import NOT_UNDERSTOOD, intent_before
from actions.offering import OPTIONS, Wording
from actions.wishes import Event
from directory.question import THE_LINE, Offer, Question
from directory.vocabulary import Exploitation, Gender
from intake.details import AGE, AWAY, Detail
from intake.languages import base, chain
from intake.needs import Need
from intake.places import PlaceKind, by_id
from locales.catalogue import Catalogue

#: More than this on one phone is no help; a person knows more.
MOST_SHOWN = 10
#: Enough of an id to know a service again; memories stay short.
_ID_LETTERS = 8
#: Texts that answer no question of the form: danger, and questions about the line itself.
_NO_ANSWER = ("risk_", "ask_if_", "ask_police", "ask_private", "ask_cost", "ask_delete")
_AWAY, _ANYWHERE = "away", "anywhere"
_OF_SEARCH = ("need", "details", "known_details", "send", "offer_wish", "shown", "offered",
              "offers_sent", "reach")  # fmt: skip


class Search(Protocol):
    """What these actions need of directory.search.Directory."""

    async def search(self, question: Question, limit: int = OPTIONS) -> list[Offer]:
        """The best options, then the line's own number."""


class ValidateSearch(Action):
    """Reads what the latest text changed: details gathered, a new wish, an answer to the offers."""

    def name(self) -> str:
        return "validate_find_service_form"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        intent = (tracker.latest_message.get("intent") or {}).get("name") or ""
        if intent.startswith(_NO_ANSWER):
            return []
        filled = tracker.slots_to_validate()
        known = _strings(tracker.get_slot("known_details"))
        # Of this text alone: "is this the police?" between two questions is no wish for police.
        gathered = sorted({*known, *_details(tracker)})
        events = [SlotSet(name, value) for name, value in filled.items()]
        if gathered != known:
            events.append(SlotSet("known_details", gathered))
        asked = tracker.get_slot("requested_slot")
        if asked == "offer_wish" and (gathered != known or {"need", "place"} & filled.keys()):
            return [*events, *_anew()]
        if asked == "offer_wish":
            return [*events, *_answered(tracker)]
        if asked == "send":
            return [*events, *_allowed(tracker)]
        return events


class ShowOffers(Action):
    """Sends the next offers; what may be answered to them alone, when they were sent already."""

    def __init__(self, directory: Search, catalogue: Catalogue) -> None:
        self._directory = directory
        self._catalogue = catalogue

    def name(self) -> str:
        return "action_ask_find_service_form_offer_wish"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        if tracker.get_slot("offers_sent"):
            wishes.say(dispatcher, "utter_offers_choices")
            return []
        shown = _strings(tracker.get_slot("shown"))
        offers = await self._directory.search(question_of(tracker), limit=OPTIONS + len(shown))
        fresh = [one for one in offers if THE_LINE not in one.why and _short(one) not in shown]
        options = fresh[:OPTIONS] if len(shown) < MOST_SHOWN else []
        if not options and not shown:
            # An empty directory is no answer: a human knows more than a list.
            wishes.say(dispatcher, "utter_offers_none", line=_line(offers))
            wishes.escalate(dispatcher, "unsure")
            return [*wishes.leave_form(), *_forgotten(tracker)]
        if not options:
            wishes.say(dispatcher, "utter_offers_no_more")
            return [SlotSet("offers_sent", True)]
        self._send(dispatcher, tracker, options, first=not shown)
        return [
            SlotSet("offers_sent", True),
            SlotSet("offered", [one.service_id for one in options]),
            SlotSet("shown", [*shown, *map(_short, options)]),
        ]

    def _send(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, options: Sequence[Offer],
        first: bool,
    ) -> None:  # fmt: skip
        """A text for each option, and one with what may be answered and the line's number."""
        if first and tracker.get_slot("place") == "unknown":
            wishes.say(dispatcher, "utter_place_unknown")
        if first and Detail.INTERPRETER.value in _strings(tracker.get_slot("known_details")):
            wishes.say(dispatcher, "language.by_phone")
        wording = Wording(self._catalogue, chain(tracker.get_slot("language")))
        for offer in options:
            key, values = wording.of(offer)
            wishes.say(dispatcher, key, **values)
        wishes.say(dispatcher, "utter_offers_choices")
        wishes.refer(dispatcher, [offer.service_id for offer in options])


class FinishSearch(Action):
    """Ends a search: a call together with an advocate, nothing sent, or nothing more wished."""

    def __init__(self, directory: Search, catalogue: Catalogue) -> None:
        self._directory = directory
        self._catalogue = catalogue

    def name(self) -> str:
        return "action_finish_search"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        wish = tracker.get_slot("offer_wish")
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        if wish == "call":
            wishes.say(dispatcher, "utter_call_together", services=await self._names(tracker))
            wishes.escalate(dispatcher, "asks_for_person")
        elif wish == "unclear":
            wishes.escalate(dispatcher, "unsure")
        elif intent == "opt_out_words":
            wishes.say(dispatcher, "utter_how_to_stop")
        elif wish == "not_sent":
            wishes.say(dispatcher, "utter_not_sent")
        elif wish == "thanks":
            wishes.say(dispatcher, "utter_thanks")
        elif wish == "done" or intent == "nevermind":
            wishes.say(dispatcher, "utter_nevermind")
        return _forgotten(tracker)

    async def _names(self, tracker: Tracker) -> str:
        """The services that were offered last, as the person knows them."""
        offered = _strings(tracker.get_slot("offered"))
        limit = OPTIONS + len(_strings(tracker.get_slot("shown")))
        offers = await self._directory.search(question_of(tracker), limit=limit)
        wording = Wording(self._catalogue, chain(tracker.get_slot("language")))
        return ", ".join(wording.name(one) for one in offers if one.service_id in offered) or "-"


def question_of(tracker: Tracker) -> Question:
    """What the slots say of the person's wish; what they do not say stays unknown."""
    need = _need(tracker.get_slot("need"))
    details = set(_strings(tracker.get_slot("known_details")))
    place, away = _where(tracker)
    language = tracker.get_slot("language")
    return Question(
        need=need,
        place_id=place,
        language=base(language) if language else None,
        age=next((int(one[len(AGE) :]) for one in sorted(details) if _is_age(one)), None),
        gender=next((one for one in Gender if one.value in details), None),
        open_at=datetime.now(UTC),
        with_children=Detail.WITH_CHILDREN.value in details,
        with_pets=Detail.WITH_PETS.value in details,
        without_status=Detail.WITHOUT_STATUS.value in details,
        indigenous=need is Need.INDIGENOUS_SUPPORT or Detail.INDIGENOUS.value in details,
        away_from=(*away, *(one[len(AWAY) :] for one in sorted(details) if one.startswith(AWAY))),
        two_slgbtq=Detail.TWO_SLGBTQ.value in details,
        exploitation=Exploitation.LABOUR if need is Need.LABOUR_RIGHTS else None,
        police_ok=Detail.POLICE.value in details,
    )


def _details(tracker: Tracker) -> list[str]:
    """The details that the latest text names."""
    entities = tracker.latest_message.get("entities") or []
    return _strings([one.get("value") for one in entities if one.get("entity") == "detail"])


def _where(tracker: Tracker) -> tuple[str | None, tuple[str, ...]]:
    """The place to look at, and what to stay away from when help further away is wished for."""
    named, reach = tracker.get_slot("place"), tracker.get_slot("reach")
    place = by_id(named) if named else None
    if place is None or reach is None:
        return (None if place is None else place.id), ()
    if reach == _AWAY and place.province and place.kind is not PlaceKind.PROVINCE:
        return place.province, (place.id,)
    return None, (place.id,)


def _answered(tracker: Tracker) -> list[Event]:
    """What the answer to the offers changes."""
    wish = tracker.get_slot("offer_wish")
    if wish == "another":
        return [SlotSet("offer_wish", None), SlotSet("offers_sent", False)]
    if wish == "further":
        reach = _ANYWHERE if tracker.get_slot("reach") else _AWAY
        changed = {"offer_wish": None, "offers_sent": False, "reach": reach}
        return [SlotSet(name, value) for name, value in changed.items()]
    if wish == "unclear" and not _unclear_again(tracker):
        return [SlotSet("offer_wish", None)]
    return []


def _allowed(tracker: Tracker) -> list[Event]:
    """Nothing is sent where it is not safe, and nobody is asked more than twice."""
    send = tracker.get_slot("send")
    if send == "no":
        return [SlotSet("offer_wish", "not_sent")]
    if send == "unclear" and _unclear_again(tracker):
        return [SlotSet("offer_wish", "unclear")]
    return [SlotSet("send", None)] if send == "unclear" else []


def _unclear_again(tracker: Tracker) -> bool:
    """Two texts in a row that nobody understands: a person is needed."""
    intent = (tracker.latest_message.get("intent") or {}).get("name")
    return intent in NOT_UNDERSTOOD and intent_before(tracker) in NOT_UNDERSTOOD


def _anew() -> list[Event]:
    """Another need, place or detail: the search begins again."""
    changed: dict[str, Any] = {
        "offer_wish": None,
        "offers_sent": False,
        "shown": [],
        "reach": None,
    }
    return [SlotSet(name, value) for name, value in changed.items()]


def _forgotten(tracker: Tracker) -> list[Event]:
    """The search is over; a place that is known need not be said again."""
    place = tracker.get_slot("place")
    kept = place if place and by_id(place) is not None else None
    return [*(SlotSet(name, None) for name in _OF_SEARCH), SlotSet("place", kept)]


def _line(offers: Sequence[Offer]) -> str:
    return next(one.name for one in offers if THE_LINE in one.why)


def _short(offer: Offer) -> str:
    return offer.service_id[:_ID_LETTERS]


def _is_age(detail: str) -> bool:
    return detail.startswith(AGE) and detail[len(AGE) :].isdigit()


def _need(value: str | None) -> Need | None:
    return Need(value) if value in {need.value for need in Need} else None


def _strings(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
