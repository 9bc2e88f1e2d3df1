"""Keeps texts on disk, sealed, while the database cannot take them.

A carrier does not call again for a text that was answered with an error: it would be lost. So the
porch answers 200 once the text is safe in one of two places, the hall or this folder, and brings
it to the hall in the order of arrival as soon as that works. While anything waits here, newer
texts wait behind it. What came twice is stored once (the provider's id).
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import logging
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from intake.messages import Inbound, InboundKind, Keyword
from storage.crypto import CannotOpen, Keyring

log = logging.getLogger(__name__)

# Within the carrier's 15 seconds, with room for the network (domain brief, section 3).
STORE_SECONDS = 4.0
EVERY_SECONDS = 0.5
# What a database that is down, starting or overrun looks like; everything else is a fault of ours.
UNREACHABLE = (OperationalError, InterfaceError, PoolTimeout, TimeoutError, OSError)
STUCK = "stuck"
_WAITS = ".sealed"

Store = Callable[[Inbound], Awaitable[object]]


class Spool:
    """The folder of one porch; its files are readable by its owner and sealed besides.

    The processes of a porch share it: each keeps newer texts behind what any of them left there,
    and one at a time empties it.
    """

    def __init__(self, folder: Path, keyring: Keyring, store: Store) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._keyring = keyring
        self._store = store

    async def take(self, inbound: Inbound) -> None:
        """Store a text in the hall or, when that cannot be reached, here."""
        if not self._anything_waits():
            try:
                async with asyncio.timeout(STORE_SECONDS):
                    await self._store(inbound)
                return
            except UNREACHABLE as error:
                log.error("the database does not answer (%s); texts wait on disk", _kind(error))
        await asyncio.to_thread(self._put, inbound)

    async def drain(self) -> int:
        """Bring what waits to the hall, in order; returns how many texts arrived there.

        0 while another process does.
        """
        if not self._anything_waits():
            return 0
        with self._alone() as alone:
            return await self._drain() if alone else 0

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Whether no other process empties the folder; a lock ends with its process."""
        lock = os.open(self._folder, os.O_RDONLY)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(lock)

    async def _drain(self) -> int:
        arrived = 0
        for path in self._waiting():
            try:
                inbound = self._read(path)
                await self._store(inbound)
            except UNREACHABLE:
                break
            except Exception as error:
                # One text that cannot be stored must not hold up the others; an operator looks.
                log.error("a text on disk cannot be stored (%s); kept in %s/", _kind(error), STUCK)
                self._set_aside(path)
                continue
            path.unlink()
            arrived += 1
        return arrived

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            if arrived := await self.drain():
                log.warning("%d texts from disk are in the database now", arrived)
            await asyncio.sleep(EVERY_SECONDS)

    def _waiting(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{_WAITS}"))

    def _anything_waits(self) -> bool:
        # Asked for each text, also when thousands wait.
        with os.scandir(self._folder) as found:
            return any(one.name.endswith(_WAITS) for one in found)

    def _put(self, inbound: Inbound) -> None:
        name = f"{time.time_ns():020d}-{uuid4().hex}{_WAITS}"
        # Not a name that is looked for: half a file is not read.
        partial = self._folder / f"{name}.part"
        sealed = self._keyring.seal(json.dumps(asdict(inbound), default=_plain), f"spool:{name}")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(self._folder / name)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _read(self, path: Path) -> Inbound:
        try:
            raw = json.loads(self._keyring.open(path.read_bytes(), f"spool:{path.name}"))
        except CannotOpen:
            raise CannotOpen("a text on disk was sealed with a key that is gone") from None
        keyword = raw.pop("keyword")
        return Inbound(
            **{
                **raw,
                "received_at": datetime.fromisoformat(raw["received_at"]),
                "kind": InboundKind(raw["kind"]),
                "keyword": None if keyword is None else Keyword(keyword),
            }
        )

    def _set_aside(self, path: Path) -> None:
        aside = self._folder / STUCK
        aside.mkdir(exist_ok=True, mode=0o700)
        path.rename(aside / path.name)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, InboundKind | Keyword):
        return str(value.value)
    raise TypeError(type(value).__name__)


def _kind(error: BaseException) -> str:
    return type(error).__name__
