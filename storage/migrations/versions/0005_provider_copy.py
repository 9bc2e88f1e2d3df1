"""What became of each provider's own copy of a message.

Runs before the code that needs it is deployed. Older messages count as still lying there.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_provider_copy"
down_revision = "0004_language_offer"


def upgrade() -> None:
    op.add_column("message", sa.Column("provider_copy", sa.Text(), nullable=True))
    op.add_column(
        "message", sa.Column("provider_copy_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_check_constraint(
        op.f("ck_message_provider_copy"),
        "message",
        "provider_copy IN ('erased', 'gone', 'kept')",
    )
    op.create_index(
        "ix_message_provider_copy",
        "message",
        ["channel", "created_at"],
        unique=False,
        postgresql_where=sa.text("provider_id IS NOT NULL AND provider_copy IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_message_provider_copy", table_name="message")
    op.drop_column("message", "provider_copy_at")
    op.drop_column("message", "provider_copy")
