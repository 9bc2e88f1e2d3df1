"""The safety plan of a conversation, sealed. Runs before its code."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023_safety_plan"
down_revision = "0022_attachments"


def upgrade() -> None:
    op.create_table(
        "safety_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("advocate_id", sa.Uuid(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_safety_plan"),
        sa.ForeignKeyConstraint(
            ["id"], ["conversation.id"], name="fk_safety_plan_id_conversation", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["advocate_id"], ["advocate.id"], name="fk_safety_plan_advocate_id_advocate"
        ),
    )


def downgrade() -> None:
    op.drop_table("safety_plan")
