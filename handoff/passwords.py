"""Passwords of the desk: argon2id, and a brake on guessing."""

from __future__ import annotations

import asyncio
import math
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from ipaddress import ip_address, ip_network
from pathlib import Path

from anyio import CapacityLimiter, to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from handoff.errors import TooManyAttempts
from intake.ports import Clock
from storage.attempts import Limit
from storage.database import Database

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
_HERE = Limit("here", 5, timedelta(minutes=15), grows=True)
# Failures from one place, whatever the names; a whole shift may sign in behind one address.
_PLACE = Limit("place", 30, timedelta(minutes=15), grows=True)
# Attempts from one place: no crowd is hashed at once before its failures are counted.
_CROWD = Limit("crowd", 300, timedelta(minutes=15))
# Failures at one account from everywhere; wide, so that a stranger cannot keep an advocate out.
_ACCOUNT = Limit("account", 100, timedelta(hours=1))
_FIRST_DELAY_SECONDS = 0.25
_LONGEST_DELAY_SECONDS = 4.0
# What one household or office has of IPv6; within it an address is changed at will.
_NETWORK_BITS = 64


@dataclass(frozen=True)
class Attempts:
    """Counts attempts in the database and slows failures down; a place is a network."""

    database: Database
    now: Clock
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def begin(self, name: str, place: str) -> None:
        """Count an attempt before the password is looked at. Raises TooManyAttempts."""
        where, here = network(place), _here(name, place)
        async with self.database.transaction() as tx:
            shut = [
                await tx.attempts.shut(_ACCOUNT, _fold(name), self.now()),
                await tx.attempts.shut(_PLACE, where, self.now()),
                await tx.attempts.shut(_CROWD, where, self.now()),
                await tx.attempts.shut(_HERE, here, self.now()),
            ]
            if not any(shut):
                # Always in this order, so that two attempts never wait for each other.
                await tx.attempts.hit(_CROWD, where, self.now(), over=_CROWD.amount)
                tried = await tx.attempts.hit(_HERE, here, self.now(), over=_HERE.amount + 1)
                if tried > _HERE.amount:
                    shut.append(await tx.attempts.shut(_HERE, here, self.now()))
        _refuse(shut)

    async def failed(self, name: str, place: str) -> None:
        """Count a failure, and make the next guess wait twice as long as the last."""
        async with self.database.transaction() as tx:
            account = _fold(name)
            await tx.attempts.hit(_ACCOUNT, account, self.now(), over=_ACCOUNT.amount)
            await tx.attempts.hit(_PLACE, network(place), self.now(), over=_PLACE.amount)
            tried = await tx.attempts.count(_HERE, _here(name, place))
        delay = _FIRST_DELAY_SECONDS * 2 ** max(0, tried - 1)
        await self.pause(min(delay, _LONGEST_DELAY_SECONDS))

    async def knock(self, place: str) -> None:
        """Count an attempt that names no account, such as a passkey's. Raises TooManyAttempts."""
        where = network(place)
        async with self.database.transaction() as tx:
            shut = [await tx.attempts.shut(limit, where, self.now()) for limit in (_PLACE, _CROWD)]
            if not any(shut):
                await tx.attempts.hit(_CROWD, where, self.now(), over=_CROWD.amount)
        _refuse(shut)

    async def refused(self, place: str) -> None:
        """Count such an attempt as a failure."""
        async with self.database.transaction() as tx:
            await tx.attempts.hit(_PLACE, network(place), self.now(), over=_PLACE.amount)

    async def succeeded(self, name: str, place: str) -> None:
        """Forget the attempts at this account from this place."""
        async with self.database.transaction() as tx:
            await tx.attempts.forget(_HERE, _here(name, place))


def network(place: str) -> str:
    """The network of an address: itself, or the first 64 bits of an IPv6 one."""
    try:
        address = ip_address(place)
    except ValueError:
        return place
    if address.version == 4:
        return str(address)
    mapped = address.ipv4_mapped
    if mapped is not None:
        return str(mapped)
    return str(ip_network((address, _NETWORK_BITS), strict=False))


def _refuse(shut: list[timedelta | None]) -> None:
    waits = [one.total_seconds() for one in shut if one is not None]
    if waits:
        raise TooManyAttempts(max(1, math.ceil(max(waits))))


def _here(name: str, place: str) -> str:
    return f"{_fold(name)}\0{network(place)}"


def _fold(name: str) -> str:
    return name.strip().casefold()[:80]
