"""The handoff: duty, shifts, offers, alerts, colleagues who join, switches, what others are told.

Runs before the code that needs it is deployed. Accounts of before have no row of duty: they are on
duty when their screen lives, with no more than three conversations and no address for alerts.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015_handoff"
down_revision = "0014_decisions"

REASONS = (
    "reason IN ('risk', 'asks_for_person', 'engine_failure', 'unsure', 'tip', 'language', 'duress'"
)


def upgrade() -> None:
    op.create_table(
        "duty",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("competencies", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("most", sa.SmallInteger(), server_default="3", nullable=False),
        sa.Column("presence", sa.Text(), server_default="on_duty", nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("timezone", sa.Text(), server_default="America/Toronto", nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "presence IN ('on_duty', 'on_break', 'away')", name=op.f("ck_duty_presence")
        ),
        sa.CheckConstraint(
            "(quiet_from IS NULL) = (quiet_until IS NULL)", name=op.f("ck_duty_quiet")
        ),
        sa.CheckConstraint("most BETWEEN 1 AND 20", name=op.f("ck_duty_most")),
        sa.ForeignKeyConstraint(
            ["id"], ["advocate.id"], name=op.f("fk_duty_id_advocate"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )
    op.create_table(
        "line_switch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("from_time", sa.Time(), nullable=True),
        sa.Column("until_time", sa.Time(), nullable=True),
        sa.Column("timezone", sa.Text(), server_default="America/Toronto", nullable=False),
        sa.Column(
            "on_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("on_by", sa.Uuid(), nullable=False),
        sa.Column("off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("off_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('surge', 'human_only')", name=op.f("ck_line_switch_kind")),
        sa.CheckConstraint(
            "(from_time IS NULL) = (until_time IS NULL)", name=op.f("ck_line_switch_hours")
        ),
        sa.CheckConstraint("(off_at IS NULL) = (off_by IS NULL)", name=op.f("ck_line_switch_off")),
        sa.ForeignKeyConstraint(
            ["off_by"], ["advocate.id"], name=op.f("fk_line_switch_off_by_advocate")
        ),
        sa.ForeignKeyConstraint(
            ["on_by"], ["advocate.id"], name=op.f("fk_line_switch_on_by_advocate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_switch")),
    )
    op.create_index(
        "ix_line_switch_on",
        "line_switch",
        ["kind"],
        unique=False,
        postgresql_where="off_at IS NULL",
    )
    op.create_table(
        "push_subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("advocate_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("subscription_sealed", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["advocate_id"],
            ["advocate.id"],
            name=op.f("fk_push_subscription_advocate_id_advocate"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_push_subscription_fingerprint")),
    )
    op.create_index(
        op.f("ix_push_subscription_advocate_id"), "push_subscription", ["advocate_id"], unique=False
    )
    op.create_table(
        "shift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("advocate_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on_call", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_shift_order")),
        sa.ForeignKeyConstraint(
            ["advocate_id"],
            ["advocate.id"],
            name=op.f("fk_shift_advocate_id_advocate"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    op.create_index(op.f("ix_shift_advocate_id"), "shift", ["advocate_id"], unique=False)
    op.create_index("ix_shift_ends_at", "shift", ["ends_at"], unique=False)
    op.create_table(
        "joined",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("advocate_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), server_default="join", nullable=False),
        sa.Column(
            "joined_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("role IN ('join', 'watch')", name=op.f("ck_joined_role")),
        sa.ForeignKeyConstraint(
            ["advocate_id"],
            ["advocate.id"],
            name=op.f("fk_joined_advocate_id_advocate"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_joined_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joined")),
        sa.UniqueConstraint(
            "conversation_id", "advocate_id", name=op.f("uq_joined_conversation_id_advocate_id")
        ),
    )
    op.create_index(op.f("ix_joined_advocate_id"), "joined", ["advocate_id"], unique=False)
    op.create_table(
        "alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.Column("advocate_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "channel IN ('push', 'sms', 'email', 'none')", name=op.f("ck_alert_channel")
        ),
        sa.CheckConstraint("kind IN ('offer', 'shift', 'lead')", name=op.f("ck_alert_kind")),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'failed', 'withdrawn')",
            name=op.f("ck_alert_state"),
        ),
        sa.ForeignKeyConstraint(
            ["advocate_id"],
            ["advocate.id"],
            name=op.f("fk_alert_advocate_id_advocate"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["escalation_id"],
            ["escalation.id"],
            name=op.f("fk_alert_escalation_id_escalation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    op.create_index(op.f("ix_alert_advocate_id"), "alert", ["advocate_id"], unique=False)
    op.create_index("ix_alert_escalation", "alert", ["escalation_id", "created_at"], unique=False)
    op.create_index(
        "ix_alert_unsent",
        "alert",
        ["created_at"],
        unique=False,
        postgresql_where="state IN ('queued', 'sending')",
    )
    op.create_table(
        "offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.Column("advocate_id", sa.Uuid(), nullable=False),
        sa.Column("widened", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column(
            "offered_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('taken', 'declined', 'expired', 'withdrawn')",
            name=op.f("ck_offer_outcome"),
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name=op.f("ck_offer_ended")),
        sa.ForeignKeyConstraint(
            ["advocate_id"],
            ["advocate.id"],
            name=op.f("fk_offer_advocate_id_advocate"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["escalation_id"],
            ["escalation.id"],
            name=op.f("fk_offer_escalation_id_escalation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
    )
    op.create_index(op.f("ix_offer_advocate_id"), "offer", ["advocate_id"], unique=False)
    op.create_index("ix_offer_escalation", "offer", ["escalation_id", "offered_at"], unique=False)
    op.create_index(
        "uq_offer_open",
        "offer",
        ["escalation_id"],
        unique=True,
        postgresql_where="ended_at IS NULL",
    )
    op.add_column(
        "escalation", sa.Column("told_place_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "escalation",
        sa.Column("needs", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
    )
    op.add_column("escalation", sa.Column("wants_advocate_id", sa.Uuid(), nullable=True))
    op.add_column(
        "escalation",
        sa.Column("wants_supervisor", sa.Boolean(), server_default="false", nullable=False),
    )
    op.add_column(
        "escalation",
        sa.Column("widened", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
    )
    op.add_column(
        "escalation",
        sa.Column(
            "round_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
    )
    op.add_column("escalation", sa.Column("paged_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "escalation", sa.Column("lead_paged_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_foreign_key(
        op.f("fk_escalation_wants_advocate_id_advocate"),
        "escalation",
        "advocate",
        ["wants_advocate_id"],
        ["id"],
    )
    op.add_column("note", sa.Column("whisper_to", sa.Uuid(), nullable=True))
    op.add_column("note", sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(
        op.f("fk_note_whisper_to_advocate"), "note", "advocate", ["whisper_to"], ["id"]
    )
    op.drop_constraint(op.f("ck_escalation_reason"), "escalation", type_="check")
    op.create_check_constraint(
        op.f("ck_escalation_reason"), "escalation", REASONS + ", 'human_only')"
    )


def downgrade() -> None:
    op.execute("UPDATE escalation SET reason = 'asks_for_person' WHERE reason = 'human_only'")
    op.drop_constraint(op.f("ck_escalation_reason"), "escalation", type_="check")
    op.create_check_constraint(op.f("ck_escalation_reason"), "escalation", REASONS + ")")
    op.drop_constraint(op.f("fk_note_whisper_to_advocate"), "note", type_="foreignkey")
    op.drop_column("note", "read_at")
    op.drop_column("note", "whisper_to")
    op.drop_constraint(
        op.f("fk_escalation_wants_advocate_id_advocate"), "escalation", type_="foreignkey"
    )
    op.drop_column("escalation", "lead_paged_at")
    op.drop_column("escalation", "paged_at")
    op.drop_column("escalation", "round_at")
    op.drop_column("escalation", "widened")
    op.drop_column("escalation", "wants_supervisor")
    op.drop_column("escalation", "wants_advocate_id")
    op.drop_column("escalation", "needs")
    op.drop_column("escalation", "told_place_at")
    op.drop_index("uq_offer_open", table_name="offer", postgresql_where="ended_at IS NULL")
    op.drop_index("ix_offer_escalation", table_name="offer")
    op.drop_index(op.f("ix_offer_advocate_id"), table_name="offer")
    op.drop_table("offer")
    op.drop_index(
        "ix_alert_unsent", table_name="alert", postgresql_where="state IN ('queued', 'sending')"
    )
    op.drop_index("ix_alert_escalation", table_name="alert")
    op.drop_index(op.f("ix_alert_advocate_id"), table_name="alert")
    op.drop_table("alert")
    op.drop_index(op.f("ix_joined_advocate_id"), table_name="joined")
    op.drop_table("joined")
    op.drop_index("ix_shift_ends_at", table_name="shift")
    op.drop_index(op.f("ix_shift_advocate_id"), table_name="shift")
    op.drop_table("shift")
    op.drop_index(op.f("ix_push_subscription_advocate_id"), table_name="push_subscription")
    op.drop_table("push_subscription")
    op.drop_index("ix_line_switch_on", table_name="line_switch", postgresql_where="off_at IS NULL")
    op.drop_table("line_switch")
    op.drop_table("duty")
