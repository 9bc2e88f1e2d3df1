"""`./hotline` finds a Python that works, understands its words, and says so when it does not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from launcher.setup import options
from tests.launcher.conftest import ROOT


def hotline(*words: str, script: Path = ROOT / "hotline", **settings: str) -> tuple[int, str]:
    """Run ./hotline; return its status and everything it printed."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nowhere", **settings}
    result = subprocess.run(
        [str(script), *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return result.returncode, result.stdout


@pytest.fixture
def one_python(tmp_path: Path) -> str:
    """A path on which `python3` and its like fail, but one later name works."""
    for tool in ("dirname", "readlink", "sh"):
        (tmp_path / tool).symlink_to(f"/usr/bin/{tool}")
    for name in ("python3", "python3.12"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 127\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "python3.13").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (tmp_path / "python3.13").chmod(0o755)
    return str(tmp_path)


def test_a_failing_stand_in_is_passed_over(one_python: str) -> None:
    """A name on the path that does not run is no reason to give up."""
    status, output = hotline("help", PATH=one_python)
    assert status == 0 and output.startswith("usage: ./hotline")


def test_help_is_there_without_set_up() -> None:
    """No word and `help` both list every command and the options of `up`."""
    for words in ((), ("help",), ("--help",)):
        status, output = hotline(*words)
        assert status == 0
        for name in options.known():
            assert f"  {name} " in output
        assert "--staff-port" in output


def test_it_may_be_called_through_a_link(tmp_path: Path) -> None:
    """A link on the path of a person's own tools works too."""
    link = tmp_path / "line"
    link.symlink_to(ROOT / "hotline")
    assert hotline("help", script=link)[0] == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("upp",), "no command 'upp'"),
        (("up", "--port", "0"), "not a port"),
        (("up", "--port", "many"), "not a port"),
        (("up", "--staff-port", "70000"), "not a port"),
        (("up", "--port", "9000", "--staff-port", "9000"), "must differ"),
        (("up", "--portt", "9000"), "unrecognized"),
    ],
)
def test_a_mistake_is_told_before_anything_is_set_up(words: tuple[str, ...], told: str) -> None:
    """Misspelt words end with status 2 and name the mistake."""
    status, output = hotline(*words)
    assert status == 2 and told in output
    assert "environment" not in output


def test_ports_of_the_environment_count_unless_an_option_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """PUBLIC_PORT and STAFF_PORT are the defaults of the options."""
    monkeypatch.setenv("PUBLIC_PORT", "9000")
    monkeypatch.setenv("STAFF_PORT", "9001")
    assert options.read(["up"]).port == 9000
    assert options.read(["up", "--port", "9002"]).port == 9002
    assert options.read(["up"]).staff_port == 9001


def test_words_for_others_are_left_alone() -> None:
    """pytest and the commands for a running line get their own words, --help included."""
    assert options.read(["test", "-k", "risk", "--help"]).rest == ("-k", "risk", "--help")
    found = options.read(["user", "add", "amina", "--data-dir", "there", "--lead"])
    assert found.rest == ("add", "amina", "--lead")
    assert found.data == Path(os.getcwd()) / "there"
