"""The settings of the porch and the worker; a process that lacks a secret does not start."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from channels.senders import Senders
from channels.signing import secrets_in
from locales.catalogue import Unreviewed

TWILIO_API_URL = "https://api.twilio.com"
TELEGRAM_API_URL = "https://api.telegram.org"


class LineSettings(BaseSettings):
    """What every process of the public side needs."""

    model_config = SettingsConfigDict(
        env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    database_url: str = Field(description="PostgreSQL, postgresql://user@host/name")
    hotline_key_file: Path = Field(description="the key file, outside the database, mode 0600")
    public_url: str = Field(
        default="http://127.0.0.1:8080",
        description="address under which providers and people reach the porch",
    )
    line_phone: str = Field(default="1-833-900-1010", description="the voice line that texts name")
    unreviewed_sentences: Unreviewed = Field(
        default=Unreviewed.USE,
        description="use: safety sentences that no native speaker has reviewed are said as they "
        "are; replace: English, French and the offer of an interpreter are said instead",
    )
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")
    twilio_account_sid: str | None = Field(default=None, description="Twilio account")
    twilio_auth_token: SecretStr | None = Field(
        default=None, description="Twilio's secret; signs webhooks and opens the API"
    )
    twilio_from: str | None = Field(
        default=None,
        description="our numbers, each with the language it is given out in where that is known "
        "(+16135550100, +15145550100=fr), or a Messaging Service SID (MG...) for all others",
    )
    twilio_api_url: str = Field(
        default=TWILIO_API_URL, description="Twilio's API, or a stand-in for tests and practice"
    )

    twilio_whatsapp_from: str | None = Field(
        default=None,
        description="our WhatsApp senders at Twilio, as +1... or whatsapp:+1..., with =language",
    )
    twilio_whatsapp_template: str | None = Field(
        default=None,
        pattern=r"^HX[0-9a-f]{32}$",
        description="ContentSid of one neutral template for after the 24-hour window; none by "
        "default, since a template re-opens a thread on a phone that somebody else may hold",
    )

    telegram_bot_token: SecretStr | None = Field(
        default=None, description="the bot's token, from Telegram's BotFather"
    )
    telegram_webhook_secret: SecretStr | None = Field(
        default=None, description="a long secret of our own that Telegram shows with each update"
    )
    telegram_mode: Literal["webhook", "polling"] = Field(
        default="webhook",
        description="webhook, or polling for a machine without a public address (one porch only)",
    )
    telegram_api_url: str = Field(
        default=TELEGRAM_API_URL, description="Telegram's API, or a stand-in for tests"
    )

    @field_validator("twilio_from", "twilio_whatsapp_from")
    @classmethod
    def _senders(cls, given: str | None) -> str | None:
        if given is not None:
            Senders.parse(given)
        return given

    @property
    def inbox_languages(self) -> Mapping[str, str]:
        """The language of each of our numbers that has one, for whoever writes to it first."""
        sms = Senders.parse(self.twilio_from).languages if self.twilio_from else {}
        other = self.twilio_whatsapp_from
        return {**sms, **(Senders.parse(other, "whatsapp:").languages if other else {})}

    @model_validator(mode="after")
    def _twilio_whole_or_not_at_all(self) -> Self:
        given = [self.twilio_account_sid, self.twilio_auth_token, self.twilio_from]
        if any(given) and not all(given):
            raise ValueError(
                "TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM go together: set all or none"
            )
        return self


class PorchSettings(LineSettings):
    """The porch listens on one public port."""

    porch_database_url: str | None = Field(
        default=None,
        description="PostgreSQL as a role that may add and not read (storage/roles.py); without "
        "it the porch uses DATABASE_URL",
    )

    public_host: str = Field(default="127.0.0.1", description="address that the porch binds")
    public_port: int = Field(default=8080, description="port that the porch binds")
    porch_processes: int = Field(
        default=2,
        ge=1,
        le=32,
        description="processes that share the public port; one that dies leaves the others",
    )
    spool_dir: Path | None = Field(
        default=None,
        description="folder where texts wait, sealed, while the database is down",
    )
    exit_url: str = Field(
        default="https://weather.gc.ca/",
        pattern=r"^https?://[^\s;,'\"/]+(/[^\s]*)?$",
        description="where the web chat's quick exit leads: a dull page that anybody may look at",
    )
    web_embed_origins: str = Field(
        default="",
        pattern=r"^(https?://[A-Za-z0-9.-]+(:\d{1,5})?([ ,]+|$))*$",
        description="sites that may show the web chat in a frame of theirs, as origins with commas "
        "between them (https://www.example.org); empty: none",
    )

    @property
    def embed_origins(self) -> tuple[str, ...]:
        """The sites that may frame the chat."""
        return tuple(self.web_embed_origins.replace(",", " ").split())


class WorkerSettings(LineSettings):
    """The worker talks to the engine."""

    engine_url: str = Field(
        default="http://127.0.0.1:5005", description="the dialogue engine, on loopback"
    )
    engine_token: SecretStr = Field(description="shared secret of worker and engine")
    worker_ready_file: Path | None = Field(
        default=None, description="touched while the worker is listening"
    )
    waiting_seconds: int = Field(
        default=300, description="after this long without a human the person is told so"
    )
    alert_sms_from: str | None = Field(
        default=None,
        description="number from which advocates are alerted by text (default: TWILIO_FROM); "
        "what they answer to it should reach nobody, so one of its own is better",
    )
    alert_smtp_url: SecretStr | None = Field(
        default=None,
        description="mail server for alerts, smtp://user:password@host:587 or smtps://...:465",
    )
    alert_mail_from: str | None = Field(
        default=None, description="sender of alerts by e-mail; its name and domain should be dull"
    )
    push_contact: str | None = Field(
        default=None,
        pattern=r"^(mailto:[^@\s]+@\S+|https://\S+)$",
        description="where push services may reach the operator, mailto: or https: "
        "(default: PUBLIC_URL)",
    )

    webhook_url: str | None = Field(
        default=None,
        pattern=r"^(https://[^\s@]+|http://(127\.0\.0\.1|localhost)(:\d+)?(/\S*)?)$",
        description="address of another case system that follows what happens to conversations: "
        "ids, tier and state alone (docs/desk.md); https, or http on loopback",
    )
    webhook_secret: SecretStr | None = Field(
        default=None,
        description="secret that signs them: whsec_ and 24 to 64 random bytes in base64; two with "
        "a space between while one replaces the other",
    )

    @model_validator(mode="after")
    def _webhook_whole_or_not_at_all(self) -> Self:
        if (self.webhook_url is None) != (self.webhook_secret is None):
            raise ValueError("WEBHOOK_URL and WEBHOOK_SECRET go together: set both or none")
        if self.webhook_secret is not None:
            secrets_in(self.webhook_secret.get_secret_value())
        return self

    @model_validator(mode="after")
    def _mail_whole_or_not_at_all(self) -> Self:
        if (self.alert_smtp_url is None) != (self.alert_mail_from is None):
            raise ValueError("ALERT_SMTP_URL and ALERT_MAIL_FROM go together: set both or none")
        return self


def explain(error: Exception) -> str:
    """What is wrong with the settings, by name and without the values."""
    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(
        f"{'_'.join(map(str, problem['loc'])).upper()} {problem['msg']}".strip()
        for problem in error.errors(include_input=False, include_url=False)
    )
