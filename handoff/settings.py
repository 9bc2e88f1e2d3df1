"""The settings of the desk; without its secrets, or on an unsafe address, it does not start."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from handoff.factors import SecondFactor
from locales.catalogue import Unreviewed

# Services of third parties; what people write never goes to one.
_PUBLIC_TRANSLATORS = (
    "libretranslate.com",
    "libretranslate.de",
    "argosopentech.com",
    "googleapis.com",
    "microsofttranslator.com",
    "deepl.com",
)
_DEFAULT_PORTS = {"http": 80, "https": 443}


class StoreSettings(BaseSettings):
    """What the desk and the command for its accounts both need."""

    model_config = SettingsConfigDict(
        env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    database_url: str = Field(description="PostgreSQL, postgresql://user@host/name")
    hotline_key_file: Path = Field(description="the key file, outside the database, mode 0600")


class DeskSettings(StoreSettings):
    """The desk listens on one staff port, apart from the public one."""

    staff_url: str = Field(
        default="", description="address under which advocates open the desk (default: loopback)"
    )
    staff_host: str = Field(default="127.0.0.1", description="address that the desk binds")
    staff_port: int = Field(default=8081, ge=1, le=65_535, description="port that the desk binds")
    line_phone: str = Field(default="1-833-900-1010", description="the voice line that texts name")
    unreviewed_sentences: Unreviewed = Field(
        default=Unreviewed.USE,
        description="use: safety sentences that no native speaker has reviewed are said as they "
        "are; replace: English, French and the offer of an interpreter are said instead",
    )
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")
    staff_idle_minutes: int = Field(
        default=15, ge=1, le=60, description="after this long without a sign of life a screen locks"
    )
    staff_session_hours: int = Field(
        default=12, ge=1, le=24, description="a sign-in ends after this long, whatever happens"
    )

    push_services: str = Field(
        default="fcm.googleapis.com updates.push.services.mozilla.com web.push.apple.com "
        "notify.windows.com",
        description="hosts of push services that browsers may be reached through, with spaces",
    )

    staff_second_factor: SecondFactor = Field(
        default=SecondFactor.OPTIONAL,
        description="off, optional, or required: nothing but the account's page opens until a "
        "code app or a passkey is set up",
    )

    translate_url: str | None = Field(
        default=None,
        description="address of a LibreTranslate-compatible server of your own that advocates may "
        "ask to translate single texts; https, or http on loopback; none by default",
    )
    translate_key: SecretStr | None = Field(
        default=None, description="the key that this server asks for, if it does"
    )

    @field_validator("translate_url")
    @classmethod
    def _own_server(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        host = (parts.hostname or "").casefold()
        loopback = parts.scheme == "http" and _is_loopback(host)
        if not host or parts.username or not (parts.scheme == "https" or loopback):
            raise ValueError("must be https, or http on loopback, without a password in it")
        if any(host == one or host.endswith(f".{one}") for one in _PUBLIC_TRANSLATORS):
            raise ValueError(
                "is a public service: what people write may not go there; run a server of your own"
            )
        return value

    @field_validator("staff_url")
    @classmethod
    def _whole_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in _DEFAULT_PORTS or not parts.hostname):
            raise ValueError("must be an address such as https://desk.example.org")
        if parts.path not in ("", "/") or parts.query or parts.fragment:
            raise ValueError("must have no path: the desk needs a name of its own")
        return value

    @model_validator(mode="after")
    def _no_password_in_the_clear(self) -> Self:
        parts = urlsplit(self.origin)
        if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
            raise ValueError(
                "STAFF_URL is plain http on a network: put TLS in front of the desk and give its "
                "https address, or use a loopback address"
            )
        return self

    @property
    def origin(self) -> str:
        """What a browser calls the desk's origin: scheme, name, and port unless it is usual."""
        host = f"[{self.staff_host}]" if ":" in self.staff_host else self.staff_host
        parts = urlsplit(self.staff_url or f"http://{host}:{self.staff_port}")
        name = parts.hostname or ""
        name = f"[{name}]" if ":" in name else name
        usual = parts.port is None or parts.port == _DEFAULT_PORTS.get(parts.scheme)
        return f"{parts.scheme}://{name}" if usual else f"{parts.scheme}://{name}:{parts.port}"

    @property
    def secure(self) -> bool:
        """Whether browsers reach the desk over TLS."""
        return self.origin.startswith("https://")

    @property
    def idle(self) -> timedelta:
        """How long a screen may show words to nobody."""
        return timedelta(minutes=self.staff_idle_minutes)

    @property
    def session(self) -> timedelta:
        """How long a sign-in lasts at most."""
        return timedelta(hours=self.staff_session_hours)


def explain(error: Exception) -> str:
    """What is wrong with the settings, by name and without the values."""
    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(
        f"{'_'.join(map(str, problem['loc'])).upper()} {problem['msg']}".strip()
        for problem in error.errors(include_input=False, include_url=False)
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
