"""Starts the porch: `python -m channels`."""

from __future__ import annotations

import errno
import socket
import sys
import time

from channels.logs import configure
from channels.processes import Processes
from channels.settings import PorchSettings, explain

_WAITING_CONNECTIONS = 2_048
_LAST_ONE_ENDS_SECONDS = 5.0


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
    from channels.serving import read_ahead, serve

    if settings.porch_processes == 1:
        return serve(settings, listening)
    read_ahead(settings)
    return Processes(
        settings.porch_processes, lambda place: serve(settings, listening, first=place == 0)
    ).run()


def _listen(host: str, port: int) -> socket.socket:
    """The public address, listening. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    deadline = time.monotonic() + _LAST_ONE_ENDS_SECONDS
    while True:
        try:
            return socket.create_server((host, port), family=family, backlog=_WAITING_CONNECTIONS)
        except OSError as error:
            # The processes of a porch that was killed let go of it a moment later.
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                way_out = "set PUBLIC_HOST and PUBLIC_PORT to an address that is free"
                what = f"it cannot listen on {host}:{port} ({error.strerror})"
                raise OSError(f"{what}; {way_out}") from None
        time.sleep(0.1)


if __name__ == "__main__":
    raise SystemExit(main())
