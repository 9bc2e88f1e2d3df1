"""Wakes the open pages of a visitor when something lies in their mailbox.

One subscription of the process to the hub; each open page is one bell, so that a signal costs a
look-up and not a walk over all pages.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from storage.notify import WRITING, Hub

PER_VISIT = 4
PER_PROCESS = 4_000


class TooMany(Exception):
    """This visitor, or this process, has as many open pages as it may."""


class Bell(asyncio.Event):
    """The bell of one open page. `writing`: somebody types an answer to this visitor."""

    writing = False


class Doorbells:
    """The bells of all open pages of this process."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._bells: dict[str, set[Bell]] = {}
        self.closed = False

    @contextmanager
    def bell(self, mark: bytes) -> Iterator[Bell]:
        """A bell that rings when the visitor should look. Raises TooMany."""
        at_this_door = self._bells.setdefault(mark.hex(), set())
        if len(at_this_door) >= PER_VISIT or self.open >= PER_PROCESS:
            raise TooMany
        bell = Bell()
        at_this_door.add(bell)
        try:
            yield bell
        finally:
            at_this_door.discard(bell)
            if not at_this_door:
                self._bells.pop(mark.hex(), None)

    @property
    def open(self) -> int:
        """How many pages are open."""
        return sum(map(len, self._bells.values()))

    async def run(self) -> None:
        """Pass the hub's signals on until cancelled."""
        async with self._hub.subscribe() as signals:
            while True:
                self._ring(await signals.get())

    def close(self) -> None:
        """The process stops: every page is told to come back later."""
        self.closed = True
        self._ring("")

    def _ring(self, signal: str) -> None:
        mark = signal.removesuffix(WRITING)
        # An empty mark means that something may have been missed: everybody looks.
        doors = [self._bells.get(mark, set())] if mark else list(self._bells.values())
        for door in doors:
            for bell in door:
                bell.writing = bell.writing or mark != signal
                bell.set()
