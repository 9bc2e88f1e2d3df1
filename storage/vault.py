"""The vault: the one place that knows from which address a tip came.

A schema of its own, owned by a role of its own that nobody can log in as. The line steps into the
role for one statement and out again; what it reads there, the caller writes on the audit log.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, delete, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.crypto import Keyring
from storage.tip_tables import TipsterRow

ROLE = "hotline_vault"
# A tipster's address goes long before the tip does (domain brief, section 7).
KEEP = timedelta(days=30)


@dataclass(frozen=True, repr=False)
class Tipster:
    """Whence a tip came."""

    channel: str
    address: str


class Vault:
    """Addresses of tipsters, by tip."""

    def __init__(self, session: AsyncSession, keyring: Keyring) -> None:
        self._session = session
        self._keyring = keyring

    async def put(self, tip_id: UUID, tipster: Tipster, at: datetime) -> None:
        """Keep whence a tip came, once."""
        value = json.dumps([tipster.channel, tipster.address])
        async with in_vault(self._session):
            await self._session.execute(
                insert(TipsterRow)
                .values(
                    id=tip_id,
                    address_sealed=self._keyring.seal(value, f"tipster.address:{tip_id}"),
                    expires_at=at + KEEP,
                )
                .on_conflict_do_nothing()
            )

    async def leave(self, tip_id: UUID, tipster: Tipster, at: datetime) -> None:
        """The same for a process that may add and never read: by the slot in the vault's door."""
        value = json.dumps([tipster.channel, tipster.address])
        await self._session.execute(
            text("SELECT vault.leave(:tip, :sealed, :until)"),
            {
                "tip": tip_id,
                "sealed": self._keyring.seal(value, f"tipster.address:{tip_id}"),
                "until": at + KEEP,
            },
        )

    async def look(self, tip_id: UUID) -> Tipster | None:
        """Whence a tip came; None where it is not known (any more). The caller logs the look."""
        async with in_vault(self._session):
            sealed = await self._session.scalar(
                select(TipsterRow.address_sealed).where(TipsterRow.id == tip_id)
            )
        if sealed is None:
            return None
        channel, address = json.loads(self._keyring.open(sealed, f"tipster.address:{tip_id}"))
        return Tipster(channel, address)

    async def purge(self, now: datetime, gone: Collection[UUID]) -> int:
        """Forget what is past its date, and the origins of tips that are gone; how many."""
        over = or_(TipsterRow.expires_at < now, TipsterRow.id.in_(gone))
        async with in_vault(self._session):
            result = await self._session.execute(delete(TipsterRow).where(over))
        return cast(CursorResult[Any], result).rowcount


@asynccontextmanager
async def in_vault(session: AsyncSession) -> AsyncIterator[None]:
    """Step into the vault's role and out again, within the transaction."""
    await session.execute(text(f"SET LOCAL ROLE {ROLE}"))
    yield
    # Where a statement failed, the rollback undoes the role too.
    await session.execute(text("RESET ROLE"))
