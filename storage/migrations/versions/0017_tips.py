"""A file of its own for every tip, and the vault that alone knows whence a tip came.

Tips taken before keep their words; the thread that led from them to a conversation is cut. Runs
before the code that needs it is deployed; the old code cannot take tips afterwards.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017_tips"
down_revision = "0016_hsds"

_MOMENT = sa.DateTime(timezone=True)
# The role may exist already: it belongs to the server, not to this database.
_ROLE = """
DO $$ BEGIN
    CREATE ROLE hotline_vault NOLOGIN;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'this user may not make the vault''s role; as an administrator run: '
            'CREATE ROLE hotline_vault NOLOGIN; GRANT hotline_vault TO the line''s user';
END $$
"""
# From PostgreSQL 16 on the line's user may step into the role but does not have its rights unasked.
_GRANT = """
DO $$ BEGIN
    IF NOT pg_has_role(current_user, 'hotline_vault', 'MEMBER') THEN
        IF current_setting('server_version_num')::int >= 160000 THEN
            EXECUTE format('GRANT hotline_vault TO %I WITH INHERIT FALSE, SET TRUE', current_user);
        ELSE
            EXECUTE format('GRANT hotline_vault TO %I', current_user);
        END IF;
    END IF;
END $$
"""


def upgrade() -> None:
    _extend_tip()
    _make_entries()
    _make_vault()
    op.add_column("conversation", sa.Column("tip_state_sealed", sa.LargeBinary(), nullable=True))


def _extend_tip() -> None:
    op.drop_index("ix_tip_conversation_id", table_name="tip")
    op.drop_constraint("uq_tip_message_id", "tip")
    op.drop_column("tip", "message_id")
    op.drop_column("tip", "conversation_id")
    op.add_column("tip", sa.Column("number", sa.Integer(), sa.Identity(start=1001), nullable=False))
    for name, default in (("origin", "conversation"), ("status", "received")):
        op.add_column("tip", sa.Column(name, sa.Text(), server_default=default, nullable=False))
    for name in ("language", "label"):
        op.add_column("tip", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("tip", sa.Column("tier", sa.SmallInteger(), server_default="1", nullable=False))
    for name in ("fields_locked", "desk_key_sealed", "receipt_mark", "receipt_key_locked"):
        op.add_column("tip", sa.Column(name, sa.LargeBinary(), nullable=True))
    op.add_column(
        "tip", sa.Column("changed_at", _MOMENT, server_default=sa.text("now()"), nullable=False)
    )
    op.add_column("tip", sa.Column("expires_at", _MOMENT, nullable=True))
    op.execute("UPDATE tip SET expires_at = at + interval '365 days'")
    op.alter_column("tip", "expires_at", nullable=False)
    op.create_unique_constraint("uq_tip_number", "tip", ["number"])
    op.create_unique_constraint("uq_tip_receipt_mark", "tip", ["receipt_mark"])
    op.create_index("ix_tip_expires_at", "tip", ["expires_at"])
    op.create_index("ix_tip_queue", "tip", ["status", "tier", "at"])
    for name, values in (
        ("origin", ("conversation", "form", "organization")),
        ("status", ("received", "reading", "passed_on", "closed", "withdrawn")),
        ("label", ("actionable", "insufficient", "unfounded", "spam", "prank")),
    ):
        _closed("tip", name, values)
    op.create_check_constraint(op.f("ck_tip_tier"), "tip", "tier BETWEEN 1 AND 3")


def _closed(table: str, column: str, values: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN ({listed})")


def _tip_id(table: str) -> tuple[sa.Column[object], sa.ForeignKeyConstraint]:
    return (
        sa.Column("tip_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tip_id"], ["tip.id"], name=op.f(f"fk_{table}_tip_id_tip"), ondelete="CASCADE"
        ),
    )


def _at() -> sa.Column[object]:
    return sa.Column("at", _MOMENT, server_default=sa.text("now()"), nullable=False)


def _make_entries() -> None:
    op.create_table(
        "tip_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *_tip_id("tip_entry"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text_locked", sa.LargeBinary(), nullable=False),
        sa.Column("source_mark", sa.LargeBinary(), nullable=True),
        sa.Column("advocate_id", sa.Uuid(), nullable=True),
        _at(),
        sa.ForeignKeyConstraint(
            ["advocate_id"], ["advocate.id"], name=op.f("fk_tip_entry_advocate_id_advocate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip_entry")),
        sa.UniqueConstraint("sequence", name=op.f("uq_tip_entry_sequence")),
        sa.UniqueConstraint("source_mark", name=op.f("uq_tip_entry_source_mark")),
    )
    _closed("tip_entry", "kind", ("words", "question", "answer", "note"))
    op.create_index("ix_tip_entry_tip_id", "tip_entry", ["tip_id"])
    op.create_table(
        "tip_trace",
        *_tip_id("tip_trace"),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tip_id", "mark", name=op.f("pk_tip_trace")),
    )
    op.create_index("ix_tip_trace_mark", "tip_trace", ["mark"])


def _make_vault() -> None:
    op.execute(_ROLE)
    op.execute(_GRANT)
    op.execute("CREATE SCHEMA vault")
    op.create_table(
        "tipster",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tipster")),
        schema="vault",
    )
    op.execute("ALTER SCHEMA vault OWNER TO hotline_vault")
    op.execute("ALTER TABLE vault.tipster OWNER TO hotline_vault")


def downgrade() -> None:
    op.drop_column("conversation", "tip_state_sealed")
    op.execute("DROP SCHEMA vault CASCADE")
    for table in (
        "tip_trace",
        "tip_entry",
        "tip",
    ):
        op.drop_table(table)
