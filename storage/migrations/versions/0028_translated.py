"""What an advocate wrote, where a machine put it into the person's language. Before its code."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028_translated"
down_revision = "0027_break_glass"


def upgrade() -> None:
    op.create_table(
        "translated",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("original_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_translated"),
        sa.ForeignKeyConstraint(
            ["id"], ["message.id"], name="fk_translated_id_message", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    op.drop_table("translated")
