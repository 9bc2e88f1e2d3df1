"""Passwords of the desk: argon2id, and a brake on guessing."""

from __future__ import annotations

import asyncio
import math
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from anyio import CapacityLimiter, to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from handoff.errors import TooManyAttempts

SHORTEST = 12
# Longer ones are refused before they are hashed: hashing a megabyte is an attack, not a password.
LONGEST = 256
# Each hash takes 64 MiB for a moment: a crowd at the door must not take all memory.
_AT_ONCE = 2
_FEWEST_SIGNS = 5


def weakness(password: str, name: str) -> str | None:
    """Why a new password will not do: the key of a sentence; None when it will."""
    if not SHORTEST <= len(password) <= LONGEST:
        return "account.password_length"
    plain = password.casefold()
    if plain.strip() and _fold(name) in plain and len(plain) - len(_fold(name)) < SHORTEST:
        return "account.password_name"
    common = plain in _common() or len(set(plain)) < _FEWEST_SIGNS
    return "account.password_common" if common else None


@cache
def _common() -> frozenset[str]:
    """Common passwords that are long enough to be tried here; more: docs/desk.md."""
    return frozenset((Path(__file__).parent / "common_passwords.txt").read_text().split())


@dataclass(frozen=True)
class Passwords:
    """Hashes and checks passwords away from the event loop.

    The parameters are those of RFC 9106 for limited memory, the library's defaults; a hash made
    with others is replaced at the next sign-in.
    """

    hasher: PasswordHasher = field(default_factory=PasswordHasher)
    _limiter: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_AT_ONCE))
    _nobody: list[str] = field(default_factory=list)

    async def hash(self, password: str) -> str:
        """A new hash with today's parameters."""
        return await to_thread.run_sync(self.hasher.hash, password, limiter=self._limiter)

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether the password is right. No hash (no such account) takes just as long."""
        known = password_hash is not None
        against = password_hash if password_hash is not None else await self._hash_of_nobody()
        right = await to_thread.run_sync(self._verify, against, password, limiter=self._limiter)
        return right and known

    def outdated(self, password_hash: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self.hasher.check_needs_rehash(password_hash)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self.hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _hash_of_nobody(self) -> str:
        if not self._nobody:
            self._nobody.append(await self.hash(secrets.token_urlsafe()))
        return self._nobody[0]


# Attempts at one account from one place, right or wrong: a success forgets them.
_HERE: RateLimitItem = RateLimitItemPerMinute(5, 15)
# Failures from one place, whatever the names; a whole shift may sign in behind one address.
_PLACE: RateLimitItem = RateLimitItemPerMinute(30, 15)
# Attempts from one place: no crowd is hashed at once before its failures are counted.
_CROWD: RateLimitItem = RateLimitItemPerMinute(300, 15)
# Failures at one account from everywhere; wide, so that a stranger cannot keep an advocate out.
_ACCOUNT: RateLimitItem = RateLimitItemPerHour(100)
_FIRST_DELAY_SECONDS = 0.25
_LONGEST_DELAY_SECONDS = 4.0


@dataclass(frozen=True)
class Attempts:
    """Counts attempts in this process's memory and slows failures down."""

    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    _windows: MovingWindowRateLimiter = field(
        default_factory=lambda: MovingWindowRateLimiter(MemoryStorage())
    )

    async def begin(self, name: str, place: str) -> None:
        """Count an attempt before the password is looked at. Raises TooManyAttempts."""
        for window, key in _failures(name, place):
            if not await self._windows.test(window, *key):
                raise await self._too_many(window, key)
        for window, key in ((_HERE, (_fold(name), place)), (_CROWD, ("crowd", place))):
            if not await self._windows.hit(window, *key):
                raise await self._too_many(window, key)

    async def failed(self, name: str, place: str) -> None:
        """Count a failure, and make the next guess wait twice as long as the last."""
        for window, key in _failures(name, place):
            await self._windows.hit(window, *key)
        stats = await self._windows.get_window_stats(_HERE, _fold(name), place)
        failures = _HERE.amount - stats.remaining
        delay = _FIRST_DELAY_SECONDS * 2 ** max(0, failures - 1)
        await self.pause(min(delay, _LONGEST_DELAY_SECONDS))

    async def knock(self, place: str) -> None:
        """Count an attempt that names no account, such as a passkey's. Raises TooManyAttempts."""
        if not await self._windows.test(_PLACE, "place", place):
            raise await self._too_many(_PLACE, ("place", place))
        if not await self._windows.hit(_CROWD, "crowd", place):
            raise await self._too_many(_CROWD, ("crowd", place))

    async def refused(self, place: str) -> None:
        """Count such an attempt as a failure."""
        await self._windows.hit(_PLACE, "place", place)

    async def succeeded(self, name: str, place: str) -> None:
        """Forget the attempts at this account from this place."""
        await self._windows.clear(_HERE, _fold(name), place)

    async def _too_many(self, window: RateLimitItem, key: tuple[str, ...]) -> TooManyAttempts:
        stats = await self._windows.get_window_stats(window, *key)
        return TooManyAttempts(max(1, math.ceil(stats.reset_time - time.time())))


def _failures(name: str, place: str) -> list[tuple[RateLimitItem, tuple[str, ...]]]:
    return [(_PLACE, ("place", place)), (_ACCOUNT, ("account", _fold(name)))]


def _fold(name: str) -> str:
    return name.strip().casefold()[:80]
