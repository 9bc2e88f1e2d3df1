"""What a tip needs to be passed on: accepted versions, the desk's fields, clocks, the step.

Runs before its code.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029_tip_passing"
down_revision = "0028_translated"

_MOMENT = sa.DateTime(timezone=True)
_KIND = "ck_disclosure_addition_kind"
_KINDS = "'file_number', 'follow_up', 'correction', 'person_told'"


def upgrade() -> None:
    op.add_column("tip", sa.Column("desk_fields_locked", sa.LargeBinary(), nullable=True))
    for name in ("status_at", "label_at"):
        op.add_column("tip", sa.Column(name, _MOMENT, nullable=True))
    op.create_table(
        "tip_scrub",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("tip_id", sa.Uuid(), nullable=False),
        sa.Column("facts_locked", sa.LargeBinary(), nullable=False),
        sa.Column("covers", sa.Integer(), nullable=False),
        sa.Column("advocate_id", sa.Uuid(), nullable=False),
        sa.Column("at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tip_id"], ["tip.id"], name=op.f("fk_tip_scrub_tip_id_tip"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["advocate_id"], ["advocate.id"], name=op.f("fk_tip_scrub_advocate_id_advocate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip_scrub")),
        sa.UniqueConstraint("sequence", name=op.f("uq_tip_scrub_sequence")),
    )
    op.create_index("ix_tip_scrub_tip_id", "tip_scrub", ["tip_id"])
    op.add_column("disclosure", sa.Column("protocol_step", sa.Text(), nullable=True))
    _additions(f"{_KINDS}, 'outcome'")


def downgrade() -> None:
    op.execute("ALTER TABLE disclosure_addition DISABLE TRIGGER USER")
    op.execute("UPDATE disclosure_addition SET kind = 'follow_up' WHERE kind = 'outcome'")
    op.execute("ALTER TABLE disclosure_addition ENABLE TRIGGER USER")
    _additions(_KINDS)
    op.drop_column("disclosure", "protocol_step")
    op.drop_table("tip_scrub")
    for name in ("label_at", "status_at", "desk_fields_locked"):
        op.drop_column("tip", name)


def _additions(kinds: str) -> None:
    op.drop_constraint(op.f(_KIND), "disclosure_addition")
    op.create_check_constraint(op.f(_KIND), "disclosure_addition", f"kind IN ({kinds})")
