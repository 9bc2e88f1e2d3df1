"""The web chat: the line's own channel, whose "provider" is a mailbox that a browser reads.

What comes in comes through the pages (`channels/web/`), which prove their origin themselves, so
there is no webhook here. A visitor's address is the secret token of their session.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from channels.adapter import Adapter, BadOrigin, Event, RawRequest
from channels.send_errors import Rejected, Unknown
from intake.ports import Clock
from storage.database import Database
from storage.mailbox import WEB
from storage.outbox import Letter


class WebChat(Adapter):
    """Lays lines into the mailbox of a visit and rings at the page."""

    name = WEB
    # A page shows lines only while somebody has it open.
    rings = False

    def __init__(self, database: Database, now: Clock) -> None:
        self._database = database
        self._now = now

    def verify(self, request: RawRequest) -> None:
        """Nothing calls the web chat from outside. Raises BadOrigin."""
        raise BadOrigin("the web chat has no webhook; its pages prove their origin themselves")

    def parse(self, request: RawRequest) -> Sequence[Event]:
        """Nothing comes in by a webhook."""
        return ()

    async def send(self, letter: Letter) -> str:
        """Lay the line into the mailbox; returns its id. Raises Rejected when the person left."""
        try:
            async with self._database.transaction() as tx:
                laid = await tx.mailbox.put(
                    letter.message_id, letter.address, letter.author, letter.text, self._now()
                )
                if laid:
                    await tx.signals.visitor(tx.mailbox.mark(letter.address))
        except SQLAlchemyError:
            # The connection may have broken before or after the commit.
            raise Unknown("database") from None
        if not laid:
            raise Rejected("visit_over")
        return _id(letter.message_id)

    async def find_sent(self, letter: Letter, known: frozenset[str]) -> str | None:
        """A line that lies in the mailbox was sent."""
        try:
            async with self._database.transaction() as tx:
                number = await tx.mailbox.number_of(letter.message_id)
        except SQLAlchemyError:
            raise Unknown("database") from None
        return None if number is None else _id(letter.message_id)


def _id(message_id: UUID) -> str:
    return f"web:{message_id}"
