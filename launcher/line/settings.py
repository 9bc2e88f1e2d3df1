"""What `up` is told by its environment, checked before anything starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from launcher.setup.options import Options
from launcher.setup.refusal import Refusal

TWILIO_NEEDED = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM")
TWILIO_MORE = ("TWILIO_API_URL", "TWILIO_WHATSAPP_FROM", "TWILIO_WHATSAPP_TEMPLATE")
TELEGRAM = (
    "TELEGRAM_BOT_TOKEN",
    "TELEGRAM_WEBHOOK_SECRET",
    "TELEGRAM_MODE",
    "TELEGRAM_API_URL",
)

#: Of alerts to advocates; the address of the mail server holds a password.
ALERTS = ("ALERT_SMS_FROM", "ALERT_SMTP_URL", "ALERT_MAIL_FROM")

# What only those processes may see that need it; the rest of the environment is for all.
GUARDED = (
    "DATABASE_URL",
    "PORCH_DATABASE_URL",
    "HOTLINE_KEY_FILE",
    "ENGINE_TOKEN",
    *TWILIO_NEEDED,
    *TWILIO_MORE,
    *TELEGRAM,
    *ALERTS,
)


@dataclass(frozen=True)
class Settings:
    """Settings of `./hotline up`."""

    data: Path
    """--data-dir: where the database, the keys and the logs lie."""
    public_host: str
    """PUBLIC_HOST: the address that the public port is opened on."""
    public_port: int
    """PUBLIC_PORT or --port."""
    public_url: str
    """PUBLIC_URL: how providers and visitors reach the public port."""
    staff_host: str
    """STAFF_HOST: the address that the staff port is opened on."""
    staff_port: int
    """STAFF_PORT or --staff-port."""
    staff_url: str
    """STAFF_URL: how advocates reach the staff port."""
    database_url: str | None = field(repr=False)
    """DATABASE_URL: a PostgreSQL 15 or newer; without it an embedded one is used."""
    porch_database_url: str | None = field(repr=False)
    """PORCH_DATABASE_URL: the same database as a role that may add and not read."""
    key_file: Path
    """HOTLINE_KEY_FILE: the keyring; made on the first start."""
    twilio: Mapping[str, str] | None = field(repr=False)
    """The TWILIO_ settings, or None: then the practice carrier stands in."""
    telegram: Mapping[str, str] | None = field(repr=False)
    """The TELEGRAM_ settings, or None when there is no bot."""
    alerts: Mapping[str, str] = field(repr=False)
    """The ALERT_ settings that are given; the worker's alone."""
    inner_ports: Mapping[str, int]
    """ENGINE_PORT, ACTIONS_PORT and PRACTICE_PORT where they are given."""
    shared: Mapping[str, str] = field(repr=False)
    """The rest of the environment, which every process gets."""

    @classmethod
    def read(cls, options: Options, environ: Mapping[str, str] | None = None) -> Settings:
        """Read what is given. Raises Refusal."""
        given = os.environ if environ is None else environ
        public_host = given.get("PUBLIC_HOST") or "127.0.0.1"
        staff_host = given.get("STAFF_HOST") or "127.0.0.1"
        key_file = given.get("HOTLINE_KEY_FILE")
        return cls(
            data=options.data,
            public_host=public_host,
            public_port=options.port,
            public_url=_url(given, "PUBLIC_URL", public_host, options.port),
            staff_host=staff_host,
            staff_port=options.staff_port,
            staff_url=_url(given, "STAFF_URL", staff_host, options.staff_port),
            database_url=given.get("DATABASE_URL") or None,
            porch_database_url=_porch_database(given),
            key_file=Path(key_file).absolute() if key_file else options.data / "secrets/keyring",
            twilio=_twilio(given),
            telegram=_telegram(given),
            alerts={name: given[name] for name in ALERTS if given.get(name)},
            inner_ports={
                name: _port(name, given[name])
                for name in ("ENGINE_PORT", "ACTIONS_PORT", "PRACTICE_PORT")
                if given.get(name)
            },
            shared={name: value for name, value in given.items() if name not in GUARDED},
        )

    @property
    def sms(self) -> Literal["twilio", "practice"]:
        """Tell which carrier takes the line's text messages."""
        return "practice" if self.twilio is None else "twilio"


def _porch_database(given: Mapping[str, str]) -> str | None:
    porch = given.get("PORCH_DATABASE_URL") or None
    if porch is not None and not given.get("DATABASE_URL"):
        raise Refusal(
            "PORCH_DATABASE_URL is set and DATABASE_URL is not: set both, or neither for the "
            "embedded database, where the porch has a role of its own"
        )
    return porch


def _twilio(given: Mapping[str, str]) -> Mapping[str, str] | None:
    found = {name: given[name] for name in (*TWILIO_NEEDED, *TWILIO_MORE) if given.get(name)}
    missing = [name for name in TWILIO_NEEDED if name not in found]
    if not found:
        return None
    if missing:
        raise Refusal(
            f"{' and '.join(missing)} must be set too, for {' and '.join(found)} is: set all of "
            "them for real text messages, or none for the practice phone"
        )
    return found


def _telegram(given: Mapping[str, str]) -> Mapping[str, str] | None:
    found = {name: given[name] for name in TELEGRAM if given.get(name)}
    if not found:
        return None
    if "TELEGRAM_BOT_TOKEN" not in found:
        raise Refusal(
            f"TELEGRAM_BOT_TOKEN must be set too, for {' and '.join(found)} is: set the bot's "
            "token, or none of them"
        )
    return found


def _url(given: Mapping[str, str], name: str, host: str, port: int) -> str:
    url = given.get(name)
    if url:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise Refusal(f"{name} is not an address such as https://line.example.org: correct it")
        return url.rstrip("/")
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def _port(name: str, value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 65535:
        raise Refusal(f"{name} is not a port (1 to 65535): correct it or leave it out")
    return int(value)
