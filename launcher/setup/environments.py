"""Builds the Python environments from their hashed locks, each once.

An environment lies at .build/environments/<name>-<digest> and is complete when
it holds a stamp, which is written last. The link .build/<name> points to the
one in force. So a build that is killed in the middle leaves nothing that is
ever used, a changed lock gets an environment of its own, and processes that
still run from the old one keep it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Sequence

from launcher.setup import pythons, uv
from launcher.setup.layout import BUILD, REQUIREMENTS
from launcher.setup.progress import Step, say
from launcher.setup.refusal import Refusal
from launcher.setup.tools import run

HOMES = BUILD / "environments"
STAMP = ".complete"

# An environment takes up to 0.7 GB (the baseline 2 GB); half as much again is for what is unpacked
# on the way.
ROOM = 1_000_000_000


@dataclass(frozen=True)
class Environment:
    """One lock file and the Pythons that it was resolved for, best first."""

    name: str
    lock: Path
    versions: tuple[pythons.Version, ...]

    @property
    def link(self) -> Path:
        """Return the stable path under which the rest of the launcher finds it."""
        return BUILD / self.name


_CURRENT = ((3, 12), (3, 13), (3, 14))
SERVICES = Environment("services", REQUIREMENTS / "services.txt", _CURRENT)
DEV = Environment("dev", REQUIREMENTS / "dev.txt", _CURRENT)
ENGINE = Environment("engine", REQUIREMENTS / "engine.txt", ((3, 10),))
# Rasa with TensorFlow, made only for a comparison that is asked for.
BASELINE = Environment("baseline", REQUIREMENTS / "baseline.txt", ((3, 10),))


def is_current(environment: Environment) -> bool:
    """Tell whether the environment is complete, made from today's lock, and has its Python."""
    try:
        stamp = json.loads((environment.link / STAMP).read_text(encoding="utf-8"))
        same_lock = stamp["lock"] == _digest(environment.lock)
    except (OSError, ValueError, KeyError):
        return False
    return bool(same_lock) and os.access(environment.link / "bin" / "python", os.X_OK)


def ensure(environments: Sequence[Environment], total: int) -> None:
    """Bring the environments up to date; `total` is the number of steps of the whole command.

    Says nothing when nothing is to be done and no steps follow. Raises Refusal
    when something that set-up needs cannot be had.
    """
    if all(is_current(environment) for environment in environments):
        if total > len(environments):
            for number, environment in enumerate(environments, start=1):
                say(f"[{number}/{total}] {environment.name} environment: ready")
        return
    BUILD.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time():
        stale = [one for one in environments if not is_current(one)]
        if not stale:
            return
        _check_room(len(stale))
        for number, environment in enumerate(environments, start=1):
            step = Step(number, total, f"{environment.name} environment")
            if environment in stale:
                installer = uv.present() or uv.fetch(step)
                interpreter = find_python(environment.versions, installer, step)
                _build(environment, interpreter, installer, step)
                step.done(f"installed, Python {interpreter.release}")
            else:
                step.done("ready")


def hold(environment: Environment) -> None:
    """Keep the environment from being cleared away while this process runs, exec included."""
    descriptor = os.open(environment.link / STAMP, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    os.set_inheritable(descriptor, True)


def find_python(
    versions: Sequence[pythons.Version], installer: str, step: Step
) -> pythons.Interpreter:
    """Return a Python of one of the versions from this machine, or fetched by uv."""
    interpreter = pythons.find(versions)
    if interpreter is not None:
        return interpreter
    name = "{}.{}".format(*versions[0])
    try:
        run(
            [installer, "python", "install", name],
            step,
            f"fetching Python {name}",
            {"UV_PYTHON_INSTALL_DIR": str(pythons.FETCHED)},
        )
    except Refusal:
        raise Refusal(
            f"Python {name} was not found (on the path, under ~/.pyenv/versions) and could not be "
            f"fetched: install it, for example with `pyenv install {name}` or your system's "
            "packages, and run this again"
        ) from None
    interpreter = pythons.find(versions)
    if interpreter is None:
        raise Refusal(
            f"uv fetched Python {name} but it does not run on this machine: install Python {name} "
            "with your system's packages and run this again"
        )
    return interpreter


def _build(
    environment: Environment, interpreter: pythons.Interpreter, installer: str, step: Step
) -> None:
    digest = _digest(environment.lock)
    key = hashlib.sha256(f"{digest} {interpreter.path} {interpreter.release}".encode()).hexdigest()
    home = HOMES / f"{environment.name}-{key[:16]}"
    if not (home / STAMP).exists():
        shutil.rmtree(home, ignore_errors=True)
        HOMES.mkdir(parents=True, exist_ok=True)
        try:
            _install(environment, home, interpreter, installer, step)
        except Refusal:
            # What a full disk holds of it would only be in the way.
            shutil.rmtree(home, ignore_errors=True)
            raise
        stamp = {"lock": digest, "python": interpreter.path, "version": interpreter.release}
        _write(home / STAMP, json.dumps(stamp))
    _point(environment.link, home)
    _clear_old(environment, home)


def _install(
    environment: Environment,
    home: Path,
    interpreter: pythons.Interpreter,
    installer: str,
    step: Step,
) -> None:
    task = f"installing the {environment.name} environment"
    venv = [installer, "venv", "--no-project", "--python", interpreter.path, str(home)]
    run(venv, step, task)
    sync = [installer, "pip", "sync", "--require-hashes", "--python", str(home / "bin/python")]
    # A slow line must not fail a download that is still going on.
    run([*sync, str(environment.lock)], step, task, _patient())


def _patient() -> dict[str, str]:
    return {} if "UV_HTTP_TIMEOUT" in os.environ else {"UV_HTTP_TIMEOUT": "180"}


def _write(path: Path, text: str) -> None:
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)


def _point(link: Path, home: Path) -> None:
    partial = link.with_name(link.name + ".partial")
    if partial.is_symlink():
        partial.unlink()
    partial.symlink_to(os.path.relpath(home, link.parent))
    os.replace(partial, link)


def _clear_old(environment: Environment, current: Path) -> None:
    for home in _homes_of(environment):
        if home != current and not _in_use(home):
            shutil.rmtree(home, ignore_errors=True)


def _homes_of(environment: Environment) -> list[Path]:
    return sorted(HOMES.glob(f"{environment.name}-*"))


def _in_use(home: Path) -> bool:
    try:
        descriptor = os.open(home / STAMP, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _check_room(count: int) -> None:
    free = shutil.disk_usage(BUILD).free
    if free < count * ROOM:
        raise Refusal(
            f"set-up needs about {count * ROOM / 1e9:.0f} GB in {BUILD}, and {free / 1e9:.1f} GB "
            "are free: free some space, or move the checkout to a larger disk, and run this again"
        )


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold the set-up lock, so that two runs that start at once build nothing twice."""
    descriptor = os.open(BUILD / "setup.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("another set-up of this checkout is running; waiting for it to end ...")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
