"""What the rules keep of earlier messages, beside the conversation instead of in its words.

Runs before the code that needs it is deployed; a conversation that is going on starts without.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009_remembered"
down_revision = "0008_roles"


def upgrade() -> None:
    op.add_column("conversation", sa.Column("past_cues", sa.Text(), nullable=True))
    op.add_column("conversation", sa.Column("past_words_sealed", sa.LargeBinary(), nullable=True))
    op.create_index(
        "ix_conversation_past_words",
        "conversation",
        ["last_inbound_at"],
        unique=False,
        postgresql_where=sa.text("past_words_sealed IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_conversation_past_words", table_name="conversation")
    op.drop_column("conversation", "past_words_sealed")
    op.drop_column("conversation", "past_cues")
