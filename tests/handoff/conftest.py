"""A whole desk on a real database, emptied before each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from handoff.app import create_office
from handoff.passwords import Passwords
from handoff.settings import DeskSettings
from storage.keys import create
from tests.handoff.people import Bench, Clock

EMPTY = (
    "TRUNCATE advocate, desk_session, conversation, opt_out, audit, tip, sign_in_attempt CASCADE"
)


@pytest.fixture(scope="session")
def desk_url(postgres: str) -> str:
    """A database of the desk's own: a board shows everything there is."""
    from tests.conftest import fresh_database

    return fresh_database(postgres, "desk")


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys of this run."""
    path = tmp_path_factory.mktemp("keys") / "key.json"
    create(path)
    return path


@pytest.fixture
def settings(desk_url: str, key_file: Path) -> DeskSettings:
    """The settings of a desk on loopback."""
    return DeskSettings(database_url=desk_url, hotline_key_file=key_file, log_level="INFO")


@pytest.fixture
def quick_passwords() -> Passwords:
    """Real argon2id with parameters for tests."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def pauses() -> list[float]:
    """How long failed attempts had to wait."""
    return []


@pytest.fixture
async def bench(
    settings: DeskSettings, voice: Any, quick_passwords: Passwords, pauses: list[float]
) -> AsyncIterator[Bench]:
    """The desk, with nobody in it yet."""

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    clock = Clock()
    office = create_office(settings, now=clock, passwords=quick_passwords, pause=pause)
    async with office.database.transaction() as tx:
        await (await tx.session.connection()).exec_driver_sql(EMPTY)
    made = Bench(office=office, clock=clock, voice=voice)
    yield made
    for client in made.opened:
        await client.aclose()
    await office.database.close()
