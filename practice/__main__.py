"""Starts the practice carrier and the practice bot on loopback: `python -m practice`."""

from __future__ import annotations

import uvicorn

from practice.carrier import Credentials, create_carrier
from practice.settings import PracticeSettings
from practice.telegram import create_telegram


def main() -> None:
    """Run until stopped."""
    settings = PracticeSettings()  # type: ignore[call-arg]  # from the environment
    credentials = Credentials(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
    )
    public_url = settings.public_url.rstrip("/")
    app = create_carrier(credentials, public_url)
    if settings.telegram_bot_token is not None and settings.telegram_webhook_secret is not None:
        bot = create_telegram(settings.telegram_bot_token.get_secret_value())
        # The line registers itself when it starts; this service may start again without it.
        bot.state.service.webhook = {
            "url": f"{public_url}/hooks/telegram",
            "secret_token": settings.telegram_webhook_secret.get_secret_value(),
        }
        app.mount("/telegram", bot)
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=settings.practice_port,
        access_log=False,
        log_level="warning",
    )


if __name__ == "__main__":
    main()
