"""Strict headers on every answer, no other site's requests, no echo of what was sent."""

from __future__ import annotations

import logging

import pytest

from handoff.guard import CONTENT_SECURITY_POLICY, HEADERS
from tests.handoff.people import PASSWORD, Bench

PATHS = ("/", "/sign-in", "/healthz", "/favicon.ico", "/static/app.js", "/api/me", "/nowhere")


@pytest.mark.parametrize("path", PATHS)
async def test_headers(bench: Bench, path: str) -> None:
    """Pages, files, refusals: all carry the policy and are kept nowhere."""
    answer = await bench.stranger().get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


@pytest.mark.parametrize("forbidden", ["unsafe", "data:", "blob:", "*", "http"])
def test_policy_has_no_holes(forbidden: str) -> None:
    """Nothing inline, nothing from elsewhere, and Trusted Types with one policy of one address."""
    assert forbidden not in CONTENT_SECURITY_POLICY
    assert CONTENT_SECURITY_POLICY.endswith(
        "require-trusted-types-for 'script'; trusted-types push-worker"
    )


ORIGIN = "http://127.0.0.1:8081"


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"sec-fetch-site": "same-origin", "origin": ORIGIN}, True),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"origin": ORIGIN}, True),
        ({"sec-fetch-site": "cross-site", "origin": "https://elsewhere.test"}, False),
        ({"sec-fetch-site": "cross-site", "origin": ORIGIN}, False),
        ({"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:9999"}, False),
        ({"sec-fetch-site": "same-origin", "origin": "https://elsewhere.test"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": "https://elsewhere.test"}, False),
        ({"origin": "null"}, False),
        ({}, False),
    ],
)
async def test_only_our_own_pages_may_act(
    bench: Bench, headers: dict[str, str], allowed: bool
) -> None:
    """The same signed-in browser: from our page it claims, from another site it does not."""
    river = await bench.advocate("River")
    conversation_id = await bench.text("he has a gun")
    del river.client.headers["sec-fetch-site"]
    answer = await river.post(f"/api/conversations/{conversation_id}/claim", headers=headers)
    held = (await river.get("/api/board")).json()["entries"][0]["holder"]
    if allowed:
        assert (answer.status_code, held) == (200, "advocate")
    else:
        assert (answer.status_code, held) == (403, "waiting")
        assert answer.json()["error"]["code"] == "foreign_request"


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/api/board", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, 403),
        ("/api/board", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, 403),
        ("/static/app.js", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, 403),
        ("/sign-in", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, 200),
        ("/sign-in", {"sec-fetch-site": "none", "sec-fetch-mode": "navigate"}, 200),
    ],
)
async def test_other_sites_load_nothing(
    bench: Bench, path: str, headers: dict[str, str], status: int
) -> None:
    """A link from elsewhere may open the first page; nothing of ours loads inside another page."""
    river = await bench.advocate("River")
    assert (await river.get(path, headers=headers)).status_code == status


async def test_another_name_for_the_desk_is_refused(bench: Bench) -> None:
    """A page that points its own name at our address gets no answer (DNS rebinding)."""
    river = await bench.advocate("River")
    foreign = {"host": "attacker.test:8081"}
    seen = await river.get("/api/board", headers=foreign)
    assert (seen.status_code, seen.headers["location"]) == (307, f"{ORIGIN}/")
    assert (await river.post("/api/claim-next", headers=foreign)).status_code == 421
    assert (await river.get("/healthz", headers=foreign)).status_code == 200


SECRET = "my number is 613-555-0142"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/session", {"name": SECRET, "password": 5}),
        ("/api/session", {"name": "River", "password": PASSWORD, SECRET: SECRET}),
        ("/api/conversations/{id}/reply", {"text": SECRET, "once": SECRET}),
        ("/api/conversations/{id}/reply", {"text": SECRET * 900, "once": SECRET}),
        ("/api/conversations/{id}/tier", {"shown": SECRET, "tier": None, "reason": SECRET}),
        (f"/api/conversations/{SECRET}/claim", None),
    ],
)
async def test_refusals_do_not_echo(
    bench: Bench, caplog: pytest.LogCaptureFixture, path: str, body: object
) -> None:
    """What was sent comes back neither in the answer nor in the log."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, logger="httpx")  # the test's own client
    river = await bench.advocate("River")
    conversation_id = await bench.text("he has a gun")
    answer = await river.post(path.replace("{id}", str(conversation_id)), body)
    assert answer.status_code in (404, 422)
    assert set(answer.json()["error"]) <= {"code", "message"}
    for place in (answer.text, caplog.text):
        assert "613-555" not in place and SECRET not in place


async def test_body_size_is_capped(bench: Bench) -> None:
    """Nobody fills the memory of the desk."""
    river = await bench.advocate("River")
    answer = await river.post("/api/heartbeat", {"active": True, "padding": "x" * 100_000})
    assert answer.status_code == 413


async def test_a_broken_route_is_quiet(
    bench: Bench, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What breaks is told by kind and place: the message of an exception may quote a row."""
    river = await bench.advocate("River")

    async def breaks(*_: object, **__: object) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr("handoff.api.open_conversation", breaks)
    conversation_id = await bench.text("he has a gun")
    answer = await river.get(f"/api/conversations/{conversation_id}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal")
    assert "ValueError at " in caplog.text
    assert SECRET not in caplog.text and SECRET not in answer.text
    assert str(conversation_id) not in caplog.text
