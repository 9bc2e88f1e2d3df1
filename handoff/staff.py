"""What an administrator may do with accounts, and what nobody may.

Nobody changes their own account here, so nobody gives themselves a right; an open account of an
administrator who can sign in is always left. Every act is on the audit log. Refusals are keys of
sentences (`locales/<lang>/desk.po`), None is success.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from handoff.factors import forget_factors
from handoff.passwords import Passwords
from handoff.rights import Role
from intake.competencies import Competency
from intake.messages import clean
from storage.accounts import Advocate
from storage.database import Transaction

#: How long a set-up code may lie in a drawer.
SET_UP_WITHIN = timedelta(hours=72)
#: Whom an administrator let in so lately vouches for nobody: she may still hold the keys.
VOUCHES_AFTER = timedelta(days=30)
LONGEST_NAME = 40
_NAME = re.compile(r"[^\W_]([^\W_]|[ '.-])*", re.UNICODE)
_LANGUAGE = re.compile(r"[a-z]{2,3}")
# Without letters and digits that look alike; 20 of 30 signs are 98 bits.
_SIGNS = "abcdefghjkmnpqrstuvwxyz2345679"
_CODE_LENGTH = 20


class ResetReason(StrEnum):
    """Why a second factor has to be forgotten; a code, so that the log holds no words."""

    LOST = "lost"
    STOLEN = "stolen"
    NEW_DEVICE = "new_device"
    OTHER = "other"


def is_name(name: str) -> bool:
    """Whether it will do as a shift name."""
    return bool(_NAME.fullmatch(name)) and len(name) <= LONGEST_NAME


def languages_in(text: str) -> list[str] | None:
    """Codes such as `en, fr`; None when one is none."""
    spoken = [code.strip().lower() for code in text.split(",") if code.strip()]
    fit = spoken and all(_LANGUAGE.fullmatch(code) for code in spoken)
    return list(dict.fromkeys(spoken)) if fit else None


def new_set_up_code() -> str:
    """To be given to the owner of an account, who opens it once."""
    return "".join(secrets.choice(_SIGNS) for _ in range(_CODE_LENGTH))


def spelled(code: str) -> str:
    """A set-up code as it was meant: without blanks, hyphens and capitals."""
    return "".join(sign for sign in code.lower() if sign in _SIGNS)


@dataclass(frozen=True)
class Staff:
    """An administrator at work in one transaction."""

    tx: Transaction
    administrator: Advocate
    now: datetime

    async def invite(
        self, passwords: Passwords, name: str, role: Role, languages: Sequence[str]
    ) -> tuple[UUID, str] | None:
        """A new account and its set-up code, shown this once; None when the name is taken."""
        # Nobody knows this one: until the code is used the account opens for no password.
        nobodys = await passwords.hash(secrets.token_urlsafe())
        made = await self.tx.accounts.add_advocate(clean(name), nobodys, role.value, languages)
        if made is None:
            return None
        code = new_set_up_code()
        await self.tx.staff.give_code(made, code, self.now + SET_UP_WITHIN)
        await self._written("account_added", made, role=role.value)
        return made, code

    async def change(
        self,
        account: Advocate,
        role: Role,
        languages: Sequence[str],
        competencies: Collection[Competency],
    ) -> str | None:
        """Another role, other languages and competencies; with the role every session ends."""
        if account.id == self.administrator.id:
            return "accounts.own"
        moved = role.value != account.role
        if moved and await self._is_last(account):
            return "accounts.last"
        await self.tx.staff.change(account.id, role.value, languages)
        trained = sorted(one.value for one in competencies)
        await self.tx.routing.set_duty(account.id, {"competencies": trained})
        if moved:
            await self._sign_out(account)
        await self._written(
            "account_changed",
            account.id,
            role=role.value,
            before=account.role,
            languages=list(languages),
            competencies=trained,
        )
        return None

    async def disable(self, account: Advocate) -> str | None:
        """Close an account: signed out, and what it held goes back to the list."""
        if account.id == self.administrator.id:
            return "accounts.own"
        if await self._is_last(account):
            return "accounts.last"
        await self.tx.accounts.disable(account.id, self.now)
        await self._sign_out(account)
        await self._written("account_disabled", account.id)
        return None

    async def enable(self, account: Advocate) -> str | None:
        """Open a closed account again."""
        await self.tx.accounts.disable(account.id, None)
        await self._written("account_enabled", account.id)
        return None

    async def end_sessions(self, account: Advocate) -> str | None:
        """Sign every browser of an account out."""
        await self._sign_out(account)
        await self._written("sessions_ended", account.id)
        return None

    async def new_code(self, passwords: Passwords, account: Advocate) -> str | None:
        """A set-up code for who forgot their password; the password of before opens nothing.

        None for one's own account.
        """
        if account.id == self.administrator.id:
            return None
        code = new_set_up_code()
        nobodys = await passwords.hash(secrets.token_urlsafe())
        await self.tx.accounts.set_password(account.id, nobodys)
        await self._sign_out(account)
        await self.tx.staff.give_code(account.id, code, self.now + SET_UP_WITHIN)
        await self._written("set_up_code_given", account.id)
        return code

    async def reset_factor(
        self, account: Advocate, reason: ResetReason, witness: Advocate | None
    ) -> str | None:
        """Forget code app, passkeys and recovery codes; `witness`: who made sure who asks."""
        if account.id == self.administrator.id:
            return "accounts.own"
        known = (account.id, self.administrator.id)
        if witness is None or witness.disabled or witness.id in known:
            return "accounts.witness"
        since = self.now - VOUCHES_AFTER
        if await self.tx.staff.was_let_in_by(witness.id, self.administrator.id, since):
            return "accounts.witness"
        await forget_factors(self.tx, account.id)
        await self._sign_out(account)
        await self._written(
            "second_factor_reset", account.id, reason=reason.value, vouched=str(witness.id)
        )
        return None

    async def _is_last(self, account: Advocate) -> bool:
        if account.role != Role.ADMINISTRATOR or account.disabled:
            return False
        return not await self.tx.staff.other_administrators(account.id)

    async def _sign_out(self, account: Advocate) -> None:
        await self.tx.accounts.close_sessions(account.id)
        # The worker finds the ended leases, returns the conversations, tells the people.
        await self.tx.desk.renew_leases(account.id, self.now)
        await self.tx.routing.leave(account.id, self.now)
        await self.tx.jobs.route()

    async def _written(self, action: str, account_id: UUID, **detail: object) -> None:
        await self.tx.desk.audit(
            action,
            advocate_id=self.administrator.id,
            detail={"account": str(account_id)} | detail,
        )
