"""Has each file made anew by a short-lived process, a few at a time, and trusts nothing it says."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from channels.files.child import LARGEST_OUT
from intake.tip_files import LARGEST_FILE, CleanFile, FileKind, Refusal

_ROOT = Path(__file__).parents[2]
_CHILD = (sys.executable, "-E", "-s", "-B", "-m", "channels.files.child")
# Beside the child's own limit on processor time: a child that sleeps is ended too.
_SECONDS = 30.0
_AT_ONCE = 2
# So long a file waits for its turn, then it is refused and its report is taken without it.
_PATIENCE = 60.0
_LONGEST_HEAD = 200
_STARTS = {FileKind.PICTURE: b"\xff\xd8\xff", FileKind.DOCUMENT: b"%PDF-"}


@dataclass(frozen=True)
class Cleaner:
    """The cleaners of one process of the porch."""

    seconds: float = _SECONDS
    patience: float = _PATIENCE
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def clean(self, raw: bytes) -> CleanFile | Refusal:
        """The file made anew, or why it is not taken. Nothing of it is written to disk."""
        if len(raw) > LARGEST_FILE:
            return Refusal.TOO_LARGE
        try:
            async with asyncio.timeout(self.patience):
                await self._turns.acquire()
        except TimeoutError:
            return Refusal.BUSY
        try:
            return _read(await self._run(raw))
        finally:
            self._turns.release()

    async def _run(self, raw: bytes) -> bytes:
        """What the child wrote; nothing where it was ended or died."""
        child = await asyncio.create_subprocess_exec(
            *_CHILD,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # Messages of parsers may quote the file.
            stderr=asyncio.subprocess.DEVNULL,
            cwd=_ROOT,
            env={},
        )
        try:
            async with asyncio.timeout(self.seconds):
                # The child reads all before it writes, so the pipes cannot block each other.
                written, _ = await child.communicate(raw)
        except TimeoutError:
            written = b""
        finally:
            if child.returncode is None:
                with suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
        return written if child.returncode == 0 else b""


def _read(written: bytes) -> CleanFile | Refusal:
    """What a child says, held to what it may say."""
    head, _, content = written.partition(b"\n")
    if not written or len(head) > _LONGEST_HEAD or len(content) > LARGEST_OUT:
        # Ended by a limit, or broken by the file.
        return Refusal.TOO_BIG_INSIDE if not written else Refusal.UNKNOWN_KIND
    try:
        told = json.loads(head)
        if "refused" in told:
            return Refusal(told["refused"])
        kind, parts, size = FileKind(told["kind"]), int(told["parts"]), int(told["size"])
    except (ValueError, TypeError, KeyError):
        return Refusal.UNKNOWN_KIND
    if size != len(content) or not content.startswith(_STARTS[kind]):
        return Refusal.UNKNOWN_KIND
    return CleanFile(kind, content, max(1, parts))
