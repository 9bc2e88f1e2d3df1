"""The roles of those who read tips and of those who read the audit log.

Runs before the code that needs it is deployed.
"""

from __future__ import annotations

from alembic import op

revision = "0008_roles"
down_revision = "0007_ledger"

_BEFORE = "'advocate', 'supervisor', 'directory_editor', 'administrator'"
_NOW = (
    "'advocate', 'supervisor', 'directory_editor', 'tips_officer', 'privacy_officer', "
    "'administrator'"
)


def upgrade() -> None:
    _widen(_NOW)


def downgrade() -> None:
    _widen(_BEFORE)


def _widen(roles: str) -> None:
    op.drop_constraint(op.f("ck_advocate_role"), "advocate", type_="check")
    op.create_check_constraint(op.f("ck_advocate_role"), "advocate", f"role IN ({roles})")
