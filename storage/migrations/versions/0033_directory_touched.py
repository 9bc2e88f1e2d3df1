"""The database notes which service changed in which transaction, for the search's index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033_directory_touched"
down_revision = "0032_attempts"

# By table: how a changed row leads to services; {} is the set of changed rows.
_SERVICES = {
    "service": "SELECT id FROM {}",
    "organization": "SELECT s.id FROM {} o JOIN service s ON s.organization_id = o.id",
    "phone": "SELECT service_id FROM {}",
    "schedule": "SELECT service_id FROM {}",
    "language": "SELECT service_id FROM {}",
    "service_area": "SELECT service_id FROM {}",
    "attribute": "SELECT link_id FROM {} WHERE link_entity = 'service'",
    # A term that changes its code changes what every service is for; that is rare.
    "taxonomy": "SELECT '00000000-0000-0000-0000-000000000000'::uuid FROM {}",
    "taxonomy_term": "SELECT '00000000-0000-0000-0000-000000000000'::uuid FROM {}",
}
_SETS = {
    "INSERT": "NEW TABLE AS come",
    "UPDATE": "OLD TABLE AS gone NEW TABLE AS come",
    "DELETE": "OLD TABLE AS gone",
}
_FUNCTION = """
CREATE FUNCTION directory_touch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  everything CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
  changed text;
  many bigint;
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    changed := format('SELECT %L::uuid AS id', everything);
  ELSE
    changed := concat_ws(' UNION ALL ',
      CASE WHEN TG_OP <> 'INSERT' THEN replace(TG_ARGV[0], '{}', 'gone') END,
      CASE WHEN TG_OP <> 'DELETE' THEN replace(TG_ARGV[0], '{}', 'come') END);
    IF TG_OP = 'DELETE' THEN
      EXECUTE 'SELECT count(*) FROM gone' INTO many;
    ELSE
      EXECUTE 'SELECT count(*) FROM come' INTO many;
    END IF;
    IF many > 1000 THEN
      changed := format('SELECT %L::uuid AS id', everything);
    END IF;
  END IF;
  EXECUTE format(
    'INSERT INTO directory_touched (service_id, transaction) '
    'SELECT DISTINCT touched.id, pg_current_xact_id()::text::bigint '
    'FROM (%s) AS touched (id) WHERE touched.id IS NOT NULL '
    'ON CONFLICT (service_id) DO UPDATE SET transaction = excluded.transaction',
    changed);
  RETURN NULL;
END
$$
"""


def upgrade() -> None:
    op.create_table(
        "directory_touched",
        sa.Column("service_id", sa.Uuid(), primary_key=True),
        sa.Column("transaction", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_directory_touched_transaction", "directory_touched", ["transaction"])
    op.execute(_FUNCTION)
    for table, services in _SERVICES.items():
        argument = services.replace("'", "''")
        for event, sets in _SETS.items():
            op.execute(
                f"CREATE TRIGGER directory_touch_{event.lower()} AFTER {event} ON {table} "
                f"REFERENCING {sets} FOR EACH STATEMENT "
                f"EXECUTE FUNCTION directory_touch('{argument}')"
            )
        op.execute(
            f"CREATE TRIGGER directory_touch_truncate AFTER TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION directory_touch('{argument}')"
        )


def downgrade() -> None:
    for table in _SERVICES:
        for event in (*_SETS, "TRUNCATE"):
            op.execute(f"DROP TRIGGER directory_touch_{event.lower()} ON {table}")
    op.execute("DROP FUNCTION directory_touch()")
    op.drop_table("directory_touched")
