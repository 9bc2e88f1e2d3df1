"""A referral from the first word to its end: the real engine, the real model, the real actions."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bot.action_server import ActionServer
from tests.bot.test_channel import ROOT, TOKEN, Engine, _free_port, _wait_until_ready

pytestmark = pytest.mark.engine

SERVICES = ROOT / ".build" / "dev" / "bin" / "python"
NEED, PLACE, SEND = (
    f"utter_ask_find_service_form_{slot}" for slot in ("need", "place", "send")
)  # fmt: skip
OFFERS = ["utter_offer", "utter_offer", "utter_offers_choices", "refer"]
MORE = ["utter_offer", "utter_offers_choices", "refer"]
CALL = ["utter_call_together", "escalate"]


@pytest.fixture(scope="module")
def engine(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Engine and actions, each in its own environment."""
    log = tmp_path_factory.mktemp("referral") / "engine.log"
    port, actions = _free_port(), _free_port()
    with log.open("wb") as output:
        running = [
            subprocess.Popen(
                [str(SERVICES), "-m", "tests.bot.referral_actions", str(actions)],
                cwd=ROOT, stdout=output, stderr=subprocess.STDOUT,
            ),
            subprocess.Popen(
                [sys.executable, "-m", "bot"],
                cwd=ROOT, stdout=output, stderr=subprocess.STDOUT,
                env={
                    **os.environ,
                    "ENGINE_PORT": str(port),
                    "ENGINE_TOKEN": TOKEN,
                    "ACTIONS_URL": f"http://127.0.0.1:{actions}/webhook",
                    "MODEL_DIR": str(model.parent),
                },
            ),
        ]  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}/webhooks/intake/"
            _wait_until_ready(url, running[1], log)
            yield Engine(url, log, ActionServer(url=""))
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(20)


def _heard(answer: dict[str, Any]) -> list[str]:
    """Sentences and wishes by name, in order."""
    return [effect.get("key") or effect["kind"] for effect in answer["effects"]]


@pytest.mark.parametrize(
    ("language", "turns"),
    [
        ("en", [("i need a shelter in toronto", [SEND]), ("1", OFFERS),
                ("is it private?", ["utter_private", "utter_offers_choices"]),
                ("another one", OFFERS), ("2", MORE), ("3", CALL)]),
        ("en", [("2", [NEED]), ("1", [PLACE]), ("skip", [SEND]), ("no", ["utter_not_sent"])]),
        ("en", [("need a lawyer", [PLACE]), ("skip", [SEND]), ("yes", OFFERS),
                ("actually i need food", OFFERS), ("thanks", ["utter_thanks"])]),
        ("fr", [("je cherche un refuge à montréal", [SEND]), ("oui", OFFERS),
                ("plus loin", OFFERS), ("non merci", ["utter_nevermind"])]),
        ("zh", [("我需要住的地方", [PLACE]), ("多伦多", [SEND]), ("可以", OFFERS),
                ("换一个", OFFERS), ("帮我打电话", CALL)]),
        ("pa", [("2", [NEED]), ("5", [PLACE]), ("ਅਲਬਰਟਾ", [SEND]), ("ਹਾਂ", OFFERS), ("3", CALL)]),
        ("en", [("i need a shelter in toronto", [SEND]), ("1", OFFERS),
                ("he has a gun and hes coming", ["utter_risk", "escalate"])]),
    ],
)  # fmt: skip
def test_a_search_goes_its_way(
    engine: Engine, language: str, turns: list[tuple[str, list[str]]]
) -> None:
    """Step by step, whatever is said in between; the memory alone carries it on."""
    memory = None
    for text, expected in turns:
        status, answer = engine.turn(text, memory=memory, language=language, language_chosen=True)
        assert status == 200, text
        assert expected == _heard(answer), text
        memory = answer["memory"]
