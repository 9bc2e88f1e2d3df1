"""`./hotline test` chooses the right environment, goes on after a failure, and tells the end."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from launcher import checks
from launcher.setup.options import Options


def chosen(*words: str) -> dict[str, list[str]]:
    """Return the words of each run of pytest that these words of a person lead to."""
    return {stage: found for stage, _, found in checks._tests(words)}


def test_words_go_to_the_runs_that_they_concern() -> None:
    """Paths choose the environment; options without a path go to both."""
    ignore = "--ignore=tests/bot"
    line = ["tests/acceptance", "tests/browser"]
    apart = [ignore, *(f"--ignore={path}" for path in line)]
    assert chosen() == {"tests": apart, "line tests": line, "engine tests": ["tests/bot"]}
    assert chosen("-x")["line tests"] == ["-x", *line]
    assert chosen("tests/launcher") == {"tests": ["tests/launcher", ignore]}
    assert chosen("tests/bot", "-x") == {"engine tests": ["-x", "tests/bot"]}
    assert chosen("tests/launcher/test_checks.py::test_one", "tests/bot") == {
        "tests": ["tests/launcher/test_checks.py::test_one", ignore],
        "engine tests": ["tests/bot"],
    }
    assert chosen("-k", "risk")["engine tests"] == ["-k", "risk", "tests/bot"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of two test files, whose environments are the one of this test."""
    (tmp_path / "tests/bot").mkdir(parents=True)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "tests/test_one.py").write_text("def test_one(): pass\ndef test_two(): pass\n")
    (tmp_path / "tests/bot/test_bot.py").write_text("def test_bot(): pass\n")
    hotline = tmp_path / "hotline"
    hotline.write_text('#!/bin/sh\n[ "$1" = train ]\n')
    hotline.chmod(0o755)
    monkeypatch.setattr(checks, "ROOT", tmp_path)
    monkeypatch.setattr(checks, "REPORTS", tmp_path / "reports")
    monkeypatch.setattr(checks, "DEV", Path(sys.executable))
    monkeypatch.setattr(checks, "ENGINE", Path(sys.executable))
    monkeypatch.setattr(checks, "_checks", lambda: [("lint", ["/bin/true"])])
    # What plugins are installed here is none of these tests' business, and takes a second each.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return tmp_path


def test_all_is_well(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Status 0, and the closing line counts the tests of both runs."""
    assert checks.test(Options("test", 0, 0, project, ())) == 0
    assert capfd.readouterr().out.splitlines()[-1] == "tests: 3 passed, 0 failed, 0 skipped"


def test_a_failure_early_does_not_hide_one_later(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything runs before the command fails."""
    monkeypatch.setattr(checks, "_checks", lambda: [("lint", ["/bin/false"])])
    (project / "tests/test_one.py").write_text("def test_one(): assert False\n")
    assert checks.test(Options("test", 0, 0, project, ())) == 1
    out = capfd.readouterr().out
    assert [line.split()[0] for line in out.splitlines() if "FAILED (status" in line] == [
        "lint",
        "tests",
    ]
    assert out.splitlines()[-1] == "tests: 1 passed, 1 failed, 0 skipped"


def test_a_run_without_tests_is_a_failure(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """When nobody chose, a run that finds no test has lost them."""
    (project / "tests/bot/test_bot.py").unlink()
    assert checks.test(Options("test", 0, 0, project, ())) == 1
    assert "engine tests" in capfd.readouterr().out


def test_a_choice_that_fits_one_run_is_enough(project: Path) -> None:
    """A name that only one of the runs knows is no failure of the other."""
    assert checks.test(Options("test", 0, 0, project, ("-k", "test_bot"))) == 0


def test_a_choice_that_fits_no_test_is_a_failure(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nothing run is not success."""
    assert checks.test(Options("test", 0, 0, project, ("-k", "nothing"))) == 1
    assert "no test ran" in capfd.readouterr().out


def test_check_hands_its_words_to_the_report(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--unreviewed` and `--segments` are for the sentences."""
    commands: dict[str, list[str]] = {}

    def run(stage: str, command: list[str]) -> checks.Outcome:
        commands[stage] = command
        return checks.Outcome(stage, 0, 0.0)

    monkeypatch.setattr(checks, "_run", run)
    assert checks.check(Options("check", 0, 0, project, ("--segments",))) == 0
    assert commands["sentences"][1:] == ["-m", "locales.report", "--segments"]
