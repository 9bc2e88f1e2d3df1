"""No logger, structured log, warning or exception lets a person's words through."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator

import pytest
import structlog

from bot import redaction

WORDS = "he has my passport and i am in room 214"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """The engine's log of this test; the loggers are put back afterwards."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, structlog.get_config())
    output = io.StringIO()
    redaction.seal(redaction.configure("INFO", output))
    yield output
    logging.captureWarnings(False)
    root.handlers[:], root.level = before[0], before[1]
    structlog.configure(**before[2])


def test_a_foreign_line_says_only_where_it_came_from(stream: io.StringIO) -> None:
    """Rasa's f-strings hold texts; the file and line do not."""
    logging.getLogger("rasa.core.processor").error(f"Failed on '{WORDS}'")
    assert WORDS not in stream.getvalue()
    assert "ERROR rasa.core.processor test_redaction.py:" in stream.getvalue()


def test_a_foreign_exception_keeps_types_and_frames(stream: io.StringIO) -> None:
    """An exception's message may quote a text, its causes too."""
    try:
        try:
            raise KeyError(WORDS)
        except KeyError as cause:
            raise RuntimeError(f"while answering {WORDS}") from cause
    except RuntimeError:
        logging.getLogger("sanic.error").exception(WORDS)
    logged = stream.getvalue()
    assert WORDS not in logged
    assert "builtins.KeyError" in logged and "builtins.RuntimeError" in logged
    assert "in test_a_foreign_exception_keeps_types_and_frames" in logged


def test_our_own_exception_line_keeps_its_message_but_not_the_errors(stream: io.StringIO) -> None:
    """What we write ourselves is whole; what was raised may not be ours."""
    try:
        raise ValueError(WORDS)
    except ValueError:
        logging.getLogger("bot.channel").exception("a turn failed")
    assert WORDS not in stream.getvalue()
    assert "ERROR bot.channel a turn failed" in stream.getvalue()


def test_a_structured_log_keeps_the_name_of_its_event(stream: io.StringIO) -> None:
    """Rasa gives structlog the text itself; unconfigured, it would print it."""
    structlog.get_logger().error("processor.message.parse", parse_data_text=WORDS)
    assert WORDS not in stream.getvalue()


def test_debug_lines_are_not_written(
    stream: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    """At debug level Rasa logs every text; that level does not exist here."""
    structlog.get_logger().debug("processor.message.parse", parse_data_text=WORDS)
    logging.getLogger("rasa").debug(WORDS)
    assert stream.getvalue() == ""
    assert WORDS not in capsys.readouterr().out


def test_a_warning_says_only_where_it_came_from(stream: io.StringIO) -> None:
    """Rasa warns with what it parsed."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"Parsed an intent from '{WORDS}'", UserWarning, stacklevel=1)
    assert WORDS not in stream.getvalue()


def test_a_library_with_a_handler_of_its_own_loses_it() -> None:
    """Nothing prints past the one formatter."""
    loud = logging.getLogger("a.loud.library")
    loud.addHandler(logging.StreamHandler())
    loud.propagate = False
    redaction.seal(redaction.OriginFormatter())
    assert loud.handlers == [] and loud.propagate is True


def test_before_anybody_writes_foreign_lines_are_whole() -> None:
    """An operator can read why the engine does not start."""
    record = logging.LogRecord("rasa", logging.ERROR, "x.py", 1, "no such port", None, None)
    assert "no such port" in redaction.OriginFormatter().format(record)
