"""Lines to an open page as they come: server-sent events (WHATWG HTML, section 9.2).

A stream shows what lies in the mailbox after a number, so that a browser which comes back with
`Last-Event-ID` misses nothing and sees nothing twice. It lives for some minutes and asks the
browser to come back; it outlives a restart of the database.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from channels.web.doorbells import Doorbells
from intake.ports import Clock
from storage.database import Database
from storage.mailbox import IDLE, Line, Visit

log = logging.getLogger(__name__)

# This long before an idle visit is ended its page says so (WCAG 2.2, criterion 2.2.1).
WARNING = timedelta(minutes=5)


@dataclass(frozen=True)
class Pace:
    """The clocks of a stream, in seconds."""

    heartbeat: float = 15.0
    # How often the mailbox is told that the page is open.
    presence: float = 60.0
    life: float = 600.0
    after_failure: float = 2.0
    comeback: float = 2.0


@dataclass(frozen=True, repr=False)
class Look:
    """What is true of a visit now; `visit` is None when it is over. Never printed: holds words.

    `place`: how far the person is from their turn, while they wait for a human.
    """

    visit: Visit | None = None
    lines: tuple[Line, ...] = ()
    place: int | None = None


@dataclass(frozen=True)
class Streams:
    """Makes the stream of a visitor."""

    database: Database
    doorbells: Doorbells
    now: Clock
    pace: Pace = Pace()

    async def events(self, token: str, after: int) -> AsyncGenerator[bytes]:
        """Events of one open page until it closes. Raises TooMany before the first one."""
        clock = asyncio.get_running_loop().time
        mark = self.database.keyring.fingerprint(token, "address")
        with self.doorbells.bell(mark) as bell:
            # A spread of comebacks: a porch that restarts is not stormed.
            comeback = self.pace.comeback * random.uniform(0.5, 1.5)
            yield f"retry: {round(1000 * comeback)}\n\n".encode()
            born = clock()
            present = born - self.pace.presence
            shown = _Shown(after)
            bell.set()
            while not self.doorbells.closed and clock() - born < self.pace.life:
                due = clock() - present >= self.pace.presence
                if bell.is_set() or due:
                    bell.clear()
                    writing, bell.writing = bell.writing, False
                    try:
                        look = await self.look(token, shown.after, present=due)
                    except SQLAlchemyError as error:
                        log.warning("a page waits for the database (%s)", type(error).__name__)
                        bell.set()
                        yield b": waiting\n\n"
                        await asyncio.sleep(self.pace.after_failure)
                        continue
                    present = clock() if due else present
                    if look.visit is None:
                        yield _event("over", {})
                        return
                    for event in shown.news(look, closing=self.is_closing(look.visit)):
                        yield event
                    if writing:
                        yield _event("writing", {})
                try:
                    async with asyncio.timeout(self.pace.heartbeat):
                        await bell.wait()
                except TimeoutError:
                    yield b": still here\n\n"
                    if shown.place is not None:
                        # Others in the line come and go without a signal to this page.
                        bell.set()

    def is_closing(self, visit: Visit) -> bool:
        """Whether the page should say that the visit ends soon."""
        return not visit.human and self.now() - visit.written_at > IDLE - WARNING

    async def look(self, token: str, after: int, *, present: bool) -> Look:
        """The visit and its lines after a number; `present` tells that the page is open."""
        async with self.database.transaction() as tx:
            if present:
                await tx.mailbox.seen(token, self.now())
            visit = await tx.mailbox.visit(token, self.now())
            if visit is None:
                return Look()
            place = None
            if visit.waiting is not None:
                place = await tx.board.place_in_line(visit.waiting)
            return Look(visit, tuple(await tx.mailbox.read(token, after)), place)


@dataclass
class _Shown:
    """What a page shows by now. `told`: whether it knows of its place, or that it has none."""

    after: int
    closing: bool = False
    place: int | None = None
    told: bool = False

    def news(self, look: Look, *, closing: bool) -> Iterator[bytes]:
        """The events that bring the page to what is true now."""
        for line in look.lines:
            self.after = line.number
            yield _line(line)
        if self.place != look.place or not self.told:
            self.place, self.told = look.place, True
            yield _event("wait", {"place": look.place})
        if self.closing != closing:
            self.closing = closing
            yield _event("closing" if closing else "goes_on", {})


async def nothing() -> AsyncGenerator[bytes]:
    """The stream of a browser without a visit."""
    yield _event("over", {})


def _line(line: Line) -> bytes:
    said = {"author": line.author.value, "text": line.text}
    return f"id: {line.number}\n".encode() + _event("line", said)


def _event(kind: str, data: Mapping[str, str | int | None]) -> bytes:
    return f"event: {kind}\ndata: {json.dumps(data)}\n\n".encode()
