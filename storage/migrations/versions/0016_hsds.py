"""What an imported HSDS record says that has no column of ours, kept for the next export."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016_hsds"
down_revision = "0015_handoff"

_TABLES = (
    "organization", "service", "location", "address", "service_at_location", "contact", "phone",
    "schedule", "language", "service_area", "taxonomy", "taxonomy_term", "attribute", "metadata",
)  # fmt: skip
_OWNERS = ("organization", "service", "location")


def upgrade() -> None:
    for table in _TABLES:
        op.add_column(table, sa.Column("kept", postgresql.JSONB(), nullable=True))
    op.create_table(
        "kept_record",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        *(
            sa.Column(
                f"{owner}_id",
                sa.Uuid(),
                sa.ForeignKey(f"{owner}.id", ondelete="CASCADE"),
                nullable=True,
                index=True,
            )
            for owner in _OWNERS
        ),
    )


def downgrade() -> None:
    op.drop_table("kept_record")
    for table in _TABLES:
        op.drop_column(table, "kept")
