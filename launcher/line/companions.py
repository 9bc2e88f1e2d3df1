"""Commands that work on a running line: they find it by its note and get its settings."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import psutil

from launcher.line import state
from launcher.setup.layout import ROOT
from launcher.setup.options import Options
from launcher.setup.progress import say
from launcher.setup.refusal import Refusal


def phone(options: Options) -> int:
    """Become the practice phone of the running line. Raises Refusal."""
    line = state.find(options.data)
    if line.sms != "practice":
        raise Refusal(
            "this line sends real text messages, so there is no practice phone: text it from a "
            "real one, or start another line without the TWILIO_ settings"
        )
    _become(line, "practice.phone", *options.rest)


def user(options: Options) -> int:
    """Become the command that manages advocates' accounts. Raises Refusal."""
    _become(state.find(options.data), "handoff.users", *options.rest)


def directory(options: Options) -> int:
    """Become the command for HSDS files; checking one needs no line. Raises Refusal."""
    if options.rest[:1] == ("check",):
        os.execv(sys.executable, [sys.executable, "-m", "directory", *options.rest])
    _become(state.find(options.data), "directory", *options.rest)


def protocols(options: Options) -> int:
    """Become the command for local protocols; checking files needs no line. Raises Refusal."""
    if options.rest[:1] in (("import",), ("export",), ("list",)):
        _become(state.find(options.data), "directory.protocol_cli", *options.rest)
    _become(None, "directory.protocol_cli", *options.rest)


def audit(options: Options) -> int:
    """Become the command that checks and shows the audit log. Raises Refusal."""
    _become(state.find(options.data), "handoff.audit", *options.rest)


def bench(options: Options) -> int:
    """Become the benchmarks, which measure the running line. Raises Refusal."""
    _become(state.find(options.data), "benchmarks", *options.rest)


def status(options: Options) -> int:
    """Tell what runs, and where. Raises Refusal when nothing does."""
    line = state.find(options.data)
    say(f"public {line.public_url}")
    say(f"staff  {line.staff_url}")
    say(f"sms    {'practice phone' if line.sms == 'practice' else 'real text messages'}")
    for name, pid in {"launcher": line.pid, **line.pids}.items():
        say(f"{name:<9} {_memory(pid)}")
    return 0


def _memory(pid: int) -> str:
    try:
        return f"process {pid}, {psutil.Process(pid).memory_info().rss / 1e6:.0f} MB"
    except psutil.Error:
        return "being started again"


def _become(line: state.State | None, module: str, *words: str) -> NoReturn:
    of_line = {} if line is None else line.environment
    environment = {**os.environ, **of_line, "PYTHONPATH": str(ROOT)}
    os.execve(sys.executable, [sys.executable, "-m", module, *words], environment)
