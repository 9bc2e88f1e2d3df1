"""Writes the lock files again from pyproject.toml: exact, hashed, without addresses."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Sequence

from launcher.setup import environments, uv
from launcher.setup.layout import BUILD, REQUIREMENTS, ROOT
from launcher.setup.progress import Step
from launcher.setup.tools import run

# File, Python, and what else to say; in this order, for dev must agree with services.
LOCKS: tuple[tuple[Path, tuple[int, int], Sequence[str]], ...] = (
    (environments.SERVICES.lock, (3, 12), ("--extra", "services")),
    (
        environments.DEV.lock,
        (3, 12),
        ("--extra", "services", "--extra", "dev", "--constraint", "requirements/services.txt"),
    ),
    (
        environments.ENGINE.lock,
        (3, 10),
        ("--extra", "engine", "--override", "requirements/engine-overrides.txt"),
    ),
    (environments.BASELINE.lock, (3, 10), ("--extra", "baseline")),
)


def write_all() -> None:
    """Resolve every lock; versions already locked stay unless pyproject.toml rules them out.

    Delete a file first to take the newest of everything in it.
    """
    BUILD.mkdir(parents=True, exist_ok=True)
    os.chdir(ROOT)
    total = len(LOCKS) + 1
    step = Step(1, total, "looking for uv")
    installer = uv.present() or uv.fetch(step)
    step.done()
    for number, (lock, version, words) in enumerate(LOCKS, start=2):
        step = Step(number, total, f"resolving {lock.relative_to(ROOT)}")
        # Some packages of the engine tell what they need only when built with its own Python.
        interpreter = environments.find_python((version,), installer, step)
        run(
            compile_command(installer, interpreter.path, lock, version, words),
            step,
            f"resolving {lock.name}",
        )
        step.done()


def compile_command(
    installer: str, python: str, lock: Path, version: tuple[int, int], words: Sequence[str]
) -> list[str]:
    """Return uv's command for one lock, to be run at the root of the checkout."""
    return [
        installer,
        "pip",
        "compile",
        "--quiet",
        "--universal",
        "--generate-hashes",
        "--no-emit-index-url",
        "--custom-compile-command",
        "./hotline lock",
        "--python",
        python,
        "--python-version",
        "{}.{}".format(*version),
        *words,
        "pyproject.toml",
        "--output-file",
        str(lock.relative_to(REQUIREMENTS.parent)),
    ]
