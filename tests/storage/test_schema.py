"""What the migrations build is what the tables declare."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

import directory.protocol_tables
import directory.tables
import storage.tables
import storage.tip_tables
from storage.base import Base
from storage.database import sqlalchemy_url
from storage.migrate import migrate
from storage.tip_tables import VAULT


def _ours(name: str | None, kind: str, _: Any) -> bool:
    """The queue's own tables belong to procrastinate; ours stand in public and in the vault."""
    if kind == "schema":
        return name in (None, VAULT)
    return not (kind == "table" and str(name).startswith(("procrastinate_", "alembic_")))


def test_migrated_and_declared_schema_are_equal(database_url: str) -> None:
    """No table, column, default, index or constraint differs."""
    assert storage.tables.Base is Base
    assert directory.tables.Base is Base
    assert directory.protocol_tables.Base is Base
    engine = create_engine(sqlalchemy_url(database_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": _ours,
                "include_schemas": True,
                "target_metadata": Base.metadata,
            },
        )
        difference = compare_metadata(context, Base.metadata)
        checks = {
            row.conname
            for row in connection.execute(
                text(
                    "SELECT conname FROM pg_constraint WHERE contype = 'c'"
                    " AND connamespace = 'public'::regnamespace"
                    " AND conrelid::regclass::text NOT LIKE 'procrastinate%'"
                )
            )
        }
    engine.dispose()
    assert difference == []
    # Alembic does not compare CHECK constraints; their names are compared here.
    declared = {
        str(constraint.name)
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if type(constraint).__name__ == "CheckConstraint"
    }
    assert checks == declared


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    """Every start migrates; a current database stays as it is."""
    migrate(database_url)


def test_there_is_one_line_of_migrations() -> None:
    """Two heads would leave the order to chance."""
    from alembic.script import ScriptDirectory

    from storage.migrate import configuration

    assert len(ScriptDirectory.from_config(configuration("postgresql://x/y")).get_heads()) == 1
