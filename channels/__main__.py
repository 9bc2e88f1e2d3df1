"""Starts the porch: `python -m channels`."""

from __future__ import annotations

import sys
from contextlib import suppress
from types import FrameType

import uvicorn

from channels.app import create_app
from channels.logs import configure
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


def main() -> int:
    """Run until stopped; one sentence when a setting is missing."""
    try:
        settings = PorchSettings()  # type: ignore[call-arg]  # from the environment
        configure(settings.log_level)
        app = create_app(settings)
    except (ValueError, BadKeyFile) as error:
        print(f"the porch does not start: {explain(error)}", file=sys.stderr)
        return 2
    config = uvicorn.Config(
        app,
        host=settings.public_host,
        port=settings.public_port,
        access_log=False,
        log_config=None,
        server_header=False,
        # The address of a visitor is not ours to know; see docs/privacy.md.
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    server = Server(config, app.state.doorbells)
    with suppress(KeyboardInterrupt):
        server.run()
    return 0 if server.started else 1


if __name__ == "__main__":
    raise SystemExit(main())
