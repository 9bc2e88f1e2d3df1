"""An unmasking of a tipster stands among the entries of the tip. Runs before its code."""

from __future__ import annotations

from alembic import op

revision = "0021_tips"
down_revision = "0020_directory_change"

_NAME = "ck_tip_entry_kind"


def upgrade() -> None:
    _only("'words', 'question', 'answer', 'note', 'unmasked'")


def downgrade() -> None:
    op.execute("DELETE FROM tip_entry WHERE kind = 'unmasked'")
    _only("'words', 'question', 'answer', 'note'")


def _only(kinds: str) -> None:
    op.drop_constraint(op.f(_NAME), "tip_entry")
    op.create_check_constraint(op.f(_NAME), "tip_entry", f"kind IN ({kinds})")
