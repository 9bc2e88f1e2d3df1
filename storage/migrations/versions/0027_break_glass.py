"""Conversations that somebody opened with a reason, who had no right to them. Before its code."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027_break_glass"
down_revision = "0026_webhook"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "break_glass",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("advocate_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.Column("reviewed_at", _MOMENT, nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["advocate_id"], ["advocate.id"], name=op.f("fk_break_glass_advocate_id_advocate")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_break_glass_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by"], ["advocate.id"], name=op.f("fk_break_glass_reviewed_by_advocate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_break_glass")),
    )
    op.create_index(op.f("ix_break_glass_conversation_id"), "break_glass", ["conversation_id"])
    op.create_index(op.f("ix_break_glass_at"), "break_glass", ["at"])


def downgrade() -> None:
    op.drop_table("break_glass")
