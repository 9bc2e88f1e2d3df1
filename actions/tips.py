"""Actions of a tip: take it in the person's own words, and fetch a human when it presses."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import wishes
from actions.wishes import Event

#: The answer to "is it happening now, or is a child involved?" -> the tier of row 23.
_TIERS = {"yes": "imminent", "unsure": "urgent"}


class ValidateTipForm(Action):
    """Takes each text in which the person tells what they saw, as the form hears it.

    Rasa calls this with the slots that the latest text filled. `tip_told` among
    them means that the text is part of the tip.
    """

    def name(self) -> str:
        return "validate_tip_form"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        filled = tracker.slots_to_validate()
        if filled.get("tip_told"):
            wishes.take_tip(dispatcher)
            tier = (tracker.latest_message.get("risk") or {}).get("tier", "none")
            if tier != "none":
                wishes.escalate(dispatcher, "tip", tier)
        return [SlotSet(name, value) for name, value in filled.items()]


class FinishTip(Action):
    """Thank the person; a tip that is happening now or about a child goes to a human."""

    def name(self) -> str:
        return "action_finish_tip"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        tier = _TIERS.get(tracker.get_slot("tip_now") or "unsure")
        wishes.say(dispatcher, "utter_tip_kept" if tier is None else "utter_tip_urgent")
        if tier is not None:
            wishes.escalate(dispatcher, "tip", tier)
        return [SlotSet("tip_told", None), SlotSet("tip_now", None)]
