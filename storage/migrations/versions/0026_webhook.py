"""Events for another case system, written by a trigger while somebody follows.

Runs before its code. The function runs as its owner, so that the porch's role needs no right to
the outbox, and changes nothing but that.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026_webhook"
down_revision = "0025_passkeys"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "webhook_switch",
        sa.Column("id", sa.SmallInteger(), nullable=False),
        sa.Column("followed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_switch"),
        sa.CheckConstraint("id = 1", name=op.f("ck_webhook_switch_one")),
    )
    op.create_table(
        "webhook_event",
        sa.Column("id", sa.Uuid(), nullable=False, server_default=sa.text("gen_random_uuid()")),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("became", sa.Text(), nullable=False),
        sa.Column("tier", sa.SmallInteger()),
        sa.Column("at", _MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.Column("state", sa.Text(), nullable=False, server_default="queued"),
        sa.Column("attempts", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("error", sa.Text()),
        sa.Column("due_at", _MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.Column("ended_at", _MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_event"),
        sa.UniqueConstraint("sequence", name="uq_webhook_event_sequence"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name="fk_webhook_event_conversation_id_conversation",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "kind IN ('waiting', 'held', 'released', 'closed', 'tier_changed')",
            name=op.f("ck_webhook_event_kind"),
        ),
        sa.CheckConstraint(
            "became IN ('waiting', 'held', 'released', 'closed')",
            name=op.f("ck_webhook_event_became"),
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'failed')", name=op.f("ck_webhook_event_state")
        ),
    )
    op.create_index("ix_webhook_event_conversation_id", "webhook_event", ["conversation_id"])
    op.create_index(
        "ix_webhook_event_queued",
        "webhook_event",
        ["conversation_id"],
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.execute(
        """
        CREATE FUNCTION escalation_state(outcome text, claimed uuid) RETURNS text
        LANGUAGE sql IMMUTABLE AS $$
            SELECT coalesce(outcome, CASE WHEN claimed IS NULL THEN 'waiting' ELSE 'held' END)
        $$;
        CREATE FUNCTION tell_who_follows() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        DECLARE
            became text := escalation_state(NEW.outcome, NEW.claimed_by);
            kind text := became;
        BEGIN
            IF NOT EXISTS (SELECT 1 FROM webhook_switch WHERE followed) THEN
                RETURN NULL;
            END IF;
            IF TG_OP = 'UPDATE' AND became = escalation_state(OLD.outcome, OLD.claimed_by) THEN
                IF NEW.tier IS NOT DISTINCT FROM OLD.tier THEN
                    RETURN NULL;
                END IF;
                kind := 'tier_changed';
            END IF;
            INSERT INTO webhook_event (conversation_id, kind, became, tier)
                VALUES (NEW.conversation_id, kind, became, NEW.tier);
            RETURN NULL;
        END $$;
        CREATE TRIGGER escalation_tells
            AFTER INSERT OR UPDATE OF tier, claimed_by, outcome ON escalation
            FOR EACH ROW EXECUTE FUNCTION tell_who_follows();
        """
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER escalation_tells ON escalation")
    op.execute("DROP FUNCTION tell_who_follows()")
    op.execute("DROP FUNCTION escalation_state(text, uuid)")
    op.drop_table("webhook_event")
    op.drop_table("webhook_switch")
