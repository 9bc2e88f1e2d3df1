"""Makes the tracker that Rasa sends along with an action call."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.utils import call_potential_coroutine

CALM = {"tier": "none", "confidence": 0.9, "cues": [], "version": "model-x", "unsure": False}


def user(intent: str, text: str | None = None, **parsed: Any) -> dict[str, Any]:
    """A text of the person, as an event."""
    parse_data = {"intent": {"name": intent, "confidence": 0.9}, "entities": [], "text": text}
    return {"event": "user", "text": text, "parse_data": {**parse_data, **parsed}}


def slot(name: str, value: Any) -> dict[str, Any]:
    """A slot that was set, as an event."""
    return {"event": "slot", "name": name, "value": value}


def tracker(
    *events: dict[str, Any],
    slots: dict[str, Any] | None = None,
    loop: str | None = None,
    risk: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The JSON of a tracker whose last text is the last user event."""
    last = next((one for one in reversed(events) if one["event"] == "user"), user("greet", "hi"))
    return {
        "sender_id": "one",
        "slots": {"language": "en", "requested_slot": None, **(slots or {})},
        "latest_message": {**last["parse_data"], "risk": risk or CALM},
        "events": list(events),
        "paused": False,
        "followup_action": None,
        "active_loop": {"name": loop} if loop else {},
        "latest_action_name": "action_listen",
    }


class Outcome:
    """What an action answered: wishes, names of sentences with their values, slots."""

    def __init__(self, messages: list[dict[str, Any]], events: list[dict[str, Any]]) -> None:
        self.wishes = [one["custom"]["effect"] for one in messages if one["custom"]]
        self.said = [one["response"] for one in messages if one["response"]]
        self.messages = messages
        self.slots = {one["name"]: one["value"] for one in events if one["event"] == "slot"}
        self.ends_form = {"event": "active_loop", "name": None, "timestamp": None} in events


async def run(action: Action, state: dict[str, Any]) -> Outcome:
    """Run one action on a tracker."""
    dispatcher = CollectingDispatcher()
    read = Tracker.from_dict(state)
    events = await call_potential_coroutine(action.run(dispatcher, read, {}))
    return Outcome(dispatcher.messages, list(events or []))
