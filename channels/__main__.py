"""Starts the porch: `python -m channels`."""

from __future__ import annotations

import sys

import uvicorn

from channels.app import create_app
from channels.logs import configure
from channels.settings import PorchSettings, explain
from storage.keys import BadKeyFile


def main() -> int:
    """Run until stopped; one sentence when a setting is missing."""
    try:
        settings = PorchSettings()  # type: ignore[call-arg]  # from the environment
        configure(settings.log_level)
        app = create_app(settings)
    except (ValueError, BadKeyFile) as error:
        print(f"the porch does not start: {explain(error)}", file=sys.stderr)
        return 2
    uvicorn.run(
        app,
        host=settings.public_host,
        port=settings.public_port,
        access_log=False,
        log_config=None,
        server_header=False,
        # The address of a visitor is not ours to know; see docs/privacy.md.
        proxy_headers=False,
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
