"""The porch as several processes on one socket: one may die, the others answer."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

# A parent with two processes that answer with their own number and take one call at a time.
PARENT = """
import os, socket, sys
from channels.processes import MISCONFIGURED, Processes

listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)

def serve(place):
    if sys.argv[1] == "misconfigured":
        return MISCONFIGURED
    while True:
        caller, _ = listening.accept()
        with caller:
            caller.recv(1)
            caller.sendall(str(os.getpid()).encode())

raise SystemExit(Processes(2, serve).run())
"""


def start(how: str) -> tuple[subprocess.Popen[str], int]:
    """A parent, and the port of its socket."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, how],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    return parent, int(parent.stdout.readline())


def ask(port: int) -> int:
    """The process that answers."""
    with socket.create_connection(("127.0.0.1", port), 5) as call:
        call.sendall(b"?")
        return int(call.recv(20))


def until_gone(port: int) -> bool:
    """Whether nobody listens any more, within five seconds."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            ask(port)
        except (OSError, ValueError):
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def parent() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A running porch of that kind."""
    process, port = start("well")
    yield process, port
    with suppress(ProcessLookupError):
        process.kill()
    process.communicate()


def test_one_that_dies_is_replaced(parent: tuple[subprocess.Popen[str], int]) -> None:
    """Callers are answered meanwhile, by the other one and then by the new one."""
    process, port = parent
    first = ask(port)
    os.kill(first, signal.SIGKILL)
    seen = set()
    deadline = time.monotonic() + 30
    while len(seen) < 2 and time.monotonic() < deadline:
        # Two calls at a time, so that both get one. The dying one may still take one with it.
        with (
            suppress(OSError, ValueError),
            socket.create_connection(("127.0.0.1", port), 5) as held,
        ):
            seen.add(ask(port))
            held.sendall(b"?")
            seen.add(int(held.recv(20)))
    assert len(seen) == 2
    assert first not in seen
    assert process.poll() is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_they_end_together(
    parent: tuple[subprocess.Popen[str], int], number: signal.Signals
) -> None:
    """Whatever ends the parent: nobody keeps the port."""
    process, port = parent
    ask(port)
    process.send_signal(number)
    assert process.wait(5) == (0 if number is not signal.SIGKILL else -signal.SIGKILL)
    assert until_gone(port)


def test_a_signal_while_they_start_reaches_all() -> None:
    """However early it comes, nobody stays behind and the parent ends."""
    for pause in (0.0, 0.0005, 0.001, 0.002, 0.004, 0.008):
        process, port = start("well")
        time.sleep(pause)
        process.terminate()
        assert process.wait(10) in (0, -signal.SIGTERM)
        assert until_gone(port)
        process.communicate()


def test_a_wrong_setting_ends_all() -> None:
    """Another process would be as wrong."""
    process, _ = start("misconfigured")
    assert process.wait(5) == 2
    process.communicate()
