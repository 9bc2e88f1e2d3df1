"""Counts requests by network without keeping any address.

A network (/24 of IPv4, /56 of IPv6) turns into a keyed hash; the key is made when the process
starts, renewed every hour and never written anywhere, and the counts lie in memory alone. Visitors
behind one network, as behind a Tor exit, share a count: so who is beyond it is slowed down rather
than refused (channels/web/turnstile.py), and what tells of danger is always taken in.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from time import monotonic

from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

_RENEWED_EVERY = 3600.0
# Times the amount of a limit: a network beyond it is not counted any further.
_COUNTED_UP_TO = 8


@dataclass
class Networks:
    """The counters of one process."""

    clock: Callable[[], float] = monotonic
    _key: bytes = field(default_factory=lambda: os.urandom(32), repr=False)
    _since: float | None = None
    _limiter: MovingWindowRateLimiter = field(
        default_factory=lambda: MovingWindowRateLimiter(MemoryStorage())
    )

    def admits(
        self, address: str | None, limit: RateLimitItem, what: str, *, processes: int = 1
    ) -> bool:
        """Count one request; False beyond the limit, of which each of so many processes has its
        part.
        """
        self._renew()
        cost = min(processes, limit.amount)
        return self._limiter.hit(limit, what, self.mark(address), cost=cost)

    def count(self, address: str | None, limit: RateLimitItem, what: str) -> int:
        """How many were counted by `add` within the limit's time; some times its amount at most."""
        self._renew()
        ceiling = _ceiling(limit)
        left = self._limiter.get_window_stats(ceiling, what, self.mark(address)).remaining
        return ceiling.amount - left

    def add(self, address: str | None, limit: RateLimitItem, what: str) -> None:
        """Count one request, also beyond the limit."""
        self._renew()
        self._limiter.hit(_ceiling(limit), what, self.mark(address))

    def _renew(self) -> None:
        now = self.clock()
        if self._since is None or now - self._since > _RENEWED_EVERY:
            self._key, self._since = os.urandom(32), now
            self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def mark(self, address: str | None) -> str:
        """What a network is called until the key is renewed."""
        return hmac.digest(self._key, _network(address).encode(), "sha256").hex()


def _ceiling(limit: RateLimitItem) -> RateLimitItem:
    return type(limit)(limit.amount * _COUNTED_UP_TO, limit.multiples)


def _network(address: str | None) -> str:
    try:
        known = ip_address(address or "")
    except ValueError:
        return ""
    return str(ip_network((known, 24 if known.version == 4 else 56), strict=False))
