"""Phrases of the desk and choices of its screens: two tables of their own.

Runs before the code that needs it is deployed; nothing else is touched.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_phrases"
down_revision = "0009_remembered"


def upgrade() -> None:
    op.create_table(
        "local_phrase",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["written_by"], ["advocate.id"], name=op.f("fk_local_phrase_written_by_advocate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_phrase")),
    )
    op.create_index("uq_local_phrase_name", "local_phrase", ["language", "name"], unique=True)
    op.create_index(op.f("ix_local_phrase_written_by"), "local_phrase", ["written_by"])
    op.create_table(
        "screen_choice",
        sa.Column("advocate_id", sa.Uuid(), nullable=False),
        sa.Column("cover", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("sound", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("breaks", sa.Boolean(), server_default="true", nullable=False),
        sa.ForeignKeyConstraint(
            ["advocate_id"],
            ["advocate.id"],
            name=op.f("fk_screen_choice_advocate_id_advocate"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("advocate_id", name=op.f("pk_screen_choice")),
    )


def downgrade() -> None:
    op.drop_table("screen_choice")
    op.drop_table("local_phrase")
