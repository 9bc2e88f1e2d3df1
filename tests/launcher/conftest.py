"""A scratch checkout with the launcher in it and small stand-ins for the other rooms."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

_SERVE = """
import http.server, os, sys

class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *words):
        pass

def serve(port):
    print("a private word", flush=True)
    http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ[port])), Answer).serve_forever()
"""

_BOT = """
import os, pathlib, sys
from stand_in import serve

if sys.argv[1:] == ["train"]:
    pathlib.Path(os.environ["MODEL_DIR"], "model.tar.gz").touch()
else:
    serve("ENGINE_PORT")
"""

_WORKER = """
import os, pathlib, signal
pathlib.Path(os.environ["WORKER_READY_FILE"]).touch()
signal.pause()
"""

_KEYS = """
import pathlib, sys
pathlib.Path(sys.argv[2]).touch(mode=0o600, exist_ok=False)
"""

ROOMS = {
    "stand_in.py": _SERVE,
    "channels/__main__.py": "from stand_in import serve\nserve('PUBLIC_PORT')",
    "channels/worker.py": _WORKER,
    "handoff/__main__.py": "from stand_in import serve\nserve('STAFF_PORT')",
    "handoff/users.py": "import os, sys\nprint(sys.argv[1:], 'DATABASE_URL' in os.environ)",
    "actions/__main__.py": "from stand_in import serve\nserve('ACTIONS_PORT')",
    "practice/__main__.py": "from stand_in import serve\nserve('PRACTICE_PORT')",
    "bot/__main__.py": _BOT,
    "storage/keys.py": _KEYS,
    "storage/migrate.py": "",
    "directory/seed.py": "",
}


def free_port() -> int:
    """Return a loopback port that nobody listens on now."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


def wait_for(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait until the condition holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "this did not come true in time"
        time.sleep(0.05)


@dataclass
class Checkout:
    """A copy of the launcher among stand-ins, run as its own processes."""

    path: Path
    environment: dict[str, str]
    started: list[subprocess.Popen[str]] = field(default_factory=list)
    port: int = field(default_factory=free_port)
    staff_port: int = field(default_factory=free_port)

    def write(self, name: str, text: str) -> None:
        """Write a file of the checkout."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(textwrap.dedent(text), encoding="utf-8")

    def start(self, *words: str, **settings: str) -> subprocess.Popen[str]:
        """Start a command of the launcher; its two streams come as one."""
        with (self.path / f"output-{len(self.started)}").open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "launcher", *words],
                cwd=self.path,
                env={**self.environment, **settings},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
            )
        self.started.append(process)
        return process

    def up_unheard(self) -> subprocess.Popen[str]:
        """Start the line, and stop listening to it once it is ready."""
        words = ["up", "--port", str(self.port), "--staff-port", str(self.staff_port)]
        process = subprocess.Popen(
            [sys.executable, "-m", "launcher", *words],
            cwd=self.path,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        assert process.stdout is not None
        with process.stdout as output:
            assert any(line.startswith("ready: ") for line in output)
        return process

    def up(self, *words: str, **settings: str) -> subprocess.Popen[str]:
        """Start the line on ports of this checkout."""
        ports = ("--port", str(self.port), "--staff-port", str(self.staff_port))
        return self.start("up", *ports, *words, **settings)

    def output(self, process: subprocess.Popen[str]) -> str:
        """Return what the command printed so far."""
        number = self.started.index(process)
        return (self.path / f"output-{number}").read_text(encoding="utf-8")

    def finish(self, process: subprocess.Popen[str], seconds: float = 60.0) -> tuple[int, str]:
        """Wait for a command to end; return its status and what it printed."""
        return process.wait(seconds), self.output(process)

    def ready(self, process: subprocess.Popen[str]) -> None:
        """Wait for the ready line."""
        wait_for(lambda: process.poll() is not None or "\nready: " in self.output(process), 60.0)
        assert process.poll() is None, self.output(process)

    def processes(self) -> list[int]:
        """Return the ids of all processes that were started from this checkout and still run."""
        import psutil

        found = []
        for process in psutil.process_iter():
            try:
                if process.status() != psutil.STATUS_ZOMBIE and str(self.path) in " ".join(
                    (process.cwd(), *process.cmdline())
                ):
                    found.append(process.pid)
            except psutil.Error:
                continue
        return found


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Checkout]:
    """A checkout whose two environments are the one that runs this test."""
    path = tmp_path / "checkout"
    shutil.copytree(ROOT / "launcher", path / "launcher")
    for name in ("services", "engine"):
        link = path / ".build" / name
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(sys.prefix)
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": str(path)}
    scratch = Checkout(path, environment)
    for name, text in ROOMS.items():
        scratch.write(name, text)
    yield scratch
    for process in scratch.started:
        if process.poll() is None:
            process.kill()
            process.wait()
    wait_for(lambda: not scratch.processes())
