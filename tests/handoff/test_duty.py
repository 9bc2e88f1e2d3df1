"""How advocates work and are reached, through the desk's API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from handoff.duty_routes import _is_push_service
from intake.routing import Offer
from tests.handoff.people import Bench

PUSH = {
    "endpoint": "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
    "p256dh": "B" * 87,
    "auth": "a" * 22,
}


async def test_presence_follows_the_screen(bench: Bench) -> None:
    """A sign of life makes one present, a break takes one out, signing out as well."""
    river = await bench.advocate("River")
    assert (await river.get("/api/duty")).json()["presence"] == "away"
    await river.post("/api/heartbeat", {"active": True})
    assert (await river.get("/api/duty")).json()["presence"] == "on_duty"
    assert (await river.post("/api/presence", {"presence": "on_break"})).status_code == 204
    assert (await river.get("/api/duty")).json()["presence"] == "on_break"
    bench.clock.forward(seconds=46)
    assert (await river.get("/api/duty")).json()["presence"] == "away"


async def test_addresses_are_taken_and_never_shown(bench: Bench) -> None:
    """Only that they are there; null removes them; the log names the field, not the number."""
    river = await bench.advocate("River")
    answer = await river.post("/api/duty", {"phone": "+16135550147", "email": "r@example.org"})
    assert answer.status_code == 200
    assert (answer.json()["phone"], answer.json()["email"]) == (True, True)
    assert "5550147" not in answer.text + str(await bench.audit())
    answer = await river.post("/api/duty", {"phone": None, "most": 5})
    assert (answer.json()["phone"], answer.json()["email"], answer.json()["most"]) == (
        False,
        True,
        5,
    )
    assert len(answer.json()["application_server_key"]) == 87


@pytest.mark.parametrize(
    "change",
    [
        {"phone": "555"},
        {"email": "nobody"},
        {"most": 0},
        {"quiet_from": "22:00:00"},
        {"quiet_from": "22:00:00", "quiet_until": None},
        {"timezone": "Middle/Earth"},
        {"presence": "on_duty"},
    ],
)
async def test_unfit_changes_are_refused(bench: Bench, change: dict[str, Any]) -> None:
    """Nothing is kept of them."""
    river = await bench.advocate("River")
    assert (await river.post("/api/duty", change)).status_code == 422
    good = {"quiet_from": "22:00:00", "quiet_until": "07:00:00", "timezone": "America/Halifax"}
    assert (await river.post("/api/duty", good)).json()["quiet_until"] == "07:00:00"


async def test_supervisors_plan(bench: Bench) -> None:
    """Shifts and training are theirs to say; an advocate is refused by name."""
    river, lark = await bench.advocate("River"), await bench.advocate("Lark", "supervisor")
    me = (await river.get("/api/me")).json()["id"]
    start = bench.clock.time + timedelta(hours=1)
    shift = {
        "advocate_id": me,
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=8)).isoformat(),
        "on_call": True,
    }
    skills = {"competencies": ["minors", "labour"]}
    for path, body in (("/api/shifts", shift), (f"/api/advocates/{me}/competencies", skills)):
        refused = await river.post(path, body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "no_right")
        assert (await lark.post(path, body)).status_code in (200, 204)
    assert (await river.get("/api/duty")).json()["competencies"] == ["labour", "minors"]
    (planned,) = (await river.get("/api/shifts")).json()["shifts"]
    assert (planned["advocate"], planned["on_call"]) == ("River", True)
    backwards = {**shift, "ends_at": bench.clock.time.isoformat()}
    assert (await lark.post("/api/shifts", backwards)).status_code == 422
    path = f"/api/shifts/{planned['id']}"
    assert (await river.client.delete(path)).status_code == 403
    assert (await lark.client.delete(path)).status_code == 204
    assert (await lark.client.delete(path)).status_code == 404


async def test_an_offer_stands_on_the_board_and_can_be_passed_on(bench: Bench) -> None:
    """Only by whom it was made to, and only while it lasts."""
    river, ash = await bench.advocate("River"), await bench.advocate("Ash")
    conversation_id = await bench.text("he has a gun and i am 15")
    me = (await river.get("/api/me")).json()["id"]
    now = bench.clock.time
    async with bench.database.transaction() as tx:
        (waiting,) = await tx.routing.waiting()
        colleague = next(c for c in await tx.routing.colleagues(now) if str(c.id) == me)
        await tx.routing.offer(waiting, Offer(colleague.id, ()), now, now + timedelta(seconds=20))
    (line,) = await river.board()
    assert (line["offered_to"], line["needs"], line["widened"]) == (me, ["minors"], [])
    path = f"/api/conversations/{conversation_id}/decline"
    refused = await ash.post(path)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_offered")
    assert (await river.post(path)).status_code == 204
    assert (await river.board())[0]["offered_to"] is None
    assert (await river.post(path)).status_code == 409


async def test_alerts_unanswered_are_the_walls(bench: Bench) -> None:
    """Until somebody claims or says that they have seen them."""
    river, lark = await bench.advocate("River"), await bench.advocate("Lark", "supervisor")
    conversation_id = await bench.text("he has a gun")
    async with bench.database.transaction() as tx:
        escalation = await tx.escalations.open_for(conversation_id)
        assert escalation is not None
        rivers = (await tx.accounts.advocate_by_name("River")).id  # type: ignore[union-attr]
        await tx.alerts.add(escalation.id, "shift", {rivers: ("sms",)}, bench.clock.time)
    assert (await river.get("/api/alerts/unanswered")).status_code == 403
    (alert,) = (await lark.get("/api/alerts/unanswered")).json()["alerts"]
    assert (alert["advocate"], alert["tier"], alert["channel"]) == ("River", "imminent", "sms")
    assert (await river.post("/api/alerts/acknowledge")).json() == {"acknowledged": 1}
    assert (await lark.get("/api/alerts/unanswered")).json()["alerts"] == []


async def test_browsers_are_kept_sealed_and_few(bench: Bench) -> None:
    """Five at most, the oldest go; a browser belongs to whoever signed in last."""
    river = await bench.advocate("River")
    for number in range(7):
        endpoint = f"{PUSH['endpoint']}{number}"
        assert (await river.post("/api/push", {**PUSH, "endpoint": endpoint})).status_code == 200
    assert (await river.get("/api/duty")).json()["browsers"] == 5
    ash = await bench.advocate("Ash")
    await ash.post("/api/push", {**PUSH, "endpoint": f"{PUSH['endpoint']}6"})
    assert (await river.get("/api/duty")).json()["browsers"] == 4
    assert (await river.client.delete("/api/push")).status_code == 204
    assert (await river.get("/api/duty")).json()["browsers"] == 0
    async with bench.database.transaction() as tx:
        rows = await tx.session.scalars(text("SELECT subscription_sealed FROM push_subscription"))
        assert all(b"mozilla" not in bytes(one) for one in rows)
    inside = await river.post("/api/push", {**PUSH, "endpoint": "https://10.0.0.1/latest"})
    assert (inside.status_code, inside.json()["error"]["code"]) == (422, "unfit_value")


@pytest.mark.parametrize(
    ("endpoint", "known"),
    [
        ("https://fcm.googleapis.com/fcm/send/x", True),
        ("https://wns2-par02p.notify.windows.com/w/?token=x", True),
        ("https://web.push.apple.com/x", True),
        ("http://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com.example.test/x", False),
        ("https://evilfcm.googleapis.com.test/x", False),
        ("https://user@fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com:8443/x", False),
        ("https://127.0.0.1/x", False),
        ("http://127.0.0.1:9999/x", False),
        ("file:///etc/passwd", False),
        ("https://[", False),
    ],
)
def test_only_push_services_are_called(endpoint: str, known: bool) -> None:
    """The worker posts to this address: no other host may be named."""
    services = "fcm.googleapis.com notify.windows.com web.push.apple.com"
    assert _is_push_service(endpoint, services) is known
