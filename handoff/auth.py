"""Who is at the desk: signing in and out, and sessions. What each may do: handoff/rights.py.

A session is a random token in a cookie; the table holds only its SHA-256. It ends when the
advocate signs out, after some idle minutes, and after a shift whatever happens.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from handoff.errors import WrongPassword
from handoff.factors import SecondFactor, passes
from handoff.passkeys import Asked, Passkeys
from handoff.passwords import LONGEST, Attempts, Passwords
from intake.messages import clean
from intake.ports import Clock
from storage.accounts import Advocate
from storage.database import Database, Transaction

_TOKEN_BYTES = 32


@dataclass(frozen=True)
class SignedIn:
    """An advocate and the session through which they act."""

    advocate: Advocate
    token_hash: bytes


@dataclass(frozen=True)
class Door:
    """Lets advocates in and out; every knock is on the audit log."""

    database: Database
    passwords: Passwords
    attempts: Attempts
    now: Clock
    idle: timedelta
    session: timedelta
    passkeys: Passkeys
    factor: SecondFactor = SecondFactor.OPTIONAL

    async def sign_in(
        self, name: str, password: str, place: str, old_token: str = "", code: str = ""
    ) -> tuple[str, Advocate]:
        """The token of a new session. Raises WrongPassword or TooManyAttempts.

        Unknown names, closed accounts, wrong passwords and wrong codes look the same.
        `code`: of the account's code app, or a recovery code, where it has one. `old_token`: what
        the browser held until now; that session ends.
        """
        name = clean(name)
        await self.attempts.begin(name, place)
        async with self.database.transaction() as tx:
            advocate = await tx.accounts.advocate_by_name(name)
        known = None if advocate is None else advocate.password_hash
        right = len(password) <= LONGEST and await self.passwords.matches(known, password)
        if right and advocate is not None and self.factor is not SecondFactor.OFF:
            async with self.database.transaction() as tx:
                right = await passes(tx, advocate, code, self.now())
        if advocate is None or advocate.disabled or not right:
            async with self.database.transaction() as tx:
                # Not the name as typed: people type passwords into the wrong field.
                await tx.desk.audit(
                    "sign_in_failed", advocate_id=None if advocate is None else advocate.id
                )
            await self.attempts.failed(name, place)
            raise WrongPassword("the name, the password or the code is not right")
        await self.attempts.succeeded(name, place)
        outdated = self.passwords.outdated(advocate.password_hash)
        fresh = await self.passwords.hash(password) if outdated else None
        async with self.database.transaction() as tx:
            if fresh is not None:
                await tx.accounts.store_hash(advocate.id, fresh)
            token = await self._let_in(tx, advocate, old_token)
        return token, advocate

    async def ask_passkey(self, place: str) -> Asked:
        """A challenge for whatever passkey the browser's owner picks. Raises TooManyAttempts."""
        await self.attempts.knock(place)
        async with self.database.transaction() as tx:
            return await self.passkeys.ask(tx, self.now())

    async def sign_in_with_passkey(
        self, asked: str, given: dict[str, Any], place: str, old_token: str = ""
    ) -> tuple[str, Advocate]:
        """The same with a passkey. `asked`: the token of the challenge, `given`: what signed it.

        Raises WrongPassword or TooManyAttempts. Whatever does not fit looks the same.
        """
        await self.attempts.knock(place)
        async with self.database.transaction() as tx:
            answer = await self.passkeys.answer(tx, asked, given, self.now())
            key = answer.passkey
            advocate = None if key is None else await tx.accounts.advocate_by_id(key.advocate_id)
            if advocate is not None and not advocate.disabled and not answer.copied:
                return await self._let_in(tx, advocate, old_token, by="passkey"), advocate
            await tx.desk.audit(
                "sign_in_failed",
                advocate_id=None if advocate is None else advocate.id,
                detail={"by": "passkey"} | ({"copied": True} if answer.copied else {}),
            )
        await self.attempts.refused(place)
        raise WrongPassword("no account here is opened by this passkey")

    async def _let_in(
        self, tx: Transaction, advocate: Advocate, old_token: str, by: str | None = None
    ) -> str:
        """A new session in place of the browser's old one; `by`: what opened it, if no password."""
        token, now = secrets.token_urlsafe(_TOKEN_BYTES), self.now()
        await tx.accounts.close_session(hashed(old_token))
        await tx.accounts.open_session(hashed(token), advocate.id, now, now + self.session)
        await tx.desk.audit("sign_in", advocate_id=advocate.id, detail={"by": by} if by else None)
        return token

    async def who(self, token: str, *, touch: bool) -> SignedIn | None:
        """The advocate behind a token. `touch`: a human did something just now."""
        if not token:
            return None
        return await self.who_holds(hashed(token), touch=touch)

    async def who_holds(self, token_hash: bytes, *, touch: bool) -> SignedIn | None:
        """The same, for one who knows only the hash."""
        now = self.now()
        async with self.database.transaction() as tx:
            advocate = await tx.accounts.advocate_of_session(
                token_hash, now, now - self.idle, touch=touch
            )
        return None if advocate is None else SignedIn(advocate, token_hash)

    async def sign_out(self, signed_in: SignedIn) -> None:
        """End a session; conversations go back at once when it was the advocate's last one."""
        now = self.now()
        advocate_id = signed_in.advocate.id
        async with self.database.transaction() as tx:
            if not await tx.accounts.close_session(signed_in.token_hash):
                return
            if not await tx.accounts.live_sessions(advocate_id, now, now - self.idle):
                # The worker finds the ended leases, returns the conversations, tells the people.
                await tx.desk.renew_leases(advocate_id, now)
                await tx.routing.leave(advocate_id, now)
                await tx.jobs.route()
            await tx.desk.audit("sign_out", advocate_id=advocate_id)


def hashed(token: str) -> bytes:
    """What is kept of a token."""
    return sha256(token.encode()).digest()
