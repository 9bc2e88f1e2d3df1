"""What a conversation's next turn needs of this one, as an opaque and bounded string.

Rasa's tracker is rebuilt from it at the start of a turn and forgotten at the
end (bot/tracker_store.py). It holds slots, the open form and the last events,
and no word that a person or the bot wrote: policies look at intents, slots and
actions only. The caller keeps it encrypted and hands it back.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    Event,
    LoopInterrupted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

VERSION = 1
#: Latency grows with the tracker's length; nothing in our rules looks further back.
MAX_EVENTS = 40
#: Some 40 events are 4 kB; anything much longer was not written by this module.
MAX_CHARACTERS = 32_000
#: After this long without a text a half-answered question is stale (seconds).
STALE_AFTER = 60 * 60
#: Slots of one turn only: the channel sets them anew each time.
UNKEPT = frozenset({"session_started_metadata", "wanted_language"})
#: What survives a stale conversation.
LASTING = frozenset({"language"})
#: Answers that mean something only while their form is open.
OF_FORM = {
    "tip_told": "tip_form",
    "tip_now": "tip_form",
    "known_details": "find_service_form",
    "send": "find_service_form",
    "offer_wish": "find_service_form",
    "shown": "find_service_form",
    "offered": "find_service_form",
    "offers_sent": "find_service_form",
    "reach": "find_service_form",
}


class MemoryUnreadable(ValueError):
    """The memory handed in was not written by this module."""


def write(tracker: DialogueStateTracker, *, now: float | None = None) -> str:
    """Serialise the end of a conversation."""
    loop = tracker.active_loop_name
    slots = {
        name: value
        for name, value in tracker.current_slot_values().items()
        if value is not None and _is_kept(name, loop)
    }
    return json.dumps(
        {
            "v": VERSION,
            "at": int(time.time() if now is None else now),
            "slots": slots,
            "loop": loop,
            "events": _last_events(tracker.events, loop),
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def read(
    memory: str | None, *, sender_id: str, domain: Domain, now: float | None = None
) -> DialogueStateTracker | None:
    """Rebuild the tracker, or None for a conversation that has no memory yet.

    A memory of an earlier model is read as far as the present domain knows its
    names. Raises MemoryUnreadable for anything that `write` could not have written.
    """
    if memory is None:
        return None
    kept = _checked(memory)
    age = (time.time() if now is None else now) - kept["at"]
    events = _replayed(kept, domain, fresh=age < STALE_AFTER)
    return DialogueStateTracker.from_events(sender_id, events, slots=domain.slots, domain=domain)


def _is_kept(slot: str, loop: str | None) -> bool:
    return slot not in UNKEPT and OF_FORM.get(slot, loop) == loop


def _last_events(events: Iterable[Event], loop: str | None) -> list[dict[str, Any]]:
    """The newest events in short form, cut where a turn begins."""
    short = [brief for event in events if (brief := _brief(event, loop)) is not None]
    if len(short) <= MAX_EVENTS:
        return short
    tail = short[-MAX_EVENTS:]
    # A turn begins with the action_listen before the person's text.
    starts = [i for i, brief in enumerate(tail) if brief.get("action") == ACTION_LISTEN_NAME]
    return tail[starts[0] :] if starts else tail


def _brief(event: Event, loop: str | None) -> dict[str, Any] | None:
    if isinstance(event, UserUttered):
        return {"intent": event.intent_name}
    if isinstance(event, ActionExecuted):
        return {"action": event.action_name, "hidden": event.hide_rule_turn}
    if isinstance(event, ActionExecutionRejected):
        return {"rejected": event.action_name}
    if isinstance(event, ActiveLoop):
        return {"loop": event.name}
    if isinstance(event, LoopInterrupted):
        return {"interrupted": event.is_interrupted}
    if isinstance(event, SlotSet) and _is_kept(event.key, loop):
        return {"slot": event.key, "value": event.value}
    return None


def _replayed(kept: Mapping[str, Any], domain: Domain, *, fresh: bool) -> list[Event]:
    """The last events, after whatever state the cut has separated from its cause."""
    slots = {slot.name for slot in domain.slots}
    tail = [e for brief in kept["events"] if (e := _event(brief, domain)) is not None]
    if not fresh or not tail:
        tail = [ActionExecuted(ACTION_LISTEN_NAME)]
    told = {event.key for event in tail if isinstance(event, SlotSet)}
    head: list[Event] = [
        SlotSet(name, value)
        for name, value in kept["slots"].items()
        if name in slots and name not in told and (fresh or name in LASTING)
    ]
    loop_told = any(isinstance(event, ActiveLoop) for event in tail)
    if fresh and not loop_told and kept["loop"] in domain.form_names:
        head.append(ActiveLoop(kept["loop"]))
    return [*head, *tail]


def _event(brief: Mapping[str, Any], domain: Domain) -> Event | None:
    if "intent" in brief:
        name = brief["intent"]
        known = name in domain.intents
        return UserUttered(text=None, intent={"name": name, "confidence": 1.0}) if known else None
    if "action" in brief:
        known = brief["action"] in domain.action_names_or_texts
        return (
            ActionExecuted(brief["action"], hide_rule_turn=bool(brief["hidden"])) if known else None
        )
    if "rejected" in brief:
        return ActionExecutionRejected(brief["rejected"])
    if "loop" in brief:
        return ActiveLoop(brief["loop"])
    if "interrupted" in brief:
        return LoopInterrupted(bool(brief["interrupted"]))
    known = brief["slot"] in {slot.name for slot in domain.slots} | {REQUESTED_SLOT}
    return SlotSet(brief["slot"], brief["value"]) if known else None


_KINDS: tuple[tuple[str, ...], ...] = (
    ("intent",),
    ("action", "hidden"),
    ("rejected",),
    ("loop",),
    ("interrupted",),
    ("slot", "value"),
)


def _checked(memory: str) -> dict[str, Any]:
    if len(memory) > MAX_CHARACTERS:
        raise MemoryUnreadable("longer than any memory of ours")
    try:
        kept = json.loads(memory)
        sound = (
            kept["v"] == VERSION
            and isinstance(kept["at"], int)
            and isinstance(kept["slots"], dict)
            and (kept["loop"] is None or isinstance(kept["loop"], str))
            and _are_briefs(kept["events"])
        )
    except (ValueError, KeyError, TypeError):
        raise MemoryUnreadable("not a memory of ours") from None
    if not sound:
        raise MemoryUnreadable("not a memory of ours")
    return dict(kept)


def _are_briefs(events: Sequence[Any]) -> bool:
    return (
        isinstance(events, list)
        and len(events) <= MAX_EVENTS
        and all(isinstance(brief, dict) and tuple(brief) in _KINDS for brief in events)
    )
