"""Keeps what people write out of the engine's logs, whatever Rasa says.

Rasa logs message texts: at debug level in a dozen places, through structlog
straight to standard output when nobody configures it, and at any level inside
exceptions (an action's answer, a URL, a tracker). Redacting by pattern would
chase each of them. Here a line that is not our own is reduced to where it came
from; an exception to its types and frames. Nothing of its message survives.

Before `seal()` (start-up, training) no person has written anything yet, and
foreign lines are printed whole so that an operator can read what is wrong.
"""

from __future__ import annotations

import logging
import sys
import traceback
import warnings
from collections.abc import Iterator
from typing import TextIO

import structlog

#: Loggers whose messages we write ourselves, never with a person's words in them.
OURS = ("bot", "intake", "locales")


class OriginFormatter(logging.Formatter):
    """Our own lines whole; of all others, the place in the code they came from."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S%z")
        self.sealed = False

    def format(self, record: logging.LogRecord) -> str:
        ours = record.name.split(".")[0] in OURS
        lines = [f"{self.formatTime(record, self.datefmt)} {record.levelname} {record.name}"]
        if ours or not self.sealed:
            lines[0] += f" {record.getMessage()}"
        else:
            lines[0] += f" {record.filename}:{record.lineno}"
        if record.exc_info and record.exc_info[1] is not None:
            if self.sealed:
                lines += _anatomy(record.exc_info[1])
            else:
                lines.append(self.formatException(record.exc_info))
        return "\n".join(lines)


def configure(
    level: str, stream: TextIO | None = None, *, libraries: int = logging.WARNING
) -> OriginFormatter:
    """Send every logger of this process through one formatter; returns it for `seal()`.

    `level` is that of our own loggers, `libraries` that of all others.
    """
    formatter = OriginFormatter()
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=libraries, handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    _leave_root_alone_with_output()
    logging.captureWarnings(True)
    # The engine's libraries are pinned to those of 2023: that they will change is no news.
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    warnings.filterwarnings("ignore", message=".*Slot auto-fill has been removed")
    sys.excepthook = _log_uncaught
    structlog.configure(
        processors=[_event_only],
        wrapper_class=structlog.make_filtering_bound_logger(libraries),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    return formatter


def seal(formatter: OriginFormatter) -> None:
    """From here on people write: foreign messages are reduced to their origin."""
    _leave_root_alone_with_output()
    formatter.sealed = True


def _leave_root_alone_with_output() -> None:
    """Libraries bring handlers of their own; nothing may print past the root's formatter."""
    for name in list(logging.root.manager.loggerDict):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def _event_only(_: object, __: str, event: structlog.typing.EventDict) -> str:
    """A structured line keeps its event's name; its values may hold texts."""
    return str(event.get("event", "event"))


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: object) -> None:
    logging.getLogger(__name__).critical("stopped by an uncaught error", exc_info=error)


def _anatomy(error: BaseException) -> Iterator[str]:
    """Types and frames of an exception and its causes, without their messages."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or current.__context__
    for step in reversed(chain):
        yield f"  {type(step).__module__}.{type(step).__qualname__}"
        for frame in traceback.extract_tb(step.__traceback__):
            yield f"    {frame.filename}:{frame.lineno} in {frame.name}"
