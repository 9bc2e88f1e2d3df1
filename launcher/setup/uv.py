"""Gets uv, the installer: from the path, or from requirements/uv.txt by hash."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from launcher.setup import pythons
from launcher.setup.layout import BUILD, REQUIREMENTS
from launcher.setup.progress import Step
from launcher.setup.refusal import Refusal
from launcher.setup.tools import run

LOCK = REQUIREMENTS / "uv.txt"

# Older ones lack options that set-up uses.
OLDEST = (0, 5, 0)

_PIP_SETTINGS = {
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_INPUT": "1",
    # Personal settings that cannot be combined with --target.
    "PIP_REQUIRE_VIRTUALENV": "0",
    "PIP_USER": "0",
}


def present() -> str | None:
    """Return a usable uv that is there already: fetched earlier, or on the path."""
    fetched = _home() / "bin" / "uv"
    if _version(str(fetched)) is not None:
        return str(fetched)
    on_path = shutil.which("uv")
    if on_path is not None:
        version = _version(on_path)
        if version is not None and version >= OLDEST:
            return on_path
    return None


def fetch(step: Step) -> str:
    """Install the pinned uv under .build/ with any Python that has pip or venv."""
    home = _home()
    partial = home.with_name(f"{home.name}.partial")
    venv = home.with_name(f"{home.name}.venv")
    for leftover in (home, partial, venv):
        shutil.rmtree(leftover, ignore_errors=True)
    pip = _pip(step, venv)
    if pip is None:
        step.failed()
        raise Refusal(
            "uv, which installs the rest, is missing, and no Python here has pip or venv to fetch "
            "it: install uv, or pip (on Debian: apt-get install python3-pip), and run this again"
        )
    command = [pip, "-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:"]
    command += ["--require-hashes", "--target", str(partial), "-r", str(LOCK)]
    run(command, step, "fetching uv", _PIP_SETTINGS)
    os.replace(partial, home)
    shutil.rmtree(venv, ignore_errors=True)
    return str(home / "bin" / "uv")


def pinned() -> str:
    """Return the version that requirements/uv.txt names."""
    match = re.search(r"^uv==(\S+)", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    if match is None:
        raise Refusal(f"{LOCK} names no version of uv: restore the file from the repository")
    return match.group(1)


def _home() -> Path:
    return BUILD / f"uv-{pinned()}"


def _version(path: str) -> tuple[int, ...] | None:
    try:
        answer = subprocess.run(
            [path, "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.match(r"uv (\d+)\.(\d+)\.(\d+)", answer.stdout.decode("utf-8", "replace"))
    return tuple(int(part) for part in match.groups()) if match else None


def _pip(step: Step, venv: Path) -> str | None:
    """Return an interpreter that can run `-m pip`: one that has it, or a fresh venv's."""
    interpreters = list(pythons.any_working((3, 8)))
    for interpreter in interpreters:
        if _succeeds([interpreter.path, "-m", "pip", "--version"], step):
            return interpreter.path
    for interpreter in interpreters:
        if _succeeds([interpreter.path, "-m", "venv", str(venv)], step):
            return str(venv / "bin" / "python")
        shutil.rmtree(venv, ignore_errors=True)
    return None


def _succeeds(command: list[str], step: Step) -> bool:
    step.tick()
    result = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return result.returncode == 0
