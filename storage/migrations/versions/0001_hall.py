"""The hall: conversations, messages, risk, escalations, the desk's accounts, the job queue.

Runs before the code that needs it is deployed. The queue's own tables come from procrastinate's
schema; a newer procrastinate brings its own migration files, each to be run by a revision here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = "0001_hall"
down_revision = None

# Promise: the tier never falls unless a human lowers it (storage/desk.py, lower_tier).
TIER_FLOOR = """
CREATE FUNCTION hold_tier_floor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(NEW.tier, 0) < coalesce(OLD.tier, 0)
       AND coalesce(current_setting('hotline.lowered_by', true), '') = '' THEN
        RAISE EXCEPTION 'only a human lowers a tier, through the desk';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_tier_floor BEFORE UPDATE OF tier ON conversation
    FOR EACH ROW EXECUTE FUNCTION hold_tier_floor();
CREATE TRIGGER hold_tier_floor BEFORE UPDATE OF tier ON escalation
    FOR EACH ROW EXECUTE FUNCTION hold_tier_floor();
"""

# Promise: what the audit log says stays said.
APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    op.create_table(
        "advocate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), server_default="advocate", nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('advocate', 'supervisor', 'directory_editor', 'administrator')",
            name=op.f("ck_advocate_role"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advocate")),
        sa.UniqueConstraint("name", name=op.f("uq_advocate_name")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("advocate_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column(
            "detail", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_advocate_id"), "audit", ["advocate_id"], unique=False)
    op.create_index(op.f("ix_audit_conversation_id"), "audit", ["conversation_id"], unique=False)
    op.create_table(
        "opt_out",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("inbox", sa.Text(), nullable=False),
        sa.Column("address_fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("channel", "inbox", "address_fingerprint", name=op.f("pk_opt_out")),
    )
    op.create_table(
        "purge_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("bodies", sa.Integer(), nullable=False),
        sa.Column("addresses", sa.Integer(), nullable=False),
        sa.Column("overdue_left", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge_run")),
    )
    op.create_table(
        "referral_offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("offered_on", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_offer")),
    )
    op.create_index(
        op.f("ix_referral_offer_service_id"), "referral_offer", ["service_id"], unique=False
    )
    op.create_table(
        "conversation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("inbox", sa.Text(), nullable=False),
        sa.Column("address_fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("holder", sa.Text(), server_default="bot", nullable=False),
        sa.Column("advocate_id", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tier", sa.SmallInteger(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("language_chosen", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("safety", sa.Text(), server_default="unasked", nullable=False),
        sa.Column("engine_memory_sealed", sa.LargeBinary(), nullable=True),
        sa.Column(
            "opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "last_inbound_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(holder = 'advocate') = (advocate_id IS NOT NULL)", name=op.f("ck_conversation_held")
        ),
        sa.CheckConstraint(
            "closed_at IS NULL OR holder = 'bot'", name=op.f("ck_conversation_closed_unheld")
        ),
        sa.CheckConstraint(
            "holder IN ('bot', 'waiting', 'advocate')", name=op.f("ck_conversation_holder")
        ),
        sa.CheckConstraint(
            "safety IN ('unasked', 'asked', 'ok', 'not_safe')", name=op.f("ck_conversation_safety")
        ),
        sa.CheckConstraint("tier BETWEEN 1 AND 3", name=op.f("ck_conversation_tier")),
        sa.ForeignKeyConstraint(
            ["advocate_id"], ["advocate.id"], name=op.f("fk_conversation_advocate_id_advocate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
    )
    op.create_index(
        op.f("ix_conversation_advocate_id"), "conversation", ["advocate_id"], unique=False
    )
    op.create_index(
        "ix_conversation_holder",
        "conversation",
        ["holder"],
        unique=False,
        postgresql_where="closed_at IS NULL",
    )
    op.create_index(
        "uq_conversation_open_address",
        "conversation",
        ["channel", "inbox", "address_fingerprint"],
        unique=True,
        postgresql_where="closed_at IS NULL",
    )
    op.create_table(
        "desk_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("advocate_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["advocate_id"],
            ["advocate.id"],
            name=op.f("fk_desk_session_advocate_id_advocate"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_desk_session")),
    )
    op.create_index(
        op.f("ix_desk_session_advocate_id"), "desk_session", ["advocate_id"], unique=False
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("advocate_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("turn", sa.Text(), nullable=True),
        sa.Column("delivery", sa.Text(), nullable=True),
        sa.Column("delivery_error", sa.Text(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("first_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(author = 'advocate') = (advocate_id IS NOT NULL)", name=op.f("ck_message_advocate")
        ),
        sa.CheckConstraint(
            "(direction = 'in') = (author = 'contact')", name=op.f("ck_message_inbound_author")
        ),
        sa.CheckConstraint(
            "(direction = 'in') = (turn IS NOT NULL)", name=op.f("ck_message_inbound_turn")
        ),
        sa.CheckConstraint(
            "(direction = 'out') = (delivery IS NOT NULL)",
            name=op.f("ck_message_outbound_delivery"),
        ),
        sa.CheckConstraint(
            "author IN ('contact', 'bot', 'advocate')", name=op.f("ck_message_author")
        ),
        sa.CheckConstraint(
            "delivery IN ('queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed',"
            " 'blocked')",
            name=op.f("ck_message_delivery"),
        ),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_message_direction")),
        sa.CheckConstraint("turn IN ('pending', 'held', 'done')", name=op.f("ck_message_turn")),
        sa.ForeignKeyConstraint(
            ["advocate_id"], ["advocate.id"], name=op.f("fk_message_advocate_id_advocate")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_message_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("sequence", name=op.f("uq_message_sequence")),
    )
    op.create_index(
        "ix_message_conversation", "message", ["conversation_id", "sequence"], unique=False
    )
    op.create_index(
        "ix_message_pending_turn",
        "message",
        ["created_at"],
        unique=False,
        postgresql_where="turn = 'pending'",
    )
    op.create_index(
        "ix_message_unsent",
        "message",
        ["created_at"],
        unique=False,
        postgresql_where="delivery IN ('queued', 'sending')",
    )
    op.create_index(
        "uq_message_provider_id",
        "message",
        ["channel", "provider_id"],
        unique=True,
        postgresql_where="provider_id IS NOT NULL",
    )
    op.create_table(
        "note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("advocate_id", sa.Uuid(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["advocate_id"], ["advocate.id"], name=op.f("fk_note_advocate_id_advocate")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_note_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index(op.f("ix_note_conversation_id"), "note", ["conversation_id"], unique=False)
    op.create_table(
        "tip",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_tip_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
            name=op.f("fk_tip_message_id_message"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip")),
        sa.UniqueConstraint("message_id", name=op.f("uq_tip_message_id")),
    )
    op.create_index(op.f("ix_tip_conversation_id"), "tip", ["conversation_id"], unique=False)
    op.create_table(
        "escalation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("tier", sa.SmallInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "waiting_since",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("told_no_one_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('risk', 'asks_for_person', 'engine_failure', 'unsure', 'tip', 'language')",
            name=op.f("ck_escalation_reason"),
        ),
        sa.CheckConstraint("tier BETWEEN 1 AND 3", name=op.f("ck_escalation_tier")),
        sa.ForeignKeyConstraint(
            ["claimed_by"], ["advocate.id"], name=op.f("fk_escalation_claimed_by_advocate")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_escalation_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
            name=op.f("fk_escalation_message_id_message"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
    )
    op.create_index(
        op.f("ix_escalation_conversation_id"), "escalation", ["conversation_id"], unique=False
    )
    op.create_index(
        "uq_escalation_open",
        "escalation",
        ["conversation_id"],
        unique=True,
        postgresql_where="closed_at IS NULL",
    )
    op.create_table(
        "risk_assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("judge", sa.Text(), nullable=False),
        sa.Column("tier", sa.SmallInteger(), nullable=True),
        sa.Column(
            "cues", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("judge IN ('rules', 'model')", name=op.f("ck_risk_assessment_judge")),
        sa.CheckConstraint("tier BETWEEN 1 AND 3", name=op.f("ck_risk_assessment_tier")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_risk_assessment_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
            name=op.f("fk_risk_assessment_message_id_message"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_assessment")),
    )
    op.create_index(
        "ix_risk_assessment_conversation",
        "risk_assessment",
        ["conversation_id", "at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_risk_assessment_message_id"), "risk_assessment", ["message_id"], unique=False
    )
    op.create_table(
        "web_mailbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("visitor_fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "author IN ('contact', 'bot', 'advocate')", name=op.f("ck_web_mailbox_author")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
            name=op.f("fk_web_mailbox_message_id_message"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_mailbox")),
        sa.UniqueConstraint("message_id", name=op.f("uq_web_mailbox_message_id")),
    )
    op.create_index(
        "ix_web_mailbox_visitor", "web_mailbox", ["visitor_fingerprint", "id"], unique=False
    )
    op.create_table(
        "tier_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.Column("from_tier", sa.SmallInteger(), nullable=True),
        sa.Column("to_tier", sa.SmallInteger(), nullable=True),
        sa.Column("advocate_id", sa.Uuid(), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "coalesce(to_tier, 0) >= coalesce(from_tier, 0)"
            " OR (advocate_id IS NOT NULL AND reason_sealed IS NOT NULL)",
            name=op.f("ck_tier_change_only_a_human_lowers"),
        ),
        sa.ForeignKeyConstraint(
            ["advocate_id"], ["advocate.id"], name=op.f("fk_tier_change_advocate_id_advocate")
        ),
        sa.ForeignKeyConstraint(
            ["escalation_id"],
            ["escalation.id"],
            name=op.f("fk_tier_change_escalation_id_escalation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_change")),
    )
    op.create_index(
        op.f("ix_tier_change_escalation_id"), "tier_change", ["escalation_id"], unique=False
    )
    _run(TIER_FLOOR)
    _run(APPEND_ONLY)
    _run(SchemaManager.get_schema())


def _run(script: str) -> None:
    """Many statements at once, past SQLAlchemy, whose parameters would trip over `%` and `:`."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute(script)


def downgrade() -> None:
    raise RuntimeError("the first revision has no way back: restore a backup")
