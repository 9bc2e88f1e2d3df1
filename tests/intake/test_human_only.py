"""Where the bot is switched off it opens, fetches a person, and says nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from intake.conversation import Holder, Safety
from storage.database import Database
from tests.intake.texter import Texter


@pytest.fixture
async def switch(database: Database) -> AsyncIterator[Any]:
    """Turns human-only on for a channel that no other test uses."""

    async def turn_on(hours: tuple[time, time] | None = None) -> None:
        async with database.transaction() as tx:
            by = await tx.accounts.add_advocate(f"Lark {hours}", "-", "supervisor", ["en"])
            found = by or (await tx.accounts.advocate_by_name(f"Lark {hours}")).id  # type: ignore[union-attr]
            assert isinstance(found, UUID)
            await tx.switches.turn_on(
                "human_only",
                found,
                datetime.now(UTC),
                channel="test",
                language=None,
                hours=hours,
                timezone="UTC",
            )

    yield turn_on
    async with database.transaction() as tx:
        await tx.session.execute(text("DELETE FROM line_switch"))


async def test_the_first_text_opens_and_fetches(
    database: Database, voice: Any, switch: Any
) -> None:
    """The opening with its check and one line that a person was asked; then silence."""
    await switch()
    texter = Texter(database, voice)
    await texter.text("where can i sleep tonight in sudbury", channel="test")
    await texter.turn()
    state = await texter.state()
    assert (state.holder, state.safety) == (Holder.WAITING, Safety.ASKED)
    said = await texter.said()
    assert said[0] == "open.first" and said[1].startswith("wait.")
    await texter.text("1", channel="test")
    await texter.turn()
    assert await texter.said() == said
    (row,) = await texter.rows("SELECT reason FROM escalation WHERE conversation_id = :id")
    assert row.reason == "human_only"


async def test_switched_on_in_the_middle_the_engine_says_nothing_more(
    database: Database, voice: Any, switch: Any
) -> None:
    """The next text fetches a person instead of an answer."""
    texter = Texter(database, voice)
    for words in ("hello", "1"):
        await texter.text(words, channel="test")
        await texter.turn()
    before = await texter.said()
    await switch()
    await texter.text("and then?", channel="test")
    await texter.turn()
    assert (await texter.said())[len(before) :] == ["wait.later"]
    assert (await texter.state()).holder is Holder.WAITING


async def test_outside_its_hours_the_bot_answers(
    database: Database, voice: Any, switch: Any
) -> None:
    """By the switch's own clock; hours may pass midnight."""
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    await switch(((now + hour).time(), (now + 2 * hour).time()))
    texter = Texter(database, voice)
    await texter.text("hello", channel="test")
    await texter.turn()
    assert (await texter.state()).holder is Holder.BOT
    await switch(((now - hour).time(), (now + hour).time()))
    await texter.text("hello again", channel="test")
    await texter.turn()
    assert (await texter.state()).holder is Holder.WAITING
