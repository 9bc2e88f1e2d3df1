"""Passkeys of accounts, and the challenges that browsers have to answer soon and once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.account_tables import CeremonyRow, PasskeyRow
from storage.shelf import Shelf


@dataclass(frozen=True)
class Passkey:
    """The public half of a passkey, and what its owner calls it."""

    id: UUID
    advocate_id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Ceremony:
    """What a browser was asked. `advocate_id`: who was signed in with it."""

    challenge: bytes
    advocate_id: UUID | None


class PasskeyRepository(Shelf):
    """What opens an account by a signature."""

    async def begin(
        self,
        kind: str,
        token_hash: bytes,
        challenge: bytes,
        now: datetime,
        expires_at: datetime,
        *,
        advocate_id: UUID | None = None,
    ) -> None:
        """Remember what a browser was asked, and forget what nobody answered in time."""
        await self.session.execute(delete(CeremonyRow).where(CeremonyRow.expires_at <= now))
        await self.session.execute(
            insert(CeremonyRow).values(
                token_hash=token_hash,
                kind=kind,
                advocate_id=advocate_id,
                challenge=challenge,
                expires_at=expires_at,
            )
        )

    async def end(self, kind: str, token_hash: bytes, now: datetime) -> Ceremony | None:
        """What this browser was asked, this once; None when nothing, or too long ago."""
        row = (
            await self.session.execute(
                delete(CeremonyRow)
                .where(
                    CeremonyRow.token_hash == token_hash,
                    CeremonyRow.kind == kind,
                    CeremonyRow.expires_at > now,
                )
                .returning(CeremonyRow.challenge, CeremonyRow.advocate_id)
            )
        ).one_or_none()
        return None if row is None else Ceremony(row.challenge, row.advocate_id)

    async def add(
        self,
        advocate_id: UUID,
        credential_id: bytes,
        public_key: bytes,
        sign_count: int,
        name: str,
        now: datetime,
    ) -> bool:
        """Keep a passkey; False when it is known already."""
        kept = await self.session.scalar(
            insert(PasskeyRow)
            .values(
                id=uuid4(),
                advocate_id=advocate_id,
                credential_id=credential_id,
                public_key=public_key,
                sign_count=sign_count,
                name=name,
                created_at=now,
            )
            .on_conflict_do_nothing(index_elements=["credential_id"])
            .returning(PasskeyRow.id)
        )
        return kept is not None

    async def of(self, advocate_id: UUID) -> list[Passkey]:
        """The passkeys of an account, the oldest first."""
        rows = await self.session.scalars(
            select(PasskeyRow)
            .where(PasskeyRow.advocate_id == advocate_id)
            .order_by(PasskeyRow.created_at, PasskeyRow.id)
        )
        return [_passkey(row) for row in rows]

    async def count(self, advocate_id: UUID) -> int:
        """How many passkeys an account has."""
        return (
            await self.session.scalar(
                select(func.count()).where(PasskeyRow.advocate_id == advocate_id)
            )
        ) or 0

    async def by_credential(self, credential_id: bytes) -> Passkey | None:
        """A passkey by the id that its device gave it; locked until the transaction ends."""
        row = await self.session.scalar(
            select(PasskeyRow).where(PasskeyRow.credential_id == credential_id).with_for_update()
        )
        return None if row is None else _passkey(row)

    async def used(self, passkey_id: UUID, sign_count: int, now: datetime) -> None:
        """Remember the last use."""
        await self.session.execute(
            update(PasskeyRow)
            .where(PasskeyRow.id == passkey_id)
            .values(sign_count=sign_count, used_at=now)
        )

    async def remove(self, advocate_id: UUID, passkey_id: UUID) -> bool:
        """Forget a passkey of this account; False when it has no such one."""
        gone = await self.session.scalar(
            delete(PasskeyRow)
            .where(PasskeyRow.id == passkey_id, PasskeyRow.advocate_id == advocate_id)
            .returning(PasskeyRow.id)
        )
        return gone is not None

    async def remove_all(self, advocate_id: UUID) -> None:
        """Forget every passkey of an account."""
        await self.session.execute(delete(PasskeyRow).where(PasskeyRow.advocate_id == advocate_id))


def _passkey(row: PasskeyRow) -> Passkey:
    return Passkey(
        id=row.id,
        advocate_id=row.advocate_id,
        credential_id=row.credential_id,
        public_key=row.public_key,
        sign_count=row.sign_count,
        name=row.name,
        created_at=row.created_at,
        used_at=row.used_at,
    )
