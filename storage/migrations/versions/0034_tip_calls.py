"""Alerts for an urgent tip that nobody has opened. Runs before the code that needs it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034_tip_calls"
down_revision = "0033_directory_touched"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("tip", sa.Column("wakes_at", _MOMENT, nullable=True))
    op.add_column("tip", sa.Column("paged_at", _MOMENT, nullable=True))
    op.create_index(
        "ix_tip_wakes", "tip", ["wakes_at"], postgresql_where=sa.text("wakes_at IS NOT NULL")
    )
    op.alter_column("alert", "escalation_id", nullable=True)
    op.add_column("alert", sa.Column("tip_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_alert_tip_id_tip"), "alert", "tip", ["tip_id"], ["id"], ondelete="CASCADE"
    )
    op.create_index("ix_alert_tip_id", "alert", ["tip_id"])
    op.create_check_constraint(
        op.f("ck_alert_about"), "alert", "(escalation_id IS NULL) <> (tip_id IS NULL)"
    )
    _kinds("'offer', 'shift', 'lead', 'tip'")


def downgrade() -> None:
    op.execute("DELETE FROM alert WHERE tip_id IS NOT NULL")
    _kinds("'offer', 'shift', 'lead'")
    op.drop_constraint(op.f("ck_alert_about"), "alert")
    op.drop_column("alert", "tip_id")
    op.alter_column("alert", "escalation_id", nullable=False)
    op.drop_column("tip", "paged_at")
    op.drop_column("tip", "wakes_at")


def _kinds(kinds: str) -> None:
    op.drop_constraint(op.f("ck_alert_kind"), "alert")
    op.create_check_constraint(op.f("ck_alert_kind"), "alert", f"kind IN ({kinds})")
