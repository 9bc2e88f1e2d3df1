"""Finds interpreters that really run, wherever a machine keeps them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Sequence, Tuple

from launcher.setup.layout import BUILD

Version = Tuple[int, int]

# Interpreters that uv fetched for this checkout.
FETCHED = BUILD / "python"

# What both environments lean on and what a build of Python may lack.
_PROBE = (
    "import ctypes, json, ssl, sys, zlib; "
    "print(json.dumps([list(sys.version_info[:3]), sys.implementation.name, sys.executable]))"
)


@dataclass(frozen=True)
class Interpreter:
    """A Python that was started once and answered."""

    path: str
    version: tuple[int, int, int]

    @property
    def release(self) -> str:
        """Return the version as people write it, such as 3.12.1."""
        return ".".join(str(part) for part in self.version)


def find(versions: Sequence[Version]) -> Interpreter | None:
    """Return the first working CPython of the versions, in their order of preference."""
    for version in versions:
        seen = set()
        for candidate in candidates(version):
            if candidate in seen:
                continue
            seen.add(candidate)
            interpreter = probe(candidate)
            if interpreter is not None and interpreter.version[:2] == version:
                return interpreter
    return None


def any_working(minimum: Version) -> Iterator[Interpreter]:
    """Yield every working CPython from `minimum` on, the running one first."""
    yielded = set()
    for candidate in _everywhere():
        interpreter = probe(candidate)
        if interpreter is None or interpreter.path in yielded:
            continue
        if interpreter.version[:2] >= minimum:
            yielded.add(interpreter.path)
            yield interpreter


def candidates(version: Version) -> Iterator[str]:
    """Yield the paths at which a Python of this version may lie."""
    name = "python{}.{}".format(*version)
    yield sys.executable
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        path = os.path.join(folder, name)
        if folder and os.access(path, os.X_OK):
            yield path
    for home in _homes():
        for found in sorted(home.glob(f"*/bin/{name}"), reverse=True):
            yield str(found)
    for folder in ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"):
        fixed = os.path.join(folder, name)
        if os.access(fixed, os.X_OK):
            yield fixed


def probe(path: str) -> Interpreter | None:
    """Start the interpreter once; None if it does not run, is not CPython or lacks parts."""
    try:
        result = subprocess.run(
            [path, "-I", "-c", _PROBE],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=30,
            check=True,
        )
        version, implementation, executable = json.loads(result.stdout.decode("utf-8"))
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    if implementation != "cpython":
        return None
    return Interpreter(executable, (version[0], version[1], version[2]))


def _everywhere() -> Iterator[str]:
    yield sys.executable
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        path = os.path.join(folder, "python3")
        if folder and os.access(path, os.X_OK):
            yield path
    for home in _homes():
        for found in sorted(home.glob("*/bin/python3"), reverse=True):
            yield str(found)
    yield "/usr/bin/python3"


def _homes() -> Iterator[Path]:
    """Yield the folders in which uv and pyenv keep one folder a version."""
    yield FETCHED
    home = Path(os.path.expanduser("~"))
    yield Path(os.environ.get("PYENV_ROOT") or home / ".pyenv") / "versions"
    yield home / ".local" / "share" / "uv" / "python"
