"""Counts of attempts to sign in, which outlive a restart and are shared by every desk process.

Neither names nor addresses are kept: a count hangs on a keyed fingerprint.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.account_tables import SignInAttemptRow
from storage.shelf import Shelf

_MARK = "sign-in attempt"
# Without being shut for this long, the next time begins with the shortest wait again.
_FORGIVEN_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """So many in so long. `grows`: each time in a row it is shut for twice as long, to `longest`;
    otherwise until the time that it counts is over."""

    kind: str
    amount: int
    within: timedelta
    grows: bool = False
    longest: timedelta = timedelta(hours=4)


class AttemptRepository(Shelf):
    """What was tried, and what is shut because of it."""

    async def shut(self, limit: Limit, key: str, now: datetime) -> timedelta | None:
        """How long it is still shut; None when it is open."""
        until = await self.session.scalar(
            select(SignInAttemptRow.until).where(SignInAttemptRow.mark == self._mark(limit, key))
        )
        return until - now if until is not None and until > now else None

    async def hit(self, limit: Limit, key: str, now: datetime, *, over: int) -> int:
        """Count one; the count then. Shuts once there are `over` of them."""
        mark = self._mark(limit, key)
        await self.session.execute(
            insert(SignInAttemptRow)
            .values(mark=mark, count=0, since=now, rounds=0)
            .on_conflict_do_nothing(index_elements=["mark"])
        )
        row = (
            await self.session.execute(
                select(
                    SignInAttemptRow.count.label("tried"),
                    SignInAttemptRow.since,
                    SignInAttemptRow.rounds,
                    SignInAttemptRow.until,
                )
                .where(SignInAttemptRow.mark == mark)
                .with_for_update()
            )
        ).one()
        count, since, rounds, until = row.tried, row.since, row.rounds, row.until
        # What was counted before it was shut is paid for by the wait.
        paid = until is not None and since < until <= now
        if since + limit.within <= now or paid:
            count, since = 0, now
        if until is not None and until + _FORGIVEN_AFTER <= now:
            rounds = 0
        until = None if until is None or until <= now else until
        count += 1
        if count >= over and until is None:
            until = now + min(limit.within * 2**rounds, limit.longest)
            until = until if limit.grows else since + limit.within
            rounds = min(rounds + 1, 16)
        await self.session.execute(
            update(SignInAttemptRow)
            .where(SignInAttemptRow.mark == mark)
            .values(count=count, since=since, rounds=rounds, until=until or row.until)
        )
        return int(count)

    async def count(self, limit: Limit, key: str) -> int:
        """How many were counted."""
        found = await self.session.scalar(
            select(SignInAttemptRow.count).where(SignInAttemptRow.mark == self._mark(limit, key))
        )
        return found or 0

    async def forget(self, limit: Limit, key: str) -> None:
        """Somebody got in: what they tried before does not count."""
        await self.session.execute(
            delete(SignInAttemptRow).where(SignInAttemptRow.mark == self._mark(limit, key))
        )

    def _mark(self, limit: Limit, key: str) -> bytes:
        return self.keyring.fingerprint(f"{limit.kind}\0{key}", _MARK)
