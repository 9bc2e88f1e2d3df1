"""The settings of the practice carrier and phone; `./hotline up` makes them."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class PracticeSettings(BaseSettings):
    """The same names as for the real service: the line cannot tell the difference."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")

    public_url: str = Field(
        default="http://127.0.0.1:8080", description="where the carrier calls the line"
    )
    practice_port: int = Field(default=8099, description="loopback port of the carrier")
    twilio_account_sid: str = Field(description="the practice account")
    twilio_auth_token: SecretStr = Field(description="the practice secret")
    twilio_from: str = Field(description="the line's practice number")
    twilio_api_url: str = Field(
        default="http://127.0.0.1:8099", description="where the phone finds the carrier"
    )
    telegram_bot_token: SecretStr | None = Field(
        default=None, description="the practice bot, or none"
    )
    telegram_webhook_secret: SecretStr | None = Field(
        default=None, description="what the practice bot shows the line"
    )
    telegram_api_url: str = Field(
        default="http://127.0.0.1:8099/telegram", description="where the phone finds the bot"
    )
