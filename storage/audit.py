"""The audit log as a chain: each row carries a keyed hash over itself and the row before it.

What a transaction writes down is kept back until just before it commits; then one lock is taken,
the rows get their numbers and hashes, and the commit lets the lock go. Nothing is waited for under
the lock but the flush to disk, so it neither slows the desk nor meets another lock head on.

The key is derived from the key file: who has only the database can stop the log, not rewrite it.
A cut at the end is seen against an anchor (the newest number and hash) that was kept elsewhere.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.shelf import Shelf
from storage.tables import AuditRow

START = bytes(32)
_PENDING = "audit"
# Any number that no other advisory lock of the line uses.
_LOCK = 0x41554449
_BATCH = 1_000


@dataclass(frozen=True)
class Line:
    """One row of the log."""

    id: int
    at: datetime
    advocate_id: UUID | None
    action: str
    conversation_id: UUID | None
    detail: dict[str, Any]

    def canonical(self) -> bytes:
        """The one way to write the row down; what `hash` is taken over."""
        return json.dumps(
            [
                self.id,
                self.at.astimezone(UTC).isoformat(timespec="microseconds"),
                _text(self.advocate_id),
                self.action,
                _text(self.conversation_id),
                self.detail,
            ],
            sort_keys=True,
            separators=(",", ":"),
            allow_nan=False,
        ).encode()


@dataclass(frozen=True)
class Anchor:
    """The newest row of the log: kept elsewhere, it shows later that nothing was cut off."""

    id: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.id}:{self.hash.hex()}"

    @classmethod
    def parse(cls, written: str) -> Anchor:
        """What `str` wrote. Raises ValueError."""
        number, _, digest = written.strip().partition(":")
        found = cls(int(number), bytes.fromhex(digest))
        if len(found.hash) != len(START):
            raise ValueError("an anchor is a number, a colon and 64 hexadecimal digits")
        return found


@dataclass(frozen=True)
class Whole:
    """The chain holds. `early`: rows from before the log was a chain, held by its first hash."""

    rows: int
    early: int
    anchor: Anchor | None


@dataclass(frozen=True)
class Broken:
    """The first row that is not as it was written; `why` is a sentence."""

    id: int
    why: str


def hold(
    session: AsyncSession,
    action: str,
    *,
    advocate_id: UUID | None,
    conversation_id: UUID | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Remember a row until its transaction commits. Raises TypeError for a detail with floats.

    Whole numbers, words, true, false, null and lists of them: PostgreSQL gives them back as they
    were, and so their hash is the same.
    """
    pending = session.sync_session.info.setdefault(_PENDING, [])
    pending.append((action, advocate_id, conversation_id, _plain(detail or {})))


class AuditRepository(Shelf):
    """The log of who looked at what and did what."""

    async def chain(self) -> None:
        """Write what is held back; the last thing of a transaction before it commits."""
        pending = self.session.sync_session.info.pop(_PENDING, [])
        if not pending:
            return
        await self.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        now, last_id, last_hash = (
            await self.session.execute(
                select(func.clock_timestamp(), AuditRow.id, AuditRow.hash)
                .select_from(select(1).subquery())
                .outerjoin(AuditRow, AuditRow.id == select(func.max(AuditRow.id)).scalar_subquery())
            )
        ).one()
        digest = last_hash or await self._early(last_id)
        rows = []
        for number, (action, advocate_id, conversation_id, detail) in enumerate(
            pending, start=(last_id or 0) + 1
        ):
            line = Line(number, now, advocate_id, action, conversation_id, detail)
            digest = self._next(digest, line)
            rows.append(
                {
                    "id": number,
                    "at": now,
                    "advocate_id": advocate_id,
                    "action": action,
                    "conversation_id": conversation_id,
                    "detail": detail,
                    "hash": digest,
                }
            )
        await self.session.execute(insert(AuditRow).values(rows))

    async def verify(self, anchor: Anchor | None = None) -> Whole | Broken:
        """Walk the chain from its start; `anchor`: one that was kept earlier."""
        digest, rows, early, chained, last = START, 0, 0, False, 0
        anchored = anchor is None
        async for line, stored in self._lines():
            digest = self._next(digest, line)
            broken = _break(line, stored, digest, last, chained=chained)
            if broken is not None:
                return broken
            if anchor is not None and line.id == anchor.id:
                if stored is None or not hmac.compare_digest(stored, anchor.hash):
                    return Broken(line.id, "it is not the row that the anchor was taken of")
                anchored = True
            chained = stored is not None
            rows, early, last = rows + 1, early + (not chained), line.id
        if anchor is not None and not anchored:
            return Broken(anchor.id, "the anchor's row is missing: the end was cut off")
        return Whole(rows, early, Anchor(last, digest) if chained else None)

    async def recent(self, limit: int, before: int | None = None) -> list[Line]:
        """The newest rows, the newest first; `before`: those under a number."""
        chosen = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
        if before is not None:
            chosen = chosen.where(AuditRow.id < before)
        return [_line(row) for row in await self.session.scalars(chosen)]

    async def _early(self, last_id: int | None) -> bytes:
        """The hash to go on from when no stored one is there yet."""
        digest = START
        if last_id is not None:
            async for line, _ in self._lines():
                digest = self._next(digest, line)
        return digest

    async def _lines(self) -> AsyncIterator[tuple[Line, bytes | None]]:
        after = 0
        while True:
            found = (
                await self.session.execute(
                    select(AuditRow.__table__)
                    .where(AuditRow.id > after)
                    .order_by(AuditRow.id)
                    .limit(_BATCH)
                )
            ).all()
            for row in found:
                yield _line(row), row.hash
            if len(found) < _BATCH:
                return
            after = found[-1].id

    def _next(self, digest: bytes, line: Line) -> bytes:
        return hmac.digest(self.keyring.audit_key, digest + line.canonical(), sha256)


def _break(
    line: Line, stored: bytes | None, digest: bytes, last: int, *, chained: bool
) -> Broken | None:
    """What is wrong with a row, given the hash that it should have and its predecessor."""
    if stored is None:
        return Broken(line.id, "it has no hash, though rows before it have") if chained else None
    if chained and line.id != last + 1:
        return Broken(line.id, f"rows between {last} and it are missing")
    if hmac.compare_digest(stored, digest):
        return None
    if not chained:
        return Broken(line.id, "it, or a row before the first hash, is not as it was written")
    return Broken(line.id, "it is not as it was written, or not what followed the row before it")


def _line(row: Any) -> Line:
    return Line(row.id, row.at, row.advocate_id, row.action, row.conversation_id, row.detail)


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"an audit row holds no {type(value).__name__}")
