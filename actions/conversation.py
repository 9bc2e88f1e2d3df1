"""Actions of plain conversation: goodbye, and texts that nobody understands."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import wishes
from actions.wishes import Event

#: Intents that mean "not understood".
NOT_UNDERSTOOD = frozenset({"nlu_fallback", "out_of_scope"})


class SayGoodbye(Action):
    """Leave a neutral way back and let the person go."""

    def name(self) -> str:
        return "action_say_goodbye"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        wishes.say(dispatcher, "utter_goodbye")
        wishes.close(dispatcher)
        return wishes.leave_form()


class Misunderstood(Action):
    """Ask once for other words, with a person on offer; the second time in a row fetch one."""

    def name(self) -> str:
        return "action_misunderstood"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        if intent_before(tracker) in NOT_UNDERSTOOD:
            wishes.escalate(dispatcher, "unsure")
            return wishes.leave_form()
        wishes.say(dispatcher, "utter_rephrase")
        return []


def intent_before(tracker: Tracker) -> str | None:
    """The intent of the person's text before the present one."""
    intents = [
        event["parse_data"]["intent"]["name"]
        for event in tracker.events
        if event["event"] == "user"
    ]
    return intents[-2] if len(intents) > 1 else None
