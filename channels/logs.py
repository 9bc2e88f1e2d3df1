"""Logging of the public side: plain lines to standard error, no access log, no bodies."""

from __future__ import annotations

import logging


def configure(level: str) -> None:
    """Set up logging for a process."""
    logging.basicConfig(
        level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
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
