"""Ports: refuses taken ones before anything starts, and finds free ones on loopback."""

from __future__ import annotations

import errno
import socket
from collections.abc import Mapping

from launcher.line.settings import Settings
from launcher.setup.refusal import Refusal


def check(settings: Settings) -> None:
    """Raise Refusal unless the public and the staff port can be opened."""
    _check(settings.public_host, settings.public_port, "--port")
    _check(settings.staff_host, settings.staff_port, "--staff-port")


def choose(given: Mapping[str, int], names: tuple[str, ...]) -> dict[str, int]:
    """Return a loopback port for each name: the given one, or one that is free now."""
    for name, port in given.items():
        _check("127.0.0.1", port, name)
    open_sockets = [(name, socket.socket()) for name in names if name not in given]
    chosen = {name: given[name] for name in names if name in given}
    for name, opened in open_sockets:
        opened.bind(("127.0.0.1", 0))
        chosen[name] = opened.getsockname()[1]
    for _, opened in open_sockets:
        opened.close()
    return chosen


def _check(host: str, port: int, option: str) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as error:
        raise _explain(error, host, port, option) from None


def _explain(error: OSError, host: str, port: int, option: str) -> Refusal:
    if error.errno == errno.EADDRINUSE:
        return Refusal(
            f"port {port} on {host} is taken: stop the program that uses it, or choose another "
            f"with {option}"
        )
    if error.errno == errno.EACCES:
        return Refusal(
            f"this user may not open port {port}: choose one from 1024 on with {option}, with a "
            "web server in front of it"
        )
    return Refusal(
        f"port {port} on {host} cannot be opened ({error.strerror}): {host} must be an address of "
        "this machine (PUBLIC_HOST, STAFF_HOST)"
    )
