"""Starts the desk: `python -m handoff`."""

from __future__ import annotations

import logging
import socket
import sys

import uvicorn

from handoff.app import create_app, create_office
from handoff.settings import DeskSettings, explain
from handoff.stream import Feed
from storage.keys import BadKeyFile

# Open streams are asked to come back elsewhere; what does not end by then is cut.
_GRACE_SECONDS = 5
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class _Server(uvicorn.Server):
    """Ends the live streams first, or the server would wait for screens that never leave."""

    def __init__(self, config: uvicorn.Config, feed: Feed) -> None:
        super().__init__(config)
        self._feed = feed

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._feed.stop()
        await super().shutdown(sockets)


def main() -> int:
    """Run until stopped; one sentence when a setting is missing or unsafe."""
    try:
        settings = DeskSettings()  # type: ignore[call-arg]  # from the environment
        _configure_logs(settings.log_level)
        office = create_office(settings)
    except (ValueError, BadKeyFile) as error:
        print(f"the desk does not start: {explain(error)}", file=sys.stderr)
        return 2
    config = uvicorn.Config(
        create_app(office),
        host=settings.staff_host,
        port=settings.staff_port,
        # Paths hold ids of conversations, and who looked when is the audit log's to say.
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    server = _Server(config, office.feed)
    server.run()
    return 0 if server.started else 1


def _configure_logs(level: str) -> None:
    logging.basicConfig(level=level.upper(), format=_FORMAT, force=True)
    # These name addresses, statements, request lines or the letters of a sheet at INFO or DEBUG.
    for noisy in (
        "fontTools",
        "fpdf",
        "httpx",
        "httpcore",
        "sqlalchemy",
        "psycopg",
        "procrastinate",
        "uvicorn.access",
        "python_multipart",
        "asyncio",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)


if __name__ == "__main__":
    raise SystemExit(main())
