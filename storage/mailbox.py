"""The mailbox of the web chat: visits, and the lines that a browser may show.

A visit is a browser that has sent something. It is known by the keyed fingerprint of its session
token, and it is over when the person leaves, when its page has been gone for a while, or when
nothing was written for a while and nobody was asked to join. Its lines go with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from intake.messages import Author
from storage.repositories import ADDRESS
from storage.shelf import Shelf
from storage.tables import ConversationRow, MessageRow, WebMailboxRow, WebVisitRow

WEB = "web"
# The same silence after which the safety check is asked anew (intake/conversation.py, rule R5).
IDLE = timedelta(minutes=30)

_CONVERSATION_OF_VISIT = (
    ConversationRow.channel == WEB,
    ConversationRow.address_fingerprint == WebVisitRow.fingerprint,
    ConversationRow.closed_at.is_(None),
)
# Whoever waits for a person, or talks to one, is not sent away by a clock.
_HUMAN = exists(ConversationRow.id).where(*_CONVERSATION_OF_VISIT, ConversationRow.holder != "bot")
_WAITING = (
    select(ConversationRow.id)
    .where(*_CONVERSATION_OF_VISIT, ConversationRow.holder == "waiting")
    .scalar_subquery()
)


def _idle(now: datetime) -> ColumnElement[bool]:
    quiet = (WebVisitRow.written_at < now - IDLE) & ~_HUMAN
    return or_(WebVisitRow.seen_at < now - IDLE, quiet)


def _over(now: datetime) -> ColumnElement[bool]:
    return or_(WebVisitRow.left_at.is_not(None), _idle(now))


@dataclass(frozen=True, repr=False)
class Line:
    """One line of a visit. Never printed: it holds words. `number` rises in order of commit."""

    number: int
    author: Author
    text: str


@dataclass(frozen=True)
class Visit:
    """A visit that is not over. `waiting`: its conversation, while that waits for a human."""

    written_at: datetime
    human: bool
    waiting: UUID | None = None


class MailboxRepository(Shelf):
    """Lines for a browser: the only words that the porch reads."""

    async def begin(self, visitor: str, at: datetime) -> None:
        """The person writes: the visit starts, or goes on."""
        await self.session.execute(
            insert(WebVisitRow)
            .values(fingerprint=self.mark(visitor), started_at=at, seen_at=at, written_at=at)
            .on_conflict_do_update(
                index_elements=["fingerprint"], set_={"seen_at": at, "written_at": at}
            )
        )

    async def begin_anew(self, visitor: str, at: datetime) -> None:
        """The person is back with their code: the visit starts without any earlier line."""
        await self.end(visitor)
        await self.begin(visitor, at)

    async def put(
        self, message_id: UUID, visitor: str, author: Author, text: str, at: datetime
    ) -> bool:
        """Lay a line into a visitor's mailbox, once a message. False when the visit is over."""
        mark = self.mark(visitor)
        # The lock makes numbers rise in order of commit: a browser that asks for what comes after
        # a number misses nothing.
        living = await self.session.scalar(
            update(WebVisitRow)
            .where(WebVisitRow.fingerprint == mark, ~_over(at))
            .values(written_at=at)
            .returning(WebVisitRow.fingerprint)
            .execution_options(synchronize_session=False)
        )
        if living is None:
            return False
        await self.session.execute(
            insert(WebMailboxRow)
            .values(
                message_id=message_id,
                visitor_fingerprint=mark,
                author=author.value,
                body_sealed=self.keyring.seal(text, f"web_mailbox.body:{message_id}"),
                at=at,
            )
            .on_conflict_do_nothing(index_elements=["message_id"])
        )
        return True

    async def number_of(self, message_id: UUID) -> int | None:
        """The number of a message's line, if it lies in a mailbox."""
        return await self.session.scalar(
            select(WebMailboxRow.id).where(WebMailboxRow.message_id == message_id)
        )

    async def read(self, visitor: str, after: int = 0) -> Sequence[Line]:
        """The lines after a number, in order."""
        rows = await self.session.scalars(
            select(WebMailboxRow)
            .where(
                WebMailboxRow.visitor_fingerprint == self.mark(visitor),
                WebMailboxRow.id > after,
            )
            .order_by(WebMailboxRow.id)
        )
        return [
            Line(
                number=row.id,
                author=Author(row.author),
                text=self.keyring.open(row.body_sealed, f"web_mailbox.body:{row.message_id}"),
            )
            for row in rows
        ]

    async def visit(self, visitor: str, now: datetime) -> Visit | None:
        """The visit, or None when it never began or is over."""
        row = (
            await self.session.execute(
                select(WebVisitRow.written_at, _HUMAN, _WAITING).where(
                    WebVisitRow.fingerprint == self.mark(visitor), ~_over(now)
                )
            )
        ).first()
        return None if row is None else Visit(*row)

    async def seen(self, visitor: str, at: datetime) -> None:
        """The page is still open."""
        await self._renew(visitor, at, seen_at=at)

    async def stay(self, visitor: str, at: datetime) -> None:
        """The person asked for more time."""
        await self._renew(visitor, at, seen_at=at, written_at=at)

    async def leave(self, visitor: str, at: datetime) -> None:
        """The person leaves: every line goes.

        That they left is known for a while, so that a message which was still on its way reaches
        the conversation without beginning another visit.
        """
        mark = self.mark(visitor)
        # The visit first, as `put` does: no line can slip in between.
        await self.session.execute(
            update(WebVisitRow).where(WebVisitRow.fingerprint == mark).values(left_at=at)
        )
        await self.session.execute(
            delete(WebMailboxRow).where(WebMailboxRow.visitor_fingerprint == mark)
        )

    async def has_left(self, visitor: str) -> bool:
        """Whether the person left not long ago."""
        found = await self.session.scalar(
            select(
                exists(WebVisitRow.fingerprint).where(
                    WebVisitRow.fingerprint == self.mark(visitor), WebVisitRow.left_at.is_not(None)
                )
            )
        )
        return bool(found)

    async def end(self, visitor: str) -> None:
        """Remove the visit and every line of it."""
        await self.session.execute(
            delete(WebVisitRow).where(WebVisitRow.fingerprint == self.mark(visitor))
        )

    async def end_idle(self, now: datetime) -> Sequence[bytes]:
        """Remove the visits that fell idle; returns their fingerprints."""
        rows = await self.session.scalars(
            delete(WebVisitRow)
            .where(_idle(now))
            .returning(WebVisitRow.fingerprint)
            .execution_options(synchronize_session=False)
        )
        return rows.all()

    async def message(self, provider_id: str) -> UUID | None:
        """The message that came in under a once-only key."""
        return await self.session.scalar(
            select(MessageRow.id).where(
                MessageRow.channel == WEB, MessageRow.provider_id == provider_id
            )
        )

    async def is_talking(self, visitor: str) -> bool:
        """Whether a conversation with this visitor is open."""
        return await self.talking(visitor) is not None

    async def talking(self, visitor: str) -> UUID | None:
        """The open conversation with this visitor."""
        return await self.session.scalar(
            select(ConversationRow.id).where(
                ConversationRow.channel == WEB,
                ConversationRow.address_fingerprint == self.mark(visitor),
                ConversationRow.closed_at.is_(None),
            )
        )

    def mark(self, visitor: str) -> bytes:
        """The keyed fingerprint under which a visitor is known."""
        return self.keyring.fingerprint(visitor, ADDRESS)

    async def _renew(self, visitor: str, now: datetime, **values: datetime) -> None:
        await self.session.execute(
            update(WebVisitRow)
            .where(WebVisitRow.fingerprint == self.mark(visitor), ~_over(now))
            .values(**values)
            .execution_options(synchronize_session=False)
        )
