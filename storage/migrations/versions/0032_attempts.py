"""Counts of attempts to sign in outlive the process that counted. Runs before its code."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032_attempts"
down_revision = "0031_organization_keys"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "sign_in_attempt",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("rounds", sa.BigInteger(), nullable=False),
        sa.Column("until", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_sign_in_attempt")),
    )


def downgrade() -> None:
    op.drop_table("sign_in_attempt")
