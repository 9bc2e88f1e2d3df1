"""Opening what is not one's own: with a reason, for an hour, and nobody is left unaware."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import httpx
import pytest

from handoff.schemas import LABEL_BITS, label, number_of
from tests.handoff.people import Bench, Browser

REASON = "River fell ill and the person asked for the shelter's name again"


async def _break(browser: Browser, conversation_id: UUID, reason: str = REASON) -> httpx.Response:
    path = f"/api/conversations/{conversation_id}/break-glass"
    return await browser.post(path, {"reason": reason})


async def _open(browser: Browser, conversation_id: UUID) -> int:
    return (await browser.get(f"/api/conversations/{conversation_id}")).status_code


@pytest.mark.parametrize("role", ["advocate", "supervisor"])
@pytest.mark.parametrize("whose", ["colleague", "bot", "closed"])
async def test_it_opens_for_an_hour(bench: Bench, role: str, whose: str) -> None:
    """What was refused opens, to read alone, and is shut again when the hour is over."""
    sage, river = await bench.advocate("Sage", role), await bench.advocate("River")
    conversation_id = await bench.text("he has a gun")
    await river.claim(conversation_id)
    if whose != "colleague":
        verb = {"bot": "release", "closed": "close"}[whose]
        seen = await river.seen(conversation_id)
        await river.post(f"/api/conversations/{conversation_id}/{verb}", {"seen": seen})
    watched = role == "supervisor" and whose == "colleague"
    assert (await _open(sage, conversation_id) == 200) is watched
    assert (await _break(sage, conversation_id)).status_code == 200
    assert "gun" in str(await sage.thread(conversation_id))
    reply = await sage.post(
        f"/api/conversations/{conversation_id}/reply", {"text": "hello", "once": str(uuid4())}
    )
    assert reply.status_code == 409, "it gives the right to look, not to act"
    other = await bench.advocate("Wren")
    assert await _open(other, conversation_id) != 200, "it opens for nobody else"
    for _ in range(5):
        bench.clock.forward(minutes=12)
        await sage.post("/api/heartbeat", {"active": True})
    assert (await _open(sage, conversation_id) == 200) is watched


async def test_the_holder_sees_it_at_once(bench: Bench) -> None:
    """Who, why and until when, in the conversation; screens that show it are woken."""
    river, sage = await bench.advocate("River"), await bench.advocate("Sage")
    conversation_id = await bench.text("he has a gun")
    await river.claim(conversation_id)
    assert (await river.thread(conversation_id))["opened_by"] == []
    woken: list[str] = []
    async with bench.database.engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        await raw.execute("LISTEN desk")
        await raw.commit()
        await _break(sage, conversation_id)
        async for one in raw.notifies(timeout=5, stop_after=1):
            woken.append(one.payload)
    assert woken == [str(conversation_id)]
    (seen,) = (await river.thread(conversation_id))["opened_by"]
    assert (seen["name"], seen["reason"]) == ("Sage", REASON)
    bench.clock.forward(minutes=14)
    assert seen["until"] > bench.clock.time.isoformat()


async def test_the_privacy_officer_sees_it(bench: Bench) -> None:
    """With its reason, until it was looked at; the log has codes alone; a supervisor may not."""
    river, sage = await bench.advocate("River"), await bench.advocate("Sage", "supervisor")
    conversation_id = await bench.text("he has a gun")
    await river.claim(conversation_id)
    await _break(sage, conversation_id)
    wren = await bench.advocate("Wren", "privacy_officer")
    shown = (await wren.get("/audit")).text
    assert REASON.replace("'", "&#39;") in shown and label(conversation_id) in shown
    assert "gun" not in shown
    (path,) = re.findall(r"/audit/break-glass/[0-9a-f-]{36}/review", shown)
    assert (await sage.client.post(path)).status_code == 403
    for _ in range(2):
        assert (await wren.client.post(path)).status_code == 303
    assert path not in (await wren.get("/audit")).text
    lines = [(action, detail) for action, _, about, detail in await bench.audit() if about]
    detail = {"holder": "advocate", "closed": False, "minutes": 60}
    assert ("break_glass", detail) in lines and REASON not in str(lines)
    assert [action for action, _ in lines].count("break_glass_reviewed") == 1


@pytest.mark.parametrize("role", ["administrator", "privacy_officer", "tips_officer"])
async def test_not_for_whose_work_lies_elsewhere(bench: Bench, role: str) -> None:
    """Who reads no conversations opens none with a reason either."""
    conversation_id = await bench.text("he has a gun")
    assert (await _break(await bench.advocate("Sage", role), conversation_id)).status_code == 403


@pytest.mark.parametrize("reason", ["", " " * 40, "because", "x" * 501])
async def test_a_reason_says_something(bench: Bench, reason: str) -> None:
    """Without one nothing opens and nobody is told."""
    sage, river = await bench.advocate("Sage"), await bench.advocate("River")
    conversation_id = await bench.text("he has a gun")
    await river.claim(conversation_id)
    assert (await _break(sage, conversation_id, reason)).status_code == 422
    assert await _open(sage, conversation_id) == 409
    assert "break_glass" not in await bench.actions()
    assert (await _break(sage, uuid4())).status_code == 404


async def test_by_form_alone(bench: Bench) -> None:
    """By the five letters, without a script; the words are escaped; mistakes are kept and said."""
    sage, river = await bench.advocate("Sage"), await bench.advocate("River")
    conversation_id = await bench.text("he has a gun <b>")
    await river.claim(conversation_id)
    form = {"conversation": label(conversation_id).lower(), "reason": REASON}
    for wrong in ({"conversation": "UUUUU"}, {"conversation": "ZZZZZ"}, {"reason": "<i>"}):
        page = await sage.client.post("/break-glass", data=form | wrong)
        assert page.status_code == 422 and 'role="alert"' in page.text and "<i>" not in page.text
    opened = await sage.client.post("/break-glass", data=form)
    assert opened.headers["location"] == f"/break-glass/{conversation_id}"
    shown = await sage.get(opened.headers["location"])
    assert "he has a gun &lt;b&gt;" in shown.text and "on record" in shown.text
    assert (await bench.actions())[-1] == "open"
    bench.clock.forward(minutes=14)
    await sage.post("/api/touch")
    for _ in range(4):
        bench.clock.forward(minutes=12)
        await sage.post("/api/touch")
    over = await sage.get(opened.headers["location"])
    assert over.headers["location"] == f"/break-glass?conversation={conversation_id}"
    again = await sage.get(over.headers["location"])
    assert label(conversation_id) in again.text


def test_five_letters_lead_back() -> None:
    """The short name gives the first bits of the id; anything else is none."""
    one = uuid4()
    assert number_of(f" {label(one).lower()} ") == one.int >> (128 - LABEL_BITS)
    assert {number_of(wrong) for wrong in ("", "7W5D", "7W5DBX", "7W5DU", "7W5D'")} == {None}
