"""The language model: named by what it is made of, trained only when that changed."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from launcher.setup.layout import MODELS, ROOT

# Everything that training reads, the versions of its libraries included.
INPUTS = (
    "config.yml",
    "domain.yml",
    "data/language/text",
    "data/nlu",
    "data/language/text",
    "data/rules",
    "data/stories",
    "bot",
    "intake",
    "requirements/engine.txt",
)
# What lies there and does not teach.
NOT_INPUTS = ("bot/evaluation", "bot/judging.py", "bot/triage.py", "intake/cues")
# Models kept, the one in use among them, so that going back costs no training.
KEPT = 3


def place(root: Path = ROOT) -> Path:
    """Return the folder of the model that today's inputs make."""
    digest = hashlib.sha256()
    for path in _files(root):
        digest.update(str(path.relative_to(root)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return MODELS / digest.hexdigest()[:16]


def is_trained(folder: Path) -> bool:
    """Tell whether the model is there; it is put in place only when it is whole."""
    return folder.is_dir()


def take_turn(folder: Path) -> int | None:
    """Return a descriptor, to be closed after training, or None while another start trains."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder.parent / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def partial(folder: Path) -> Path:
    """Return an empty folder beside `folder` to train into."""
    aside = folder.with_name(folder.name + ".partial")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    return aside


def adopt(aside: Path, folder: Path) -> None:
    """Put a trained model in its place and clear the oldest ones away."""
    os.replace(aside, folder)
    trained = [one for one in folder.parent.iterdir() if one.is_dir() and not one.suffix]
    for old in sorted(trained, key=lambda one: one.stat().st_mtime, reverse=True)[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def _files(root: Path) -> Iterator[Path]:
    for name in INPUTS:
        path = root / name
        if path.is_file():
            yield path
        else:
            yield from sorted(
                one
                for one in path.rglob("*")
                if one.is_file() and "__pycache__" not in one.parts and not _left_out(one, root)
            )


def _left_out(path: Path, root: Path) -> bool:
    return any(path.is_relative_to(root / name) for name in NOT_INPUTS)
