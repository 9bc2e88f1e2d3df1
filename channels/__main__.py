"""Starts the porch: `python -m channels`."""

from __future__ import annotations

import sys

import uvicorn
from pydantic import ValidationError

from channels.app import create_app
from channels.logs import configure
from channels.settings import PorchSettings
from storage.keys import BadKeyFile


def main() -> int:
    """Run until stopped; one sentence when a setting is missing."""
    try:
        settings = PorchSettings()  # type: ignore[call-arg]  # from the environment
        configure(settings.log_level)
        app = create_app(settings)
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            name = "_".join(map(str, problem["loc"])).upper()
            print(f"the porch does not start: {name} {problem['msg']}", file=sys.stderr)
        return 2
    except BadKeyFile as error:
        print(f"the porch does not start: {error}", file=sys.stderr)
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
