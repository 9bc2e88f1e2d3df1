"""The line comes up, stays up, goes down and refuses in one sentence; the rooms are stand-ins."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import urllib.request
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.launcher.conftest import Checkout, free_port, wait_for


def state(checkout: Checkout) -> dict[str, Any]:
    """Read the note of the running line."""
    found: dict[str, Any] = json.loads((checkout.path / ".data/line.json").read_text())
    return found


def refused(checkout: Checkout, *words: str, **settings: str) -> str:
    """Run `up` to its end; return its last line when it refused as it should."""
    status, output = checkout.finish(checkout.up(*words, **settings))
    assert status == 1, output
    assert "Traceback" not in output
    assert "\nready:" not in output
    last = output.strip().splitlines()[-1]
    assert last.startswith("hotline: ")
    return last


def test_one_ready_line_says_where_and_how_to_sign_in(checkout: Checkout) -> None:
    """The ready line comes once, with both addresses and the way to a first account."""
    line = checkout.up()
    checkout.ready(line)
    ready = [text for text in checkout.output(line).splitlines() if text.startswith("ready:")]
    assert len(ready) == 1
    assert f"http://127.0.0.1:{checkout.port}" in ready[0]
    assert f"http://127.0.0.1:{checkout.staff_port}" in ready[0]
    assert "./hotline user add NAME" in ready[0]
    assert "sms: off for real phones" in checkout.output(line)
    with urllib.request.urlopen(f"http://127.0.0.1:{checkout.port}/healthz") as answer:
        assert answer.status == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_every_process(checkout: Checkout, number: signal.Signals) -> None:
    """Ctrl-C, an orderly end and a closed terminal leave no process and no note."""
    line = checkout.up()
    checkout.ready(line)
    assert len(checkout.processes()) > 7
    line.send_signal(number)
    status, output = checkout.finish(line)
    assert (status, output.splitlines()[-1]) == (0, "stopped")
    assert checkout.processes() == []
    assert not (checkout.path / ".data/line.json").exists()


def test_a_killed_launcher_takes_all_with_it_and_the_next_start_recovers(
    checkout: Checkout,
) -> None:
    """After SIGKILL nothing stays behind, and the same data directory starts again."""
    line = checkout.up()
    checkout.ready(line)
    line.kill()
    line.wait()
    wait_for(lambda: not checkout.processes())
    checkout.ready(checkout.up())


def test_a_line_whose_terminal_is_gone_goes_on_and_stops(checkout: Checkout) -> None:
    """When nobody reads what it says, it still starts processes again, and still ends."""
    line = checkout.up_unheard()
    for _ in range(2):
        before = state(checkout)["pids"]["desk"]
        os.kill(before, signal.SIGKILL)
        wait_for(lambda before=before: state(checkout)["pids"]["desk"] != before)  # type: ignore[misc]
    line.terminate()
    assert line.wait(30) == 0
    assert checkout.processes() == []


def test_each_process_that_dies_is_started_again(checkout: Checkout) -> None:
    """Every process is killed once in turn; each comes back with one line, and no words of its."""
    line = checkout.up()
    checkout.ready(line)
    names = sorted(state(checkout)["pids"])
    assert names == ["actions", "database", "desk", "engine", "porch", "practice", "worker"]
    for name in names:
        os.kill(state(checkout)["pids"][name], signal.SIGKILL)
        back = f"{name} is running again"
        wait_for(partial(_says, checkout, line, back))
    for name in names:
        assert checkout.output(line).count(f"{name} was ended by SIGKILL; starting it again") == 1
    assert "a private word" not in checkout.output(line)
    assert "a private word" in (checkout.path / ".data/logs/porch.log").read_text()


def _says(checkout: Checkout, line: subprocess.Popen[str], text: str) -> bool:
    return text in checkout.output(line)


def test_what_the_line_writes_is_closed_to_others(checkout: Checkout) -> None:
    """Notes, secrets, keys and logs are for the user of the line alone."""
    line = checkout.up()
    checkout.ready(line)
    files = [path for path in (checkout.path / ".data").rglob("*") if path.is_file()]
    names = {path.name for path in files}
    assert {"line.json", "keyring", "database", "practice.json", "porch.log"} <= names
    for path in files:
        assert not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO), path


def test_practice_secrets_stay_and_are_random(checkout: Checkout) -> None:
    """The practice carrier keeps its credentials from run to run, each line its own."""
    seen = []
    for folder in (".data", ".data", "other"):
        line = checkout.up("--data-dir", folder)
        checkout.ready(line)
        line.terminate()
        line.wait()
        kept = json.loads((checkout.path / folder / "secrets/practice.json").read_text())
        seen.append((kept["TWILIO_ACCOUNT_SID"], kept["TWILIO_AUTH_TOKEN"]))
    assert seen[0] == seen[1] != seen[2]


def test_a_second_line_on_the_same_data_is_refused(checkout: Checkout) -> None:
    """Two launchers never share a data directory, and the first goes on."""
    line = checkout.up()
    checkout.ready(line)
    sentence = refused(checkout)
    assert f"(process {line.pid})" in sentence and "--data-dir" in sentence
    assert line.poll() is None


@pytest.mark.parametrize("option", ["--port", "--staff-port"])
def test_a_taken_port_is_refused_by_name(checkout: Checkout, option: str) -> None:
    """The sentence names the port and the option that chooses another."""
    taken = checkout.port if option == "--port" else checkout.staff_port
    with socket.socket() as other:
        other.bind(("127.0.0.1", taken))
        other.listen()
        sentence = refused(checkout)
    assert f"port {taken} " in sentence and option in sentence


@pytest.mark.parametrize(
    ("room", "process"),
    [
        ("channels/__main__.py", "porch"),
        ("channels/worker.py", "worker"),
        ("handoff/__main__.py", "desk"),
        ("bot/__main__.py", "engine"),
        ("storage/migrate.py", "migrate"),
        ("directory/seed.py", "seed"),
    ],
)
def test_what_cannot_start_is_named_with_its_log(
    checkout: Checkout, room: str, process: str
) -> None:
    """The first failure to start ends the whole start; its own words stay in its log."""
    failing = "import sys\nif 'train' not in sys.argv: sys.exit('a private word')"
    checkout.write(room, failing)
    sentence = refused(checkout)
    log = checkout.path / f".data/logs/{process}.log"
    assert process in sentence and str(log) in sentence
    assert "a private word" not in sentence
    assert "a private word" in log.read_text()
    assert checkout.processes() == []


def test_a_model_that_cannot_be_trained_is_not_kept(checkout: Checkout) -> None:
    """Training that failed is told, and tried again by the next start."""
    trained = (checkout.path / "bot/__main__.py").read_text()
    checkout.write("bot/__main__.py", "raise SystemExit(1)")
    assert "training.log" in refused(checkout)
    checkout.write("bot/__main__.py", trained)
    checkout.ready(checkout.up())


def test_two_lines_that_start_at_once_train_once(checkout: Checkout) -> None:
    """The second waits for the first one's model and uses it."""
    served = (checkout.path / "bot/__main__.py").read_text()
    slow = served.replace(
        "    pathlib", "    print('trained'); __import__('time').sleep(2)\n    pathlib"
    )
    checkout.write("bot/__main__.py", slow)
    ports = ("--port", str(free_port()), "--staff-port", str(free_port()))
    lines = [checkout.up(), checkout.start("up", "--data-dir", "other", *ports)]
    for line in lines:
        checkout.ready(line)
    logs = [checkout.path / folder / "logs/training.log" for folder in (".data", "other")]
    assert sum(log.exists() for log in logs) == 1


def test_half_of_the_twilio_settings_is_refused(checkout: Checkout) -> None:
    """A line that would half reach real phones does not start."""
    sentence = refused(checkout, TWILIO_ACCOUNT_SID="AC0")
    assert "TWILIO_AUTH_TOKEN and TWILIO_FROM must be set" in sentence


def test_real_credentials_leave_the_practice_carrier_out(checkout: Checkout) -> None:
    """With a real carrier there is no practice process, and no practice phone."""
    settings = {
        "TWILIO_ACCOUNT_SID": "AC0",
        "TWILIO_AUTH_TOKEN": "0",
        "TWILIO_FROM": "+16135550100",
        "PUBLIC_URL": "https://line.example.org",
    }
    line = checkout.up(**settings)
    checkout.ready(line)
    assert "practice" not in state(checkout)["pids"]
    assert "https://line.example.org/hooks/twilio/sms" in checkout.output(line)
    status, output = checkout.finish(checkout.start("phone"))
    assert (status, "no practice phone" in output) == (1, True)


def test_a_data_directory_that_cannot_be_is_refused(checkout: Checkout) -> None:
    """A file in the place of the data directory is told, with the option to choose another."""
    checkout.write("occupied", "")
    assert "--data-dir" in refused(checkout, "--data-dir", "occupied")


def test_commands_for_a_running_line_find_it(checkout: Checkout, tmp_path: Path) -> None:
    """`user` gets the line's database; without a line it says how to start one."""
    status, output = checkout.finish(checkout.start("user", "add", "amina"))
    assert (status, "./hotline up" in output) == (1, True)
    line = checkout.up()
    checkout.ready(line)
    status, output = checkout.finish(checkout.start("user", "add", "amina"))
    assert (status, output.strip()) == (0, "['add', 'amina'] True")
    status, output = checkout.finish(checkout.start("status"))
    assert status == 0
    assert f"http://127.0.0.1:{checkout.staff_port}" in output and "porch" in output
