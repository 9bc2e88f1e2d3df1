"""A request is what the contract says, to the letter, or it is refused without being quoted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.requests import MAX_HISTORY, MAX_TEXT, RequestInvalid, read_judge, read_turn

SECRET = "he has my passport"
GOOD: dict[str, Any] = {
    "conversation": "c-1",
    "text": SECRET,
    "language": "en",
    "language_chosen": False,
    "history": ["hi"],
    "memory": None,
}


def test_a_good_turn_is_read() -> None:
    """Every field arrives."""
    asked = read_turn(json.dumps(GOOD).encode())
    assert (asked.conversation, asked.memory) == ("c-1", None)
    assert (
        asked.heard.text,
        asked.heard.language,
        asked.heard.language_chosen,
        asked.heard.history,
    ) == (SECRET, "en", False, ("hi",))


@pytest.mark.parametrize(
    "change",
    [
        {"text": None},
        {"text": ""},
        {"text": "   "},
        {"text": "x" * (MAX_TEXT + 1)},
        {"text": ["x"]},
        {"conversation": ""},
        {"conversation": 7},
        {"conversation": "c" * 129},
        {"language": "english"},
        {"language": "EN"},
        {"language": 1},
        {"language_chosen": 1},
        {"language_chosen": None},
        {"history": "hi"},
        {"history": [1]},
        {"history": ["x" * (MAX_TEXT + 1)]},
        {"history": None},
        {"memory": 5},
        {"memory": {}},
        {"memory": "m" * 40_000},
        {"extra": 1},
    ],
)
def test_anything_else_is_refused_without_being_quoted(change: dict[str, Any]) -> None:
    """The error names a field at the most."""
    with pytest.raises(RequestInvalid) as caught:
        read_turn(json.dumps({**GOOD, **change}).encode())
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("field", sorted(GOOD))
def test_every_field_is_needed(field: str) -> None:
    """A caller that forgets one is told, rather than answered by a default."""
    body = {name: value for name, value in GOOD.items() if name != field}
    with pytest.raises(RequestInvalid):
        read_turn(json.dumps(body).encode())


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b'"text"', b"[" * 100_000])
def test_what_is_not_an_object_is_refused(body: bytes) -> None:
    """No parser error reaches anybody."""
    with pytest.raises(RequestInvalid):
        read_turn(body)


def test_a_long_history_keeps_its_newest() -> None:
    """A long conversation is no reason to fail."""
    history = [str(number) for number in range(MAX_HISTORY + 5)]
    asked = read_turn(json.dumps({**GOOD, "history": history}).encode())
    assert asked.heard.history == tuple(history[5:])


def test_a_judgement_needs_no_conversation() -> None:
    """And takes none."""
    body = {k: v for k, v in GOOD.items() if k not in ("conversation", "memory")}
    assert read_judge(json.dumps(body).encode()).text == SECRET
    with pytest.raises(RequestInvalid):
        read_judge(json.dumps(GOOD).encode())
