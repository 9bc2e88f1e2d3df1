"""Consent, decisions without it, and the records of what left the line.

Runs before the code that needs it is deployed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007_ledger"
down_revision = "0006_holder_rings"

# Promise: what the ledger says stays said. A purge and a new key may change sealed columns alone,
# and say so in their transaction.
APPEND_ONLY = """
CREATE FUNCTION keep_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR coalesce(current_setting('hotline.keeping', true), '') = '' THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
    END IF;
    IF (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(NEW))
        WHERE key NOT LIKE '%\\_sealed')
       IS DISTINCT FROM
       (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(OLD))
        WHERE key NOT LIKE '%\\_sealed') THEN
        RAISE EXCEPTION 'of % only sealed columns may change', TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;
"""
TABLES = (
    "consent",
    "consent_override",
    "consent_sign_off",
    "disclosure",
    "disclosure_addition",
)
# Promise: nobody signs their own decision.
SECOND_PERSON = """
CREATE FUNCTION second_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM consent_override
               WHERE id = NEW.override_id AND decided_by = NEW.advocate_id) THEN
        RAISE EXCEPTION 'a decision is signed by another than who took it';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER second_person BEFORE INSERT ON consent_sign_off
    FOR EACH ROW EXECUTE FUNCTION second_person();
"""


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("recipient_kind", sa.Text(), nullable=False),
        sa.Column("recipient_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("details", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("identified", sa.Text(), nullable=False),
        sa.Column("call_back", sa.Boolean(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.Column("revokes", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "(act = 'revoked') = (revokes IS NOT NULL)", name=op.f("ck_consent_revocation")
        ),
        sa.CheckConstraint(
            "(how = 'by_text') = (message_id IS NOT NULL)", name=op.f("ck_consent_by_text")
        ),
        sa.CheckConstraint("act IN ('given', 'declined', 'revoked')", name=op.f("ck_consent_act")),
        sa.CheckConstraint("how IN ('by_text', 'aloud')", name=op.f("ck_consent_how")),
        sa.CheckConstraint(
            "identified IN ('not_at_all', 'alias', 'by_name')", name=op.f("ck_consent_identified")
        ),
        sa.CheckConstraint(
            "purpose IN ('referral', 'warm_transfer', 'police_report', 'child_protection_report',"
            " 'labour_complaint', 'immigration', 'tip')",
            name=op.f("ck_consent_purpose"),
        ),
        sa.CheckConstraint(
            "recipient_kind IN ('police', 'child_protection', 'service', 'government', 'tip_line',"
            " 'other')",
            name=op.f("ck_consent_recipient_kind"),
        ),
        sa.CheckConstraint(
            "subject_kind IN ('conversation', 'tip')", name=op.f("ck_consent_subject_kind")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["advocate.id"], name=op.f("fk_consent_recorded_by_advocate")
        ),
        sa.ForeignKeyConstraint(
            ["revokes"], ["consent.id"], name=op.f("fk_consent_revokes_consent")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint("sequence", name=op.f("uq_consent_sequence")),
    )
    op.create_index(op.f("ix_consent_revokes"), "consent", ["revokes"], unique=False)
    op.create_index("ix_consent_subject", "consent", ["subject_kind", "subject_id"], unique=False)
    op.create_table(
        "consent_override",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_kind", sa.Text(), nullable=False),
        sa.Column("recipient_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("details", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("no_time", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "ground IN ('imminent_danger', 'child', 'legal_duty')",
            name=op.f("ck_consent_override_ground"),
        ),
        sa.CheckConstraint(
            "recipient_kind IN ('police', 'child_protection', 'service', 'government', 'tip_line',"
            " 'other')",
            name=op.f("ck_consent_override_recipient_kind"),
        ),
        sa.CheckConstraint(
            "subject_kind IN ('conversation', 'tip')", name=op.f("ck_consent_override_subject_kind")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["advocate.id"], name=op.f("fk_consent_override_decided_by_advocate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_override")),
        sa.UniqueConstraint("sequence", name=op.f("uq_consent_override_sequence")),
    )
    op.create_index(
        "ix_consent_override_subject",
        "consent_override",
        ["subject_kind", "subject_id"],
        unique=False,
    )
    op.create_table(
        "consent_sign_off",
        sa.Column("override_id", sa.Uuid(), nullable=False),
        sa.Column("advocate_id", sa.Uuid(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["advocate_id"], ["advocate.id"], name=op.f("fk_consent_sign_off_advocate_id_advocate")
        ),
        sa.ForeignKeyConstraint(
            ["override_id"],
            ["consent_override.id"],
            name=op.f("fk_consent_sign_off_override_id_consent_override"),
        ),
        sa.PrimaryKeyConstraint("override_id", name=op.f("pk_consent_sign_off")),
    )
    op.create_table(
        "disclosure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=True),
        sa.Column("override_id", sa.Uuid(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("recipient_kind", sa.Text(), nullable=False),
        sa.Column("recipient_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("taken_by_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("details", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("shared_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("withheld", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("told_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("follow_up_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("protocol_version_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "channel IN ('phone', 'web_form', 'fax', 'e_mail', 'in_person', 'text')",
            name=op.f("ck_disclosure_channel"),
        ),
        sa.CheckConstraint(
            "occasion IN ('person_asked', 'imminent_danger', 'child', 'legal_duty', 'tip')",
            name=op.f("ck_disclosure_occasion"),
        ),
        sa.CheckConstraint(
            "purpose IN ('referral', 'warm_transfer', 'police_report', 'child_protection_report',"
            " 'labour_complaint', 'immigration', 'tip')",
            name=op.f("ck_disclosure_purpose"),
        ),
        sa.CheckConstraint(
            "recipient_kind IN ('police', 'child_protection', 'service', 'government', 'tip_line',"
            " 'other')",
            name=op.f("ck_disclosure_recipient_kind"),
        ),
        sa.CheckConstraint(
            "subject_kind IN ('conversation', 'tip')", name=op.f("ck_disclosure_subject_kind")
        ),
        sa.CheckConstraint(
            "(consent_id IS NULL) <> (override_id IS NULL)", name=op.f("ck_disclosure_one_basis")
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consent.id"], name=op.f("fk_disclosure_consent_id_consent")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["advocate.id"], name=op.f("fk_disclosure_made_by_advocate")
        ),
        sa.ForeignKeyConstraint(
            ["override_id"],
            ["consent_override.id"],
            name=op.f("fk_disclosure_override_id_consent_override"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
        sa.UniqueConstraint("sequence", name=op.f("uq_disclosure_sequence")),
    )
    op.create_index(
        "ix_disclosure_subject", "disclosure", ["subject_kind", "subject_id"], unique=False
    )
    op.create_table(
        "disclosure_addition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "kind IN ('file_number', 'follow_up', 'correction', 'person_told')",
            name=op.f("ck_disclosure_addition_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["added_by"], ["advocate.id"], name=op.f("fk_disclosure_addition_added_by_advocate")
        ),
        sa.ForeignKeyConstraint(
            ["disclosure_id"],
            ["disclosure.id"],
            name=op.f("fk_disclosure_addition_disclosure_id_disclosure"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_addition")),
    )
    op.create_index(
        op.f("ix_disclosure_addition_disclosure_id"),
        "disclosure_addition",
        ["disclosure_id"],
        unique=False,
    )
    op.execute(APPEND_ONLY)
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION keep_ledger()"
        )
    op.execute(SECOND_PERSON)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION second_person")
    op.execute("DROP FUNCTION keep_ledger")
