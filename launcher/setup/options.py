"""What may be written after ./hotline, read before anything is set up."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

from launcher.setup.layout import DEFAULT_DATA


@dataclass(frozen=True)
class Command:
    """One word after ./hotline, and the environments that it needs, its own first."""

    summary: str
    environments: tuple[str, ...] = ()


COMMANDS: dict[str, Command] = {
    "up": Command("set up what is missing and start the line", ("services", "engine")),
    "test": Command("set up what is missing and run every check and test", ("dev", "engine")),
    "phone": Command("text the running line from this terminal", ("services",)),
    "audit": Command("check or show the audit log: ./hotline audit verify", ("services",)),
    "user": Command("manage advocates' accounts: ./hotline user add NAME", ("services",)),
    "directory": Command("import, export or check the directory as HSDS 3.1", ("services",)),
    "protocols": Command("import, export, check or list local protocols", ("services",)),
    "status": Command("tell what is running, and where", ("services",)),
    "train": Command("train the language model if its inputs changed", ("services", "engine")),
    "triage": Command("judge messages: JSON lines in, JSON lines out", ("services", "engine")),
    "evaluate": Command("measure the triage, write docs/triage-report.md", ("services", "engine")),
    "bench": Command("measure the running line", ("services",)),
    "check": Command(
        "check formatting, lint, types, import arrows; count unreviewed sentences",
        ("dev", "engine"),
    ),
    "lock": Command("resolve requirements/ again from pyproject.toml"),
    "help": Command("show this"),
}

# The commands whose standard output is a result, and nothing else.
RESULTS = ("triage", "evaluate")

# The commands that look at the data of a line; the others get their words untouched.
WITH_DATA = ("up", "phone", "user", "audit", "directory", "protocols", "status", "bench")


@dataclass(frozen=True)
class Options:
    """A command line, understood."""

    command: str
    port: int
    staff_port: int
    data: Path
    rest: tuple[str, ...]


def read(arguments: Sequence[str]) -> Options:
    """Read the words after ./hotline; a mistake prints the usage and exits with status 2."""
    words = list(arguments)
    command = words.pop(0) if words else "help"
    if command in ("-h", "--help"):
        command = "help"
    if command not in COMMANDS:
        _parser("COMMAND").error(f"there is no command {command!r}; try ./hotline help")
    if command == "help":
        return Options(command, 0, 0, DEFAULT_DATA, tuple(words))
    if command not in WITH_DATA:
        return Options(command, 0, 0, DEFAULT_DATA, tuple(words))
    parser = _parser(command)
    data = os.environ.get("HOTLINE_DATA_DIR") or DEFAULT_DATA
    parser.add_argument("--data-dir", type=Path, default=Path(data), metavar="DIR")
    if command == "up":
        parser.add_argument("--port", type=_port, default=_default("PUBLIC_PORT", 8080))
        parser.add_argument("--staff-port", type=_port, default=_default("STAFF_PORT", 8081))
        found = parser.parse_args(words)
        if found.port == found.staff_port:
            parser.error("--port and --staff-port must differ")
        return Options(command, found.port, found.staff_port, found.data_dir.absolute(), ())
    found, rest = parser.parse_known_args(words)
    return Options(command, 0, 0, found.data_dir.absolute(), tuple(rest))


def usage() -> str:
    """Return the text of ./hotline help."""
    lines = ["usage: ./hotline COMMAND ...", ""]
    lines += [f"  {name:<9} {command.summary}" for name, command in COMMANDS.items()]
    lines += [
        "",
        "up takes --port (default 8080), --staff-port (8081) and --data-dir (.data).",
        "check takes --unreviewed (name every sentence that waits for a native speaker)",
        "and --segments (the SMS parts of each). test hands its words to pytest.",
        "evaluate takes --to FOLDER and --baselines.",
        "phone, user, audit, directory, protocols, status and bench take --data-dir.",
        "Every setting is described in docs/quickstart.md and .env.example.",
    ]
    return "\n".join(lines)


def _parser(command: str) -> argparse.ArgumentParser:
    # Words for a delegated command, --help among them, are for that command.
    parser = argparse.ArgumentParser(
        prog=f"./hotline {command}", add_help=command == "up", allow_abbrev=False
    )
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (1 to 65535)")
    return int(text)


def _default(variable: str, port: int) -> str:
    """Return the port from the environment as text, so that argparse checks it too."""
    return os.environ.get(variable) or str(port)


def known() -> list[str]:
    """Return the names of all commands."""
    return list(COMMANDS)
