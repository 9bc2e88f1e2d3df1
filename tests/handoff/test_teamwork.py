"""Transfer, a second advocate, a supervisor's word, switches, and the packet of a handoff."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.handoff.people import Bench, Browser


async def _held(bench: Bench, *words: str) -> tuple[UUID, Browser, Browser]:
    """River holds a conversation; Ash is there too."""
    river, ash = await bench.advocate("River"), await bench.advocate("Ash")
    conversation_id = await bench.text(*(words or ("he has a gun",)))
    assert (await river.claim(conversation_id)).status_code == 200
    return conversation_id, river, ash


async def _id(browser: Browser) -> str:
    found: str = (await browser.get("/api/me")).json()["id"]
    return found


async def test_the_packet_quotes_and_invents_nothing(bench: Bench) -> None:
    """Every quote stands in its message; what the line said is told in both languages."""
    conversation_id, river, _ = await _held(
        bench, "im in windsor ontario", "he has a gun and he took my passport"
    )
    thread = await river.thread(conversation_id)
    packet, texts = thread["packet"], {m["id"]: m["text"] for m in thread["messages"]}
    assert (packet["channel"], packet["tier"], packet["reason"]) == ("sms", "imminent", "risk")
    quotes = [sign["quote"] for sign in packet["signs"] if sign["quote"]]
    assert {sign["name"] for sign in packet["signs"]} >= {"documents_taken"}
    for quote in [*quotes, *packet["places"], packet["first_words"]]:
        assert texts[quote["message_id"]][quote["start"] : quote["end"]] == quote["words"]
    assert [place["words"] for place in packet["places"]] == ["windsor ontario"]
    assert "gun" in {quote["words"] for quote in quotes} or any("gun" in q["words"] for q in quotes)
    promised = [one for one in packet["said"] if one["kind"] == "promised"]
    assert promised and promised[0]["en"].startswith("This is an automated reply")
    assert promised[0]["fr"] != promised[0]["en"]
    assert "immigration" in packet["needs"]
    newest = thread["messages"][-1]["sequence"]
    assert (await river.thread(conversation_id, newest))["packet"] is None


@pytest.mark.parametrize(
    "to", [{"competencies": ["minors"]}, {"supervisor": True}, {"advocate_id": "ash"}]
)
async def test_a_transfer_waits_for_whom_it_names_with_its_tier(
    bench: Bench, to: dict[str, Any]
) -> None:
    """The person is told, the note stays for staff, and anybody may still claim."""
    conversation_id, river, ash = await _held(bench)
    if "advocate_id" in to:
        to = {"advocate_id": await _id(ash)}
    path = f"/api/conversations/{conversation_id}/transfer"
    body = {"seen": await river.seen(conversation_id), "note": "speaks softly", **to}
    assert (await river.post(path, body)).status_code == 204
    (line,) = await river.board()
    assert (line["holder"], line["tier"]) == ("waiting", "imminent")
    assert line["wants"] == to.get("advocate_id")
    assert line["wants_supervisor"] is to.get("supervisor", False)
    assert set(to.get("competencies", [])) <= set(line["needs"])
    thread = await ash.thread(conversation_id)
    assert [note["text"] for note in thread["notes"]] == ["speaks softly"]
    assert thread["packet"]["said"][-1]["key"] == "wait.later"
    assert (await ash.claim(conversation_id)).status_code == 200
    assert (await river.post(path, body)).status_code == 409


async def test_unfit_transfers_are_refused(bench: Bench) -> None:
    """To nobody, to two, to oneself, to nobody who exists, over a message not seen."""
    conversation_id, river, _ = await _held(bench)
    path = f"/api/conversations/{conversation_id}/transfer"
    seen = await river.seen(conversation_id)
    me = await _id(river)
    for to, status in (
        ({}, 422),
        ({"supervisor": True, "competencies": ["minors"]}, 422),
        ({"advocate_id": me}, 422),
        ({"advocate_id": str(UUID(int=7))}, 404),
        ({"supervisor": True, "seen": 0}, 409),
    ):
        assert (await river.post(path, {"seen": seen, **to})).status_code == status, to
    assert (await river.board())[0]["holder"] == "advocate"


async def test_a_colleague_who_is_asked_in_reads_and_writes_along(bench: Bench) -> None:
    """Only by the holder's invitation; the holder keeps it; leaving ends it."""
    conversation_id, river, ash = await _held(bench)
    place = f"/api/conversations/{conversation_id}"
    reply = {"text": "Hello, I am here too.", "once": "5d8ccbd4-98f5-4d0a-9f0e-6b7a7b1b8a01"}
    assert (await ash.get(place)).status_code == 409
    assert (await ash.post(f"{place}/invite", {"advocate_id": await _id(ash)})).status_code == 409
    invited = await river.post(f"{place}/invite", {"advocate_id": await _id(ash)})
    assert invited.status_code == 204
    assert (await river.thread(conversation_id))["joined"] == [await _id(ash)]
    assert (await ash.post(f"{place}/reply", reply)).status_code == 200
    assert (await ash.thread(conversation_id))["messages"][-1]["advocate"] == "Ash"
    seen = await ash.seen(conversation_id)
    assert (await ash.post(f"{place}/close", {"seen": seen})).status_code == 409
    assert (await ash.post(f"{place}/leave")).status_code == 204
    assert (await ash.get(place)).status_code == 409
    await river.post(f"{place}/invite", {"advocate_id": await _id(ash)})
    assert (await river.post(f"{place}/release", {"seen": seen})).status_code == 204
    assert (await ash.get(place)).status_code == 404, "who helped leaves with the holder"


async def test_a_supervisors_word_reaches_the_holder_and_nobody_else(bench: Bench) -> None:
    """It is no message: the person gets nothing; read, it comes up no more."""
    conversation_id, river, ash = await _held(bench)
    lark = await bench.advocate("Lark", "supervisor")
    path = f"/api/conversations/{conversation_id}/whisper"
    assert (await ash.post(path, {"text": "x"})).status_code == 403
    before = len((await river.thread(conversation_id))["messages"])
    note_id = (await lark.post(path, {"text": "Ask if she is alone."})).json()["id"]
    thread = await river.thread(conversation_id)
    (note,) = thread["notes"]
    assert (note["whisper_to"], note["read_at"], note["advocate"]) == (
        await _id(river),
        None,
        "Lark",
    )
    assert len(thread["messages"]) == before
    assert (await ash.post(f"{path}/{note_id}/read")).status_code == 404
    assert (await river.post(f"{path}/{note_id}/read")).status_code == 204
    assert (await river.thread(conversation_id))["notes"][0]["read_at"] is not None
    assert "alone" not in str(await bench.audit())


async def test_switches_are_a_supervisors_and_on_record(bench: Bench) -> None:
    """On and off, by channel, language and hours; unfit ones are refused."""
    river, lark = await bench.advocate("River"), await bench.advocate("Lark", "supervisor")
    async with bench.database.transaction() as tx:
        await tx.session.execute(text("DELETE FROM line_switch"))
    switch = {"kind": "human_only", "channel": "sms", "language": "fr"}
    assert (await river.post("/api/switches", switch)).status_code == 403
    for unfit in (
        {"kind": "off"},
        {**switch, "from_time": "22:00"},
        {**switch, "timezone": "Middle/Earth"},
    ):
        assert (await lark.post("/api/switches", unfit)).status_code == 422
    made = (await lark.post("/api/switches", switch)).json()["id"]
    now = bench.clock.time
    async with bench.database.transaction() as tx:
        assert await tx.switches.human_only("sms", "fr", now)
        assert not await tx.switches.human_only("web", "fr", now)
        assert not await tx.switches.human_only("sms", "en", now)
        assert not await tx.switches.human_only("sms", None, now)
    (shown,) = (await river.get("/api/switches")).json()["switches"]
    assert (shown["id"], shown["channel"], shown["language"]) == (made, "sms", "fr")
    assert (await lark.client.delete(f"/api/switches/{made}")).status_code == 204
    assert (await lark.client.delete(f"/api/switches/{made}")).status_code == 404
    assert (await river.get("/api/switches")).json()["switches"] == []
    assert [one for one in await bench.actions() if one.startswith("switch")] == [
        "switch_on",
        "switch_off",
    ]
