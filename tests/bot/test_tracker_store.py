"""The tracker store holds a tracker for one turn and nothing beyond it."""

from __future__ import annotations

import asyncio

from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from bot.tracker_store import TurnTrackerStore, note_failure, turn


def _tracker(name: str) -> DialogueStateTracker:
    return DialogueStateTracker(name, slots=[])


async def test_what_is_saved_in_a_turn_is_handed_back_to_it() -> None:
    """The channel gets the tracker that Rasa saved."""
    store = TurnTrackerStore(Domain.empty())
    with turn(None) as taken:
        await store.save(_tracker("one"))
        assert await store.retrieve("whoever") is taken.tracker is not None


async def test_after_the_turn_nothing_is_left() -> None:
    """Neither in the store nor anywhere it could be asked for."""
    store = TurnTrackerStore(Domain.empty())
    with turn(_tracker("one")):
        assert await store.retrieve("one") is not None
    assert await store.retrieve("one") is None
    assert list(await store.keys()) == []
    assert not any(isinstance(value, DialogueStateTracker) for value in vars(store).values())


async def test_saving_outside_a_turn_is_dropped() -> None:
    """There is no place to put it."""
    store = TurnTrackerStore(Domain.empty())
    await store.save(_tracker("one"))
    assert await store.retrieve("one") is None


async def test_two_turns_at_once_do_not_meet() -> None:
    """Each task has a turn of its own."""
    store = TurnTrackerStore(Domain.empty())
    entered = asyncio.Event()

    async def take(name: str, first: bool) -> str:
        with turn(_tracker(name)):
            if first:
                await entered.wait()
            else:
                entered.set()
                await asyncio.sleep(0)
            note_failure(name)
            found = await store.retrieve("same-name")
            assert found is not None
            return str(found.sender_id)

    assert await asyncio.gather(take("a", True), take("b", False)) == ["a", "b"]


def test_a_failure_outside_a_turn_is_nobodys() -> None:
    """Nothing raises, nothing is kept."""
    note_failure("action_x")
