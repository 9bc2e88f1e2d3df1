"""Nothing that a library writes down about an error holds what a person sent."""

from __future__ import annotations

import logging

import pytest

from channels.logs import configure


@pytest.mark.parametrize("logger", ["uvicorn.error", "procrastinate", "anything"])
def test_an_exception_is_told_by_kind_alone(
    capsys: pytest.CaptureFixture[str], logger: str
) -> None:
    """A server's own logger would print the whole of it."""
    configure("INFO")
    try:
        int("my boss took my passport")
    except ValueError:
        logging.getLogger(logger).exception("Exception in ASGI application\n")
    told = capsys.readouterr().err
    assert "Exception in ASGI application: ValueError at test_logs.py:" in told
    assert "passport" not in told and "Traceback" not in told
