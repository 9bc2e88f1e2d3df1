"""Starts the porch: `python -m channels`."""

from __future__ import annotations

import socket
import sys

from channels.logs import configure
from channels.settings import PorchSettings, explain

_WAITING_CONNECTIONS = 2_048


def main() -> int:
    """Run until stopped; one sentence when a setting is missing."""
    try:
        settings = PorchSettings()  # type: ignore[call-arg]  # from the environment
        configure(settings.log_level)
        listening = _listen(settings.public_host, settings.public_port)
    except (ValueError, OSError) as error:
        print(f"the porch does not start: {explain(error)}", file=sys.stderr)
        return 2
    # What takes seconds comes after the first breath: whoever calls meanwhile waits in the line of
    # the socket. A refused connection would be a text that a carrier hands in once more at best.
    from channels.serving import serve

    return serve(settings, listening)


def _listen(host: str, port: int) -> socket.socket:
    """The public address, listening. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_WAITING_CONNECTIONS)
    except OSError as error:
        way_out = "set PUBLIC_HOST and PUBLIC_PORT to an address that is free"
        raise OSError(f"it cannot listen on {host}:{port} ({error.strerror}); {way_out}") from None


if __name__ == "__main__":
    raise SystemExit(main())
