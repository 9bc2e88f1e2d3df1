"""The action server: Rasa's protocol, on loopback, without a person's words in any error or log."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import __main__ as program
from actions.app import MAX_BODY, build, line_actions
from locales.catalogue import Catalogue
from tests.actions.test_referral import A, FakeDirectory
from tests.actions.tracker import tracker, user

WORDS = "he has my passport"


class Fails(Action):
    """An action that quotes a person in its exception, as any library may."""

    def name(self) -> str:
        return "action_fails"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Any]:
        raise ValueError(tracker.latest_message["text"])


@pytest.fixture
def client() -> Iterator[httpx.AsyncClient]:
    """The server with every action of the line and one that fails."""
    actions = [*line_actions(FakeDirectory(A), Catalogue.load()), Fails()]  # type: ignore[arg-type]
    transport = httpx.ASGITransport(build(actions))
    yield httpx.AsyncClient(transport=transport, base_url="http://actions")


def _call(action: str, **more: Any) -> dict[str, Any]:
    return {"next_action": action, "sender_id": "one", "version": "3.6.21",
            "tracker": tracker(user("goodbye", WORDS)), **more}  # fmt: skip


async def test_an_action_runs(client: httpx.AsyncClient) -> None:
    """Events and responses, as Rasa reads them."""
    response = await client.post("/webhook", json=_call("action_say_goodbye"))
    body = response.json()
    assert (200, {"events", "responses"}) == (response.status_code, set(body))
    assert body["responses"][0]["response"] == "utter_goodbye"
    assert body["responses"][1]["custom"] == {"effect": {"kind": "close"}}


async def test_health(client: httpx.AsyncClient) -> None:
    """The launcher waits for it."""
    assert (await client.get("/health")).json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "bad_request"),
        (b"he has my passport", 400, "bad_request"),
        (b"[]", 400, "bad_request"),
        (b'{"next_action": 3}', 400, "bad_request"),
        (json.dumps(_call("action_nobody_wrote")).encode(), 404, "unknown_action"),
        (json.dumps(_call("action_fails")).encode(), 500, "action_failed"),
        (json.dumps({"next_action": "action_say_goodbye"}).encode(), 500, "action_failed"),
        (b"x" * (MAX_BODY + 1), 413, "too_large"),
    ],
)
async def test_a_failure_is_a_code(
    client: httpx.AsyncClient,
    caplog: pytest.LogCaptureFixture,
    body: bytes,
    status: int,
    code: str,
) -> None:
    """rasa_sdk's own server would send the tracker back and log the exception."""
    caplog.set_level(logging.DEBUG)
    response = await client.post("/webhook", content=body)
    assert (status, {"error": code}) == (response.status_code, response.json())
    assert WORDS not in caplog.text


async def test_a_failure_is_logged_by_its_origin(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """An operator finds the line of code."""
    await client.post("/webhook", json=_call("action_fails"))
    assert "action action_fails failed: builtins.ValueError at" in caplog.text


def test_every_action_of_the_domain_is_served_and_no_other() -> None:
    """A name that nobody serves would fail in a conversation."""
    domain = yaml.safe_load(Path("domain.yml").read_text(encoding="utf-8"))
    served = {action.name() for action in line_actions(FakeDirectory(), Catalogue.load())}  # type: ignore[arg-type]
    assert set(domain["actions"]) == served


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"DATABASE_URL": "postgresql://"}, "ACTIONS_PORT"),
        ({"DATABASE_URL": "postgresql://", "ACTIONS_PORT": "0"}, "ACTIONS_PORT"),
        ({"ACTIONS_PORT": "5055"}, "DATABASE_URL"),
    ],
)
def test_a_missing_setting_is_named(
    environ: dict[str, str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the process does not start."""
    assert program.main(environ) == 2
    assert named in capsys.readouterr().err


def test_only_loopback_is_listened_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """rasa_sdk's own server listens on every interface."""
    given: dict[str, Any] = {}
    monkeypatch.setattr("uvicorn.run", lambda app, **options: given.update(options))
    environ = {"ACTIONS_PORT": "5055", "DATABASE_URL": "postgresql://x/y"}
    assert program.main(environ) == 0
    assert (given["host"], given["port"], given["access_log"]) == ("127.0.0.1", 5055, False)
