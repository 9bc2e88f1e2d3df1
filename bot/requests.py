"""What the engine accepts from its caller, checked to the letter before Rasa sees any of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.memory import MAX_CHARACTERS

MAX_TEXT = 4_000
MAX_HISTORY = 50
#: A conversation id is opaque to us; it is only bounded.
MAX_ID = 128

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")


class RequestInvalid(ValueError):
    """The body is not what the contract says. The message names the field, never its value."""


@dataclass(frozen=True)
class Heard:
    """A person's text and what is known about the conversation's language."""

    text: str
    language: str | None
    language_chosen: bool
    history: tuple[str, ...]


@dataclass(frozen=True)
class TurnRequest:
    """One turn to take."""

    conversation: str
    heard: Heard
    memory: str | None


_HEARD = frozenset({"text", "language", "language_chosen", "history"})
_TURN = _HEARD | {"conversation", "memory"}


def read_turn(body: bytes) -> TurnRequest:
    """The body of a turn. Raises RequestInvalid."""
    fields = _fields(body, _TURN)
    conversation, memory = fields["conversation"], fields["memory"]
    if not isinstance(conversation, str) or not 0 < len(conversation) <= MAX_ID:
        raise RequestInvalid("conversation")
    if memory is not None and not (isinstance(memory, str) and len(memory) <= MAX_CHARACTERS):
        raise RequestInvalid("memory")
    return TurnRequest(conversation=conversation, heard=_heard(fields), memory=memory)


def read_judge(body: bytes) -> Heard:
    """The body of a judgement. Raises RequestInvalid."""
    return _heard(_fields(body, _HEARD))


def _fields(body: bytes, expected: frozenset[str]) -> Mapping[str, Any]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise RequestInvalid("body is not JSON") from None
    if not isinstance(fields, dict) or fields.keys() != expected:
        raise RequestInvalid("body does not have exactly the fields of the contract")
    return fields


def _heard(fields: Mapping[str, Any]) -> Heard:
    text, history = fields["text"], fields["history"]
    language, chosen = fields["language"], fields["language_chosen"]
    if not isinstance(text, str) or not text.strip() or len(text) > MAX_TEXT:
        raise RequestInvalid("text")
    if language is not None and not (isinstance(language, str) and _LANGUAGE.fullmatch(language)):
        raise RequestInvalid("language")
    if not isinstance(chosen, bool):
        raise RequestInvalid("language_chosen")
    if not isinstance(history, list) or not all(isinstance(item, str) for item in history):
        raise RequestInvalid("history")
    if any(len(item) > MAX_TEXT for item in history):
        raise RequestInvalid("history")
    # The newest are what matters; a long conversation is no reason to fail.
    return Heard(text, language, chosen, tuple(history[-MAX_HISTORY:]))
