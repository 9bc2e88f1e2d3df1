"""docs/desk.md names every setting, call, refusal, audit action and role that there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from handoff.refusals import OTHER_CODES, REFUSALS
from handoff.settings import DeskSettings
from handoff.users import Role
from tests.handoff.people import Bench


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    """The page about the desk."""
    return (root / "docs/desk.md").read_text()


def test_settings(page: str) -> None:
    """Each with its default, where it has a fixed one."""
    for name, field in DeskSettings.model_fields.items():
        (row,) = re.findall(rf"^\| `{name.upper()}` \| (.*?) \|", page, re.MULTILINE)
        if field.default not in ("", None) and not field.is_required():
            assert row == f"`{field.default}`", name


def test_refusals(page: str) -> None:
    """Each code with its status, and no code that does not exist."""
    table = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", page, re.MULTILINE))
    assert {code: str(int(status)) for code, status in REFUSALS.values()}.items() <= table.items()
    assert set(OTHER_CODES) <= set(table)
    known = {code for code, _ in REFUSALS.values()} | set(OTHER_CODES)
    assert {code for code, status in table.items() if status[0] in "45"} == known


def test_calls(bench: Bench, page: str) -> None:
    """Each call of the API."""
    schema = bench.app.app.openapi()  # type: ignore[attr-defined]
    for path, methods in schema["paths"].items():
        for method in methods:
            short = path.replace("{conversation_id}", "{id}")
            assert f"`{method.upper()} {short}" in page, path


def test_audit_actions(page: str, root: Path) -> None:
    """Each action that the code writes down."""
    source = "".join(path.read_text() for path in (root / "handoff").glob("*.py"))
    written = set(re.findall(r'(?:audit|written)\(\s*"(\w+)"', source))
    written |= {"open", "follow", "account_enabled", "account_disabled"}
    (listed,) = re.findall(r"^Actions: (.*)\.$", page, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", listed)) == written


def test_roles(page: str) -> None:
    """Each role with what it may do."""
    for role in Role:
        assert f"| `{role.value}` | " in page
