"""The engine as its caller meets it: a real process, a real model, the contract over HTTP."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.bot.action_server import ActionServer, running, say, wish

pytestmark = pytest.mark.engine

ROOT = Path(__file__).resolve().parent.parent.parent
TOKEN = "a-token-for-this-test-run"
#: Words that must appear in no log, whatever is asked.
SECRETS = ("zanzibar", "quokka", "my passport is in the freezer")


@dataclass(frozen=True)
class Engine:
    """A running engine."""

    url: str
    log: Path
    actions: ActionServer

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, dict[str, Any]]:
        """Status and JSON body; `body` may be bytes that are no JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method="POST")
        request.add_header("Authorization", headers.get("authorization", f"Bearer {TOKEN}"))
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, json.loads(refusal.read())

    def turn(self, text: str, **changed: Any) -> tuple[int, dict[str, Any]]:
        """One turn; anything of the request may be changed."""
        body = {
            "conversation": "c-1",
            "text": text,
            "language": None,
            "language_chosen": False,
            "history": [],
            "memory": None,
            **changed,
        }
        return self.post("turn", body)


@pytest.fixture(scope="module")
def engine(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """`python -m bot` with the trained model and a scripted action server."""
    log = tmp_path_factory.mktemp("engine") / "engine.log"
    port = _free_port()
    with running() as actions, log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot"],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={
                **os.environ,
                "ENGINE_PORT": str(port),
                "ENGINE_TOKEN": TOKEN,
                "ACTIONS_URL": actions.url,
                "MODEL_DIR": str(model.parent),
                "LOG_LEVEL": "DEBUG",
            },
        )
        try:
            url = f"http://127.0.0.1:{port}/webhooks/intake/"
            _wait_until_ready(url, process, log)
            yield Engine(url, log, actions)
        finally:
            process.terminate()
            assert process.wait(20) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(url, timeout=1) as response:
                assert json.load(response) == {"status": "ok"}
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the engine did not start in two minutes")


def _kinds(answer: dict[str, Any]) -> list[str]:
    return [effect["kind"] for effect in answer["effects"]]


def test_a_greeting_is_answered_from_the_catalogue(engine: Engine) -> None:
    """Effects, judgement and memory, all three and nothing else."""
    status, answer = engine.turn("hello")
    assert (200, {"effects", "judgement", "memory"}) == (status, set(answer))
    assert [(e["kind"], e["key"]) for e in answer["effects"]] == [("say", "utter_menu")]
    assert isinstance(answer["memory"], str)


def test_the_judgement_has_the_fields_of_the_contract(engine: Engine) -> None:
    """The caller parses it strictly."""
    judged = engine.turn("are you a robot")[1]["judgement"]
    assert {"language", "intent", "risk", "asks_for_person"} == set(judged)
    assert {"code", "script", "confidence", "candidates"} == set(judged["language"])
    assert [{"code", "script", "confidence"}] == [set(c) for c in judged["language"]["candidates"]]
    assert {"name", "confidence"} == set(judged["intent"])
    assert {"tier", "confidence", "cues", "version"} == set(judged["risk"])
    assert (
        judged["language"]["code"],
        judged["intent"]["name"],
        judged["risk"]["tier"],
        judged["asks_for_person"],
    ) == ("en", "ask_if_bot", "none", False)


def test_a_judgement_alone_says_nothing(engine: Engine) -> None:
    """The same verdict, no dialogue."""
    body = {"text": "il a un gun", "language": "fr", "language_chosen": False, "history": []}
    status, answer = engine.post("judge", body)
    assert (200, {"judgement"}) == (status, set(answer))
    assert answer["judgement"]["risk"]["tier"] == "imminent"
    assert {"category": 2, "name": "weapon"} in answer["judgement"]["risk"]["cues"]


def test_a_wish_for_a_person_is_judged_as_one(engine: Engine) -> None:
    """The caller need not know the names of intents."""
    body = {"text": "can i talk to a real person", "language": None, "language_chosen": False,
            "history": []}  # fmt: skip
    assert engine.post("judge", body)[1]["judgement"]["asks_for_person"] is True


def test_memory_carries_a_conversation_and_the_engine_does_not(engine: Engine) -> None:
    """With the memory a form goes on; without it the same text starts anew."""
    asked = engine.turn("2")[1]
    assert asked["effects"][0]["key"] == "utter_ask_find_service_form_need"
    on = engine.turn("1", memory=asked["memory"])[1]
    assert on["effects"][0]["key"] == "utter_ask_find_service_form_place"
    engine.actions.answers["action_fetch_person"] = {
        "events": [],
        "responses": [wish(kind="escalate", reason="asks_for_person", tier=None)],
    }
    assert _kinds(engine.turn("1")[1]) == ["escalate"]


def test_an_open_form_asks_again_after_a_question(engine: Engine) -> None:
    """The question is answered first, then the form goes on."""
    memory = engine.turn("i need a shelter")[1]["memory"]
    answer = engine.turn("is it free?", memory=memory)[1]
    keys = [effect["key"] for effect in answer["effects"]]
    assert keys == ["utter_cost", "utter_ask_find_service_form_place"]


def test_wishes_and_words_keep_their_order(engine: Engine) -> None:
    """As the action sent them."""
    engine.actions.answers["action_ask_find_service_form_offer_wish"] = {
        "events": [{"event": "slot", "name": "offers_sent", "value": True}],
        "responses": [
            say("utter_offer", offer="House A 555-0101"),
            wish(kind="refer", services=["s-1"]),
        ],
    }
    asked = engine.turn("i need a shelter in toronto")[1]
    assert [effect["key"] for effect in asked["effects"]] == ["utter_ask_find_service_form_send"]
    answer = engine.turn("1", memory=asked["memory"])[1]
    assert _kinds(answer) == ["say", "refer"]
    assert "House A 555-0101" in answer["effects"][0]["text"]
    assert answer["effects"][1] == {"kind": "refer", "services": ["s-1"]}


def test_a_tip_is_taken_in_the_persons_own_words(engine: Engine) -> None:
    """To the letter, although the action server never sends them."""
    engine.actions.answers["validate_tip_form"] = {
        "events": [{"event": "slot", "name": "tip_told", "value": True}],
        "responses": [wish(kind="take_tip")],
    }
    text = "  I saw a van drop off the same six women at a motel, every night!  "
    answer = engine.turn(text)[1]
    assert {"kind": "take_tip", "text": text} == answer["effects"][0]


def test_french_is_answered_in_french(engine: Engine) -> None:
    """From the first clear text on."""
    answer = engine.turn("bonjour est ce que c'est gratuit")[1]
    assert answer["judgement"]["language"]["code"] == "fr"
    assert "gratuite" in answer["effects"][0]["text"]


def test_the_persons_choice_of_language_holds(engine: Engine) -> None:
    """English chosen, French quoted, English answered."""
    answer = engine.turn("c'est gratuit?", language="en", language_chosen=True)[1]
    assert "free" in answer["effects"][0]["text"]


@pytest.mark.parametrize("authorization", ["", "Bearer ", f"Bearer {TOKEN}x", TOKEN, "Basic x"])
def test_without_the_token_nothing_is_answered(engine: Engine, authorization: str) -> None:
    """Not even whether the body is right."""
    refused = engine.post("turn", {"text": SECRETS[0]}, authorization=authorization)
    assert refused == (401, {"error": "unauthorized"})


@pytest.mark.parametrize(
    "body", [b"", b"zanzibar", b"[]", {"text": "zanzibar"}, {"text": ["zanzibar"], "x": 1}]
)
def test_a_body_that_is_not_the_contracts_is_refused(engine: Engine, body: Any) -> None:
    """With a code, and without its words."""
    for path in ("turn", "judge"):
        assert engine.post(path, body) == (400, {"error": "bad_request"})


def test_a_forged_memory_is_refused(engine: Engine) -> None:
    """A memory that this engine cannot have written."""
    assert engine.turn("hi", memory="zanzibar") == (400, {"error": "bad_memory"})


def test_a_body_beyond_all_measure_is_refused(engine: Engine) -> None:
    """Before it is read."""
    try:
        status, _ = engine.turn("hi", history=["x" * 1_000] * 2_000)
    except (json.JSONDecodeError, OSError):
        return
    assert status in (400, 413)


@pytest.mark.parametrize(
    "answer",
    [
        500,
        404,
        {"events": "quokka", "responses": []},
        {"events": [], "responses": [{"response": "utter_no_such_words"}]},
    ],
)
def test_a_failed_action_fails_the_turn(engine: Engine, answer: Any) -> None:
    """Half an answer would hide that a human is needed."""
    engine.actions.answers["action_say_goodbye"] = answer
    assert engine.turn("ok bye") == (502, {"error": "action_failed"})


@pytest.mark.parametrize(
    "response",
    [
        {"text": "quokka", "custom": {}},
        wish(kind="dance"),
        wish(kind="refer"),
        wish(kind="take_tip", text="quokka"),
    ],
)
def test_an_utterance_outside_the_contract_fails_the_turn(
    engine: Engine, response: dict[str, Any]
) -> None:
    """No free text and no unknown wish goes out."""
    engine.actions.answers["action_say_goodbye"] = {"events": [], "responses": [response]}
    status, answer = engine.turn("ok bye")
    assert (500, {"error"}) == (status, set(answer))


def test_silence_is_a_failure(engine: Engine) -> None:
    """An action that says and wishes nothing leaves a person without an answer."""
    engine.actions.answers["action_say_goodbye"] = {"events": [], "responses": []}
    assert engine.turn("ok bye") == (500, {"error": "no_answer"})


def test_rasas_own_doors_are_shut(engine: Engine) -> None:
    """No REST channel, no trackers, no parsing without the token."""
    base = engine.url.removesuffix("webhooks/intake/")
    for path in ("model/parse", "webhooks/rest/webhook", "conversations/c-1/tracker", "status"):
        request = urllib.request.Request(base + path)
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=5)
        with refused.value as refusal:
            assert refusal.code == 404


def test_actions_see_no_name_of_the_conversation(engine: Engine) -> None:
    """Each turn has a name of its own: nothing to link in another process."""
    engine.actions.calls.clear()
    engine.actions.answers["action_say_goodbye"] = {
        "events": [],
        "responses": [say("utter_goodbye"), wish(kind="close")],
    }
    for _ in range(2):
        assert engine.turn("ok bye")[0] == 200
    names = [call["sender_id"] for call in engine.actions.calls]
    assert len(set(names)) == 2 and "c-1" not in names
    assert all("domain" not in call for call in engine.actions.calls)


def test_no_log_holds_a_word_of_a_person(engine: Engine) -> None:
    """Good turns, risky ones, refused ones and broken ones, with our own log level at debug."""
    for secret in SECRETS:
        engine.turn(f"{secret} hello")
        engine.turn(f"{secret} he has a gun", history=[secret])
        engine.turn(f"need a shelter {secret}", conversation=secret)
        engine.post("judge", {"text": secret})
        engine.post("turn", secret.encode())
    for broken in (500, {"events": SECRETS[0], "responses": []}):
        engine.actions.answers["action_misunderstood"] = broken
        engine.actions.answers["action_answer_risk"] = broken
        for secret in SECRETS:
            engine.turn(f"{secret} blorp")
    logged = engine.log.read_text()
    assert "action failed: action_misunderstood" in logged or "action_answer_risk" in logged
    assert [secret for secret in SECRETS if secret in logged.lower()] == []
    assert not re.search(r"blorp|hello|shelter", logged)
