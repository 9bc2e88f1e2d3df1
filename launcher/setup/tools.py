"""Runs the tools of set-up, keeps their output in a file and tells failures apart."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import Mapping, Sequence

from launcher.setup.layout import SETUP_LOG
from launcher.setup.progress import Step
from launcher.setup.refusal import Refusal, disk_full

# Bytes at the end of a log that surely hold its last line.
_TAIL = 400

# What other environments leave behind and what would lead a tool astray; and a
# wish for no compiled files, which would make every start several times slower.
_FOREIGN = (
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONDONTWRITEBYTECODE",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "__PYVENV_LAUNCHER__",
)

_FULL = ("no space left on device", "disk quota exceeded", "os error 28")
_NETWORK = (
    "error sending request",
    "dns error",
    "failed to fetch",
    "failed to download",
    "connection refused",
    "connection reset",
    "connection error",
    "network is unreachable",
    "temporary failure in name resolution",
    "operation timed out",
    "newconnectionerror",
    "no matching distribution found",
    "could not fetch url",
)
_HASH = ("hash mismatch", "do not match the hashes", "hashes are required")


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a tool: the caller's, without other Pythons' settings."""
    environment = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    environment.update(extra or {})
    return environment


def run(
    command: Sequence[str],
    step: Step,
    task: str,
    extra: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> None:
    """Run a tool to its end, its output appended to `log`, or to set-up's.

    Raises Refusal with the most likely reason when it fails.
    """
    log = log or SETUP_LOG
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        begin = out.tell()
        out.write(("\n$ " + " ".join(command) + "\n").encode("utf-8"))
        out.flush()
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=clean_environment(extra),
        )
        try:
            while process.poll() is None:
                time.sleep(0.1)
                step.tick(last_line(log, begin))
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if process.returncode != 0:
        step.failed()
        with log.open("rb") as kept:
            kept.seek(begin)
            output = kept.read().decode("utf-8", "replace")
        raise explain(output, task, log)


def last_line(log: Path, begin: int = 0) -> str:
    """Return the last line that a tool wrote after `begin`, to tell how far it is."""
    try:
        with log.open("rb") as kept:
            kept.seek(max(begin, kept.seek(0, os.SEEK_END) - _TAIL))
            lines = kept.read().decode("utf-8", "replace").split("\n")
    except OSError:
        return ""
    # What follows the last break is half a line.
    return lines[-2].strip() if len(lines) > 1 else ""


def explain(output: str, task: str, log: Path) -> Refusal:
    """Turn what a tool printed when it failed into one sentence with the way out."""
    lowered = output.lower()
    if any(sign in lowered for sign in _FULL):
        return disk_full(log.parent)
    if any(sign in lowered for sign in _HASH):
        return Refusal(
            f"{task} stopped: a download does not match the hash in requirements/, so nothing of "
            f"it was installed; try again, and if it stays, do not trust the download (see {log})"
        )
    if any(sign in lowered for sign in _NETWORK):
        return Refusal(
            f"{task} stopped: the package registry cannot be reached; check the network (behind a "
            f"proxy, set HTTPS_PROXY) and run this again (details: {log})"
        )
    return Refusal(f"{task} stopped; the last lines of {log} tell why; then run this again")
