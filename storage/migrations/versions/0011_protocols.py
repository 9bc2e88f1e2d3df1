"""Protocols: versions, approvals, steps taken; and who may write none of them anew.

Runs before the code that needs it is deployed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011_protocols"
down_revision = "0010_phrases"

TABLES = ("protocol_version", "protocol_event", "protocol_step")


def upgrade() -> None:
    op.create_table(
        "protocol_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=True),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "origin IN ('seed', 'import', 'desk')", name=op.f("ck_protocol_version_origin")
        ),
        sa.ForeignKeyConstraint(
            ["saved_by"], ["advocate.id"], name=op.f("fk_protocol_version_saved_by_advocate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocol_version")),
        sa.UniqueConstraint("key", "number", name=op.f("uq_protocol_version_key_number")),
    )
    op.create_table(
        "protocol_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("organization", sa.Text(), nullable=True),
        sa.Column("organization_key", sa.Text(), nullable=True),
        sa.Column("advocate_id", sa.Uuid(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "(kind = 'approved') = (organization IS NOT NULL)",
            name=op.f("ck_protocol_event_organization"),
        ),
        sa.CheckConstraint(
            "kind IN ('proposed', 'approved', 'withdrawn')", name=op.f("ck_protocol_event_kind")
        ),
        sa.ForeignKeyConstraint(
            ["advocate_id"], ["advocate.id"], name=op.f("fk_protocol_event_advocate_id_advocate")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["protocol_version.id"],
            name=op.f("fk_protocol_event_version_id_protocol_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocol_event")),
    )
    op.create_index(
        op.f("ix_protocol_event_version_id"), "protocol_event", ["version_id"], unique=False
    )
    op.create_index(
        "uq_protocol_event_once",
        "protocol_event",
        ["version_id", "kind"],
        unique=True,
        postgresql_where="kind <> 'approved'",
    )
    op.create_index(
        "uq_protocol_event_organization",
        "protocol_event",
        ["version_id", "organization_key"],
        unique=True,
        postgresql_where="kind = 'approved'",
    )
    op.create_index(
        "uq_protocol_event_person",
        "protocol_event",
        ["version_id", "advocate_id"],
        unique=True,
        postgresql_where="kind = 'approved'",
    )
    op.create_table(
        "protocol_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("advocate_id", sa.Uuid(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "outcome IN ('done', 'no_answer', 'refused', 'not_needed')",
            name=op.f("ck_protocol_step_outcome"),
        ),
        sa.CheckConstraint(
            "subject_kind IN ('conversation', 'tip')", name=op.f("ck_protocol_step_subject_kind")
        ),
        sa.ForeignKeyConstraint(
            ["advocate_id"], ["advocate.id"], name=op.f("fk_protocol_step_advocate_id_advocate")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["protocol_version.id"],
            name=op.f("fk_protocol_step_version_id_protocol_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocol_step")),
        sa.UniqueConstraint("sequence", name=op.f("uq_protocol_step_sequence")),
    )
    op.create_index(
        "ix_protocol_step_subject", "protocol_step", ["subject_kind", "subject_id"], unique=False
    )
    op.create_index(
        op.f("ix_protocol_step_version_id"), "protocol_step", ["version_id"], unique=False
    )
    # Promise: a version is never edited (the function is 0007_ledger's).
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION keep_ledger()"
        )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
