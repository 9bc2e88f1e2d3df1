"""Slows floods down and turns hardly anybody away, without keeping any address.

Many people may stand behind one network, as behind a Tor exit. So beyond a network's share nobody
is refused at once: whose browser did some work (channels/web/work.py) goes on, and whoever has no
script waits a little, longer the longer the flood lasts. Only where too many wait already is
somebody asked to come back. What tells of danger is never held up.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from limits import RateLimitItem

from channels.web.networks import Networks

_STEP, _LONGEST = 1.0, 20.0
# Of one network and of all of them.
_WAITING, _ALL_WAITING = 8, 100


@dataclass(frozen=True)
class Turnstile:
    """The waits of one process."""

    networks: Networks
    pause: Callable[[float], Awaitable[object]] = asyncio.sleep
    _waiting: Counter[str] = field(default_factory=Counter)

    def level(self, address: str | None, share: RateLimitItem, what: str) -> int:
        """How far a network is beyond its share: 0 within it, then 1, 2, 3."""
        return min(3, self.networks.count(address, share, what) // share.amount)

    async def passes(
        self, address: str | None, share: RateLimitItem, what: str, *, worked: bool = False
    ) -> bool:
        """Count one; False only where too many of this network, or of all, wait already."""
        over = self.networks.count(address, share, what) - share.amount + 1
        self.networks.add(address, share, what)
        if over <= 0 or worked:
            return True
        mark = self.networks.mark(address)
        if self._waiting[mark] >= _WAITING or self._waiting.total() >= _ALL_WAITING:
            return False
        self._waiting[mark] += 1
        try:
            # The wait grows with the queue: beyond its share a network goes one by one.
            await self.pause(min(_LONGEST, _STEP * (over + self._waiting[mark])))
        finally:
            self._waiting[mark] -= 1
            if not self._waiting[mark]:
                del self._waiting[mark]
        return True
