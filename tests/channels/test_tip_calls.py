"""An urgent tip by form wakes the tips desk, then whoever is there, until an officer opens it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from channels.tip_calls import AGAIN, APART, TipCalls
from intake.tip_fields import NewTip, Origin, TipFields
from storage.database import Database

_NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
async def hall(dispatch_url: str, keyring: Any) -> AsyncIterator[Database]:
    """A hall with no account and no tip."""
    opened = Database(dispatch_url, keyring)
    async with opened.transaction() as tx:
        await tx.session.execute(
            text("TRUNCATE advocate, conversation, tip, procrastinate_jobs CASCADE")
        )
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def dispatch_url(postgres: str) -> str:
    """A database of its own: calls look at every tip."""
    from tests.conftest import fresh_database

    return fresh_database(postgres, "tip_calls")


async def account(hall: Database, name: str, role: str, **addresses: str) -> UUID:
    """Somebody at the desk, with ways to be reached."""
    async with hall.transaction() as tx:
        made = await tx.accounts.add_advocate(name, "-", role, ("en",))
        assert made is not None
        await tx.alerts.set_addresses(made, **addresses)
    return made


async def told(hall: Database, words: str, origin: Origin = Origin.FORM, **fields: str) -> UUID:
    """A tip comes in."""
    async with hall.transaction() as tx:
        taken = await tx.tips.start(NewTip(origin, words, _NOW, TipFields.read(fields)))
    return taken.id


async def woken(hall: Database, after: timedelta = timedelta()) -> list[tuple[str, str]]:
    """Who is called for by one round so long after: name and way."""
    now = _NOW + after
    await TipCalls(hall, lambda: now).run()
    async with hall.transaction() as tx:
        rows = await tx.session.execute(
            text(
                "SELECT name, channel FROM alert JOIN advocate ON advocate.id = advocate_id"
                " WHERE alert.created_at = :now AND kind = 'tip' ORDER BY 1, 2"
            ),
            {"now": now},
        )
        return [tuple(row) for row in rows]


async def test_the_tips_desk_first_then_the_lead_until_somebody_opens_it(hall: Database) -> None:
    """A calm tip wakes nobody; an alert that is no more needed is not sent."""
    reed = await account(hall, "Reed", "tips_officer", phone="+16135550101", email="r@example.org")
    await account(hall, "Sky", "supervisor", phone="+16135550102")
    await account(hall, "Moss", "tips_officer")
    await told(hall, "a calm remark on a shop")
    assert await woken(hall) == []
    tip = await told(hall, "a grey van", ongoing="yes")
    at = timedelta(seconds=1)
    officer = [("Reed", "email"), ("Reed", "sms")]
    assert await woken(hall, at) == officer
    assert await woken(hall, at + AGAIN - timedelta(seconds=1)) == []
    assert await woken(hall, at + AGAIN) == [*officer, ("Sky", "sms")]
    async with hall.transaction() as tx:
        alerts = list(await tx.session.scalars(text("SELECT id FROM alert ORDER BY created_at")))
        call = await tx.alerts.begin(alerts[0])
        assert call is not None and call.now and call.advocate_id == reed
        assert "grey" not in repr(call) and str(tip) not in repr(call)
        jobs = await tx.session.scalar(
            text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'alert'")
        )
        assert jobs == len(alerts)
        assert await tx.tip_calls.unopened() == 1
        await tx.tip_calls.opened(tip, _NOW)
        assert await tx.alerts.begin(alerts[1]) is None
        assert await tx.tip_calls.unopened() == 0
    assert await woken(hall, at + 3 * AGAIN) == []


async def test_without_an_officer_in_reach_the_lead_is_woken_at_once(hall: Database) -> None:
    """And a flood of urgent tips wakes people once a minute, for all of them together."""
    await account(hall, "Moss", "tips_officer")
    await account(hall, "Sky", "supervisor", phone="+16135550102")
    for _ in range(5):
        await told(hall, "a child is held there", child="yes")
    assert await woken(hall) == [("Sky", "sms")]
    await told(hall, "a grey van", ongoing="yes")
    assert await woken(hall, APART - timedelta(seconds=1)) == []
    assert await woken(hall, APART) == [("Sky", "sms")]


async def test_words_added_with_the_receipt_wake_again(hall: Database) -> None:
    """Also for a tip that came by conversation, which wakes nobody here by itself."""
    await account(hall, "Reed", "tips_officer", phone="+16135550101")
    async with hall.transaction() as tx:
        taken = await tx.tips.start(
            NewTip(Origin.CONVERSATION, "a van", _NOW, TipFields.read({"ongoing": "yes"}))
        )
    assert await woken(hall) == []
    async with hall.transaction() as tx:
        tip = await tx.tips.by_receipt(taken.receipt)
        assert tip is not None
        await tx.tips.tipster_adds(tip, "thank you", _NOW)
    assert await woken(hall) == []
    async with hall.transaction() as tx:
        await tx.tips.tipster_adds(tip, "he has a gun and he is hurting her now", _NOW)
    assert await woken(hall) == [("Reed", "sms")]
