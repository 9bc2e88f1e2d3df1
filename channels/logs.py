"""Logging of the public side: plain lines to standard error, no access log, no bodies."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path


def configure(level: str) -> None:
    """Set up logging for a process."""
    logging.basicConfig(
        level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    for handler in logging.getLogger().handlers:
        handler.addFilter(_by_kind_alone)
    # These name addresses, statements or request lines at INFO.
    for noisy in (
        "procrastinate",
        "httpx",
        "httpcore",
        "telegram",
        "twilio",
        "urllib3",
        "sqlalchemy.engine",
        "uvicorn.access",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _by_kind_alone(record: logging.LogRecord) -> bool:
    """Of an exception its kind and where it was raised: its text may hold what a person sent."""
    if record.exc_info and record.exc_info[0] is not None:
        kind, _, trace = record.exc_info
        frames = traceback.extract_tb(trace)
        where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
        record.msg = f"{record.getMessage().strip()}: {kind.__name__}{where}"
        record.args = ()
        record.exc_info = record.exc_text = None
    return True
