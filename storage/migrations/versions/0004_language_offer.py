"""The list of languages that a conversation was last shown.

Runs before the code that needs it is deployed. Conversations of before were shown none.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004_language_offer"
down_revision = "0003_web_visit"


def upgrade() -> None:
    op.add_column(
        "conversation", sa.Column("language_offer", postgresql.ARRAY(sa.Text()), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("conversation", "language_offer")
