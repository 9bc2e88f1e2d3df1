"""Nothing of the desk reads people's words but `handoff/access.py`.

A query that walks around the door would show words without a right and without an audit line, and
nobody would notice; so the source itself is read.
"""

from __future__ import annotations

import ast
from pathlib import Path
from uuid import uuid4

import pytest

from handoff import access
from intake import receipts
from intake.messages import Author, Stored
from storage.database import utc_now

DOOR = "access.py"
# Whatever opens sealed words: messages, notes, reasons, tips, a visitor's mailbox, the outbox,
# the ledger.
WORDS = frozenset(
    "thread notes tier_changes pending texts_before open_body memory read next_letter"
    " file content look"
    " live recent"
    " consents overrides of plan number originals".split()
)
# A repository, not any object that happens to have a method of that name.
SHELVES = frozenset(
    "desk messages conversations mailbox outbox tips ledger disclosures decisions break_glass"
    " plans call_backs attachments".split()
)


def _walks_around(source: str) -> list[str]:
    """`<anything>.<shelf>.<words>` and `keyring.open` in a source text."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Attribute):
            continue
        if node.value.attr in SHELVES and node.attr in WORDS:
            found.append(f"{node.value.attr}.{node.attr} at line {node.lineno}")
        if node.value.attr == "keyring" and node.attr == "open":
            found.append(f"keyring.open at line {node.lineno}")
    return found


def test_only_the_door_reads_words(root: Path) -> None:
    """Every module of the desk but one is free of reading calls."""
    modules = sorted((root / "handoff").rglob("*.py"))
    assert any(module.name == DOOR for module in modules)
    guilty = {
        module.name: calls
        for module in modules
        if module.name != DOOR and (calls := _walks_around(module.read_text()))
    }
    assert guilty == {}


def test_the_door_does_read(root: Path) -> None:
    """The check recognises the calls that it forbids."""
    assert len(_walks_around((root / "handoff" / DOOR).read_text())) >= 3


@pytest.mark.parametrize(
    "source",
    [
        "await tx.desk.thread(conversation_id)",
        "for note in await self.tx.desk.notes(conversation_id): print(note)",
        "await office.tx.messages.pending(x)",
        "self.tx.keyring.open(sealed, place)",
    ],
)
def test_walking_around_is_seen(source: str) -> None:
    """The check can fail."""
    assert len(_walks_around(f"async def f():\n    {source}\n")) == 1


@pytest.mark.parametrize(("key", "kept"), [("tip.receipt", False), (None, True)])
def test_a_receipt_is_no_advocates_to_read(key: str | None, kept: bool) -> None:
    """The line that gives it out is shown with dots; a number in other words stays."""
    receipt = receipts.shown(receipts.new())
    line = Stored(uuid4(), 1, Author.BOT, f"Keep this: {receipt}. It opens.", utc_now(), key=key)
    shown = access._without_receipt(line).text
    assert shown is not None
    assert (receipt in shown) is kept
    assert shown.startswith("Keep this: ")
    assert shown.endswith(" It opens.")
