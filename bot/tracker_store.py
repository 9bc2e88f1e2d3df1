"""A tracker store that keeps nothing: Rasa's memory of a conversation lives for one turn.

Rasa asks a store for the tracker of a sender and hands it back at the end. Here
both ends of that exchange are a `Turn`, held in a context variable of the task
that serves the request: no dictionary of conversations exists that could leak,
grow or be dumped. What the next turn needs travels as `memory` (bot/memory.py).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig


@dataclass
class Turn:
    """One request's tracker, and the actions that failed while it ran."""

    tracker: DialogueStateTracker | None
    failed_actions: list[str] = field(default_factory=list)


_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


@contextlib.contextmanager
def turn(tracker: DialogueStateTracker | None) -> Iterator[Turn]:
    """Hold a tracker for the duration of a turn, then forget it."""
    current = Turn(tracker)
    token = _turn.set(current)
    try:
        yield current
    finally:
        _turn.reset(token)


def note_failure(action: str) -> None:
    """Remember that an action of the current turn failed; only its name is kept."""
    current = _turn.get()
    if current is not None:
        current.failed_actions.append(action)


class TurnTrackerStore(TrackerStore):
    """Rasa's view of the current turn; named in endpoints.yml."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: Any = None,
        host: EndpointConfig | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Hand the tracker to the turn in progress; outside a turn it is dropped."""
        current = _turn.get()
        if current is not None:
            current.tracker = tracker

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of the turn in progress, whatever the sender is called."""
        current = _turn.get()
        return current.tracker if current is not None else None

    async def keys(self) -> Iterable[str]:
        """Nothing is kept, so there is nothing to list."""
        return []
