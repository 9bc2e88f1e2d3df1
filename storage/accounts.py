"""The accounts of the desk and the browsers that are signed in with them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, Select, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.account_tables import PasskeyRow, SetUpCodeRow
from storage.shelf import Shelf
from storage.tables import AdvocateRow, DeskSessionRow


@dataclass(frozen=True)
class Advocate:
    """An account of the desk; the name is a shift name. `second_factor`: code app or passkey."""

    id: UUID
    name: str
    role: str
    languages: tuple[str, ...]
    password_hash: str
    disabled: bool
    second_factor: bool = False


@dataclass(frozen=True)
class Session:
    """A browser that is signed in. `mark` names it and opens nothing."""

    token_hash: bytes
    created_at: datetime
    seen_at: datetime

    @property
    def mark(self) -> str:
        """A name for lists: a hash of the hash."""
        return sha256(self.token_hash).hexdigest()[:16]


class AccountRepository(Shelf):
    """Who may work at the desk."""

    async def add_advocate(
        self, name: str, password_hash: str, role: str, languages: Sequence[str]
    ) -> UUID | None:
        """Make an account; None when the name is taken, in whatever case it was written."""
        if await self.advocate_by_name(name) is not None:
            return None
        return await self.session.scalar(
            insert(AdvocateRow)
            .values(
                id=uuid4(),
                name=name,
                password_hash=password_hash,
                role=role,
                languages=list(languages),
            )
            .on_conflict_do_nothing(index_elements=["name"])
            .returning(AdvocateRow.id)
        )

    async def advocate_by_name(self, name: str) -> Advocate | None:
        """The account with this name; upper and lower case are the same."""
        return await self._one(_accounts().where(func.lower(AdvocateRow.name) == func.lower(name)))

    async def advocate_by_id(self, advocate_id: UUID) -> Advocate | None:
        """The account with this id."""
        return await self._one(_accounts().where(AdvocateRow.id == advocate_id))

    async def all_advocates(self) -> list[Advocate]:
        """Every account, by name; disabled ones too."""
        rows = await self.session.execute(_accounts().order_by(AdvocateRow.name))
        return [_advocate(row, keyed=keyed) for row, keyed in rows]

    async def names(self, advocate_ids: Collection[UUID]) -> dict[UUID, str]:
        """The shift names behind ids."""
        rows = await self.session.execute(
            select(AdvocateRow.id, AdvocateRow.name).where(AdvocateRow.id.in_(advocate_ids))
        )
        return {row.id: row.name for row in rows}

    async def set_password(self, advocate_id: UUID, password_hash: str) -> None:
        """Replace a password hash; what opened the account before, sessions and a set-up code that
        waits, opens it no more.
        """
        await self.store_hash(advocate_id, password_hash)
        await self.session.execute(
            delete(SetUpCodeRow).where(SetUpCodeRow.advocate_id == advocate_id)
        )
        await self.close_sessions(advocate_id)

    async def store_hash(self, advocate_id: UUID, password_hash: str) -> None:
        """Keep a stronger hash of the same password; sessions go on."""
        await self.session.execute(
            update(AdvocateRow)
            .where(AdvocateRow.id == advocate_id)
            .values(password_hash=password_hash)
        )

    async def disable(self, advocate_id: UUID, at: datetime | None) -> None:
        """Close an account and its sessions; None opens it again."""
        await self.session.execute(
            update(AdvocateRow).where(AdvocateRow.id == advocate_id).values(disabled_at=at)
        )
        await self.close_sessions(advocate_id)

    async def open_session(
        self, token_hash: bytes, advocate_id: UUID, now: datetime, expires_at: datetime
    ) -> None:
        """Remember a signed-in browser by the hash of its token, and forget the expired ones."""
        await self.session.execute(delete(DeskSessionRow).where(DeskSessionRow.expires_at <= now))
        await self.session.execute(
            insert(DeskSessionRow).values(
                token_hash=token_hash,
                advocate_id=advocate_id,
                created_at=now,
                seen_at=now,
                expires_at=expires_at,
            )
        )

    async def advocate_of_session(
        self, token_hash: bytes, now: datetime, idle_since: datetime, *, touch: bool
    ) -> Advocate | None:
        """Who is signed in with this token; None when it is unknown, over or was idle too long.

        `touch`: a human did something, so the idle clock starts anew. Screens that look by
        themselves do not touch, or an abandoned one would never be idle.
        """
        advocate = await self._one(
            _accounts()
            .join(DeskSessionRow, DeskSessionRow.advocate_id == AdvocateRow.id)
            .where(
                DeskSessionRow.token_hash == token_hash,
                DeskSessionRow.expires_at > now,
                DeskSessionRow.seen_at > idle_since,
                AdvocateRow.disabled_at.is_(None),
            )
        )
        if advocate is not None and touch:
            await self.session.execute(
                update(DeskSessionRow)
                .where(DeskSessionRow.token_hash == token_hash)
                .values(seen_at=now)
            )
        return advocate

    async def live_sessions(self, advocate_id: UUID, now: datetime, idle_since: datetime) -> int:
        """How many browsers the advocate is signed in with."""
        found = await self.session.scalar(
            select(func.count())
            .select_from(DeskSessionRow)
            .where(
                DeskSessionRow.advocate_id == advocate_id,
                DeskSessionRow.expires_at > now,
                DeskSessionRow.seen_at > idle_since,
            )
        )
        return found or 0

    async def sessions(
        self, advocate_id: UUID, now: datetime, idle_since: datetime
    ) -> list[Session]:
        """The browsers that an advocate is signed in with, the newest first."""
        rows = await self.session.scalars(
            select(DeskSessionRow)
            .where(
                DeskSessionRow.advocate_id == advocate_id,
                DeskSessionRow.expires_at > now,
                DeskSessionRow.seen_at > idle_since,
            )
            .order_by(DeskSessionRow.created_at.desc())
        )
        return [Session(row.token_hash, row.created_at, row.seen_at) for row in rows]

    async def close_others(self, advocate_id: UUID, token_hash: bytes) -> int:
        """Sign every browser of an advocate out but one; returns how many."""
        result = await self.session.execute(
            delete(DeskSessionRow).where(
                DeskSessionRow.advocate_id == advocate_id, DeskSessionRow.token_hash != token_hash
            )
        )
        return cast(CursorResult[Any], result).rowcount

    async def close_session(self, token_hash: bytes) -> bool:
        """Sign a browser out; False when it was not signed in."""
        result = await self.session.execute(
            delete(DeskSessionRow).where(DeskSessionRow.token_hash == token_hash)
        )
        return cast(CursorResult[Any], result).rowcount > 0

    async def close_sessions(self, advocate_id: UUID) -> None:
        """Sign every browser of an advocate out."""
        await self.session.execute(
            delete(DeskSessionRow).where(DeskSessionRow.advocate_id == advocate_id)
        )

    async def _one(self, chosen: Select[AdvocateRow, bool]) -> Advocate | None:
        found = (await self.session.execute(chosen)).one_or_none()
        return None if found is None else _advocate(found[0], keyed=found[1])


def _accounts() -> Select[AdvocateRow, bool]:
    """Accounts, and whether each has a passkey."""
    keyed = exists(PasskeyRow.id).where(PasskeyRow.advocate_id == AdvocateRow.id)
    return select(AdvocateRow, keyed.label("keyed"))


def _advocate(row: AdvocateRow, *, keyed: bool) -> Advocate:
    return Advocate(
        id=row.id,
        name=row.name,
        role=row.role,
        languages=tuple(row.languages),
        password_hash=row.password_hash,
        disabled=row.disabled_at is not None,
        second_factor=row.totp_on or keyed,
    )
