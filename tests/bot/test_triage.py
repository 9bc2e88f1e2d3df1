"""`./hotline triage`: a line in, a line out, whatever the line; both judges heard."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.judging import INTENTS, Judged
from bot.triage import LineWrong, answer, answers, read
from intake.risk import Assessment, Cue, Tier

MODEL = {
    "language": {
        "code": "en",
        "confidence": 0.98,
        "candidates": [{"code": "en", "script": "Latn", "confidence": 0.98}],
    },
    "intent": {"name": "risk_weapon", "confidence": 0.9},
    "risk": {
        "tier": "urgent",
        "confidence": 0.8,
        "cues": [{"category": 2, "name": "weapon"}],
        "version": "model-x",
    },
    "asks_for_person": False,
}
CALM: dict[str, Any] = {**MODEL, "risk": {**MODEL["risk"], "tier": "none", "cues": []}}  # type: ignore[dict-item]
NOTHING = Assessment(None, (), False, "rules-x")
CUE = Cue(2, "weapon", Tier.IMMINENT, "en", 0, 3)


class Echo:
    """Judges by one word, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def judge(self, text: str, history: Sequence[str]) -> Judged:
        self.asked.append((text, tuple(history)))
        return Judged(text, NOTHING, MODEL if "gun" in text else CALM, asks_for_person=False)


@pytest.mark.parametrize(
    ("rules", "model", "asks", "tier", "escalates"),
    [
        (NOTHING, CALM, False, "none", False),
        (NOTHING, CALM, True, "none", True),
        (NOTHING, MODEL, False, "urgent", True),
        (Assessment(Tier.IMMINENT, (CUE,), False, "rules-x"), MODEL, False, "imminent", True),
        (Assessment(Tier.CONCERN, (CUE,), False, "rules-x"), CALM, False, "concern", True),
        (Assessment(Tier.CONCERN, (CUE,), False, "rules-x"), MODEL, False, "urgent", True),
    ],
)
def test_the_higher_judge_holds(
    rules: Assessment, model: dict[str, Any], asks: bool, tier: str, escalates: bool
) -> None:
    """Neither lowers the other, and a wish for a person is enough by itself."""
    found = answer(Judged("", rules, model, asks))
    assert (found["tier"], found["escalate"]) == (tier, escalates)
    assert found["judges"]["rules"]["tier"] == (rules.tier.label if rules.tier else "none")
    assert found["judges"]["model"]["tier"] == model["risk"]["tier"]


@pytest.mark.parametrize(
    ("rules", "model", "intent"),
    [
        (NOTHING, MODEL, ("risk_weapon", 0.9)),
        (Assessment(Tier.IMMINENT, (CUE,), False, "rules-x"), CALM, ("risk_weapon", 1.0)),
        (
            Assessment(
                Tier.URGENT, (Cue(24, "hunting", Tier.URGENT, "en", 0, 3),), False, "rules-x"
            ),
            CALM,
            ("asks_about_person", 1.0),
        ),
    ],
)
def test_what_the_rules_alone_see_names_the_intent(
    rules: Assessment, model: dict[str, Any], intent: tuple[str, float]
) -> None:
    """An escalated message is not called small talk."""
    assert Judged("", rules, model, False).intent == intent


def test_every_row_has_its_intent() -> None:
    """Those of the domain, and nothing else."""
    named = yaml.safe_load(Path("domain.yml").read_text(encoding="utf-8"))["intents"]
    risky = {name for name in named if name.startswith("risk_")} - {"risk_unsure"}
    assert set(INTENTS.values()) == risky | {"asks_about_person"}


def test_each_sign_stands_once_with_the_judges_that_saw_it() -> None:
    """An advocate sees why."""
    rules = Assessment(Tier.IMMINENT, (CUE, CUE), False, "rules-x")
    assert Judged("", rules, MODEL, False).cues() == [
        {"category": 2, "name": "weapon", "tier": "imminent", "judges": ["rules", "model"]}
    ]


def test_other_keys_come_back() -> None:
    """So that an answer finds its message; the answer's own keys win."""
    echo = Echo()
    line = '{"text": "a gun", "history": ["hi"], "id": 7, "tier": "none", "deep": {"a": [1]}}\n'
    ((found, readable),) = answers(io.StringIO(line), echo, io.StringIO())
    assert readable and (found["id"], found["deep"], found["tier"]) == (7, {"a": [1]}, "urgent")
    assert "text" not in found and "history" not in found
    assert echo.asked == [("a gun", ("hi",))]


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "",
        "[1]",
        "{}",
        '{"text": 5}',
        '{"text": null}',
        '{"text": "secret", "history": "secret"}',
        '{"text": "secret", "history": [1]}',
        '{"text": "secret \\ud800"}',
        "[" * 100_000,
    ],
)
def test_a_bad_line_is_named_by_its_number_alone(line: str) -> None:
    """Its place stays, its words do not go to a screen or a log."""
    complaints = io.StringIO()
    lines = io.StringIO(f'{{"text": "hi"}}\n{line}\n{{"text": "bye"}}\n')
    found = list(answers(lines, Echo(), complaints))
    assert [readable for _, readable in found] == [True, False, True]
    assert set(found[1][0]) == {"error"} and "line 2" in found[1][0]["error"]
    assert "line 2" in complaints.getvalue() and "secret" not in complaints.getvalue()


def test_no_history_is_no_mistake() -> None:
    """Absent or null."""
    assert read('{"text": "x", "history": null}').history == read('{"text": "x"}').history == ()
    with pytest.raises(LineWrong):
        read('{"history": []}')


@pytest.mark.engine
def test_as_a_program(model: Path, root: Path) -> None:
    """Through pipes, with a line that is no text at all; the status tells of it in the end."""
    lines = b'{"text": "he has a gun and hes coming", "id": 1}\n\xff\xfe\n{"text": "0"}\n'
    done = subprocess.run(
        [sys.executable, "-m", "bot.triage"],
        input=lines,
        capture_output=True,
        cwd=root,
        env={**os.environ, "MODEL_DIR": str(model.parent)},
        check=False,
    )
    risk, wrong, person = (json.loads(line) for line in done.stdout.decode().splitlines())
    assert done.returncode == 1
    assert (risk["id"], risk["language"], risk["tier"], risk["escalate"]) == (
        1, "en", "imminent", True,
    )  # fmt: skip
    assert {"rules", "model"} == set(risk["judges"])
    assert "error" in wrong and person["escalate"] is True
    assert done.stderr.decode() == f"triage: {wrong['error']}\n"


@pytest.mark.engine
def test_it_judges_as_the_running_line_does(agent: Any, model: Path) -> None:
    """The same model, the same pipeline, the same words."""
    import asyncio

    from bot import judgement
    from bot.channel import message_of
    from bot.judging import Judge
    from bot.requests import Heard

    async def line(text: str, history: Sequence[str]) -> dict[str, Any]:
        heard = Heard(text, None, False, tuple(history))
        parsed = await agent.processor.parse_message(message_of(heard, sender_id="x"))
        return judgement.from_parse_data(parsed)

    judge, loop = Judge(model), asyncio.new_event_loop()
    for text, history in (("he sells me", ["im 15"]), ("ok thanks", []), ("il arrive", [])):
        assert judge.judge(text, history).model == loop.run_until_complete(line(text, history))
    judge.close()
    loop.close()
