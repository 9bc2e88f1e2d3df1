"""`python -m bot` says in one sentence why it does not start, and how to go on."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from bot import __main__ as program
from bot import server, training


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Settings that would do, and an empty folder of models."""
    for name, value in {
        "ENGINE_PORT": "5005",
        "ENGINE_TOKEN": "a-token-of-some-length",
        "ACTIONS_PORT": "5055",
        "MODEL_DIR": str(tmp_path),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("ACTIONS_URL", raising=False)
    return tmp_path


def test_a_missing_setting(
    environment: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2, as for a wrong command line."""
    monkeypatch.delenv("ENGINE_TOKEN")
    assert program.main([]) == 2
    assert "ENGINE_TOKEN must be set" in capsys.readouterr().err


def test_a_taken_port(
    environment: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before the model is loaded."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("ENGINE_PORT", str(taken.getsockname()[1]))
        assert program.main([]) == 1
    assert "is taken" in capsys.readouterr().err


def test_no_model(environment: Path) -> None:
    """The way out is named."""
    with pytest.raises(server.NoModel, match="run `python -m bot train` first"):
        server.newest_model(environment)


def test_the_newest_model_is_served(environment: Path) -> None:
    """By the time it was written, whatever it is called."""
    import os

    for age, name in ((100, "z.tar.gz"), (10, "a.tar.gz"), (50, "m.tar.gz")):
        path = environment / name
        path.touch()
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    (environment / "notes.txt").touch()
    assert server.newest_model(environment).name == "a.tar.gz"


def test_a_model_of_the_present_inputs_is_not_trained_again(environment: Path) -> None:
    """Nothing is imported, nothing is waited for."""
    said: list[str] = []
    training.model_path(environment).touch()
    training.train(environment, said.append)
    assert ["the model is up to date: " + training.model_path(environment).name] == said


def test_other_inputs_are_another_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One changed byte is enough."""
    before = training.inputs_version()
    changed = tmp_path / "config.yml"
    changed.write_text(training.CONFIG.read_text() + "# changed\n")
    monkeypatch.setattr(training, "CONFIG", changed)
    monkeypatch.setattr(training, "ROOT", Path("/"))
    assert training.inputs_version() != before


async def test_a_turn_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker has given up by then; an answer would be read by nobody."""
    import asyncio
    from types import SimpleNamespace

    from bot import channel

    async def forever(request: object) -> dict[str, object]:
        await asyncio.Event().wait()
        return {}

    monkeypatch.setattr(channel, "TURN_SECONDS", 0.01)
    intake = channel.IntakeChannel("a-token-of-some-length")
    request = SimpleNamespace(headers={"authorization": "Bearer a-token-of-some-length"})
    refused = await intake._answered(request, forever)
    assert (refused.status, refused.body) == (504, b'{"error":"too_slow"}')


def test_training_tells_how_far_it_is() -> None:
    """Components by name as Rasa comes to them, and what a long one says of itself."""
    import logging

    said: list[str] = []
    rasa = logging.getLogger("rasa.engine.training.hooks")
    with training._reported(said.append):
        rasa.info("Starting to train component 'TextClassifier'.")
        rasa.info("Finished training component 'TextClassifier'.")
        logging.getLogger(training.PROGRESS).info("sentences read: 2560 of 16000")
    logging.getLogger(training.PROGRESS).info("to nobody")
    assert said == ["training TextClassifier", "  sentences read: 2560 of 16000"]
