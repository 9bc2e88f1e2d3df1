"""Keys by which organizations post tips, and what makes a repeated post one tip.

A key is 256 random bits and shown once; a keyed hash of it is kept. What is known of a post is
keyed hashes too: from them nobody without the key file and the sender's own idempotency key learns
which organization told which tip. The vault alone holds that.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.shelf import Shelf
from storage.tip_tables import OrganizationKeyRow, TipPostRow

_PREFIX = "hotline_"
# Longer than any tip is kept: a late repeat can open no second file.
POSTS_KEPT = timedelta(days=400)


@dataclass(frozen=True)
class OrganizationKey:
    """A key, without its secret."""

    id: UUID
    name: str
    made_by: UUID
    at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class Sender:
    """Who posts."""

    id: UUID
    name: str


@dataclass(frozen=True)
class Post:
    """A post that was seen before: whether its body was the same, and which tip it became."""

    same_body: bool
    number: int
    at: datetime


class OrganizationKeys(Shelf):
    """Made and revoked at the desk, looked up at the porch."""

    async def make(self, name: str, made_by: UUID, at: datetime) -> tuple[UUID, str]:
        """A new key and its secret, which nothing keeps."""
        key_id, secret = uuid4(), _PREFIX + secrets.token_urlsafe(32)
        await self.session.execute(
            insert(OrganizationKeyRow).values(
                id=key_id, name=name, mark=self._mark(secret), made_by=made_by, at=at
            )
        )
        return key_id, secret

    async def revoke(self, key_id: UUID, revoked_by: UUID, at: datetime) -> bool:
        """Take a key out of use for good; False where there is none in use."""
        found = await self.session.scalar(
            update(OrganizationKeyRow)
            .where(OrganizationKeyRow.id == key_id, OrganizationKeyRow.revoked_at.is_(None))
            .values(revoked_at=at, revoked_by=revoked_by)
            .returning(OrganizationKeyRow.id)
        )
        return found is not None

    async def all(self) -> Sequence[OrganizationKey]:
        """Every key, those in use first."""
        rows = await self.session.scalars(
            select(OrganizationKeyRow).order_by(
                OrganizationKeyRow.revoked_at.is_not(None), OrganizationKeyRow.at.desc()
            )
        )
        return [
            OrganizationKey(row.id, row.name, row.made_by, row.at, row.revoked_at) for row in rows
        ]

    async def sender(self, secret: str) -> Sender | None:
        """Whose key this is; None for an unknown or a revoked one."""
        rows = await self.session.execute(
            select(OrganizationKeyRow.id, OrganizationKeyRow.name).where(
                OrganizationKeyRow.mark == self._mark(secret),
                OrganizationKeyRow.revoked_at.is_(None),
            )
        )
        found = rows.first()
        return None if found is None else Sender(*found)

    async def claim(self, mark: bytes, body_mark: bytes, at: datetime) -> Post | None:
        """Take a post's mark; what is known of it where it came before.

        Of two at once the second waits for the first to commit.
        """
        fresh = await self.session.scalar(
            insert(TipPostRow)
            .values(mark=mark, body_mark=body_mark, at=at)
            .on_conflict_do_nothing()
            .returning(TipPostRow.mark)
        )
        if fresh is not None:
            return None
        row = await self.session.get_one(TipPostRow, mark, populate_existing=True)
        assert row.number is not None  # written in the transaction that took the mark
        return Post(row.body_mark == body_mark, row.number, row.at)

    async def became(self, mark: bytes, number: int) -> None:
        """Which tip a post became."""
        await self.session.execute(
            update(TipPostRow).where(TipPostRow.mark == mark).values(number=number)
        )

    def _mark(self, secret: str) -> bytes:
        return self.keyring.fingerprint(secret, "organization.key")


async def purge_posts(shelf: Shelf, now: datetime) -> None:
    """Forget posts that no repeat can follow any more."""
    await shelf.session.execute(delete(TipPostRow).where(TipPostRow.at < now - POSTS_KEPT))
