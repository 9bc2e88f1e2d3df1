"""Visits of the web chat: a mailbox belongs to one and goes with it.

Runs before the code that needs it is deployed. Lines of before have no visit; they are wiped, as
they are at the end of every visit.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_web_visit"
down_revision = "0002_directory"


def upgrade() -> None:
    op.create_table(
        "web_visit",
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_web_visit")),
    )
    op.create_index(op.f("ix_web_visit_seen_at"), "web_visit", ["seen_at"], unique=False)
    op.execute("DELETE FROM web_mailbox")
    op.create_foreign_key(
        op.f("fk_web_mailbox_visitor_fingerprint_web_visit"),
        "web_mailbox",
        "web_visit",
        ["visitor_fingerprint"],
        ["fingerprint"],
        ondelete="CASCADE",
    )


def downgrade() -> None:
    op.drop_constraint(
        op.f("fk_web_mailbox_visitor_fingerprint_web_visit"), "web_mailbox", type_="foreignkey"
    )
    op.drop_table("web_visit")
