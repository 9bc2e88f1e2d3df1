"""Prints what came of a load, hits and misses alike."""

from __future__ import annotations

from rich.console import Console

from benchmarks.porch_load import MARK, Load


def tell(console: Console, found: Load, asked: int) -> bool:
    """Print it; whether every mark was hit."""
    fast = found.seconds.p95 < MARK and found.rate > 0.97 * asked
    kills = ", ".join(f"{name} {count} times" for name, count in found.kills.items())
    console.print(
        f"{_word(fast)}      {found.sent} texts accepted at {found.rate:.0f}/s (asked for "
        f"{asked}/s): {found.seconds}; mark for p95 {MARK * 1000:.0f} ms"
    )
    console.print(f"          killed meanwhile: {kills}")
    if found.cut_off is not None:
        console.print(f"          cut off by a kill and handed in again: {found.cut_off}")
    right = True
    for name in ("refused", "lost", "doubled", "disordered", "answered_twice"):
        count = getattr(found, name)
        right = right and not count
        console.print(f"{_word(not count)}      {name.replace('_', ' ')}: {count}")
    database = "?" if found.database_ms is None else f"{found.database_ms:.2f}"
    console.print(
        f"          processor time a text: porch {found.porch_ms:.2f} ms, database, also for the "
        f"worker, {database} ms"
    )
    if found.unanswered is not None:
        console.print(f"          without an answer after a minute: {found.unanswered}")
    return fast and right


def _word(hit: bool) -> str:
    return "hit " if hit else "MISS"
