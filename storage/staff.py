"""What an administrator changes of accounts, and the codes that give them their first password."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.account_tables import SetUpCodeRow
from storage.shelf import Shelf
from storage.tables import AdvocateRow, AuditRow, DeskSessionRow

ADMINISTRATOR = "administrator"

#: Acts after which whoever did them may know how to open the account.
LETS_IN = ("account_added", "set_up_code_given")


class StaffRepository(Shelf):
    """Accounts as their administrator sees them."""

    async def change(self, advocate_id: UUID, role: str, languages: Sequence[str]) -> None:
        """Give an account another role and languages."""
        await self.session.execute(
            update(AdvocateRow)
            .where(AdvocateRow.id == advocate_id)
            .values(role=role, languages=list(languages))
        )

    async def other_administrators(self, advocate_id: UUID) -> int:
        """How many open accounts of administrators there are besides this one, locked.

        One that never chose a password counts for nothing: nobody can sign in with it.
        """
        waits = exists().where(SetUpCodeRow.advocate_id == AdvocateRow.id)
        rows = await self.session.scalars(
            select(AdvocateRow.id)
            .where(
                AdvocateRow.role == ADMINISTRATOR,
                AdvocateRow.disabled_at.is_(None),
                ~waits,
            )
            .order_by(AdvocateRow.id)
            .with_for_update(of=AdvocateRow)
        )
        return sum(row != advocate_id for row in rows)

    async def give_code(self, advocate_id: UUID, code: str, expires_at: datetime) -> None:
        """Keep a set-up code instead of the one of before."""
        values = {"hash": self._hash(advocate_id, code), "expires_at": expires_at}
        await self.session.execute(
            insert(SetUpCodeRow)
            .values(advocate_id=advocate_id, **values)
            .on_conflict_do_update(index_elements=["advocate_id"], set_=values)
        )

    async def has_code(self, advocate_id: UUID, code: str, now: datetime) -> bool:
        """Whether this is the account's set-up code, and still good."""
        return bool(
            await self.session.scalar(
                select(
                    exists().where(
                        SetUpCodeRow.advocate_id == advocate_id,
                        SetUpCodeRow.hash == self._hash(advocate_id, code),
                        SetUpCodeRow.expires_at > now,
                    )
                )
            )
        )

    async def use_code(self, advocate_id: UUID, code: str, now: datetime) -> bool:
        """Use up a set-up code; False when it is none, too old, or used."""
        used = await self.session.scalar(
            delete(SetUpCodeRow)
            .where(
                SetUpCodeRow.advocate_id == advocate_id,
                SetUpCodeRow.hash == self._hash(advocate_id, code),
                SetUpCodeRow.expires_at > now,
            )
            .returning(SetUpCodeRow.advocate_id)
        )
        return used is not None

    async def was_let_in_by(self, advocate_id: UUID, by: UUID, since: datetime) -> bool:
        """Whether this account was made, or got a set-up code, by that administrator since then."""
        found = await self.session.scalar(
            select(
                exists().where(
                    AuditRow.advocate_id == by,
                    AuditRow.action.in_(LETS_IN),
                    AuditRow.detail["account"].astext == str(advocate_id),
                    AuditRow.at >= since,
                )
            )
        )
        return bool(found)

    async def waiting(self) -> dict[UUID, datetime]:
        """Accounts with a set-up code that was not used, and until when it is good."""
        rows = await self.session.execute(select(SetUpCodeRow.advocate_id, SetUpCodeRow.expires_at))
        return {row.advocate_id: row.expires_at for row in rows}

    async def last_seen(self) -> dict[UUID, datetime]:
        """When each account that is signed in was used last."""
        rows = await self.session.execute(
            select(DeskSessionRow.advocate_id, func.max(DeskSessionRow.seen_at)).group_by(
                DeskSessionRow.advocate_id
            )
        )
        return {row[0]: row[1] for row in rows}

    def _hash(self, advocate_id: UUID, code: str) -> bytes:
        return self.keyring.fingerprint(f"{advocate_id}\0{code}", "set-up code")
