"""Return codes: with one, a visitor of the web chat goes on with a session that they left.

A code is shaped like a phone number, of a kind that nobody can have (no exchange begins with 0
or 1), so that a note of it says nothing. It is kept as a slow hash alone, salted with a secret
that lies outside the database. One salt serves all: a salt a row would have every guess tried
against every row, slower the more people have one. The session token that a code leads to is
locked with the other half of the same hash, so neither the database nor its keys open it.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert

from storage.crypto import NONCE_BYTES, Keyring
from storage.mailbox import WEB
from storage.repositories import ADDRESS
from storage.retention import CODE
from storage.shelf import Shelf
from storage.tables import ConversationRow, ReturnCodeRow

# The second choice of RFC 9106, section 4: some 0.1 s of one processor.
_TIME_COST, _MEMORY_KIB, _LANES = 3, 64 * 1024, 1
_HALF = 32
# So many at once: a flood of guesses takes neither the memory nor the processors of the porch.
_AT_ONCE = asyncio.Semaphore(2)


@dataclass(frozen=True, repr=False)
class CodeKeys:
    """What a code becomes: where it is found, and what locks the session behind it."""

    place: bytes
    lock: bytes


def new_code() -> str:
    """A code that nobody has been given, as it is shown: 1.6 thousand million are possible."""
    area = secrets.choice("23456789") + f"{secrets.randbelow(100):02}"
    exchange = secrets.choice("01") + f"{secrets.randbelow(100):02}"
    return f"{area}-{exchange}-{secrets.randbelow(10_000):04}"


def digits(written: str) -> str:
    """The digits of a code as a person writes it, in any script."""
    return "".join(str(unicodedata.digit(c)) for c in written[:60] if c.isdigit())


async def code_keys(keyring: Keyring, written: str) -> CodeKeys:
    """Stretch a code; takes the same time whatever was written."""
    async with _AT_ONCE:
        stretched = await asyncio.to_thread(
            hash_secret_raw,
            digits(written).encode(),
            keyring.fingerprint("salt", "return_code"),
            _TIME_COST,
            _MEMORY_KIB,
            _LANES,
            2 * _HALF,
            Type.ID,
        )
    return CodeKeys(place=stretched[:_HALF], lock=stretched[_HALF:])


class ReturnRepository(Shelf):
    """The codes that were asked for; at most one a visitor."""

    async def put(self, keys: CodeKeys, visitor: str, at: datetime) -> None:
        """Keep a code; an earlier one of the same visitor stops working."""
        mark = self.keyring.fingerprint(visitor, ADDRESS)
        nonce = os.urandom(NONCE_BYTES)
        await self.session.execute(
            delete(ReturnCodeRow).where(ReturnCodeRow.visitor_fingerprint == mark)
        )
        await self.session.execute(
            insert(ReturnCodeRow).values(
                code_hash=keys.place,
                visitor_fingerprint=mark,
                token_locked=nonce + AESGCM(keys.lock).encrypt(nonce, visitor.encode(), None),
                made_at=at,
            )
        )

    async def visitor(self, keys: CodeKeys, now: datetime) -> str | None:
        """The session that a code leads to; None alike for codes that are wrong or too old."""
        locked = await self.session.scalar(
            select(ReturnCodeRow.token_locked).where(
                ReturnCodeRow.code_hash == keys.place,
                ReturnCodeRow.made_at > now - CODE,
                exists(ConversationRow.id).where(
                    ConversationRow.channel == WEB,
                    ConversationRow.address_fingerprint == ReturnCodeRow.visitor_fingerprint,
                ),
            )
        )
        if locked is None:
            return None
        nonce, token = locked[:NONCE_BYTES], locked[NONCE_BYTES:]
        return AESGCM(keys.lock).decrypt(nonce, token, None).decode()
