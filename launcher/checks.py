"""`./hotline check` and `./hotline test`: everything that must hold, one stage after the other."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Protocol

from launcher.setup.layout import BUILD, ROOT, environment_python
from launcher.setup.options import Options
from launcher.setup.progress import say

REPORTS = BUILD / "reports"
DEV, ENGINE = environment_python("dev"), environment_python("engine")

# Tests that need Rasa run in its environment; everything else in the current one.
ENGINE_TESTS = Path("tests/bot")
# Tests that play on a running line, or in a browser; most of their time they wait.
LINE_TESTS = (Path("tests/acceptance"), Path("tests/browser"))

# Status of pytest when a choice of tests left none.
NOTHING_CHOSEN = 5

# Rooms that live on the engine's Python are checked against it.
ENGINE_ROOMS = ("bot",)
ROOMS = (
    "actions",
    "benchmarks",
    "channels",
    "directory",
    "handoff",
    "intake",
    "launcher",
    "locales",
    "practice",
    "storage",
)


@dataclass
class Outcome:
    """How one stage ended."""

    stage: str
    status: int
    seconds: float
    tests: dict[str, int] = field(default_factory=dict)


def check(options: Options) -> int:
    """Check formatting, lint, types and import arrows, and count unreviewed sentences.

    Returns the exit status. The words of the command line are for the report on sentences.
    """
    outcomes = [_run(stage, command) for stage, command in _checks()]
    # Not a check that can fail, but what reviewers of languages look for.
    outcomes.append(_run("sentences", [str(DEV), "-m", "locales.report", *options.rest]))
    return _sum_up(outcomes)


def test(options: Options) -> int:
    """Run the checks and all tests, or the tests chosen; returns the exit status."""
    outcomes = [_run(stage, command) for stage, command in _checks()]
    runs = {run[0]: partial(_pytest, *run) for run in _tests(options.rest)}
    beside: list[_Stage] = [runs.pop("line tests")] if "line tests" in runs else []
    if not options.rest:
        # Once, before what waits for it: no test's patience is as long as the training.
        beside.insert(0, partial(_run, "model", [str(ROOT / "hotline"), "train"]))
    for outcome in _at_once(list(runs.values()), beside):
        # A choice may leave one of the runs without a test, but no run is empty by itself.
        if outcome.status == NOTHING_CHOSEN and options.rest:
            outcome.status = 0
        outcomes.append(outcome)
    return _sum_up(outcomes)


class _Stage(Protocol):
    """Something that is run, its words shown or kept in a file."""

    def __call__(self, *, output: IO[str] | None = None) -> Outcome: ...


def _at_once(shown: Sequence[_Stage], beside: Sequence[_Stage]) -> list[Outcome]:
    """Two stages at a time: most of what a running line is asked, it is waited for.

    The words of some are shown as they go; those of the stages beside them follow. Only the first
    of the shown ones can do without the first beside them, which makes the model.
    """
    outcomes: list[Outcome] = []
    with ThreadPoolExecutor(1) as pool:
        later = [pool.submit(_quietly, stage) for stage in beside]
        for stage in shown:
            if outcomes and later:
                wait(later[:1])
            outcomes.append(stage())
        for future in later:
            outcome, words = future.result()
            say(f"--- {outcome.stage}")
            say(words)
            outcomes.append(outcome)
    return outcomes


def _quietly(stage: _Stage) -> tuple[Outcome, str]:
    """The outcome of a stage, and all that it printed."""
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        outcome = stage(output=output)
        output.seek(0)
        return outcome, output.read().rstrip()


def _checks() -> Iterator[tuple[str, list[str]]]:
    ruff = str(DEV.with_name("ruff"))
    yield "format", [ruff, "format", "--check", "."]
    yield "lint", [ruff, "check", "."]
    rooms = [word for room in ROOMS for word in ("-p", room)]
    yield "types", [str(DEV), "-m", "mypy", *rooms]
    engine_rooms = [word for room in ENGINE_ROOMS for word in ("-p", room)]
    engine = ["--python-executable", str(ENGINE), "--python-version", "3.10"]
    yield "engine types", [str(DEV), "-m", "mypy", *engine, *engine_rooms]
    yield "arrows", [str(DEV.with_name("lint-imports"))]


def _tests(words: Sequence[str]) -> Iterator[tuple[str, Path, list[str]]]:
    """Yield the runs of pytest; paths among the words decide which of them are needed."""
    paths = [word for word in words if _is_path(word)]
    engine = [word for word in paths if _is_engine_test(word)]
    others = [word for word in paths if word not in engine]
    rest = [word for word in words if word not in paths]
    if others:
        yield "tests", DEV, [*rest, *others, f"--ignore={ENGINE_TESTS}"]
    elif not paths:
        line = [path for path in LINE_TESTS if (ROOT / path).exists()]
        yield "tests", DEV, [*rest, *(f"--ignore={path}" for path in (ENGINE_TESTS, *line))]
        if line:
            yield "line tests", DEV, [*rest, *map(str, line)]
    if engine or not paths:
        yield "engine tests", ENGINE, [*rest, *(engine or [str(ENGINE_TESTS)])]


def _is_path(word: str) -> bool:
    return not word.startswith("-") and (ROOT / word.split("::")[0]).exists()


def _is_engine_test(word: str) -> bool:
    path = Path(os.path.normpath(ROOT / word.split("::")[0]))
    return path.is_relative_to(ROOT / ENGINE_TESTS)


def _pytest(
    stage: str, python: Path, words: Sequence[str], output: IO[str] | None = None
) -> Outcome:
    REPORTS.mkdir(parents=True, exist_ok=True)
    report = REPORTS / f"{stage.replace(' ', '-')}.xml"
    report.unlink(missing_ok=True)
    # In a folder of its own: in the common one another run, at its start, takes
    # from the account of a test's PostgreSQL the right to pass through.
    with tempfile.TemporaryDirectory(prefix="hotline-tests-", ignore_cleanup_errors=True) as temp:
        command = [str(python), "-m", "pytest", f"--junitxml={report}", f"--basetemp={temp}/run"]
        outcome = _run(stage, [*command, *words], output)
    outcome.tests = _counts(report)
    return outcome


def _counts(report: Path) -> dict[str, int]:
    """Return how many tests passed, failed and were skipped, by pytest's own report."""
    try:
        suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    except (OSError, ElementTree.ParseError):
        return {}
    total, skipped, failed = (
        sum(int(suite.get(name, 0)) for suite in suites for name in names)
        for names in (("tests",), ("skipped",), ("failures", "errors"))
    )
    return {"passed": total - skipped - failed, "failed": failed, "skipped": skipped}


def _run(stage: str, command: Sequence[str], output: IO[str] | None = None) -> Outcome:
    if output is None:
        say(f"--- {stage}")
    started = time.monotonic()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    status = subprocess.run(
        list(command),
        cwd=ROOT,
        env=environment,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        check=False,
    ).returncode
    return Outcome(stage, status, time.monotonic() - started)


def _sum_up(outcomes: Sequence[Outcome]) -> int:
    say("--- summary")
    for outcome in outcomes:
        verdict = "ok" if outcome.status == 0 else f"FAILED (status {outcome.status})"
        say(f"{outcome.stage:<14} {outcome.seconds:6.1f} s  {verdict}")
    counted = [outcome.tests for outcome in outcomes if outcome.tests]
    if counted:
        passed, failed, skipped = (
            sum(tests[name] for tests in counted) for name in ("passed", "failed", "skipped")
        )
        say(f"tests: {passed} passed, {failed} failed, {skipped} skipped")
        if passed + failed == 0:
            say("no test ran: the words after `test` chose none")
            return 1
    return int(any(outcome.status for outcome in outcomes))
