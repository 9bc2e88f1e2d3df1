"""Set-up builds environments once, survives being killed and doubled, and explains failures.

The installer is a stand-in for uv that makes an empty environment: what is
under test is when it is asked, and what counts as done.
"""

from __future__ import annotations

import ast
import fcntl
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from launcher.setup import environments, progress, pythons, tools, uv
from launcher.setup.environments import Environment, ensure, is_current
from launcher.setup.progress import Step
from launcher.setup.refusal import Refusal
from tests.launcher.conftest import ROOT, wait_for

SETUP = sorted((ROOT / "launcher/setup").glob("*.py"))
HERE = pythons.Interpreter(sys.executable, sys.version_info[:3])

FAKE_UV = """#!/bin/sh
echo "$@" >> {calls}
case "$1" in
    --version) echo "uv 99.0.0" ;;
    venv) for last in "$@"; do :; done; mkdir -p "$last/bin"; ln -s {python} "$last/bin/python" ;;
    pip) {sync} ;;
    python) echo "dns error" >&2; exit 1 ;;
esac
"""


class Ground:
    """A scratch build folder with a stand-in for uv on the path."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = path
        self.calls = path / "calls"
        self.build = path / "build"
        self.lock = path / "services.txt"
        self.lock.write_text("one\n")
        self.environment = Environment("services", self.lock, (sys.version_info[:2],))
        tools_folder = path / "bin"
        tools_folder.mkdir()
        self.uv = tools_folder / "uv"
        self.installs("true")
        for module in (environments, uv):
            monkeypatch.setattr(module, "BUILD", self.build)
        monkeypatch.setattr(environments, "HOMES", self.build / "environments")
        monkeypatch.setenv("PATH", f"{tools_folder}:/usr/bin:/bin")
        monkeypatch.setattr(tools, "SETUP_LOG", self.build / "setup.log")

    def installs(self, command: str) -> None:
        """Let the stand-in run this when it is asked to install."""
        self.uv.write_text(FAKE_UV.format(calls=self.calls, python=sys.executable, sync=command))
        self.uv.chmod(0o755)

    def installed(self) -> int:
        """Return how often the stand-in was asked to install."""
        return self.calls.read_text().count("pip sync") if self.calls.exists() else 0

    def ensure(self) -> None:
        """Set the one environment up."""
        ensure([self.environment], 1)


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    """A scratch build folder with a stand-in for uv on the path."""
    return Ground(tmp_path, monkeypatch)


def test_the_second_run_does_nothing(ground: Ground, capsys: pytest.CaptureFixture[str]) -> None:
    """An environment is built once, with hashes demanded, and then only looked at."""
    ground.ensure()
    assert "--require-hashes" in ground.calls.read_text()
    assert "services environment: installed" in capsys.readouterr().out
    calls = ground.calls.read_text()
    ground.ensure()
    assert ground.calls.read_text() == calls
    assert capsys.readouterr().out == ""


def test_a_changed_lock_makes_a_new_environment(ground: Ground) -> None:
    """The link moves to the new one, and the old one is cleared away."""
    ground.ensure()
    old = ground.environment.link.resolve()
    ground.lock.write_text("two\n")
    assert not is_current(ground.environment)
    ground.ensure()
    assert is_current(ground.environment)
    assert ground.environment.link.resolve() != old
    assert not old.exists()


def test_an_environment_in_use_is_not_cleared_away(ground: Ground) -> None:
    """A line that runs from the old environment keeps it."""
    ground.ensure()
    old = ground.environment.link.resolve()
    with (old / environments.STAMP).open() as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        ground.lock.write_text("two\n")
        ground.ensure()
        assert old.exists()


def test_a_vanished_python_is_noticed(ground: Ground) -> None:
    """An environment whose Python was removed is not current."""
    ground.ensure()
    (ground.environment.link / "bin/python").unlink()
    assert not is_current(ground.environment)


def in_child(ground: Ground) -> subprocess.Popen[str]:
    """Run the same set-up in a process of its own."""
    code = (
        "import sys; from pathlib import Path; from launcher.setup import environments, tools, uv\n"
        f"build = Path({str(ground.build)!r})\n"
        "environments.BUILD = uv.BUILD = build; environments.HOMES = build / 'environments'\n"
        "tools.SETUP_LOG = build / 'setup.log'\n"
        f"lock = Path({str(ground.lock)!r})\n"
        "one = environments.Environment('services', lock, (sys.version_info[:2],))\n"
        "environments.ensure([one], 1)"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def test_a_killed_setup_leaves_nothing_half_done(ground: Ground) -> None:
    """What was being built when set-up was killed is never used, and is built again."""
    ground.installs(f"touch {ground.path}/begun; exec sleep 60")
    with in_child(ground) as child:
        wait_for((ground.path / "begun").exists)
        child.send_signal(signal.SIGKILL)
    assert not is_current(ground.environment)
    ground.installs("true")
    ground.ensure()
    assert is_current(ground.environment)


def test_two_setups_at_once_build_once(ground: Ground) -> None:
    """The second waits for the first and finds its work done."""
    ground.installs("sleep 1")
    with in_child(ground) as one, in_child(ground) as two:
        printed = [child.communicate(timeout=60)[0] for child in (one, two)]
    assert (one.returncode, two.returncode) == (0, 0)
    assert ground.installed() == 1
    assert sum("another set-up" in text for text in printed) == 1


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        ("error: No space left on device (os error 28)", "is full"),
        ("error sending request for url", "network"),
        ("Hash mismatch for rich==1", "does not match the hash"),
        ("something unheard of", "the last lines of"),
    ],
)
def test_a_failed_install_is_explained(ground: Ground, printed: str, told: str) -> None:
    """One sentence says what happened and what to do; nothing counts as installed."""
    ground.installs(f'echo "{printed}" >&2; exit 1')
    with pytest.raises(Refusal, match=told) as refusal:
        ground.ensure()
    assert "\n" not in str(refusal.value)
    assert not is_current(ground.environment)
    assert list((ground.build / "environments").iterdir()) == []


def test_a_full_disk_is_told_beforehand(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set-up does not begin what cannot end."""
    usage = type("Usage", (), {"free": 10_000_000})
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(Refusal, match="free some space"):
        ground.ensure()
    assert ground.installed() == 0


def test_a_missing_python_is_told(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """When none is found and none can be fetched, the sentence names the version."""
    monkeypatch.setattr(pythons, "find", lambda versions: None)
    missing = Environment("engine", ground.lock, ((3, 10),))
    with pytest.raises(Refusal, match=r"Python 3\.10 was not found.*pyenv install 3\.10"):
        ensure([missing], 1)


def test_without_uv_and_pip_the_way_out_is_told(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Python without pip and venv cannot fetch uv; the sentence says what to install."""
    ground.uv.unlink()
    bare = ground.path / "bare-python"
    bare.write_text("#!/bin/sh\nexit 1\n")
    bare.chmod(0o755)
    interpreters = [pythons.Interpreter(str(bare), (3, 11, 2))]
    monkeypatch.setattr(pythons, "any_working", lambda minimum: iter(interpreters))
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Refusal, match="install uv, or pip"):
        ground.ensure()


def test_a_stand_in_that_fails_is_not_a_python(tmp_path: Path) -> None:
    """Version managers leave names on the path that exist and fail; those do not count."""
    shim = tmp_path / "python3.12"
    shim.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    assert pythons.probe(str(shim)) is None
    assert pythons.probe(str(tmp_path / "missing")) is None
    assert pythons.probe(sys.executable) == HERE


def test_a_python_outside_the_path_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that pyenv keeps is found although its name on the path fails."""
    name = "python{}.{}".format(*sys.version_info)
    for folder, text in (("bin", "exit 127"), ("pyenv/versions/1/bin", f'exec {HERE.path} "$@"')):
        shim = tmp_path / folder / name
        shim.parent.mkdir(parents=True)
        shim.write_text(f"#!/bin/sh\n{text}\n")
        shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert pythons.find([sys.version_info[:2]]) == HERE


def test_tools_do_not_see_other_pythons_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A caller's virtual environment or module path does not leak into the new one."""
    monkeypatch.setenv("VIRTUAL_ENV", "/elsewhere")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("UV_INDEX", "kept")
    environment = tools.clean_environment({"ADDED": "1"})
    assert "VIRTUAL_ENV" not in environment and "PYTHONPATH" not in environment
    assert environment["UV_INDEX"] == "kept" and environment["ADDED"] == "1"


def test_a_stopped_step_ends_its_tool(tmp_path: Path) -> None:
    """When set-up is interrupted, the tool that it waits for ends too."""

    class Interrupted(Step):
        def tick(self, waiting_for: str = "") -> None:
            if (tmp_path / "pid").exists():
                raise KeyboardInterrupt

    command = [
        "/bin/sh",
        "-c",
        f"echo $$ > {tmp_path}/pid.new; mv {tmp_path}/pid.new {tmp_path}/pid; exec sleep 60",
    ]
    with pytest.raises(KeyboardInterrupt):
        tools.run(command, Interrupted(1, 1, "waiting"), "waiting", log=tmp_path / "log")
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


@pytest.mark.parametrize("path", SETUP, ids=lambda path: path.name)
def test_set_up_is_plain_python_3_8(path: Path) -> None:
    """Set-up must run on the Python of a fresh machine, with nothing installed."""
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 8))
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            assert name.startswith("launcher.setup") or name.split(".")[0] in (
                sys.stdlib_module_names
            ), name


def test_set_up_really_runs_on_the_oldest_python_here() -> None:
    """Imports and annotations hold on the oldest Python from 3.8 on that this machine has."""
    oldest = pythons.find([(3, 8), (3, 9), (3, 10), (3, 11), sys.version_info[:2]])
    assert oldest is not None
    code = "import launcher.setup.bootstrap, launcher.setup.locks; print('fine')"
    result = subprocess.run(
        [oldest.path, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.stdout == "fine\n", result.stderr


def test_the_shell_part_is_executable() -> None:
    """`./hotline` can be started as it was cloned."""
    assert (ROOT / "hotline").stat().st_mode & stat.S_IXUSR


def test_a_long_tool_tells_how_far_it_is(tmp_path: Path) -> None:
    """The last whole line that it wrote in this run stands beside the seconds."""
    log = tmp_path / "log"
    log.write_text("an earlier run\n")
    begin = log.stat().st_size
    assert tools.last_line(log, begin) == ""
    with log.open("a") as out:
        out.write("1 of 3\n  2 of 3  \n3 o")
    assert tools.last_line(log, begin) == "2 of 3"
    assert tools.last_line(tmp_path / "none") == ""


def test_lines_step_aside_for_results(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command whose output is data tells what it does on standard error."""
    monkeypatch.setattr(progress, "_aside", False)
    progress.say("before")
    progress.step_aside()
    Step(1, 1, "model").done()
    out, err = capsys.readouterr()
    assert out == "before\n" and "model: done" in err
