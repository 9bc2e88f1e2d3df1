"""Keeps floods out without silencing anybody in danger.

The limits are far above what a person types. Beyond them a message waits (the page sends it again
by itself), unless the rules see risk in it: that is taken in, always. Kept in memory, by
fingerprint, for a minute.
"""

from __future__ import annotations

from limits import RateLimitItemPerDay, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from intake import risk

PER_VISIT = RateLimitItemPerMinute(60)
NEW_VISITS = RateLimitItemPerMinute(600)
# Codes to come back with, shown or tried, of all visitors together: some 1.6 thousand million are
# possible. Guessing all year finds one of a thousand that people hold with a chance of one in nine.
# Each process of the porch has its part of it: counts lie in the memory of one.
CODES = (RateLimitItemPerMinute(10), RateLimitItemPerDay(500))


class Flood:
    """Counts messages of visits and new visits of this process, which is one of so many."""

    def __init__(self, processes: int = 1) -> None:
        self._processes = processes
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def admits(self, mark: bytes | None, text: str) -> bool:
        """Whether to take a message in; `mark` is None where a visit would begin."""
        if mark is None:
            within = self._limiter.hit(NEW_VISITS, "new")
        else:
            within = self._limiter.hit(PER_VISIT, mark.hex())
        return within or _is_risky(text)

    def admits_code(self) -> bool:
        """Whether a return code may be shown or tried now."""
        return all(
            self._limiter.hit(limit, "codes", cost=min(self._processes, limit.amount))
            for limit in CODES
        )


def _is_risky(text: str) -> bool:
    found = risk.screen(text)
    return found.tier is not None or found.asks_for_person
