"""Every setting that the code reads is in .env.example and in the quickstart, and none beside."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from launcher import checks
from launcher.setup import options
from tests.launcher.conftest import ROOT

ROOMS = [*checks.ROOMS, *checks.ENGINE_ROOMS]
NAME = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")

# Settings of the machine and of libraries, which are not the line's.
FOREIGN = {
    "HTTPS_PROXY",
    "PYENV_ROOT",
    "RASA_CACHE_DIRECTORY",
    "RASA_MAX_CACHE_SIZE",
    "RASA_TELEMETRY_ENABLED",
    "UV_HTTP_TIMEOUT",
}


def sources() -> Iterator[Path]:
    """Yield every module of ours that runs in production."""
    for room in ROOMS:
        yield from sorted((ROOT / room).rglob("*.py"))


def read_from_classes() -> set[str]:
    """Return the variables that the settings classes read."""
    found: set[str] = set()
    for path in sources():
        if "BaseSettings" in path.read_text(encoding="utf-8") and "bot" not in path.parts:
            module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            for item in vars(module).values():
                if isinstance(item, type) and issubclass(item, BaseSettings):
                    found |= {name.upper() for name in item.model_fields}
    return found


def read_directly() -> set[str]:
    """Return the variables that code takes from the environment by name."""
    found = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            parts: list[ast.AST] = []
            if isinstance(node, ast.Call):
                parts = [node.func, *node.args]
            elif isinstance(node, ast.Subscript):
                parts = [node.value, node.slice]
            if any(re.search(r"\b(environ|given|getenv)\b", ast.unparse(part)) for part in parts):
                found |= {
                    part.value
                    for part in parts
                    if isinstance(part, ast.Constant)
                    and isinstance(part.value, str)
                    and NAME.fullmatch(part.value)
                }
    return found - FOREIGN


def test_the_search_finds_settings_of_every_kind() -> None:
    """The two searches are not blind: each finds some that are known to be there."""
    assert {"TWILIO_AUTH_TOKEN", "STAFF_PORT", "DATABASE_URL"} <= read_from_classes()
    assert {"ENGINE_TOKEN", "MODEL_DIR", "HOTLINE_KEY_FILE"} <= read_directly()


@pytest.mark.parametrize(
    ("document", "written"),
    [(".env.example", r"^#?([A-Z0-9_]+)="), ("docs/quickstart.md", r"`([A-Z0-9]+_[A-Z0-9_]+)`")],
)
def test_every_setting_is_documented_and_real(document: str, written: str) -> None:
    """What is read is described, and what is described is read."""
    text = (ROOT / document).read_text(encoding="utf-8")
    described = set(re.findall(written, text, re.MULTILINE)) - FOREIGN
    ports = set(re.findall(r'"([A-Z]+_PORT)"', (ROOT / "launcher/line/settings.py").read_text()))
    ports |= set(re.findall(r'"([A-Z]+_PORT)"', (ROOT / "launcher/setup/options.py").read_text()))
    assert described == read_from_classes() | read_directly() | ports


def test_every_command_is_in_the_quickstart() -> None:
    """The table of commands leaves none out."""
    text = (ROOT / "docs/quickstart.md").read_text(encoding="utf-8")
    for name in options.known():
        assert f"`./hotline {name}" in text
