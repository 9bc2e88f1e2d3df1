"""One line a data directory: the lock that says so, and the note by which others find it."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from launcher.setup.refusal import Refusal


@dataclass(frozen=True)
class State:
    """What a running line is, for `phone`, `user`, `status` and `bench`."""

    pid: int
    public_url: str
    staff_url: str
    sms: str
    pids: Mapping[str, int]
    ports: Mapping[str, int]
    environment: Mapping[str, str] = field(repr=False)
    """Settings for a command that works on the line; they hold secrets."""


class DataDirectory:
    """The folder of one line's data. Close it to let another start."""

    def __init__(self, path: Path, lock: int) -> None:
        self.path = path
        self._lock = lock

    @classmethod
    def take(cls, path: Path) -> DataDirectory:
        """Make the folder if need be and take it for this process. Raises Refusal."""
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(_lock_file(path), os.O_RDWR | os.O_CREAT, 0o600)
        except (PermissionError, NotADirectoryError, FileExistsError) as error:
            raise Refusal(
                f"the data directory {path} cannot be used ({error.strerror}): choose another with "
                "--data-dir, or give this user the right to write there"
            ) from None
        if not _lock(lock):
            holder = os.pread(lock, 20, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(lock)
            raise Refusal(
                f"a line is running on {path} already (process {holder}): stop it first, or start "
                "another one with its own --data-dir, --port and --staff-port"
            ) from None
        os.truncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode("ascii"), 0)
        return cls(path, lock)

    def note(self, state: State) -> None:
        """Write down how to find the line; only this user can read it."""
        partial = _state_file(self.path).with_suffix(".partial")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(asdict(state), indent=1), encoding="utf-8")
        os.replace(partial, _state_file(self.path))

    def close(self) -> None:
        """Forget the line and let another one have the folder."""
        _state_file(self.path).unlink(missing_ok=True)
        os.close(self._lock)


def find(path: Path) -> State:
    """Return the line that runs on this data directory. Raises Refusal when none does."""
    try:
        if not _is_locked(_lock_file(path)):
            raise FileNotFoundError
        return State(**json.loads(_state_file(path).read_text(encoding="utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        raise Refusal(
            f"no line is running on {path}: start it with ./hotline up in another terminal and "
            "wait for its ready line, or name its --data-dir"
        ) from None
    except PermissionError:
        raise Refusal(
            f"the line on {path} belongs to another user: run this as the user who started it"
        ) from None


def _lock(descriptor: int) -> bool:
    # One who merely looks (see `find`) holds the lock for an instant.
    for _ in range(5):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False


def _is_locked(file: Path) -> bool:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _lock_file(path: Path) -> Path:
    return path / "lock"


def _state_file(path: Path) -> Path:
    return path / "line.json"
