"""The files that hold what each process prints: private, and never without bound.

The launcher itself never reads them and never repeats a word of them on the
terminal: a stray library may print what a person wrote.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

# Older files kept for each process, and the size at which a new one begins.
KEPT = 3
LARGEST = 10_000_000


def open_new(folder: Path, name: str) -> int:
    """Begin a new log for the process and return its descriptor, readable by this user only."""
    path = folder / f"{name}.log"
    if path.exists() and path.stat().st_size > 0:
        _shift(path)
        os.replace(path, _older(path, 1))
    return open_same(folder, name)


def open_same(folder: Path, name: str) -> int:
    """Return a descriptor that appends to the process's log."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return os.open(folder / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def turn_over(folder: Path, name: str, largest: int = LARGEST) -> None:
    """Move a log that grew too large aside while its process goes on appending to it."""
    path = folder / f"{name}.log"
    if not path.exists() or path.stat().st_size <= largest:
        return
    _shift(path)
    # The process holds the file itself, so its content moves and the file stays.
    with path.open("rb") as source, open(os.open(_older(path, 1), _COPY, 0o600), "wb") as target:
        shutil.copyfileobj(source, target)
    os.truncate(path, 0)


_COPY = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def _shift(path: Path) -> None:
    for number in range(KEPT - 1, 0, -1):
        if _older(path, number).exists():
            os.replace(_older(path, number), _older(path, number + 1))


def _older(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")
