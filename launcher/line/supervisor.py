"""Starts processes, starts those again that die, and stops every one of them.

Each process leads a group of its own, is tied to the launcher's life by
`launcher.line.tether`, and writes into its own log. Until it has been ready
once, a death is a failure to start; after that it is started again for ever,
each time a little later.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from launcher.line import logs
from launcher.setup.layout import ROOT
from launcher.setup.refusal import Refusal

TETHER = Path(__file__).with_name("tether.py")

# Seconds: between asking whether a process is ready, and the first and longest
# pauses before starting a process again.
ASK_EVERY = 0.1
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
# A process that lasted this long starts again with the first pause.
STEADY = 60.0


@dataclass(frozen=True)
class Program:
    """One process: what to run, in which environment, and how to tell that it is ready."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    ready: Callable[[], Awaitable[bool]]
    # Asks for an orderly end; sent to the process alone, which ends its own children.
    stop: signal.Signals = signal.SIGTERM
    # What the kernel sends when the launcher vanished.
    orphaned: signal.Signals = signal.SIGKILL
    user: str | None = None
    # Seconds that a start may take, and an orderly end.
    patience: float = 90.0
    grace: float = 5.0
    before_start: Callable[[], None] = lambda: None


class Supervisor:
    """The processes of one line. Create and use it inside one event loop."""

    def __init__(self, folder: Path, report: Callable[[str], None]) -> None:
        self._logs = folder
        self._report = report
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._programs: dict[str, Program] = {}
        self._keepers: dict[str, asyncio.Task[None]] = {}
        self._starting: set[str] = set()
        self._stopping = False

    @property
    def pids(self) -> dict[str, int]:
        """Return the process id of every process that runs now."""
        return {name: process.pid for name, process in self._running.items()}

    @property
    def starting(self) -> list[str]:
        """Return the names of the processes that are not ready yet."""
        return sorted(self._starting)

    async def start(self, program: Program) -> None:
        """Start a process and wait until it is ready; from then on it is kept running.

        Raises Refusal, naming the log, when it ends or stays silent instead.
        """
        process = await self._spawn(program, logs.open_new(self._logs, program.name))
        self._starting.add(program.name)
        if not await self._becomes_ready(program, process):
            raise Refusal(
                f"the {program.name} process {_fate(process, program.patience)}; its log tells "
                f"why: {self._logs / program.name}.log"
            )
        self._starting.remove(program.name)
        self._keepers[program.name] = asyncio.create_task(self._keep(program, process))

    async def run(self, program: Program) -> int:
        """Run a program to its end and return its exit status."""
        process = await self._spawn(program, logs.open_new(self._logs, program.name))
        try:
            return await asyncio.wait_for(process.wait(), program.patience)
        except TimeoutError:
            raise Refusal(
                f"{program.name} did not end within {program.patience:.0f} s; its log tells why: "
                f"{self._logs / program.name}.log"
            ) from None
        finally:
            if process.returncode is not None:
                self._forget(program.name)

    async def stop(self, *order: Sequence[str]) -> None:
        """Stop everything: the named groups one after the other, then all the rest at once."""
        self._stopping = True
        for keeper in self._keepers.values():
            keeper.cancel()
        await asyncio.gather(*self._keepers.values(), return_exceptions=True)
        named = [name for group in order for name in group]
        first = [name for name in self._running if name not in named]
        for group in (first, *order):
            await asyncio.gather(*(self._end(name) for name in group if name in self._running))

    def kill(self) -> None:
        """End everything at once, without waiting."""
        self._stopping = True
        for process in self._running.values():
            _signal_group(process.pid, signal.SIGKILL)

    def turn_logs_over(self) -> None:
        """Begin new log files where the present ones grew too large."""
        for name in list(self._running):
            logs.turn_over(self._logs, name)

    async def _spawn(self, program: Program, log: int) -> asyncio.subprocess.Process:
        try:
            if self._stopping:
                raise asyncio.CancelledError
            program.before_start()
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(TETHER), str(os.getpid())),
                *(str(int(program.orphaned)), program.user or "-", *program.command),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                env=program.environment,
                start_new_session=True,
            )
        finally:
            os.close(log)
        self._programs[program.name] = program
        self._running[program.name] = process
        return process

    async def _becomes_ready(self, program: Program, process: asyncio.subprocess.Process) -> bool:
        deadline = time.monotonic() + program.patience
        while process.returncode is None and time.monotonic() < deadline:
            if await program.ready():
                return process.returncode is None
            await asyncio.sleep(ASK_EVERY)
        return False

    async def _keep(self, program: Program, process: asyncio.subprocess.Process) -> None:
        pause = FIRST_PAUSE
        while True:
            started = time.monotonic()
            await process.wait()
            self._forget(program.name)
            if time.monotonic() - started > STEADY:
                pause = FIRST_PAUSE
            self._report(f"{program.name} {_fate(process, 0)}; starting it again")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            process = await self._spawn(program, logs.open_same(self._logs, program.name))
            if await self._becomes_ready(program, process):
                self._report(f"{program.name} is running again")
            elif process.returncode is None:
                # Neither dead nor ready: end it, so that the next round starts it afresh.
                _signal_group(process.pid, signal.SIGKILL)

    async def _end(self, name: str) -> None:
        process, program = self._running[name], self._programs[name]
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(program.stop)
        try:
            await asyncio.wait_for(process.wait(), program.grace)
        except TimeoutError:
            _signal_group(process.pid, signal.SIGKILL)
            await process.wait()
        self._forget(name)

    def _forget(self, name: str) -> None:
        """Drop an ended process and end what it may have left in its group."""
        process = self._running.pop(name)
        _signal_group(process.pid, signal.SIGKILL)


def _fate(process: asyncio.subprocess.Process, patience: float) -> str:
    if process.returncode is None:
        return f"did not become ready within {patience:.0f} s"
    if process.returncode < 0:
        return f"was ended by {signal.Signals(-process.returncode).name}"
    return f"ended with status {process.returncode}"


def _signal_group(leader: int, number: signal.Signals) -> None:
    # The group outlives its leader while a member is left, so its number is not reused.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)
