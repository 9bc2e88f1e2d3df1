"""Checks a database that the operator named in DATABASE_URL before anything starts on it."""

from __future__ import annotations

import psycopg
from psycopg.conninfo import conninfo_to_dict

from launcher.setup.refusal import Refusal

# The oldest PostgreSQL that the line is tested against, as the server tells it.
OLDEST = 150000
PATIENCE = 5


async def check(url: str) -> None:
    """Connect once and look around.

    Raises Refusal with what to change; never repeats the address, which may
    hold a password.
    """
    place = _place(url)
    try:
        connection = await psycopg.AsyncConnection.connect(url, connect_timeout=PATIENCE)
    except psycopg.Error as error:
        raise _explain(error, place) from None
    async with connection:
        if connection.info.server_version < OLDEST:
            raise Refusal(
                f"DATABASE_URL: the server at {place} is PostgreSQL "
                f"{connection.info.server_version // 10000}, and the line needs 15 or newer: "
                "upgrade it, or leave DATABASE_URL out to use the embedded one"
            )
        found = await connection.execute(
            "select has_schema_privilege(current_schema(), 'CREATE'),"
            " has_database_privilege(current_database(), 'CREATE')"
        )
        row = await found.fetchone()
        if row is None or not all(row):
            raise Refusal(
                f"DATABASE_URL: its user may not create tables at {place}: make it the owner of "
                "the database (alter database NAME owner to USER)"
            )


def _place(url: str) -> str:
    """Return host, port and database of the address, and nothing secret."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise Refusal(
            "DATABASE_URL does not start with postgresql://: write it as "
            "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, or leave it out to use the embedded one"
        )
    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error:
        raise Refusal(
            "DATABASE_URL cannot be read: write it as "
            "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with special signs of the password "
            "percent-encoded"
        ) from None
    host, port = parts.get("host") or "the local socket", parts.get("port") or 5432
    return f"{host}, port {port}, database {parts.get('dbname') or 'of the same name'}"


def _explain(error: psycopg.Error, place: str) -> Refusal:
    text = str(error).lower()
    if "password authentication failed" in text or "no password supplied" in text:
        return Refusal(
            f"DATABASE_URL: the server at {place} does not accept this user and password: correct "
            "them (special signs percent-encoded)"
        )
    if "database" in text and "does not exist" in text:
        return Refusal(
            f"DATABASE_URL: there is no such database at {place}: create it (createdb NAME)"
        )
    if "role" in text and "does not exist" in text:
        return Refusal(f"DATABASE_URL: there is no such user at {place}: create it, or correct it")
    if "no pg_hba.conf entry" in text:
        return Refusal(
            f"DATABASE_URL: the server at {place} does not let this user in from here: add a line "
            "to its pg_hba.conf"
        )
    return Refusal(
        f"DATABASE_URL: nothing answers at {place}: start that server, correct the address, or "
        "leave DATABASE_URL out to use the embedded one"
    )
