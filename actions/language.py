"""Actions about the language of the conversation."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import wishes
from actions.wishes import Event
from intake.languages import is_full


class ChangeLanguage(Action):
    """Go on in the language that the person named, or have the list shown.

    A language in which there are no automated replies needs a human who has it interpreted. An
    open form goes on with its question.
    """

    def name(self) -> str:
        return "action_change_language"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        wanted = tracker.get_slot("wanted_language")
        if not wanted:
            wishes.ask_language(dispatcher)
            return []
        forgotten = SlotSet("wanted_language", None)
        wishes.set_language(dispatcher, wanted)
        if not is_full(wanted):
            wishes.escalate(dispatcher, "language")
            return [forgotten, *wishes.leave_form()]
        wishes.say(dispatcher, "utter_language_set", language=wanted)
        return [SlotSet("language", wanted), forgotten]


class OtherLanguage(Action):
    """The text is clearly in a language the bot does not speak. The line itself says so."""

    def name(self) -> str:
        return "action_other_language"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        wishes.escalate(dispatcher, "language")
        return wishes.leave_form()
