"""Keys of organizations, posts that are one tip however often they come, a slot in the vault.

The slot is a function of the vault's role: whoever may call it adds who told a tip, and reads
nothing. Runs before its code.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031_organization_keys"
down_revision = "0030_set_up_code"

_MOMENT = sa.DateTime(timezone=True)
_SLOT = """
CREATE FUNCTION vault.leave(tip uuid, sealed bytea, until timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
    INSERT INTO vault.tipster (id, address_sealed, expires_at) VALUES (tip, sealed, until)
    ON CONFLICT DO NOTHING
$$
"""


def upgrade() -> None:
    op.create_table(
        "organization_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [name], ["advocate.id"], name=op.f(f"fk_organization_key_{name}_advocate")
            )
            for name in ("made_by", "revoked_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_key")),
        sa.UniqueConstraint("mark", name=op.f("uq_organization_key_mark")),
    )
    op.create_table(
        "tip_post",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("body_mark", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_tip_post")),
    )
    op.execute("SET ROLE hotline_vault")
    op.execute(_SLOT)
    op.execute("REVOKE ALL ON FUNCTION vault.leave(uuid, bytea, timestamptz) FROM PUBLIC")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE hotline_vault")
    op.execute("DROP FUNCTION vault.leave(uuid, bytea, timestamptz)")
    op.execute("RESET ROLE")
    op.drop_table("tip_post")
    op.drop_table("organization_key")
