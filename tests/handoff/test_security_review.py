"""docs/security-review.md names no file and no test that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STATES = {"kept", "partly", "not kept"}
_ROW = re.compile(r"^\| ([0-9., ]+) \| ([\w ]+) \| (.+?) \| (\S+) \| (\S+) \|$", re.MULTILINE)


def _faults(page: str, root: Path) -> list[str]:
    """What is wrong with the page's rows."""
    found = []
    for numbers, state, _, where, test in _ROW.findall(page):
        if state not in STATES:
            found.append(f"{numbers}: no such state")
        if state == "not kept":
            if (where, test) != ("-", "-"):
                found.append(f"{numbers}: claims a place though it is not kept")
            continue
        path, _, name = test.strip("`").partition("::")
        if not (root / where.strip("`")).is_file():
            found.append(f"{numbers}: no file {where}")
        if not (root / path).is_file() or f"def {name}(" not in (root / path).read_text():
            found.append(f"{numbers}: no test {test}")
    return found


def test_every_row_leads_somewhere(root: Path) -> None:
    """All seventeen chapters, each row of the shape, each file and test there."""
    page = (root / "docs/security-review.md").read_text()
    chapters = re.findall(r"^## V(\d+) ", page, re.MULTILINE)
    assert chapters == [str(number) for number in range(1, 18)]
    rows = [line for line in page.splitlines() if re.match(r"\| \d", line)]
    assert len(rows) == len(_ROW.findall(page)) > 60
    assert _faults(page, root) == []
    for number, body in re.findall(r"^## V(\d+) .*?\n(.*?)(?=^## |\Z)", page, re.M | re.S):
        for numbers, *_ in _ROW.findall(body):
            assert all(one.strip().startswith(f"{number}.") for one in numbers.split(",")), numbers


@pytest.mark.parametrize(
    "row",
    [
        "| 1.1.1 | kept | x | `handoff/nowhere.py` | `tests/handoff/test_auth.py::test_sign_out` |",
        "| 1.1.1 | kept | x | `handoff/auth.py` | `tests/handoff/test_auth.py::test_invented` |",
        "| 1.1.1 | fine | x | `handoff/auth.py` | `tests/handoff/test_auth.py::test_sign_out` |",
        "| 1.1.1 | not kept | x | `handoff/auth.py` | - |",
    ],
)
def test_a_false_row_is_seen(root: Path, row: str) -> None:
    """The check can fail."""
    assert len(_faults(row, root)) == 1
