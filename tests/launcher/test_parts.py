"""Settings, ports, state, model and programs of a line, each on its own."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from launcher.__main__ import load_settings
from launcher.line import model, ports, state
from launcher.line.programs import Line, practice_carrier
from launcher.line.settings import GUARDED, Settings
from launcher.setup.options import Options
from launcher.setup.refusal import Refusal

TWILIO = {"TWILIO_ACCOUNT_SID": "AC0", "TWILIO_AUTH_TOKEN": "t", "TWILIO_FROM": "+16135550100"}


def read(tmp_path: Path, **given: str) -> Settings:
    """Read settings for a data directory in the test's folder."""
    return Settings.read(Options("up", 8080, 8081, tmp_path, ()), given)


def test_nothing_given_is_enough(tmp_path: Path) -> None:
    """Without any setting a line is for this machine alone, with the practice carrier."""
    found = read(tmp_path)
    assert found.public_url == "http://127.0.0.1:8080"
    assert found.staff_url == "http://127.0.0.1:8081"
    assert (found.public_host, found.staff_host) == ("127.0.0.1", "127.0.0.1")
    assert (found.sms, found.database_url) == ("practice", None)
    assert found.key_file == tmp_path / "secrets/keyring"


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"TWILIO_ACCOUNT_SID": "AC0"}, "TWILIO_AUTH_TOKEN and TWILIO_FROM"),
        ({"TWILIO_API_URL": "http://x"}, "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN and"),
        ({**TWILIO, "TWILIO_FROM": ""}, "TWILIO_FROM must be set"),
    ],
)
def test_some_of_the_twilio_settings_are_refused(
    tmp_path: Path, given: dict[str, str], missing: str
) -> None:
    """The sentence names what is missing and never what was given."""
    with pytest.raises(Refusal, match=missing) as refusal:
        read(tmp_path, **given)
    assert "AC0" not in str(refusal.value)


def test_all_twilio_settings_turn_real_messages_on(tmp_path: Path) -> None:
    """With the three, and another address if given, the line is on a real carrier."""
    assert read(tmp_path, **TWILIO).sms == "twilio"
    found = read(tmp_path, **TWILIO, TWILIO_API_URL="http://127.0.0.1:1")
    assert found.twilio == {**TWILIO, "TWILIO_API_URL": "http://127.0.0.1:1"}


@pytest.mark.parametrize("name", ["PUBLIC_URL", "STAFF_URL"])
def test_an_address_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    """Signatures are checked over PUBLIC_URL, so it must be an address."""
    with pytest.raises(Refusal, match=name):
        read(tmp_path, **{name: "line.example.org"})


def test_every_interface_is_shown_as_this_machine(tmp_path: Path) -> None:
    """0.0.0.0 opens the port to all, but nobody can call it by that name."""
    assert read(tmp_path, PUBLIC_HOST="0.0.0.0").public_url == "http://127.0.0.1:8080"


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """.env is read, and a variable of the shell overrides it."""
    (tmp_path / ".env").write_text("LINE_PHONE=1-833-900-1010\nLOG_LEVEL=DEBUG\n")
    monkeypatch.setenv("LOG_LEVEL", "WARNING")
    monkeypatch.setenv("LINE_PHONE", "")
    monkeypatch.delenv("LINE_PHONE")
    load_settings(tmp_path / ".env")
    assert os.environ["LINE_PHONE"] == "1-833-900-1010"
    assert os.environ["LOG_LEVEL"] == "WARNING"


def test_secrets_do_not_show(tmp_path: Path) -> None:
    """Printing the settings or the line shows no secret."""
    found = read(tmp_path, **TWILIO, DATABASE_URL="postgresql://a:hush@b/c")
    assert "hush" not in repr(found) and "AC0" not in repr(found)
    assert "hush" not in repr(line_of(found)) and "hush" not in repr(line_of(found).engine())


def line_of(found: Settings) -> Line:
    """Return a line of these settings."""
    inner = {"ENGINE_PORT": 1, "ACTIONS_PORT": 2, "PRACTICE_PORT": 3}
    return Line(
        settings=found,
        database_url="postgresql://a:hush@b/c",
        porch_database_url="postgresql://porch:hush@b/c",
        model=Path("/models/1"),
        ports=inner,
        carrier=found.twilio or practice_carrier(3, {}),
        engine_token="engine-token",
    )


def seen(environment: Mapping[str, str]) -> set[str]:
    """Return which of the guarded settings a process gets."""
    return {name for name in GUARDED if name in environment}


def test_each_process_sees_only_its_secrets(tmp_path: Path) -> None:
    """The engine has neither database nor key; only who talks to the carrier knows its token."""
    # What the operator's shell holds must not leak either.
    given = {**TWILIO, "DATABASE_URL": "postgresql://x", "ENGINE_TOKEN": "shell", "LANG": "C"}
    given["ALERT_SMTP_URL"] = "smtps://desk:hush@mail.example.org"
    line = line_of(replace(read(tmp_path, **given), twilio=None))
    programs = {one.name: one.environment for one in (*line.services(), line.engine())}
    store, carrier = {"DATABASE_URL", "HOTLINE_KEY_FILE"}, set(practice_carrier(3, {}))
    assert {name: seen(environment) for name, environment in programs.items()} == {
        "engine": {"ENGINE_TOKEN"},
        "actions": {"DATABASE_URL"},
        "porch": store | carrier,
        "worker": store | carrier | {"ENGINE_TOKEN", "ALERT_SMTP_URL"},
        "desk": store,
        "practice": carrier,
    }
    assert programs["engine"]["ENGINE_TOKEN"] == programs["worker"]["ENGINE_TOKEN"] != "shell"
    # The public process signs in as the role that may not read.
    assert programs["porch"]["DATABASE_URL"] == "postgresql://porch:hush@b/c"
    assert programs["worker"]["DATABASE_URL"] == programs["desk"]["DATABASE_URL"]
    assert programs["desk"]["DATABASE_URL"] == "postgresql://a:hush@b/c"
    assert line.once("migrate", "x").environment["PORCH_DATABASE_URL"].startswith("postgresql://po")
    assert {environment["LANG"] for environment in programs.values()} == {"C"}
    assert seen(line.training(tmp_path).environment) == set()


def test_inner_ports_are_free_and_differ() -> None:
    """Ports on loopback are found, unless one is given; a given one must be free."""
    chosen = ports.choose({}, ("ENGINE_PORT", "ACTIONS_PORT", "PRACTICE_PORT"))
    assert len(set(chosen.values())) == 3
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(Refusal, match=f"port {taken} .* is taken.*ENGINE_PORT"):
            ports.choose({"ENGINE_PORT": taken}, ("ENGINE_PORT",))


def test_an_address_of_another_machine_is_refused(tmp_path: Path) -> None:
    """A host that is not this machine's is told with its setting."""
    # 192.0.2.1 is kept for documentation and belongs to nobody.
    with pytest.raises(Refusal, match="STAFF_HOST"):
        ports.check(read(tmp_path, PUBLIC_HOST="192.0.2.1"))


def test_one_line_a_data_directory(tmp_path: Path) -> None:
    """The folder is taken once, found while taken, and free again afterwards."""
    data = tmp_path / "data"
    with pytest.raises(Refusal, match="no line is running"):
        state.find(data)
    taken = state.DataDirectory.take(data)
    note = state.State(1, "http://a", "http://b", "practice", {"porch": 2}, {}, {"X": "y"})
    taken.note(note)
    assert state.find(data) == note
    assert (data / "line.json").stat().st_mode & 0o077 == 0
    with pytest.raises(Refusal, match=f"process {os.getpid()}"):
        state.DataDirectory.take(data)
    taken.close()
    with pytest.raises(Refusal, match="no line is running"):
        state.find(data)
    state.DataDirectory.take(data).close()


def test_a_note_of_a_dead_line_is_not_believed(tmp_path: Path) -> None:
    """A launcher that was killed leaves its note; the lock tells that it is gone."""
    taken = state.DataDirectory.take(tmp_path)
    taken.note(state.State(1, "", "", "practice", {}, {}, {}))
    os.close(taken._lock)
    with pytest.raises(Refusal, match="no line is running"):
        state.find(tmp_path)


@pytest.fixture
def inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small tree of what a model is made of."""
    monkeypatch.setattr(model, "MODELS", tmp_path / "models")
    for name in ("config.yml", "data/nlu/en/help.yml", "bot/nlg.py", "requirements/engine.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path


@pytest.mark.parametrize(
    ("changed", "trains"),
    [
        ("config.yml", True),
        ("data/nlu/fr/help.yml", True),
        ("data/stories/first.yml", True),
        ("intake/risk.py", True),
        ("requirements/engine.txt", True),
        ("data/language/text/so.txt", True),
        ("intake/cues/en.yaml", False),
        ("bot/triage.py", False),
        ("bot/evaluation/report.py", False),
        ("locales/en/messages.po", False),
        ("data/eval/en.jsonl", False),
        ("bot/__pycache__/nlg.cpython-310.pyc", False),
    ],
)
def test_the_model_follows_its_inputs(inputs: Path, changed: str, trains: bool) -> None:
    """A change of what training reads makes another model; nothing else does."""
    before = model.place(inputs)
    path = inputs / changed
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("changed")
    assert (model.place(inputs) != before) is trains


def test_models_are_kept_up_to_a_number(inputs: Path) -> None:
    """The newest models stay, so that going back needs no training; half-made ones do not count."""
    turn = model.take_turn(inputs / "models/any")
    assert turn is not None
    assert model.take_turn(inputs / "models/other") is None
    os.close(turn)
    for number in range(5):
        folder = inputs / f"models/{number}"
        aside = model.partial(folder)
        assert not model.is_trained(folder)
        os.utime(aside, (number, number))
        model.adopt(aside, folder)
        assert model.is_trained(folder)
    kept = sorted(path.name for path in (inputs / "models").iterdir() if path.is_dir())
    assert kept == ["2", "3", "4"]
