"""Calls that somebody who waits asks for. Runs before its code."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024_call_back"
down_revision = "0023_safety_plan"

_BEFORE = "'menu', 'times', 'times_again', 'code_word', 'duress_word'"
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _questions(_BEFORE + ", 'call_number', 'call_times', 'call_message'")
    op.create_table(
        "call_back",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary()),
        sa.Column("windows", postgresql.JSONB(), nullable=False, server_default="[]"),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("message", sa.Boolean()),
        sa.Column("asked_at", _MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.Column("due_at", _MOMENT),
        sa.Column("tries", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("tried_at", _MOMENT),
        sa.Column("tried_by", sa.Uuid()),
        sa.Column("ended_at", _MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_call_back"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name="fk_call_back_conversation_id_conversation",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tried_by"], ["advocate.id"], name="fk_call_back_tried_by_advocate"
        ),
        sa.CheckConstraint(
            "state IN ('asking', 'open', 'done', 'dropped')", name=op.f("ck_call_back_state")
        ),
        sa.CheckConstraint(
            "state <> 'open' OR (number_sealed IS NOT NULL AND due_at IS NOT NULL)",
            name=op.f("ck_call_back_open"),
        ),
    )
    op.create_index("ix_call_back_conversation_id", "call_back", ["conversation_id"])
    op.create_index(
        "uq_call_back_asking",
        "call_back",
        ["conversation_id"],
        unique=True,
        postgresql_where=sa.text("state = 'asking'"),
    )
    op.create_index(
        "ix_call_back_due", "call_back", ["due_at"], postgresql_where=sa.text("state = 'open'")
    )


def downgrade() -> None:
    op.drop_table("call_back")
    op.execute("UPDATE conversation SET question = NULL WHERE question LIKE 'call_%'")
    _questions(_BEFORE)


def _questions(known: str) -> None:
    op.drop_constraint(op.f("ck_conversation_question"), "conversation")
    op.create_check_constraint(
        op.f("ck_conversation_question"), "conversation", f"question IN ({known})"
    )
