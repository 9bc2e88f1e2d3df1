"""A change of who holds a web conversation rings at the visitor's page, whichever code makes it.

Runs before the code that needs it is deployed. The payload is what the porch listens for already:
the keyed fingerprint of the visitor, in hexadecimal digits.
"""

from __future__ import annotations

from alembic import op

revision = "0006_holder_rings"
down_revision = "0005_provider_copy"


def upgrade() -> None:
    op.execute(
        """
        CREATE FUNCTION ring_at_visitor() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('visitor', encode(NEW.address_fingerprint, 'hex'));
            RETURN NULL;
        END $$;
        CREATE TRIGGER conversation_holder_rings
            AFTER UPDATE OF holder ON conversation
            FOR EACH ROW WHEN (NEW.channel = 'web' AND OLD.holder IS DISTINCT FROM NEW.holder)
            EXECUTE FUNCTION ring_at_visitor();
        """
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER conversation_holder_rings ON conversation")
    op.execute("DROP FUNCTION ring_at_visitor()")
