"""Files of tips, and the vault's place for those that nobody may open. Runs before its code."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022_attachments"
down_revision = "0021_tips"

_MOMENT = sa.DateTime(timezone=True)
_NAME = "ck_tip_entry_kind"


def upgrade() -> None:
    op.create_table(
        "tip_attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("tip_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), server_default="1", nullable=False),
        sa.Column("content_locked", sa.LargeBinary(), nullable=True),
        sa.Column("marked_at", _MOMENT, nullable=True),
        sa.Column("marked_by", sa.Uuid(), nullable=True),
        sa.Column("at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tip_id"], ["tip.id"], name=op.f("fk_tip_attachment_tip_id_tip"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["marked_by"], ["advocate.id"], name=op.f("fk_tip_attachment_marked_by_advocate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip_attachment")),
        sa.UniqueConstraint("sequence", name=op.f("uq_tip_attachment_sequence")),
        sa.CheckConstraint("kind IN ('picture', 'document')", name=op.f("ck_tip_attachment_kind")),
    )
    op.create_index("ix_tip_attachment_tip_id", "tip_attachment", ["tip_id"])
    op.create_table(
        "sealed_attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tip_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("marked_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_attachment")),
        schema="vault",
    )
    op.execute("ALTER TABLE vault.sealed_attachment OWNER TO hotline_vault")
    _only("'words', 'question', 'answer', 'note', 'unmasked', 'file_opened'")


def downgrade() -> None:
    op.execute("DELETE FROM tip_entry WHERE kind = 'file_opened'")
    _only("'words', 'question', 'answer', 'note', 'unmasked'")
    op.execute("DROP TABLE vault.sealed_attachment")
    op.drop_table("tip_attachment")


def _only(kinds: str) -> None:
    op.drop_constraint(op.f(_NAME), "tip_entry")
    op.create_check_constraint(op.f(_NAME), "tip_entry", f"kind IN ({kinds})")
