"""The whole line on real parts, started as a newcomer starts it: `./hotline up`.

One line serves all tests of this room; each test texts from numbers of its own. Processes are
killed by tests here, and the launcher starts them again.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest
from twilio.request_validator import RequestValidator

HOOK = "/hooks/twilio/sms"
_AREAS = (204, 250, 306, 343, 403, 416, 418, 438, 450, 506, 514, 519, 587, 604, 647, 705)
_NUMBERS = itertools.cycle(f"+1{area}55501{n:02d}" for n in range(100) for area in _AREAS)
SECONDS = 30.0


def wait_until[Found](look: Callable[[], Found], seconds: float = SECONDS) -> Found:
    """Look again until something is found; fails after some seconds."""
    until = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < until, f"did not happen in {seconds:.0f} s"
        time.sleep(0.05)


class Line:
    """A running line, seen from outside."""

    def __init__(self, data: Path, process: subprocess.Popen[str], output: list[str]) -> None:
        self.data, self.process, self.output = data, process, output
        state = json.loads((data / "line.json").read_text())
        self.public_url: str = state["public_url"]
        self.staff_url: str = state["staff_url"]
        self.environment: dict[str, str] = state["environment"]
        self.token = self.environment["TWILIO_AUTH_TOKEN"]
        self.number = self.environment["TWILIO_FROM"]
        self.porch = httpx.Client(base_url=self.public_url, trust_env=False, timeout=20)
        self.carrier = httpx.Client(
            base_url=self.environment["TWILIO_API_URL"],
            auth=(self.environment["TWILIO_ACCOUNT_SID"], self.token),
            trust_env=False,
            timeout=30,
        )

    def pid(self, name: str) -> int:
        """The process of this name now."""
        pids: dict[str, int] = json.loads((self.data / "line.json").read_text())["pids"]
        return pids[name]

    def kill(self, name: str) -> None:
        """Kill a process without a word, and wait until another has taken its place."""
        before = self.pid(name)
        os.kill(before, signal.SIGKILL)

        def replaced() -> bool:
            now = self.pid(name)
            return now != before and psutil.pid_exists(now)

        wait_until(replaced)

    def query(self, sql: str, *values: Any) -> list[Any]:
        """Look into the hall."""
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            return connection.execute(sql.encode(), values).fetchall()

    def texter(self) -> Texter:
        """Somebody new."""
        return Texter(self, next(_NUMBERS))


class Texter:
    """A person with a phone."""

    def __init__(self, line: Line, number: str) -> None:
        self.line, self.number = line, number

    def form(self, body: str, sid: str) -> dict[str, str]:
        """The webhook's form."""
        return {
            "AccountSid": self.line.environment["TWILIO_ACCOUNT_SID"],
            "Body": body,
            "From": self.number,
            "MessageSid": sid,
            "NumMedia": "0",
            "To": self.line.number,
        }

    def text(self, body: str, sid: str | None = None) -> int:
        """Text the line; the status of the webhook, 0 when nobody answered."""
        form = self.form(body, sid or f"SM{os.urandom(16).hex()}")
        signature = RequestValidator(self.line.token).compute_signature(
            f"{self.line.public_url}{HOOK}", form
        )
        try:
            answer = self.line.porch.post(
                HOOK, data=form, headers={"X-Twilio-Signature": signature}
            )
        except httpx.HTTPError:
            return 0
        return answer.status_code

    def text_until_taken(self, body: str, seconds: float = SECONDS) -> None:
        """Like a carrier that retries the same message until it is answered with 200."""
        sid = f"SM{os.urandom(16).hex()}"
        wait_until(lambda: self.text(body, sid) == 200, seconds)

    def replies(self) -> list[str]:
        """What has reached the phone."""
        answer = self.line.carrier.get("/practice/texts", params={"to": self.number})
        return [text["body"] for text in answer.json()]

    def wait_for(self, count: int, seconds: float = SECONDS) -> list[str]:
        """Until so many texts have reached the phone."""
        wait_until(lambda: len(self.replies()) >= count, seconds)
        return self.replies()

    def ask(self, body: str) -> str:
        """Text, and wait for the next reply."""
        before = len(self.replies())
        assert self.text(body) == 200
        return self.wait_for(before + 1)[before]


class Desk:
    """An advocate's browser, without the browser."""

    def __init__(self, line: Line, name: str, password: str) -> None:
        self.client = httpx.Client(
            base_url=line.staff_url,
            trust_env=False,
            timeout=20,
            headers={"Origin": line.staff_url, "Sec-Fetch-Site": "same-origin"},
        )
        self.post("/api/session", name=name, password=password)

    def post(self, path: str, **body: Any) -> httpx.Response:
        """An action; fails unless it worked."""
        answer = self.client.post(path, json=body)
        assert answer.is_success, (path, answer.status_code)
        return answer

    def board(self) -> list[dict[str, Any]]:
        """The waiting list."""
        entries: list[dict[str, Any]] = self.client.get("/api/board").json()["entries"]
        return entries

    def thread(self, conversation_id: str) -> dict[str, Any]:
        """An opened conversation."""
        answer = self.client.get(f"/api/conversations/{conversation_id}")
        assert answer.is_success, answer.status_code
        thread: dict[str, Any] = answer.json()
        return thread


@pytest.fixture(scope="session")
def line(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """The line, up and ready."""
    data = tmp_path_factory.mktemp("line")
    ports = (_free_port(), _free_port())
    command = [str(root / "hotline"), "up", "--data-dir", str(data)]
    command += ["--port", str(ports[0]), "--staff-port", str(ports[1])]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=root
    )
    output: list[str] = []

    def read() -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            output.extend(lines)

    reading = threading.Thread(target=read, daemon=True)
    reading.start()

    def ready() -> bool:
        assert process.poll() is None, "".join(output)
        return any(text.startswith("ready") for text in output)

    wait_until(ready, 400)
    children = psutil.Process(process.pid).children(recursive=True)
    line = Line(data, process, output)
    yield line
    line.porch.close()
    line.carrier.close()
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0, "".join(output[-20:])
    reading.join(10)
    _, alive = psutil.wait_procs(children, timeout=5)
    assert alive == [], "the launcher left processes behind"


@pytest.fixture(scope="session")
def advocate(line: Line, root: Path) -> tuple[str, str]:
    """Name and password of the first account, made by the command line."""
    made = subprocess.run(
        [
            *(str(root / "hotline"), "user", "--data-dir", str(line.data)),
            *("add", "River", "--languages", "en,fr", "--password-stdin"),
        ],
        input="a long enough password\n",
        text=True,
        capture_output=True,
        cwd=root,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return "River", "a long enough password"


@pytest.fixture(scope="session")
def desk(line: Line, advocate: tuple[str, str]) -> Iterator[Desk]:
    """The advocate, signed in."""
    signed_in = Desk(line, *advocate)
    yield signed_in
    signed_in.client.close()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
