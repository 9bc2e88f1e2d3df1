"""`python -m actions` serves the custom actions to the engine, on loopback only."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping

from locales.catalogue import Unreviewed

HOST = "127.0.0.1"
DEFAULT_LINE_PHONE = "1-833-900-1010"


class SettingWrong(ValueError):
    """A setting is missing or cannot be used; the message names it and the way out."""


def main(environ: Mapping[str, str] = os.environ) -> int:
    """Returns the exit status."""
    try:
        port, database_url = _port(environ), _database_url(environ)
        unreviewed = _unreviewed(environ)
    except SettingWrong as fault:
        print(f"actions: {fault}", file=sys.stderr)
        return 2
    _configure_logging(environ.get("LOG_LEVEL", "INFO").upper())
    import uvicorn

    from actions.app import build_on

    app = build_on(database_url, environ.get("LINE_PHONE") or DEFAULT_LINE_PHONE, unreviewed)
    uvicorn.run(app, host=HOST, port=port, access_log=False, log_config=None)
    return 0


def _port(environ: Mapping[str, str]) -> int:
    value = environ.get("ACTIONS_PORT", "")
    if not value.isdecimal() or not 0 < int(value) < 65_536:
        raise SettingWrong("ACTIONS_PORT must be a port number from 1 to 65535.")
    return int(value)


def _database_url(environ: Mapping[str, str]) -> str:
    url = environ.get("DATABASE_URL", "")
    if not url:
        raise SettingWrong("DATABASE_URL must name the line's PostgreSQL database.")
    return url


def _unreviewed(environ: Mapping[str, str]) -> Unreviewed:
    try:
        return Unreviewed.read(environ)
    except ValueError as fault:
        raise SettingWrong(str(fault)) from None


def _configure_logging(level: str) -> None:
    """Our own lines at the level asked for; libraries' at warning, rasa_sdk's not at all.

    rasa_sdk logs calls and trackers; what matters of them is in our own lines.
    """
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("actions").setLevel(level)
    logging.getLogger("rasa_sdk").setLevel(logging.CRITICAL)


if __name__ == "__main__":
    sys.exit(main())
