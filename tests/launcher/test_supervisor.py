"""Processes are kept, told apart and ended, the stubborn and the orphaned ones too."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from launcher.line import logs
from launcher.line.supervisor import TETHER, Program, Supervisor
from launcher.setup.refusal import Refusal
from tests.launcher.conftest import wait_for

STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
PARENT = "import subprocess; child = subprocess.Popen(['sleep', '60']); note(child.pid)\n"


class Bench:
    """A supervisor over small Python programs that note what they do in a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.said: list[str] = []
        self.supervisor = Supervisor(path / "logs", self.said.append)

    def program(self, name: str, code: str = "", patience: float = 20.0) -> Program:
        """Return a program that runs `code`, notes its number, and stays."""
        note = self.path / name

        async def noted() -> bool:
            return note.exists()

        whole = (
            "import os, pathlib, signal, sys\n"
            f"def note(text):\n    path = pathlib.Path({str(note)!r})\n"
            "    path.with_suffix('.new').write_text(str(text)); "
            "path.with_suffix('.new').replace(path)\n"
            f"{code}\nif not os.path.exists({str(note)!r}): note(os.getpid())\n"
            "while True: signal.pause()"
        )
        return Program(
            name=name,
            command=(sys.executable, "-c", whole),
            environment={},
            ready=noted,
            patience=patience,
            grace=0.5,
            before_start=lambda: note.unlink(missing_ok=True),
        )

    def noted(self, name: str) -> int:
        """Return the number that the program noted."""
        return int((self.path / name).read_text())


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """A supervisor whose processes are gone after the test."""
    made = Bench(tmp_path)
    yield made
    await made.supervisor.stop()
    assert made.supervisor.pids == {}


async def until(condition: object, seconds: float = 20.0) -> None:
    """Await a condition."""
    assert callable(condition)
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


async def test_a_dead_process_is_started_again_with_one_line(bench: Bench) -> None:
    """The line names the process and how it ended."""
    await bench.supervisor.start(bench.program("desk"))
    first = bench.supervisor.pids["desk"]
    os.kill(first, signal.SIGKILL)
    await until(lambda: "desk is running again" in bench.said)
    assert bench.supervisor.pids["desk"] != first
    assert bench.said == [
        "desk was ended by SIGKILL; starting it again",
        "desk is running again",
    ]


async def test_a_process_that_keeps_dying_is_tried_ever_less_often(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pauses double up to the longest, and trying never ends."""
    pauses: list[float] = []
    real_sleep = asyncio.sleep

    async def note_pause(seconds: float) -> None:
        if seconds >= 0.5:
            pauses.append(seconds)
        await real_sleep(0.01)

    await bench.supervisor.start(bench.program("desk"))
    monkeypatch.setattr("launcher.line.supervisor.asyncio.sleep", note_pause)
    program = bench.supervisor._programs["desk"]
    object.__setattr__(program, "command", (sys.executable, "-c", "raise SystemExit(4)"))
    os.kill(bench.supervisor.pids["desk"], signal.SIGKILL)
    async with asyncio.timeout(30):
        while len(pauses) < 9:
            await real_sleep(0.02)
    assert pauses[:9] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
    assert "desk ended with status 4; starting it again" in bench.said


async def test_what_its_child_left_behind_is_ended(bench: Bench) -> None:
    """A process that dies does not leave children running beside its successor."""
    await bench.supervisor.start(bench.program("desk", PARENT))
    child = bench.noted("desk")
    os.kill(bench.supervisor.pids["desk"], signal.SIGKILL)
    await until(lambda: not psutil.pid_exists(child) or is_zombie(child))


def is_zombie(pid: int) -> bool:
    """Tell whether the process ended and only waits to be collected."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


async def test_a_process_that_ends_before_it_is_ready_is_refused(bench: Bench) -> None:
    """The sentence names the log and not a word of it."""
    with pytest.raises(Refusal, match=r"ended with status 3; its log tells why: .*porch\.log"):
        await bench.supervisor.start(bench.program("porch", "print('hush'); sys.exit(3)"))
    assert (bench.path / "logs/porch.log").read_text() == "hush\n"


async def test_a_process_that_is_never_ready_is_refused(bench: Bench) -> None:
    """A start has an end."""
    with pytest.raises(Refusal, match="did not become ready within"):
        await bench.supervisor.start(bench.program("porch", "signal.pause()", patience=0.5))


async def test_a_stubborn_process_is_killed_after_its_grace(bench: Bench) -> None:
    """One that ignores the request to end does not hold up the stop, nor do its children."""
    await bench.supervisor.start(bench.program("engine", STUBBORN + PARENT))
    leader, child = bench.supervisor.pids["engine"], bench.noted("engine")
    await bench.supervisor.stop()
    assert not psutil.pid_exists(leader)
    await until(lambda: is_zombie(child))


async def test_the_named_ones_end_last(bench: Bench) -> None:
    """The database outlives those that use it."""
    last_words = "signal.signal(signal.SIGTERM, lambda *a: (print('end', flush=True), os._exit(0)))"
    for name in ("database", "porch", "desk"):
        await bench.supervisor.start(bench.program(name, last_words))
    ended = [psutil.Process(pid) for pid in bench.supervisor.pids.values()]
    await bench.supervisor.stop(["database"])
    assert not any(process.is_running() for process in ended)
    written = {
        name: (bench.path / f"logs/{name}.log").stat().st_mtime_ns
        for name in ("database", "porch", "desk")
    }
    assert max(written, key=lambda name: written[name]) == "database"


async def test_a_stop_during_a_pause_starts_nothing(bench: Bench) -> None:
    """Between the death of a process and its next start, a stop is final."""
    await bench.supervisor.start(bench.program("desk"))
    os.kill(bench.supervisor.pids["desk"], signal.SIGKILL)
    await until(lambda: bench.said)
    await bench.supervisor.stop()
    assert bench.supervisor.pids == {}


async def test_a_run_returns_how_it_ended(bench: Bench) -> None:
    """A step of the start tells success from failure by its status."""
    assert await bench.supervisor.run(bench.program("migrate", "sys.exit(0)")) == 0
    assert await bench.supervisor.run(bench.program("migrate", "sys.exit(7)")) == 7
    with pytest.raises(Refusal, match="did not end within"):
        await bench.supervisor.run(bench.program("migrate", "signal.pause()", patience=0.5))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can tie a process to its parent")
def test_a_tethered_process_ends_with_its_parent(tmp_path: Path) -> None:
    """The kernel ends it even when the parent is killed without a chance to act."""
    note = tmp_path / "pid"
    tether = [sys.executable, str(TETHER)]
    code = (
        "import os, signal, subprocess\n"
        f"child = subprocess.Popen([*{tether!r}, str(os.getpid()), '9', '-', "
        f"{sys.executable!r}, '-c', 'import signal; print(1, flush=True); signal.pause()'],"
        " stdout=subprocess.PIPE, start_new_session=True)\n"
        "child.stdout.readline()\n"
        f"open({str(note)!r}, 'w').write(str(child.pid))\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    wait_for(lambda: is_zombie(int(note.read_text())))


def test_a_tether_whose_parent_is_gone_does_not_begin(tmp_path: Path) -> None:
    """A parent that died before the kernel was asked is noticed."""
    not_the_parent = "1" if os.getpid() != 1 else "2"
    touched = tmp_path / "touched"
    command = [sys.executable, str(TETHER), not_the_parent, "9", "-", "/bin/touch", str(touched)]
    assert subprocess.run(command, check=False).returncode == 3
    assert not touched.exists()


def test_logs_are_private_and_turned_over(tmp_path: Path) -> None:
    """Each start begins a log, older ones are kept up to a number, and size has a bound."""
    for text in ("one", "two", "three", "four", "five"):
        descriptor = logs.open_new(tmp_path / "logs", "porch")
        os.write(descriptor, text.encode())
        os.close(descriptor)
    names = sorted(path.name for path in (tmp_path / "logs").iterdir())
    assert names == ["porch.log", "porch.log.1", "porch.log.2", "porch.log.3"]
    assert (tmp_path / "logs/porch.log.1").read_text() == "four"
    descriptor = logs.open_same(tmp_path / "logs", "porch")
    logs.turn_over(tmp_path / "logs", "porch", largest=3)
    os.write(descriptor, b"six")
    os.close(descriptor)
    assert (tmp_path / "logs/porch.log").read_text() == "six"
    assert (tmp_path / "logs/porch.log.1").read_text() == "five"
    for path in (tmp_path / "logs").iterdir():
        assert path.stat().st_mode & 0o077 == 0
