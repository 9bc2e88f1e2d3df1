"""Invented people for tests of the desk: texters who write through the real way in, advocates."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from handoff.app import create_app
from handoff.office import Office
from intake.messages import Inbound, Keyword
from intake.receive import receive
from storage.database import Database

INBOX = "+18005550100"
PASSWORD = "a lantern on the porch"

_numbers = itertools.count(100)
_texts = itertools.count(1)


@dataclass
class Clock:
    """A clock that a test moves."""

    time: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **length: float) -> None:
        """Let time pass."""
        self.time += timedelta(**length)


async def text_in(
    database: Database,
    voice: Any,
    *words: str,
    ago: float = 0,
    channel: str = "sms",
    keyword: Keyword | None = None,
    number: int | None = None,
) -> UUID:
    """Somebody writes, `ago` seconds ago; returns the conversation."""
    at = datetime.now(UTC) - timedelta(seconds=ago)
    who = next(_numbers) if number is None else number
    address = f"+1613555{who:04d}"
    for said in words:
        inbound = Inbound(
            channel=channel,
            inbox=INBOX,
            address=address,
            provider_id=f"desk-{next(_texts)}-{at.timestamp()}",
            text=said,
            received_at=at,
            keyword=keyword,
        )
        await receive(inbound, transaction=database.transaction, voice=voice, now=lambda: at)
    async with database.transaction() as tx:
        probe = Inbound(channel, INBOX, address, "", "", at)
        return (await tx.conversations.find_or_open(probe)).id


@dataclass
class Browser:
    """One browser at the desk; `name` is the advocate who uses it."""

    client: httpx.AsyncClient
    name: str = ""

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """Look at something."""
        return await self.client.get(path, **options)

    async def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """Ask for something."""
        return await self.client.post(path, json=body, **options)

    async def board(self) -> list[dict[str, Any]]:
        """The lines of the board."""
        answer = await self.get("/api/board")
        assert answer.status_code == 200
        lines: list[dict[str, Any]] = answer.json()["entries"]
        return lines

    async def claim(self, conversation_id: UUID) -> httpx.Response:
        """Take a conversation."""
        return await self.post(f"/api/conversations/{conversation_id}/claim")

    async def thread(self, conversation_id: UUID, after: int = 0) -> dict[str, Any]:
        """Open a conversation."""
        answer = await self.get(f"/api/conversations/{conversation_id}?after={after}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def seen(self, conversation_id: UUID) -> int:
        """The newest message that this browser shows."""
        messages = (await self.thread(conversation_id))["messages"]
        newest: int = messages[-1]["sequence"]
        return newest


@dataclass
class Bench:
    """A whole desk in this process, with its texters and advocates."""

    office: Office
    clock: Clock
    voice: Any
    opened: list[httpx.AsyncClient] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.app = create_app(self.office)

    @property
    def database(self) -> Database:
        """The hall."""
        return self.office.database

    def stranger(self, **headers: str) -> Browser:
        """A browser in which nobody is signed in, on a page of the desk."""
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app, raise_app_exceptions=False),
            base_url=self.office.settings.origin,
            headers={"sec-fetch-site": "same-origin", **headers},
        )
        self.opened.append(client)
        return Browser(client)

    async def account(self, name: str, role: str = "advocate") -> UUID:
        """Make an account."""
        hashed = await self.office.door.passwords.hash(PASSWORD)
        async with self.database.transaction() as tx:
            made = await tx.accounts.add_advocate(name, hashed, role, ["en"])
        assert made is not None
        return made

    async def advocate(self, name: str = "River", role: str = "advocate") -> Browser:
        """Make an account and sign it in."""
        await self.account(name, role)
        browser = self.stranger()
        browser.name = name
        answer = await browser.post("/api/session", {"name": name, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return browser

    async def text(self, *words: str, **how: Any) -> UUID:
        """Somebody writes; returns the conversation."""
        return await text_in(self.database, self.voice, *words, **how)

    async def audit(self) -> list[tuple[str, UUID | None, UUID | None, dict[str, Any]]]:
        """(action, advocate, conversation, detail) of every audit line, in order."""
        from sqlalchemy import select

        from storage.tables import AuditRow

        async with self.database.transaction() as tx:
            rows = await tx.session.scalars(select(AuditRow).order_by(AuditRow.id))
            return [(row.action, row.advocate_id, row.conversation_id, row.detail) for row in rows]

    async def actions(self) -> list[str]:
        """What the audit log says, without who."""
        return [action for action, *_ in await self.audit()]
