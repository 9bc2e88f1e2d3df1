"""Changes of sealed directory records wait for a second person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020_directory_change"
down_revision = "0019_second_factor"


def upgrade() -> None:
    op.create_table(
        "directory_change",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "service_id",
            sa.Uuid(),
            sa.ForeignKey("service.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("agreed", sa.Boolean()),
    )


def downgrade() -> None:
    op.drop_table("directory_change")
