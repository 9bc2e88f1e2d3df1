"""The named things that can go wrong; no message ever holds a person's words or number."""

from __future__ import annotations


class LineError(Exception):
    """The root of the errors of the line."""


class EngineFailure(LineError):
    """The dialogue engine was slow, down or talked nonsense: a human is fetched."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"the dialogue engine failed: {kind}")
        self.kind = kind


class ConversationNotFound(LineError):
    """No such conversation, or it is not yours to see."""


class NotWaiting(LineError):
    """Nobody can claim this conversation: somebody has it, the bot has it, or it is closed."""


class NotHolder(LineError):
    """Only the advocate who holds the conversation may do this."""
