"""The porch at work on a socket that listens already."""

from __future__ import annotations

import socket
import sys
from contextlib import suppress
from types import FrameType

import uvicorn

from channels.app import create_app
from channels.settings import PorchSettings, explain
from channels.web.doorbells import Doorbells
from storage.keys import BadKeyFile

# A message that is being stored gets this long to end well.
_GRACE_SECONDS = 5


class Server(uvicorn.Server):
    """Tells open pages to come back later before it waits for requests to end."""

    def __init__(self, config: uvicorn.Config, doorbells: Doorbells) -> None:
        super().__init__(config)
        self._doorbells = doorbells

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM or SIGINT."""
        self._doorbells.close()
        super().handle_exit(sig, frame)


def serve(settings: PorchSettings, listening: socket.socket) -> int:
    """Answer until stopped; the exit code of the process."""
    try:
        app = create_app(settings)
    except (ValueError, BadKeyFile) as error:
        print(f"the porch does not start: {explain(error)}", file=sys.stderr)
        return 2
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        server_header=False,
        # The address of a visitor is not ours to know; see docs/privacy.md.
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    server = Server(config, app.state.doorbells)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
    return 0 if server.started else 1
