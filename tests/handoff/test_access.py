"""The one door to people's words: who may open what, and that every look is on record."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from handoff.schemas import label
from storage.retention import purge
from tests.handoff.people import PASSWORD, Bench, Browser


async def _looks(bench: Bench) -> list[tuple[str, UUID | None, dict[str, object]]]:
    return [
        (action, conversation, detail)
        for action, _, conversation, detail in await bench.audit()
        if action in ("open", "follow", "open_refused")
    ]


async def _open(browser: Browser, conversation_id: UUID) -> tuple[int, str]:
    answer = await browser.get(f"/api/conversations/{conversation_id}")
    return answer.status_code, "" if answer.is_success else answer.json()["error"]["code"]


@pytest.mark.parametrize(
    ("role", "whose", "expected"),
    [
        ("advocate", "waiting", (200, "")),
        ("advocate", "own", (200, "")),
        ("advocate", "colleague", (409, "not_yours")),
        ("advocate", "bot", (404, "not_found")),
        ("advocate", "closed", (404, "not_found")),
        ("administrator", "waiting", (403, "no_right")),
        ("administrator", "colleague", (403, "no_right")),
        ("tips_officer", "waiting", (403, "no_right")),
        ("privacy_officer", "closed", (403, "no_right")),
        ("supervisor", "waiting", (200, "")),
        ("supervisor", "colleague", (200, "")),
        ("supervisor", "bot", (404, "not_found")),
        ("supervisor", "closed", (404, "not_found")),
        ("directory_editor", "waiting", (403, "no_right")),
        ("directory_editor", "colleague", (403, "no_right")),
    ],
)
async def test_who_may_open_what(
    bench: Bench, role: str, whose: str, expected: tuple[int, str]
) -> None:
    """Waiting conversations and one's own; a supervisor colleagues' too; others none."""
    river = await bench.advocate("River", role)
    colleague = await bench.advocate("Sage")
    conversation_id = await bench.text("he has a gun")
    if whose == "own":
        await river.claim(conversation_id)
    elif whose != "waiting":
        await colleague.claim(conversation_id)
    if whose in ("bot", "closed"):
        seen = await colleague.seen(conversation_id)
        verb = {"bot": "release", "closed": "close"}[whose]
        done = await colleague.post(f"/api/conversations/{conversation_id}/{verb}", {"seen": seen})
        assert done.status_code == 204
    assert await _open(river, conversation_id) == expected


async def test_nothing_there_looks_like_the_bots(bench: Bench) -> None:
    """Whether the bot talks with somebody cannot be found out by asking for ids."""
    river = await bench.advocate("River")
    with_bot = await bench.text("hello")
    there = await river.get(f"/api/conversations/{with_bot}")
    not_there = await river.get(f"/api/conversations/{uuid4()}")
    nonsense = await river.get("/api/conversations/nonsense")
    assert there.text == not_there.text
    assert {there.status_code, not_there.status_code, nonsense.status_code} == {404}


async def test_every_look_is_written_down(bench: Bench) -> None:
    """The line says who saw which messages, and not one word of them."""
    river = await bench.advocate("River")
    conversation_id = await bench.text("he has a gun", number=42)
    thread = await river.thread(conversation_id)
    shown = [message["sequence"] for message in thread["messages"]]
    assert await _looks(bench) == [
        ("open", conversation_id, {"holder": "waiting", "from": shown[0], "to": shown[-1]})
    ]
    assert "gun" not in str(await bench.audit())


async def test_following_writes_down_what_is_new(bench: Bench) -> None:
    """A screen that follows is on record for each new message, not for each look."""
    river = await bench.advocate("River")
    conversation_id = await bench.text("he has a gun", number=43)
    newest = (await river.thread(conversation_id))["messages"][-1]["sequence"]
    assert (await river.thread(conversation_id, after=newest))["messages"] == []
    await bench.text("hes outside", number=43)
    fresh = (await river.thread(conversation_id, after=newest))["messages"]
    assert [message["text"] for message in fresh] == ["hes outside"]
    assert [action for action, *_ in await _looks(bench)] == ["open", "follow"]


async def test_following_without_opening_is_opening(bench: Bench) -> None:
    """Notes cannot be read past the log by asking for what comes after the last message."""
    river = await bench.advocate("River")
    conversation_id = await bench.text("he has a gun")
    await river.thread(conversation_id, after=10**9)
    assert [action for action, *_ in await _looks(bench)] == ["open"]


async def test_a_look_long_after_is_a_new_look(bench: Bench) -> None:
    """An hour later the same question is written down again."""
    river = await bench.advocate("River")
    conversation_id = await bench.text("he has a gun")
    await river.thread(conversation_id)
    for _ in range(7):
        await river.post("/api/heartbeat", {"active": True})
        bench.clock.forward(minutes=10)
    await river.thread(conversation_id, after=10**9)
    assert [action for action, *_ in await _looks(bench)] == ["open", "open"]


async def test_refusals_are_written_down(bench: Bench) -> None:
    """Trying a colleague's conversation is on record, with nothing shown."""
    river, sage = await bench.advocate("River"), await bench.advocate("Sage")
    conversation_id = await bench.text("he has a gun")
    await sage.claim(conversation_id)
    answer = await river.get(f"/api/conversations/{conversation_id}")
    assert answer.json()["error"]["holder"] == "Sage"
    assert "gun" not in answer.text
    assert [action for action, *_ in await _looks(bench)] == ["open_refused"]


async def test_what_an_advocate_gets(bench: Bench) -> None:
    """The packet: words with the cues' exact places, safety, channel, what was said by whom."""
    river = await bench.advocate("River")
    text = "😟 pls he has a gun"
    conversation_id = await bench.text(text)
    thread = await river.thread(conversation_id)
    assert thread["label"] == label(conversation_id)
    assert (thread["channel"], thread["safety"], thread["opted_out"]) == ("sms", "unasked", False)
    assert thread["messages"][0]["author"] == "contact"
    assert thread["messages"][1]["author"] == "bot"
    assert thread["messages"][1]["delivery"] == "queued"
    (risk,) = thread["risks"]
    assert risk["judge"] == "rules" and risk["version"].startswith("rules-")
    (cue,) = [cue for cue in risk["cues"] if cue["name"] == "weapon"]
    assert "gun" in text[cue["start"] : cue["end"]]
    assert "+1613" not in str(thread) and "address" not in thread


async def test_removed_words_stay_removed(bench: Bench) -> None:
    """After its date a message is there without its words."""
    supervisor = await bench.advocate("Sage", "supervisor")
    conversation_id = await bench.text("he has a gun")
    await supervisor.claim(conversation_id)
    seen = await supervisor.seen(conversation_id)
    await supervisor.post(f"/api/conversations/{conversation_id}/close", {"seen": seen})
    async with bench.database.transaction() as tx:
        await purge(tx.session, bench.clock.time.replace(year=bench.clock.time.year + 2))
    await supervisor.post("/api/session", {"name": "Sage", "password": PASSWORD})
    why = {"reason": "somebody asks what was said that night"}
    await supervisor.post(f"/api/conversations/{conversation_id}/break-glass", why)
    thread = await supervisor.thread(conversation_id)
    assert thread["closed"] and {message["text"] for message in thread["messages"]} == {None}
