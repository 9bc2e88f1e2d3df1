"""Alembic's entry: online migrations only, on one connection, in one transaction a revision."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, pool

from storage import tables
from storage.base import Base

assert tables.ConversationRow.metadata is Base.metadata

engine = create_engine(
    str(context.config.get_main_option("sqlalchemy.url")), poolclass=pool.NullPool
)
with engine.connect() as connection:
    context.configure(
        connection=connection, target_metadata=Base.metadata, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()
