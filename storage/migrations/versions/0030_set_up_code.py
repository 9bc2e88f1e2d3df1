"""Codes with which accounts that an administrator made get their password. Before its code."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030_set_up_code"
down_revision = "0029_tip_passing"


def upgrade() -> None:
    op.create_table(
        "set_up_code",
        sa.Column("advocate_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["advocate_id"],
            ["advocate.id"],
            name=op.f("fk_set_up_code_advocate_id_advocate"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("advocate_id", name=op.f("pk_set_up_code")),
    )


def downgrade() -> None:
    op.drop_table("set_up_code")
