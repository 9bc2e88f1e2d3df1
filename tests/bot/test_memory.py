"""A conversation's memory rebuilds its state, stays small, and holds no words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot import memory
from bot.memory import MAX_EVENTS, STALE_AFTER, MemoryUnreadable

WORDS = "he has my passport"


@pytest.fixture(scope="module")
def domain() -> Domain:
    """The line's own domain."""
    return Domain.load("domain.yml")


def _turn(intent: str, *actions: str) -> list[Event]:
    return [
        ActionExecuted("action_listen"),
        UserUttered(WORDS, {"name": intent, "confidence": 0.9}),
        *(ActionExecuted(action) for action in actions),
        BotUttered("an answer"),
    ]


def _tracker(domain: Domain, *events: Event) -> DialogueStateTracker:
    listening = [*events, ActionExecuted("action_listen")]
    return DialogueStateTracker.from_events("one", listening, slots=domain.slots, domain=domain)


def _searching(domain: Domain) -> DialogueStateTracker:
    return _tracker(
        domain,
        *_turn("find_service", "find_service_form"),
        ActiveLoop("find_service_form"),
        SlotSet("language", "fr"),
        SlotSet("need", "shelter"),
        SlotSet("requested_slot", "place"),
    )


def _again(tracker: DialogueStateTracker, domain: Domain, **when: float) -> DialogueStateTracker:
    restored = memory.read(
        memory.write(tracker, now=when.get("written", 0)),
        sender_id="two",
        domain=domain,
        now=when.get("read", 1),
    )
    assert restored is not None
    return restored


def test_the_state_comes_back(domain: Domain) -> None:
    """Slots, the open form and what it asked for are as they were."""
    restored = _again(_searching(domain), domain)
    assert restored.active_loop_name == "find_service_form"
    assert tuple(restored.get_slot(name) for name in ("language", "need", "requested_slot")) == (
        "fr",
        "shelter",
        "place",
    )
    assert restored.latest_action_name == "action_listen"


def test_memory_holds_no_words(domain: Domain) -> None:
    """Neither the person's nor the bot's."""
    written = memory.write(_searching(domain))
    assert WORDS not in written and "an answer" not in written


def test_memory_is_bounded_and_keeps_an_old_forms_start(domain: Domain) -> None:
    """A form that was opened long ago is still open; the events are cut where a turn begins."""
    tracker = _searching(domain)
    for _ in range(60):
        for event in _turn("ask_cost", "utter_cost", "find_service_form"):
            tracker.update(event, domain)
    tracker.update(ActionExecuted("action_listen"), domain)
    kept = json.loads(memory.write(tracker))
    assert len(kept["events"]) <= MAX_EVENTS
    assert kept["events"][0] == {"action": "action_listen", "hidden": False}
    restored = _again(tracker, domain)
    assert (restored.active_loop_name, restored.get_slot("need")) == (
        "find_service_form",
        "shelter",
    )
    assert len(memory.write(tracker)) < 4_000


def test_a_second_turn_of_memory_is_the_same_as_the_first(domain: Domain) -> None:
    """Writing what was read changes nothing but the time."""
    once = _again(_searching(domain), domain)
    assert (
        json.loads(memory.write(once, now=0))["slots"]
        == json.loads(memory.write(_searching(domain), now=0))["slots"]
    )


def test_what_is_stale_is_forgotten_but_the_language(domain: Domain) -> None:
    """After an hour a half-answered question is not asked on; nothing earlier is quoted (R12)."""
    restored = _again(_searching(domain), domain, read=STALE_AFTER + 1)
    assert restored.active_loop_name is None
    assert tuple(restored.get_slot(name) for name in ("language", "need", "requested_slot")) == (
        "fr",
        None,
        None,
    )


def test_answers_of_a_form_end_with_it(domain: Domain) -> None:
    """A tip that was told and left is not told again when the form opens anew."""
    tracker = _tracker(
        domain,
        *_turn("tip_about_someone", "tip_form"),
        ActiveLoop("tip_form"),
        SlotSet("tip_told", True),
        *_turn("nevermind", "action_deactivate_loop"),
        ActiveLoop(None),
    )
    restored = _again(tracker, domain)
    assert (restored.active_loop_name, restored.get_slot("tip_told")) == (None, None)


def test_names_that_the_domain_no_longer_knows_are_left_out(domain: Domain) -> None:
    """A memory of an earlier model is read as far as it goes."""
    kept = json.loads(memory.write(_searching(domain)))
    kept["slots"]["gone"] = "x"
    kept["events"] += [{"intent": "gone"}, {"action": "gone", "hidden": False}]
    kept["loop"] = "gone_form"
    restored = memory.read(json.dumps(kept), sender_id="two", domain=domain, now=kept["at"])
    assert restored is not None
    assert "gone" not in restored.slots


def test_no_memory_is_a_new_conversation(domain: Domain) -> None:
    """The first turn hands in none."""
    assert memory.read(None, sender_id="one", domain=domain) is None


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "nonsense",
        "[]",
        "{}",
        json.dumps({"v": 2, "at": 0, "slots": {}, "loop": None, "events": []}),
        json.dumps({"v": 1, "at": "0", "slots": {}, "loop": None, "events": []}),
        json.dumps({"v": 1, "at": 0, "slots": [], "loop": None, "events": []}),
        json.dumps({"v": 1, "at": 0, "slots": {}, "loop": 3, "events": []}),
        json.dumps({"v": 1, "at": 0, "slots": {}, "loop": None, "events": [{"text": WORDS}]}),
        json.dumps({"v": 1, "at": 0, "slots": {}, "loop": None, "events": [{}] * 3}),
        json.dumps({"v": 1, "at": 0, "slots": {}, "loop": None, "events": [{"loop": None}] * 41}),
        "x" * 40_000,
    ],
)
def test_what_we_did_not_write_is_refused(forged: str, domain: Domain) -> None:
    """Refused by name, never quoted."""
    with pytest.raises(MemoryUnreadable) as caught:
        memory.read(forged, sender_id="one", domain=domain)
    assert WORDS not in str(caught.value)


def test_events_of_every_kind_survive(domain: Domain) -> None:
    """What a form leaves behind when a text did not answer it."""
    from rasa.shared.core.events import ActionExecutionRejected, LoopInterrupted

    kinds: list[Any] = [
        *_turn("ask_cost"),
        ActionExecutionRejected("find_service_form"),
        LoopInterrupted(True),
    ]
    restored = _again(_tracker(domain, *kinds), domain)
    names = [type(event).__name__ for event in restored.events]
    assert {"ActionExecutionRejected", "LoopInterrupted", "UserUttered"} <= set(names)
