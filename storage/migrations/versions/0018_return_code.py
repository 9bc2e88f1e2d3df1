"""Return codes of the web chat: hashes of what people were shown, and what they lead to, locked.

Runs before the code that needs it is deployed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018_return_code"
down_revision = "0017_tips"


def upgrade() -> None:
    op.create_table(
        "return_code",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("visitor_fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("token_locked", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_return_code")),
        sa.UniqueConstraint("visitor_fingerprint", name=op.f("uq_return_code_visitor_fingerprint")),
    )


def downgrade() -> None:
    op.drop_table("return_code")
