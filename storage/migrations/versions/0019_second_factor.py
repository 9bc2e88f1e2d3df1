"""A code app and recovery codes for accounts of the desk.

Runs before the code that needs it is deployed. Accounts of before have none.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019_second_factor"
down_revision = "0018_return_code"


def upgrade() -> None:
    op.add_column("advocate", sa.Column("totp_sealed", sa.LargeBinary(), nullable=True))
    op.add_column(
        "advocate", sa.Column("totp_on", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("advocate", sa.Column("totp_step", sa.BigInteger(), nullable=True))
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("advocate_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["advocate_id"],
            ["advocate.id"],
            name=op.f("fk_recovery_code_advocate_id_advocate"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_advocate_id"), "recovery_code", ["advocate_id"])


def downgrade() -> None:
    op.drop_table("recovery_code")
    op.drop_column("advocate", "totp_step")
    op.drop_column("advocate", "totp_on")
    op.drop_column("advocate", "totp_sealed")
