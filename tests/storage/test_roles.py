"""The porch's role: it takes texts in with all that follows, and cannot read what was said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg import sql

from intake.conversation import Holder
from intake.effects import Reason
from intake.messages import Delivery, DeliveryReport, Keyword
from intake.risk import Tier
from storage.base import Base
from storage.crypto import Keyring
from storage.database import Database
from storage.migrate import CannotMigrate, migrate
from storage.reseal import sealed_columns
from storage.roles import porch_rights
from tests.intake.texter import Texter

#: The only sealed values that the role may select, and why.
READABLE = {
    "conversation.tip_state_sealed",
    # A receipt opens its tip at the porch.
    "tip.desk_key_sealed",
    # What the page of a web visit shows to the visitor who wrote or got it.
    "web_mailbox.body_sealed",
    # The ends of the last three texts, for half an hour (intake/remembered.py).
    "conversation.past_words_sealed",
    # Salted slow hashes.
    "contact_preference.code_word_sealed",
    "contact_preference.duress_word_sealed",
}


@pytest.fixture
async def porch(porch_url: str, keyring: Keyring) -> AsyncIterator[Database]:
    """The hall as the porch sees it."""
    opened = Database(porch_url, keyring)
    yield opened
    await opened.close()


def test_the_words_of_messages_are_refused(database_url: str, porch_url: str) -> None:
    """By PostgreSQL itself, whatever the code of the porch asks for."""
    with psycopg.connect(porch_url, autocommit=True) as connection:
        for table, column in sealed_columns():
            question = sql.SQL("SELECT {} FROM {} LIMIT 1").format(
                sql.Identifier(column.name), sql.Identifier(*table.fullname.split("."))
            )
            if f"{table.name}.{column.name}" in READABLE:
                connection.execute(question)
                continue
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(question)
        for statement in (
            "SELECT * FROM message",
            "SELECT * FROM note",
            "SELECT * FROM advocate",
            "SELECT * FROM audit",
            "COPY message TO STDOUT",
            "UPDATE message SET body_sealed = NULL",
            "UPDATE conversation SET address_sealed = NULL",
            "DELETE FROM message",
            "DELETE FROM conversation",
            "TRUNCATE message",
            "DROP TABLE message",
            "CREATE TABLE mine (id int)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())


def test_what_is_not_named_is_not_given(database_url: str, porch_url: str) -> None:
    """Every table that the rights do not name is closed, also those that come later."""
    named = {rights.table for rights in porch_rights()}
    with psycopg.connect(porch_url, autocommit=True) as connection:
        for table in Base.metadata.tables.keys() - named:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(
                    sql.SQL("SELECT 1 FROM {}").format(sql.Identifier(*table.split(".")))
                )


async def test_risk_in_pieces_is_heard_without_engine_or_worker(
    porch: Database, database: Database, voice: Any
) -> None:
    """Acceptance case 6 by the porch alone, which cannot read the texts before."""
    texter = Texter(porch, voice)
    for words in ("hey", "im 15", "he sells me"):
        await texter.text(words)
    state = await texter.state()
    assert (state.holder, state.tier) == (Holder.WAITING, Tier.IMMINENT)
    async with database.transaction() as tx:
        said = [m.key for m in await tx.desk.thread(texter.id) if m.delivery is not None]
    assert said == ["wait.first", "privacy.limits"]


async def test_all_that_a_text_can_lead_to(porch: Database, database: Database, voice: Any) -> None:
    """Tip, picture, opt-out and back, rise of a tier, delivery report: all within the rights."""
    texter = Texter(porch, voice)
    await texter.text("i think my neighbour is keeping workers locked in")
    await texter.text("STOP", keyword=Keyword.STOP)
    await texter.text("START", keyword=Keyword.START)
    await texter.text("he has a gun and hes coming")
    assert (await texter.state()).tier is Tier.IMMINENT
    async with database.transaction() as tx:
        letter = await tx.outbox.next_letter(texter.id)
        assert letter is not None
        await tx.outbox.sent(letter.message_id, f"SM{letter.message_id.hex}")
    report = DeliveryReport("sms", f"SM{letter.message_id.hex}", Delivery.DELIVERED)
    async with porch.transaction() as tx:
        assert await tx.outbox.report(report) == texter.id


def test_the_owner_is_no_role_for_the_porch(database_url: str) -> None:
    """A role from which nothing can be kept is refused by name, before it is relied on."""
    with pytest.raises(CannotMigrate, match="PORCH_DATABASE_URL"):
        migrate(database_url, database_url)


async def test_words_are_chosen_and_recognised_by_the_porch(
    porch: Database, database: Database, voice: Any
) -> None:
    """Their hashes are all that it may read; the duress word needs no worker."""
    texter = Texter(porch, voice)
    texter.line = replace(texter.line, transaction=database.transaction)
    for words in ("hello", "1", "99", "2", "Blue Lantern", "red kite"):
        await texter.text(words)
        await texter.turn()
    await texter.rows(
        "UPDATE conversation SET last_inbound_at = now() - interval '1 hour'"
        " WHERE id = :id RETURNING 1"
    )
    for words in ("green boat", "blue lantern", "RED KITE"):
        await texter.text(words)
    async with database.transaction() as tx:
        entry = await tx.board.entry(texter.id)
    assert entry is not None and (entry.reason, entry.tier) == (Reason.DURESS, Tier.IMMINENT)
