"""A browser of a visitor, played over HTTP, for tests of the web chat."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from sqlalchemy import text

from channels.outbox import Outbox
from channels.web.session import new_key
from storage.database import Database, utc_now

SAME = {"Sec-Fetch-Site": "same-origin"}
_KEY = re.compile(r'name="key" value="([^"]+)"')
_LINE = re.compile(
    r'<p class="line (\w+)" data-number="(\d+)">.*?<span dir="auto">(.*?)</span>', re.S
)


@dataclass(frozen=True)
class Visitor:
    """One browser. `database` is the whole hall."""

    client: httpx.AsyncClient
    app: FastAPI
    database: Database

    async def key(self) -> str:
        """The once-only key of a freshly drawn page."""
        found = _KEY.search((await self.client.get("/en")).text)
        assert found is not None
        return found[1]

    async def say(self, words: str, **more: Any) -> httpx.Response:
        """Send a message as the script does."""
        fields = {"text": words, "key": new_key(), "language": "en", **more.pop("fields", {})}
        headers = {"Accept": "application/json", **SAME, **more.pop("headers", {})}
        return await self.client.post("/say", data=fields, headers=headers, **more)

    async def lines(self, path: str = "/en") -> list[tuple[str, str]]:
        """(author, words) of the lines on the page."""
        page = (await self.client.get(path)).text
        return [(author, words) for author, _, words in _LINE.findall(page)]

    async def conversation(self) -> UUID:
        """The newest conversation of the web chat."""
        return await newest_conversation(self.database)

    async def answer(self, words: str) -> None:
        """The bot says something, through the real outbox and adapter."""
        await say_as_line(self.database, self.app.state.porch.registry.on, words)


async def newest_conversation(database: Database) -> UUID:
    """The web conversation that was opened last."""
    query = "SELECT id FROM conversation WHERE channel = 'web' ORDER BY opened_at DESC LIMIT 1"
    async with database.transaction() as tx:
        found = await tx.session.scalar(text(query))
    assert isinstance(found, UUID)
    return found


async def say_as_line(
    database: Database, adapters: Any, words: str, *, advocate_id: UUID | None = None
) -> None:
    """Put words into the outbox of the newest conversation and deliver them as the worker does."""
    conversation_id = await newest_conversation(database)
    async with database.transaction() as tx:
        conversation = await tx.conversations.get(conversation_id)
        await tx.messages.add_outgoing(conversation, words, key=None, advocate_id=advocate_id)
    await Outbox(database, adapters, utc_now).deliver(conversation_id)


async def count(database: Database, query: str) -> int:
    """A number from the database."""
    async with database.transaction() as tx:
        found = await tx.session.scalar(text(query))
    assert isinstance(found, int)
    return found
