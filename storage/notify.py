"""LISTEN and NOTIFY: live screens are woken at commit, with an id and never with content."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.wire import run

log = logging.getLogger(__name__)

DESK = "desk"
VISITOR = "visitor"
# Behind a visitor's fingerprint: somebody types, and there is nothing to look for.
WRITING = ":writing"
_RECONNECT_SECONDS = 1.0


class SignalRepository:
    """Sends signals that leave when the transaction commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def desk(self, conversation_id: UUID) -> None:
        """Something the desk shows has changed."""
        await self._notify(DESK, str(conversation_id))

    async def visitor(self, fingerprint: bytes) -> None:
        """A line lies in a web visitor's mailbox."""
        await self._notify(VISITOR, fingerprint.hex())

    async def writing(self, conversation_id: UUID) -> None:
        """An advocate is typing an answer to a visitor of the web chat; nothing is stored."""
        await self._session.execute(
            text(
                "SELECT pg_notify(:channel, encode(address_fingerprint, 'hex') || :writing)"
                " FROM conversation WHERE id = :id AND channel = 'web' AND closed_at IS NULL"
            ),
            {"channel": VISITOR, "writing": WRITING, "id": conversation_id},
        )

    async def _notify(self, channel: str, payload: str) -> None:
        values = {"channel": channel, "payload": payload}
        await run(self._session, "SELECT pg_notify(%(channel)s, %(payload)s)", values)


class Hub:
    """One listening connection a process, many subscribers.

    After a reconnect every subscriber gets an empty payload: something may have been missed, look
    for yourself.
    """

    def __init__(self, database_url: str, channel: str) -> None:
        self._url = database_url
        self._channel = channel
        self._queues: set[asyncio.Queue[str]] = set()

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[asyncio.Queue[str]]:
        """A queue of payloads for as long as the context lasts."""
        queue: asyncio.Queue[str] = asyncio.Queue(maxsize=1_000)
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)

    async def run(self) -> None:
        """Listen until cancelled; survives restarts of the database."""
        while True:
            try:
                await self._listen()
            except psycopg.Error as error:
                log.warning("lost the signal connection (%s); again soon", type(error).__name__)
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
            self._spread("")
            async for notification in connection.notifies():
                self._spread(notification.payload)

    def _spread(self, payload: str) -> None:
        for queue in self._queues:
            if queue.full():
                # A slow reader gets one "look for yourself" instead of a growing backlog.
                while not queue.empty():
                    queue.get_nowait()
                payload = ""
            queue.put_nowait(payload)
