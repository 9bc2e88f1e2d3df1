"""The decisions about reporting: how each came about.

Runs before the code that needs it is deployed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_decisions"
down_revision = "0013_audit_chain"


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("danger", sa.Text(), nullable=False),
        sa.Column("province", sa.Text(), nullable=True),
        sa.Column("age", sa.Integer(), nullable=True),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("duty_basis", sa.Text(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("option", sa.Text(), nullable=False),
        sa.Column("protocol_version_id", sa.Uuid(), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("danger IN ('unknown', 'yes', 'no')", name=op.f("ck_decision_danger")),
        sa.CheckConstraint(
            "option IN ('nothing_leaves', 'referral', 'non_police', 'child_protection', 'police',"
            " 'ask_lead')",
            name=op.f("ck_decision_option"),
        ),
        sa.CheckConstraint(
            "subject_kind IN ('conversation', 'tip')", name=op.f("ck_decision_subject_kind")
        ),
        sa.CheckConstraint(
            "wish IN ('unknown', 'report', 'no_report', 'other_help')",
            name=op.f("ck_decision_wish"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["advocate.id"], name=op.f("fk_decision_decided_by_advocate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("sequence", name=op.f("uq_decision_sequence")),
    )
    op.create_index("ix_decision_subject", "decision", ["subject_kind", "subject_id"], unique=False)
    # The function is 0007_ledger's.
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON decision"
        " FOR EACH ROW EXECUTE FUNCTION keep_ledger()"
    )


def downgrade() -> None:
    op.drop_table("decision")
