"""Actions that bring in a human."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import wishes
from actions.wishes import Event


class FetchPerson(Action):
    """The person asked for a person. The line itself says that one was asked to join."""

    def name(self) -> str:
        return "action_fetch_person"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        wishes.escalate(dispatcher, "asks_for_person")
        return wishes.leave_form()


class AnswerRisk(Action):
    """The engine judged a text as risk: a human is needed, at the tier that was judged.

    What somebody tells about somebody else is kept as a tip all the same.
    """

    def name(self) -> str:
        return "action_answer_risk"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        risk = tracker.latest_message.get("risk") or {}
        tier = risk.get("tier", "none")
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        telling = (tracker.active_loop or {}).get("name") == "tip_form"
        if telling or intent == "risk_third_party":
            wishes.take_tip(dispatcher)
        wishes.say(dispatcher, "utter_risk")
        reason = "unsure" if risk.get("unsure") or tier == "none" else "risk"
        # A risk intent is never less than a concern, whatever the tier says.
        wishes.escalate(dispatcher, reason, "concern" if tier == "none" else tier)
        return wishes.leave_form()


class AnswerSearchForPerson(Action):
    """Somebody asks about somebody: the same words whether or not we know of anyone.

    Row 24 of the risk model: whoever asks may be hunting a person, so that a
    human reads on, at the tier of that row.
    """

    def name(self) -> str:
        return "action_answer_search_for_person"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        wishes.say(dispatcher, "utter_no_confirm")
        wishes.escalate(dispatcher, "risk", "urgent")
        return wishes.leave_form()
