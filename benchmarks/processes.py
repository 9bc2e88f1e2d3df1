"""The processes of one line on this machine: found, killed, and asked how much they have worked."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

import psutil
import psycopg

PORCH, WORKER = "channels", "channels.worker"


class Processes:
    """Porch, worker and database of the line at one public address."""

    def __init__(self, public_url: str, database_url: str) -> None:
        self._public_url = public_url.rstrip("/")
        self._database_url = database_url
        self._ended: dict[str, float] = {}

    def of(self, module: str) -> list[psutil.Process]:
        """Those that run a module for this very line: others may run on the machine."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                words = process.cmdline()
                named = words[-2:] == ["-m", module]
                if named and process.environ().get("PUBLIC_URL", "").rstrip("/") == (
                    self._public_url
                ):
                    found.append(process)
        return found

    def kill(self, module: str, *, all_of_them: bool = True) -> int:
        """Kill them where they stand, or one that works; how many were killed.

        Whoever looks after them starts them again.
        """
        found = self.of(module)
        if not all_of_them:
            # A parent only waits for its children.
            parents = {process.ppid() for process in found}
            found = [process for process in found if process.pid not in parents][:1]
        for process in found:
            self._ended[module] = self._ended.get(module, 0.0) + _worked(process)
            os.kill(process.pid, signal.SIGKILL)
        return len(found)

    def seconds(self, module: str) -> float:
        """Processor time of those that run a module and of those that were killed."""
        return self._ended.get(module, 0.0) + sum(map(_worked, self.of(module)))

    def database_seconds(self) -> float | None:
        """Processor time of the whole database server; None when it is on another machine."""
        with psycopg.connect(self._database_url) as connection:
            try:
                server = psutil.Process(connection.info.backend_pid).parent()
            except psutil.Error:
                return None
        if server is None or "postgres" not in server.name():
            return None
        times = server.cpu_times()
        gone = float(times.children_user + times.children_system)
        return gone + _worked(server) + sum(map(_worked, server.children()))


def _worked(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)
