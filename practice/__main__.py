"""Starts the practice carrier on loopback: `python -m practice`."""

from __future__ import annotations

import uvicorn

from practice.carrier import Credentials, create_carrier
from practice.settings import PracticeSettings


def main() -> None:
    """Run until stopped."""
    settings = PracticeSettings()  # type: ignore[call-arg]  # from the environment
    credentials = Credentials(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
    )
    uvicorn.run(
        create_carrier(credentials, settings.public_url.rstrip("/")),
        host="127.0.0.1",
        port=settings.practice_port,
        access_log=False,
        log_level="warning",
    )


if __name__ == "__main__":
    main()
