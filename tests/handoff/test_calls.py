"""A surge: whoever waits is asked once whether a call would do, and the desk has the list."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from channels.surge import offer_call
from channels.upkeep import Upkeep
from intake.turn import Line, take_turn
from storage.handoff_tables import CallBackRow
from storage.retention import purge
from storage.tables import MessageRow
from tests.handoff.people import Bench, Browser
from tests.intake.texter import Scripted

NUMBER = 61
# Tomorrow at noon by the person's clock.
NOON = (datetime.now(ZoneInfo("America/Toronto")) + timedelta(days=1)).replace(hour=12, minute=0)
EVENING = NOON.replace(hour=19, minute=30)


async def _surge(bench: Bench) -> Browser:
    sage = await bench.advocate("Sage", "supervisor")
    answer = await sage.client.post("/line", data={"kind": "surge"})
    assert answer.status_code == 303
    return sage


async def _offer(bench: Bench) -> None:
    upkeep = Upkeep(bench.database, None, bench.voice, bench.clock)  # type: ignore[arg-type]
    await upkeep.tell_places()
    await upkeep.offer_calls()


async def _say(bench: Bench, *words: str) -> UUID:
    """The person texts, and the worker takes each turn."""
    line = Line(bench.database.transaction, Scripted(), bench.voice, bench.clock)
    for word in words:
        conversation_id = await bench.text(word, number=NUMBER)
        await take_turn(conversation_id, line)
    return conversation_id


async def _keys(bench: Bench, conversation_id: UUID) -> list[str]:
    async with bench.database.transaction() as tx:
        keys = await tx.session.scalars(
            select(MessageRow.key)
            .where(MessageRow.conversation_id == conversation_id, MessageRow.author == "bot")
            .order_by(MessageRow.sequence)
        )
        return [key or "" for key in keys]


async def _rows(bench: Bench) -> list[Any]:
    async with bench.database.transaction() as tx:
        return list(await tx.session.scalars(select(CallBackRow)))


async def test_from_the_offer_to_the_call(bench: Bench) -> None:
    """Place, offer, number, hours, message; the list; no number outside the hours; done, gone."""
    bench.clock.time = NOON
    await _surge(bench)
    conversation_id = await _say(bench, "my boss took my passport")
    await _offer(bench)
    await _offer(bench)
    await _say(bench, "613 555 0177", "19-21", "2")
    said = await _keys(bench, conversation_id)
    assert said[-5:] == ["wait.place", "call.offer", "call.when", "call.message", "call.saved"]
    (row,) = await _rows(bench)
    assert (row.state, row.message, row.windows[0]["start"]) == ("open", False, 19 * 60)
    assert b"5550177" not in row.number_sealed

    river = await bench.advocate()
    page = await river.get("/calls")
    assert f"{NOON:%Y-%m-%d} 19:00" in page.text
    assert "5550177" not in page.text
    refused = await river.client.post(f"/calls/{row.id}/number")
    assert (refused.status_code, "5550177" in refused.text) == (409, False)
    bench.clock.time = EVENING
    river = await bench.advocate("Moss")
    shown = await river.client.post(f"/calls/{row.id}/number")
    assert "+16135550177" in shown.text
    assert "5550177" not in (await river.get("/calls")).text
    missed = await river.client.post(f"/calls/{row.id}", data={"outcome": "missed"})
    assert f"{NOON:%Y-%m-%d} 20:00" in missed.text
    done = await river.client.post(f"/calls/{row.id}", data={"outcome": "done"})
    assert done.status_code == 200
    again = await river.client.post(f"/calls/{row.id}", data={"outcome": "done"})
    assert again.status_code == 409
    (row,) = await _rows(bench)
    assert (row.state, row.number_sealed, row.tries) == ("done", None, 1)
    marks = [detail for action, _, _, detail in await bench.audit() if action == "call_number"]
    assert [one["shown"] for one in marks] == [False, True]
    async with bench.database.transaction() as tx:
        assert (await tx.conversations.get(conversation_id)).holder.value == "waiting"


async def test_any_other_text_leaves_it_and_no_more_is_asked(bench: Bench) -> None:
    """The alert stays, risk is judged, and "1" an hour later means nothing."""
    await _surge(bench)
    conversation_id = await _say(bench, "my boss took my passport")
    await _offer(bench)
    await _say(bench, "he has a gun", "1")
    await _offer(bench)
    assert (await _keys(bench, conversation_id)).count("call.offer") == 1
    assert "call.when" not in await _keys(bench, conversation_id)
    assert [row.state for row in await _rows(bench)] == ["asking"]
    async with bench.database.transaction() as tx:
        entry = await tx.board.entry(conversation_id)
        assert entry is not None
        assert entry.tier is not None and entry.tier.label == "imminent"
        assert await tx.call_backs.open() == []


@pytest.mark.parametrize("silent", [False, True])
async def test_a_number_of_a_call_that_was_left_half_asked_goes(bench: Bench, silent: bool) -> None:
    """While the question stands it stays; after another text, or a silence, it is forgotten."""
    await _surge(bench)
    await _say(bench, "my boss took my passport")
    await _offer(bench)
    await _say(bench, "613 555 0177")

    async def kept() -> tuple[str, bool]:
        async with bench.database.transaction() as tx:
            await purge(tx.session, bench.clock())
        (row,) = await _rows(bench)
        return row.state, row.number_sealed is not None

    assert await kept() == ("asking", True)
    if silent:
        bench.clock.time += timedelta(minutes=31)
    else:
        await _say(bench, "nobody can help me")
    assert await kept() == ("dropped", False)


async def test_nobody_is_asked_without_a_surge_or_in_danger(bench: Bench) -> None:
    """Off by default; imminent danger is never put off; who is not safe since is not called."""
    quiet = await bench.text("my boss took my passport")
    await _offer(bench)
    assert "call.offer" not in await _keys(bench, quiet)
    await _surge(bench)
    watched = await bench.text("he checks my phone and he took my passport")
    danger = await bench.text("he has a gun")
    await _offer(bench)
    for conversation_id in (watched, danger):
        await offer_call(bench.database, bench.voice, conversation_id, bench.clock())
        assert "call.offer" not in await _keys(bench, conversation_id)


async def test_switches_are_moved_on_a_page(bench: Bench) -> None:
    """By supervisors alone; hours come in pairs; each is switched off again."""
    sage = await _surge(bench)
    odd = await sage.client.post("/line", data={"kind": "human_only", "from_time": "22:00"})
    assert odd.status_code == 422
    body = {"kind": "human_only", "channel": "sms", "language": "fr", "from_time": "22:00"}
    assert (
        await sage.client.post("/line", data={**body, "until_time": "06:00"})
    ).status_code == 303
    switches = (await sage.get("/api/switches")).json()["switches"]
    assert {one["kind"] for one in switches} == {"surge", "human_only"}
    page = (await sage.get("/line")).text
    assert "22:00" in page
    for one in switches:
        await sage.client.post(f"/line/{one['id']}/off")
    assert (await sage.get("/api/switches")).json()["switches"] == []
    river = await bench.advocate()
    assert (await river.get("/line")).status_code == 403
