"""Actions about the language of the conversation."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import wishes
from actions.wishes import Event

#: Languages that the bot speaks; any other needs a human.
SPOKEN = frozenset({"en", "fr"})
#: The person chose "another" from the list without naming it.
UNNAMED = "other"


class ChangeLanguage(Action):
    """Go on in the language the person wants, or fetch a human who can have it interpreted."""

    def name(self) -> str:
        return "action_change_language"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        wanted = tracker.get_slot("wanted_language")
        forgotten = [SlotSet("wanted_language", None)]
        if wanted in SPOKEN:
            wishes.set_language(dispatcher, wanted)
            wishes.say(dispatcher, "utter_language_set", language=wanted)
            return [SlotSet("language", wanted), *forgotten]
        if wanted and wanted != UNNAMED:
            wishes.set_language(dispatcher, wanted)
        _fetch_interpreter(dispatcher)
        return forgotten


class OtherLanguage(Action):
    """The text is clearly in a language the bot does not speak."""

    def name(self) -> str:
        return "action_other_language"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        _fetch_interpreter(dispatcher)
        return wishes.leave_form()


def _fetch_interpreter(dispatcher: CollectingDispatcher) -> None:
    """Say so in both official languages, and fetch a human."""
    wishes.say(dispatcher, "utter_other_language")
    wishes.escalate(dispatcher, "language")
