"""Second factors: the sealed secret of a code app, and recovery codes as keyed hashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.shelf import Shelf
from storage.tables import AdvocateRow, RecoveryCodeRow


@dataclass(frozen=True, repr=False)
class CodeApp:
    """An account's code app. `on`: a first code proved that it works."""

    secret: str
    on: bool


class FactorRepository(Shelf):
    """What an advocate has besides a password."""

    async def code_app(self, advocate_id: UUID) -> CodeApp | None:
        """The code app of an account, if one was offered."""
        row = (
            await self.session.execute(
                select(AdvocateRow.totp_sealed, AdvocateRow.totp_on).where(
                    AdvocateRow.id == advocate_id
                )
            )
        ).one()
        if row.totp_sealed is None:
            return None
        return CodeApp(self.keyring.open(row.totp_sealed, _place(advocate_id)), row.totp_on)

    async def offer_code_app(self, advocate_id: UUID, secret: str) -> None:
        """Keep a secret that is not asked for yet. Does nothing while a code app is on."""
        await self.session.execute(
            update(AdvocateRow)
            .where(AdvocateRow.id == advocate_id, AdvocateRow.totp_on.is_(False))
            .values(totp_sealed=self.keyring.seal(secret, _place(advocate_id)))
        )

    async def turn_on(self, advocate_id: UUID, codes: Sequence[str]) -> None:
        """From now on a code is asked for; `codes`: the recovery codes, kept as hashes only."""
        await self.session.execute(
            update(AdvocateRow).where(AdvocateRow.id == advocate_id).values(totp_on=True)
        )
        await self.give_codes(advocate_id, codes)

    async def give_codes(self, advocate_id: UUID, codes: Sequence[str]) -> None:
        """Recovery codes instead of those of before; kept as hashes only."""
        await self.forget_codes(advocate_id)
        await self.session.execute(
            insert(RecoveryCodeRow).values(
                [
                    {"id": uuid4(), "advocate_id": advocate_id, "hash": self._hash(code)}
                    for code in codes
                ]
            )
        )

    async def turn_off(self, advocate_id: UUID) -> None:
        """Forget the code app; recovery codes: `forget_codes`."""
        await self.session.execute(
            update(AdvocateRow)
            .where(AdvocateRow.id == advocate_id)
            .values(totp_sealed=None, totp_on=False, totp_step=None)
        )

    async def use_step(self, advocate_id: UUID, step: int) -> bool:
        """Use up a time step; False when it, or a later one, was used before: a replay."""
        used = await self.session.scalar(
            update(AdvocateRow)
            .where(
                AdvocateRow.id == advocate_id,
                or_(AdvocateRow.totp_step.is_(None), AdvocateRow.totp_step < step),
            )
            .values(totp_step=step)
            .returning(AdvocateRow.id)
        )
        return used is not None

    async def use_recovery(self, advocate_id: UUID, code: str, now: datetime) -> bool:
        """Use up a recovery code; False when there is no such one or it was used."""
        used = await self.session.scalar(
            update(RecoveryCodeRow)
            .where(
                RecoveryCodeRow.advocate_id == advocate_id,
                RecoveryCodeRow.hash == self._hash(code),
                RecoveryCodeRow.used_at.is_(None),
            )
            .values(used_at=now)
            .returning(RecoveryCodeRow.id)
        )
        return used is not None

    async def recovery_left(self, advocate_id: UUID) -> int:
        """How many recovery codes are unused."""
        return (
            await self.session.scalar(
                select(func.count()).where(
                    RecoveryCodeRow.advocate_id == advocate_id, RecoveryCodeRow.used_at.is_(None)
                )
            )
        ) or 0

    async def forget_codes(self, advocate_id: UUID) -> None:
        """Forget the recovery codes, when nothing is left that they stand in for."""
        await self.session.execute(
            delete(RecoveryCodeRow).where(RecoveryCodeRow.advocate_id == advocate_id)
        )

    def _hash(self, code: str) -> bytes:
        return self.keyring.fingerprint(code, "recovery code")


def _place(advocate_id: UUID) -> str:
    return f"advocate.totp:{advocate_id}"
