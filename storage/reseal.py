"""Seals every value anew with the primary key, so that an old key can be forgotten."""

from __future__ import annotations

import os
from typing import Any

from sqlalchemy import LargeBinary, bindparam, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from storage.base import Base
from storage.crypto import Keyring
from storage.database import sqlalchemy_url
from storage.tables import WebMailboxRow
from storage.tip_tables import VAULT
from storage.vault import ROLE

SUFFIX = "_sealed"
BATCH = 500


def sealed_columns() -> list[tuple[Any, Any]]:
    """(table, column) of every sealed value of the line."""
    return [
        (table, column)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith(SUFFIX) and isinstance(column.type, LargeBinary)
    ]


def place(table: str, column: str, row_id: object) -> str:
    """The place that a value is bound to; the same words as in the repositories."""
    return f"{table}.{column.removesuffix(SUFFIX)}:{row_id}"


async def reseal_all(keyring: Keyring) -> int:
    """Rewrite, in small transactions, every value sealed with an older key; returns how many."""
    engine = create_async_engine(sqlalchemy_url(os.environ["DATABASE_URL"]))
    total = 0
    try:
        for table, column in sealed_columns():
            while moved := await _batch(engine, keyring, table, column):
                total += moved
    finally:
        await engine.dispose()
    return total


async def _batch(engine: Any, keyring: Keyring, table: Any, column: Any) -> int:
    key_prefix = b"\x01" + bytes.fromhex(keyring.primary)
    # The mailbox is bound to the message whose words it holds.
    identity = table.c.message_id if table is WebMailboxRow.__table__ else table.c.id
    async with AsyncSession(engine) as session, session.begin():
        # The ledger's triggers let sealed columns change for this reason.
        await session.execute(text("SELECT set_config('hotline.keeping', 'reseal', true)"))
        if table.schema == VAULT:
            await session.execute(text(f"SET LOCAL ROLE {ROLE}"))
        rows = await session.execute(
            select(table.c.id, identity.label("bound"), column)
            .where(column.is_not(None), ~_starts_with(column, key_prefix))
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        changes = [
            {
                "row": row_id,
                "sealed": keyring.seal(
                    keyring.open(sealed, place(table.name, column.name, bound)),
                    place(table.name, column.name, bound),
                ),
            }
            for row_id, bound, sealed in rows
        ]
        if changes:
            await session.execute(
                update(table)
                .where(table.c.id == bindparam("row"))
                .values({column.name: bindparam("sealed")}),
                changes,
                execution_options={"synchronize_session": None},
            )
    return len(changes)


def _starts_with(column: Any, prefix: bytes) -> Any:
    return func.substring(column, 1, len(prefix)) == prefix
