"""The desk and what a person said about being reached: put on record, kept to, never overrun."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.handoff.people import Bench, Browser

WEEK = list(range(7))
EVENINGS = {"start": 19 * 60, "end": 21 * 60, "days": WEEK}


async def held(bench: Bench, words: str) -> tuple[Browser, UUID]:
    """An advocate who has claimed a conversation that began with these words."""
    river = await bench.advocate()
    conversation_id = await bench.text(words)
    assert (await river.post(f"/api/conversations/{conversation_id}/claim")).status_code == 200
    return river, conversation_id


async def put(browser: Browser, conversation_id: UUID, **body: Any) -> Any:
    """Put a preference on record."""
    return await browser.post(f"/api/conversations/{conversation_id}/contact-preference", body)


async def test_a_preference_is_put_on_record(bench: Bench) -> None:
    """By who holds the conversation; shown with it; audited without what was said."""
    river, conversation_id = await held(bench, "he has a gun")
    answer = await put(
        river,
        conversation_id,
        texting="windows",
        safe_times=[EVENINGS],
        phone_shared=True,
        note="if a man answers, it is a wrong number",
    )
    assert answer.status_code == 200
    thread = (await river.get(f"/api/conversations/{conversation_id}")).json()
    assert (
        thread["contact_preference"]
        == answer.json()
        == {
            "texting": "windows",
            "safe_times": [EVENINGS],
            "zone": "America/Toronto",
            "voicemail": None,
            "phone_shared": True,
            "note": "if a man answers, it is a wrong number",
        }
    )
    assert thread["code_word"] == "none"
    zones = (await river.get("/api/zones")).json()["zones"]
    assert "America/Vancouver" in zones
    other = await bench.advocate("moss")
    assert (await put(other, conversation_id, texting="any")).status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {"texting": "sometimes"},
        {"texting": "windows"},
        {"texting": "any", "safe_times": [EVENINGS]},
        {"texting": "windows", "safe_times": [{**EVENINGS, "end": 1441}]},
        {"texting": "windows", "safe_times": [{**EVENINGS, "end": EVENINGS["start"]}]},
        {"texting": "windows", "safe_times": [{**EVENINGS, "days": []}]},
        {"texting": "windows", "safe_times": [{**EVENINGS, "days": [7]}]},
        {"texting": "windows", "safe_times": [EVENINGS] * 15},
        {"texting": "any", "zone": "Europe/Paris"},
        {"texting": "any", "note": "x" * 501},
    ],
)
async def test_what_is_no_preference_is_refused(bench: Bench, body: dict[str, Any]) -> None:
    """Nothing half-meant is kept to."""
    river, conversation_id = await held(bench, "he has a gun")
    assert (await put(river, conversation_id, **body)).status_code == 422


async def test_a_reply_to_somebody_who_is_not_safe_needs_a_second_look(bench: Bench) -> None:
    """Refused by name; sent when the advocate confirms, and that is on record."""
    river, conversation_id = await held(bench, "he checks my phone")
    path = f"/api/conversations/{conversation_id}/reply"
    body = {"text": "are you there", "once": str(uuid4())}
    refused = await river.post(path, body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_safe")
    assert (await river.post(path, {**body, "though_not_safe": True})).status_code == 200
    async with bench.database.transaction() as tx:
        from sqlalchemy import select

        from storage.tables import AuditRow

        detail = await tx.session.scalar(
            select(AuditRow.detail).where(
                AuditRow.conversation_id == conversation_id, AuditRow.action == "reply"
            )
        )
        assert detail == {"not_safe": True}
