"""What the side panel asks for: the safety plan, colleagues, and the rules that hold here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from storage.database import utc_now
from storage.handoff_tables import SafetyPlanRow
from storage.retention import AFTER_HANDOFF, purge
from storage.tables import ConversationRow
from tests.handoff.people import Bench, Browser


async def _held(bench: Bench, *words: str) -> tuple[Browser, UUID]:
    river = await bench.advocate()
    conversation_id = await bench.text(*words)
    assert (await river.claim(conversation_id)).status_code == 200
    return river, conversation_id


async def test_a_plan_is_sealed_kept_and_goes_with_the_words(bench: Bench) -> None:
    """Shown with the conversation, its empty parts left out, on record without a word of it."""
    river, conversation_id = await _held(bench, "he has a gun")
    assert (await river.thread(conversation_id))["safety_plan"] is None
    path = f"/api/conversations/{conversation_id}/safety-plan"
    parts = {"safe_place": "the library, side door", "phone": "  "}
    assert (await river.post(path, {"parts": parts})).status_code == 204
    plan = (await river.thread(conversation_id))["safety_plan"]
    assert plan["parts"] == {"safe_place": "the library, side door"}
    assert plan["advocate"] == "River"
    action, _, _, detail = (await bench.audit())[-2]
    assert (action, detail) == ("safety_plan", {"parts": 1})
    seen = await river.seen(conversation_id)
    ending = f"/api/conversations/{conversation_id}/close"
    assert (await river.post(ending, {"seen": seen})).status_code == 204
    async with bench.database.transaction() as tx:
        sealed = await tx.session.scalar(select(SafetyPlanRow.body_sealed))
        assert sealed is not None
        assert b"library" not in sealed
        await tx.session.execute(
            update(ConversationRow).values(closed_at=utc_now() - AFTER_HANDOFF * 2)
        )
        await purge(tx.session, utc_now())
        assert await tx.session.scalar(select(SafetyPlanRow.id)) is None


async def test_nobody_writes_over_a_colleagues_plan(bench: Bench) -> None:
    """Of two who hold the same page, the second is told to look again; others may not write."""
    river, conversation_id = await _held(bench, "he has a gun")
    sage = await bench.advocate("Sage")
    path = f"/api/conversations/{conversation_id}/safety-plan"
    body: dict[str, Any] = {"parts": {"leaving": "Friday"}, "shown_at": None}
    assert (await sage.post(path, body)).status_code == 409
    sage_id = (await sage.get("/api/me")).json()["id"]
    invite = f"/api/conversations/{conversation_id}/invite"
    assert (await river.post(invite, {"advocate_id": sage_id})).status_code == 204
    assert (await sage.post(path, body)).status_code == 204
    refused = await river.post(path, body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "plan_moved")
    thread = await river.thread(conversation_id)
    assert thread["joined_names"] == ["Sage"]
    again = {"parts": {"leaving": "Sunday"}, "shown_at": thread["safety_plan"]["at"]}
    assert (await river.post(path, again)).status_code == 204
    assert (await river.thread(conversation_id))["safety_plan"]["parts"]["leaving"] == "Sunday"
    odd = {"parts": {"address": "x"}}, {"parts": {"leaving": "x" * 501}}
    assert [(await river.post(path, one)).status_code for one in odd] == [422, 422]


async def test_colleagues_are_those_who_can_hold(bench: Bench) -> None:
    """Who works the board, who is at a screen first; not oneself, no officer, no closed account."""
    river = await bench.advocate()
    away = await bench.account("Ash")
    closed = await bench.account("Birch")
    await bench.account("Elm", "privacy_officer")
    await bench.advocate("Sage", "supervisor")
    async with bench.database.transaction() as tx:
        await tx.accounts.disable(closed, utc_now())
    found = (await river.get("/api/colleagues")).json()
    assert [(one["name"], one["here"], one["role"]) for one in found] == [
        ("Sage", True, "supervisor"),
        ("Ash", False, "advocate"),
    ]
    assert found[1]["id"] == str(away)


async def test_rules_follow_what_was_said_and_then_what_was_decided(bench: Bench) -> None:
    """The place that the person named last, the strictest age; nobody else's to read."""
    river, conversation_id = await _held(bench, "im in Winnipeg and he has a gun")
    path = f"/api/conversations/{conversation_id}/guidance"
    found = (await river.get(path)).json()
    rules = found["rules"]
    assert (rules["place"], rules["place_from"], rules["age"]) == ("Winnipeg", "said", None)
    assert rules["age_unknown"]
    assert not rules["place_unknown"]
    assert rules["strength"] == "must"
    assert rules["statute"]
    assert found["ledger"] == {"consents": [], "overrides": [], "disclosures": []}
    form = {"act": "decide", "province": "QC", "age": "19", "option": "ask_lead", "reason": "ask"}
    answer = await river.client.post(f"/report/{conversation_id}", data=form)
    assert answer.status_code == 200
    rules = (await river.get(path)).json()["rules"]
    assert (rules["place"], rules["place_from"], rules["age"]) == ("QC", "decided", 19)
    assert rules["strength"] == "none"
    sage = await bench.advocate("Sage")
    before = len(await bench.actions())
    assert (await sage.get(path)).status_code == 409
    assert (await bench.actions())[before:] == ["open_refused"]
    assert {"open", "open_ledger"} <= set(await bench.actions())
    # Whoever may read the conversation may read the rules for it.
    reason = {"reason": "the holder asked me to look"}
    opened = await sage.post(f"/api/conversations/{conversation_id}/break-glass", reason)
    assert opened.status_code == 200
    assert (await sage.get(path)).json()["rules"]["place"] == "QC"
