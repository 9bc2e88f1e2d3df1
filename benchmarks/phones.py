"""Phones that text the porch over plain sockets: what sends the load must not be the load.

A library's client takes as much of a processor as the porch itself. One connection a phone, kept
alive, one text after the other.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from urllib.parse import urlencode, urlsplit

_AGAIN_SECONDS = 0.1


class Unanswered(Exception):
    """The porch did not answer: whether it keeps the text is not known."""


class Phone:
    """One connection to the porch."""

    def __init__(self, public_url: str) -> None:
        parts = urlsplit(public_url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, form: dict[str, str], signature: str) -> int:
        """Post a form; the status of the answer. Raises Unanswered."""
        body = urlencode(form)
        request = (
            f"POST {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
            f"X-Twilio-Signature: {signature}\r\nContent-Length: {len(body)}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}"
        )
        if self._streams is not None:
            # The porch hangs up on who has been quiet for a while, maybe just now.
            with suppress(Unanswered):
                return await self._ask(request)
        return await self._ask(request)

    async def _ask(self, request: str) -> int:
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection(self._host, self._port)
            reader, writer = self._streams
            writer.write(request.encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            status, *fields = head.split("\r\n")
            lengths = [one for one in fields if one.lower().startswith("content-length:")]
            await reader.readexactly(int(lengths[0].partition(":")[2]) if lengths else 0)
        except (OSError, asyncio.IncompleteReadError):
            await self.close()
            raise Unanswered from None
        return int(status.split()[1])

    async def post_until_answered(
        self, path: str, form: dict[str, str], signature: str, seconds: float
    ) -> tuple[int, int]:
        """As a carrier does that calls again: status, and how often it was cut off before."""
        deadline = asyncio.get_running_loop().time() + seconds
        cut_off = 0
        while True:
            try:
                return await self.post(path, form, signature), cut_off
            except Unanswered:
                cut_off += 1
                if asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(_AGAIN_SECONDS)

    async def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
