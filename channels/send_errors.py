"""The named ways in which a send can fail: each knows whether to try again."""

from __future__ import annotations


class SendError(Exception):
    """A send failed. `code` is what the desk shows; it never holds a number or words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Temporary(SendError):
    """The provider certainly did not take it; later it may."""


class Throttled(Temporary):
    """The provider asks for patience."""


class Unknown(SendError):
    """The provider may have taken it: look it up before anything else."""


class CannotTell(SendError):
    """The provider does not say what it has sent: what is in doubt stays in doubt."""


class OptedOut(SendError):
    """The person told the carrier to stop; only their START reopens."""


class WindowClosed(SendError):
    """The channel allows free text only for some hours after the person's last message."""


class Rejected(SendError):
    """The provider will never take this message (number unreachable, content refused)."""


class Misconfigured(SendError):
    """Our account or settings are wrong; an operator must look."""
