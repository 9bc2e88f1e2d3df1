"""The porch's own role in PostgreSQL: it adds to conversations and cannot read them.

The public process is the one that strangers reach. Its role may store a message and what follows
from it, and look up what it needs for that; it may not select the words of a message, an address,
the engine's memory, a note or anything of the desk. The one exception is what it shows itself: the
mailbox of a web visit. Rights are given anew after every migration, so this file is the whole
truth about them; a new query of the porch that needs more says so here (tests run the porch as
this role).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import text

from storage.base import Base
from storage.tables import ConversationRow, MessageRow
from storage.tip_tables import TipRow

#: What the porch never reads.
HIDDEN = {
    "conversation": frozenset({"address_sealed", "engine_memory_sealed"}),
    "message": frozenset({"body_sealed"}),
    "tip": frozenset({"body_sealed", "desk_fields_locked"}),
    "contact_preference": frozenset({"note_sealed"}),
}
_TIP_FIXED = frozenset({"id", "number", "origin", "at"})
# Who a conversation is with never changes.
_FIXED = frozenset({"id", "channel", "inbox", "address_fingerprint", "address_sealed"})

#: Whether whoever asks may select the words of messages.
MAY_READ = text("SELECT has_column_privilege('message', 'body_sealed', 'SELECT')")


_SLOT = sql.SQL("vault.leave(uuid, bytea, timestamptz)")


class CannotGrant(Exception):
    """The role cannot be made or given its rights; the message says the way out."""


@dataclass(frozen=True)
class Rights:
    """What the role may do with a table; `None` for columns means all of them."""

    table: str
    select: tuple[str, ...] | None = ()
    insert: bool = True
    update: tuple[str, ...] | None = ()
    delete: bool = False

    def words(self) -> Iterable[sql.Composable]:
        """The rights as GRANT names them."""
        for verb, columns in (("SELECT", self.select), ("UPDATE", self.update)):
            if columns is None:
                yield sql.SQL(verb)
            elif columns:
                listed = sql.SQL(", ").join(map(sql.Identifier, columns))
                yield sql.SQL(verb + " ({})").format(listed)
        if self.insert:
            yield sql.SQL("INSERT")
        if self.delete:
            yield sql.SQL("DELETE")


def _columns(table: str, but: frozenset[str]) -> tuple[str, ...]:
    return tuple(c.name for c in Base.metadata.tables[table].columns if c.name not in but)


def porch_rights() -> tuple[Rights, ...]:
    """Every right of the porch."""
    conversation, message = ConversationRow.__tablename__, MessageRow.__tablename__
    return (
        Rights(
            conversation,
            select=_columns(conversation, HIDDEN[conversation]),
            update=_columns(conversation, _FIXED),
        ),
        Rights(
            message,
            select=_columns(message, HIDDEN[message]),
            update=("turn", "delivery", "delivery_error"),
        ),
        Rights("risk_assessment"),
        Rights("escalation", select=None, update=None),
        Rights("tier_change"),
        # A receipt opens its tip at the porch, and only with the key file; the vault stays shut.
        Rights(
            TipRow.__tablename__,
            select=_columns("tip", HIDDEN["tip"]),
            update=_columns("tip", _TIP_FIXED),
        ),
        Rights("tip_entry", select=None, delete=True),
        # It adds files and removes those of a tip that is taken back; it never reads one.
        Rights("tip_attachment", select=("tip_id",), delete=True),
        # What was accepted for others goes when the tipster takes the tip back; it is not read.
        Rights("tip_scrub", select=("tip_id",), insert=False, delete=True),
        # Whose key it is, by a keyed hash; and that a post came before.
        Rights("organization_key", select=("id", "name", "mark", "revoked_at"), insert=False),
        Rights("tip_post", select=None, update=("number",)),
        Rights("tip_trace", select=("tip_id", "mark"), delete=True),
        # Whether a text is a code word is told when it comes: by hashes alone.
        Rights(
            "contact_preference",
            select=_columns("contact_preference", HIDDEN["contact_preference"]),
            update=(
                "code_word_sealed",
                "duress_word_sealed",
                "wrong_guesses",
                "guesses_paused_until",
                "updated_at",
            ),
        ),
        Rights("opt_out", select=None, delete=True),
        Rights("web_visit", select=None, update=None, delete=True),
        Rights("web_mailbox", select=None, delete=True),
        # By hash alone; what a row leads to is locked with the code itself.
        Rights("return_code", select=None, delete=True),
        Rights("procrastinate_jobs", select=None),
        Rights("procrastinate_events"),
    )


def grant_porch(connection: psycopg.Connection, porch_url: str) -> None:
    """Make the role that `porch_url` signs in as, and give it its rights and no others.

    Raises CannotGrant.
    """
    given = conninfo_to_dict(porch_url)
    name, password = given.get("user"), given.get("password")
    if not name:
        raise CannotGrant("PORCH_DATABASE_URL names no user: postgresql://USER:PASSWORD@HOST/NAME")
    if _is_mighty(connection, str(name)):
        raise CannotGrant(
            "PORCH_DATABASE_URL names a user that owns the tables or may do everything: name one "
            "that may not, such as hotline_porch"
        )
    with connection.transaction():
        _make(connection, str(name), None if password is None else str(password))
        role = sql.Identifier(str(name))
        connection.execute(
            sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA {} FROM {}").format(_schema(), role)
        )
        for rights in porch_rights():
            connection.execute(
                sql.SQL("GRANT {} ON {} TO {}").format(
                    sql.SQL(", ").join(rights.words()), sql.Identifier(rights.table), role
                )
            )
        # Through the slot it adds to the vault; the schema's tables stay shut.
        connection.execute("SET LOCAL ROLE hotline_vault")
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA vault TO {}").format(role))
        connection.execute(sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(_SLOT, role))
        connection.execute("RESET ROLE")
        for queue in ("procrastinate_jobs_id_seq", "procrastinate_events_id_seq"):
            connection.execute(
                sql.SQL("GRANT USAGE ON SEQUENCE {} TO {}").format(sql.Identifier(queue), role)
            )


def _is_mighty(connection: psycopg.Connection, name: str) -> bool:
    """Whether no right can be kept from a role: it is a superuser, or owns the tables."""
    found = connection.execute(
        "SELECT 1 FROM pg_roles r WHERE r.rolname = %(name)s AND (r.rolsuper OR EXISTS ("
        "SELECT 1 FROM pg_class c WHERE c.oid = 'message'::regclass"
        " AND pg_has_role(r.oid, c.relowner, 'MEMBER')))",
        {"name": name},
    ).fetchone()
    return found is not None


def _make(connection: psycopg.Connection, name: str, password: str | None) -> None:
    """Create the role, or give it the password that the porch will use."""
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone()
    secret: sql.Composable = sql.SQL("")
    if password is not None:
        # Hashed here: the server may log statements.
        hashed = connection.pgconn.encrypt_password(
            password.encode(), name.encode(), b"scram-sha-256"
        )
        secret = sql.SQL("PASSWORD {}").format(sql.Literal(hashed.decode()))
    statement = sql.SQL("{} ROLE {} LOGIN {}").format(
        sql.SQL("ALTER" if exists else "CREATE"), sql.Identifier(name), secret
    )
    try:
        with connection.transaction():
            connection.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        if exists:
            return  # somebody else looks after it, its password included
        raise CannotGrant(
            f"the user of DATABASE_URL may not make the porch's role: make it as an administrator "
            f"(CREATE ROLE {name} LOGIN PASSWORD '...') and migrate again"
        ) from None


def _schema() -> sql.Composable:
    # Where the migrations put everything.
    return sql.Identifier("public")
