"""How an action tells the engine what it wishes for; the engine's channel passes wishes on.

A wish is not an act: `intake/turn.py` decides and stores. Only names of
sentences and closed values travel here, never what a person wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

Event = dict[str, Any]


def say(dispatcher: CollectingDispatcher, key: str, **values: str) -> None:
    """Say a sentence of the catalogue; `language` among the values overrides the slot."""
    dispatcher.utter_message(response=key, **values)


def escalate(dispatcher: CollectingDispatcher, reason: str, tier: str | None = None) -> None:
    """Wish for a human. Reasons are those of intake.effects.Reason."""
    _wish(dispatcher, kind="escalate", reason=reason, tier=tier)


def refer(dispatcher: CollectingDispatcher, services: Sequence[str]) -> None:
    """Record which services were offered."""
    _wish(dispatcher, kind="refer", services=list(services))


def set_language(dispatcher: CollectingDispatcher, code: str) -> None:
    """Record the language that the person chose."""
    _wish(dispatcher, kind="set_language", code=code)


def ask_language(dispatcher: CollectingDispatcher) -> None:
    """Show the person the list of languages."""
    _wish(dispatcher, kind="ask_language")


def take_tip(dispatcher: CollectingDispatcher) -> None:
    """Keep this turn's text as a tip; the engine's channel adds the words themselves."""
    _wish(dispatcher, kind="take_tip")


def close(dispatcher: CollectingDispatcher) -> None:
    """The person said goodbye."""
    _wish(dispatcher, kind="close")


def leave_form() -> list[Event]:
    """Events that end an open form: a human takes over from here."""
    return [ActiveLoop(None), SlotSet("requested_slot", None)]


def _wish(dispatcher: CollectingDispatcher, **effect: Any) -> None:
    dispatcher.utter_message(json_message={"effect": effect})
