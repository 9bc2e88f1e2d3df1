"""A database with the first records, and an empty one for directories made up by tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
import pytest_asyncio

from directory.search import Directory
from directory.seed import seed
from storage.migrate import migrate


def _fresh(postgres: str, name: str) -> str:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    url = postgres.replace("/postgres?", f"/{name}?")
    migrate(url)
    return url


@pytest.fixture(scope="session")
def seeded_url(postgres: str) -> str:
    """A migrated database with the first records in it."""
    url = _fresh(postgres, "directory_seeded")
    asyncio.run(seed(url))
    return url


@pytest.fixture(scope="session")
def empty_url(postgres: str) -> str:
    """A migrated database whose tests take back what they add."""
    return _fresh(postgres, "directory_empty")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def directory(seeded_url: str) -> AsyncIterator[Directory]:
    """The search over the first records."""
    async with Directory.open(seeded_url) as opened:
        yield opened
