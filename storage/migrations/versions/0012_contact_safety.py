"""How a person may be contacted, code and duress words, and lines that wait for a safe time.

Runs before the code that needs it is deployed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012_contact_safety"
down_revision = "0011_protocols"

_STATES = "'queued', 'held', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'blocked'"
_REASONS = "'risk', 'asks_for_person', 'engine_failure', 'unsure', 'tip', 'language', 'duress'"
_QUESTIONS = "'menu', 'times', 'times_again', 'code_word', 'duress_word'"


def upgrade() -> None:
    op.create_table(
        "contact_preference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("inbox", sa.Text(), nullable=False),
        sa.Column("address_fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("texting", sa.Text(), server_default="any", nullable=False),
        sa.Column("windows", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("voicemail", sa.Boolean(), nullable=True),
        sa.Column("phone_shared", sa.Boolean(), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("code_word_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("duress_word_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("wrong_guesses", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("guesses_paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "texting IN ('any', 'windows', 'answers')", name=op.f("ck_contact_preference_texting")
        ),
        sa.CheckConstraint(
            "set_by IN ('contact', 'advocate')", name=op.f("ck_contact_preference_set_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_preference")),
        sa.UniqueConstraint(
            "channel",
            "inbox",
            "address_fingerprint",
            name=op.f("uq_contact_preference_channel_inbox_address_fingerprint"),
        ),
    )
    op.add_column(
        "conversation",
        sa.Column("code_word", sa.Text(), server_default="none", nullable=False),
    )
    op.add_column("conversation", sa.Column("question", sa.Text(), nullable=True))
    _check("conversation", "code_word", "'none', 'not_given', 'given'")
    _check("conversation", "question", _QUESTIONS)
    op.add_column("message", sa.Column("hold_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "message",
        sa.Column("confirmed", sa.Boolean(), server_default="false", nullable=False),
    )
    op.create_index(
        "ix_message_held",
        "message",
        ["hold_until"],
        unique=False,
        postgresql_where=sa.text("delivery = 'held'"),
    )
    _replace("message", "delivery", _STATES)
    _replace("escalation", "reason", _REASONS)


def downgrade() -> None:
    op.execute("UPDATE message SET delivery = 'queued' WHERE delivery = 'held'")
    op.execute("UPDATE escalation SET reason = 'risk' WHERE reason = 'duress'")
    _replace("message", "delivery", _STATES.replace("'held', ", ""))
    _replace("escalation", "reason", _REASONS.replace(", 'duress'", ""))
    op.drop_index("ix_message_held", table_name="message")
    op.drop_column("message", "confirmed")
    op.drop_column("message", "hold_until")
    op.drop_constraint(op.f("ck_conversation_question"), "conversation")
    op.drop_constraint(op.f("ck_conversation_code_word"), "conversation")
    op.drop_column("conversation", "question")
    op.drop_column("conversation", "code_word")
    op.drop_table("contact_preference")


def _replace(table: str, column: str, values: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{column}"), table)
    _check(table, column, values)


def _check(table: str, column: str, values: str) -> None:
    op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN ({values})")
