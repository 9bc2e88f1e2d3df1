"""Brings a database to the newest schema: `python -m storage.migrate`.

Reads DATABASE_URL, and PORCH_DATABASE_URL for the rights of the porch (storage/roles.py).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config

from storage.database import sqlalchemy_url
from storage.roles import CannotGrant, grant_porch

MIGRATIONS = Path(__file__).parent / "migrations"
OLDEST_SERVER = 150000
# Two processes that migrate at once take turns.
_LOCK = 4_217_001


class CannotMigrate(Exception):
    """The database cannot be reached or is too old; the message says the way out."""


def configuration(database_url: str) -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", sqlalchemy_url(database_url).replace("%", "%%"))
    return config


def migrate(database_url: str, porch_url: str | None = None) -> None:
    """Upgrade to the newest revision, and see to the porch's own role. Raises CannotMigrate."""
    try:
        with psycopg.connect(database_url, autocommit=True) as connection:
            if connection.info.server_version < OLDEST_SERVER:
                raise CannotMigrate("the PostgreSQL server is too old; the line needs 15 or newer")
            connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
            command.upgrade(configuration(database_url), "head")
            if porch_url is not None:
                grant_porch(connection, porch_url)
    except CannotGrant as error:
        raise CannotMigrate(str(error)) from None
    except psycopg.OperationalError:
        raise CannotMigrate(
            "the database does not answer; check DATABASE_URL (host, user, password, name)"
        ) from None


def main() -> int:
    """The command line; one sentence on failure."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        print("DATABASE_URL is not set; ./hotline up sets it", file=sys.stderr)
        return 2
    try:
        migrate(url, os.environ.get("PORCH_DATABASE_URL") or None)
    except CannotMigrate as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
