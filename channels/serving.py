"""The porch at work on a socket that listens already."""

from __future__ import annotations

import socket
import sys
from contextlib import suppress
from importlib import import_module
from types import FrameType

import uvicorn

from channels.app import create_app
from channels.processes import MISCONFIGURED
from channels.settings import PorchSettings, explain
from channels.web.doorbells import Doorbells
from intake.languages import listed
from intake.risk import rules
from locales.catalogue import Catalogue
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


def read_ahead(settings: PorchSettings) -> None:
    """Read what every process needs, once for all of them; it stays in memory."""
    rules()
    listed()
    for domain in ("messages", "pages"):
        Catalogue.load(domain, unreviewed=settings.unreviewed_sentences)
    # The SDK reads its API when somebody first asks for it.
    import_module("twilio.rest.api.v2010")


def serve(settings: PorchSettings, listening: socket.socket, *, first: bool = True) -> int:
    """Answer until stopped; the exit code of the process.

    `first`: of several, the one that also fetches what the hooks missed.
    """
    try:
        app = create_app(settings, fetches=first)
    except (ValueError, BadKeyFile) as error:
        print(f"the porch does not start: {explain(error)}", file=sys.stderr)
        return MISCONFIGURED
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
