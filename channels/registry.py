"""Which channels are on: the list of adapters, each with the reason when it is off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from channels.adapter import Adapter
from channels.adapters.sms import Account, Sms
from channels.adapters.webchat import WebChat
from channels.settings import LineSettings
from storage.database import Database, utc_now


@dataclass(frozen=True)
class Off:
    """A channel without what it needs; the reason is a sentence for an operator."""

    reason: str


def _sms(settings: LineSettings, database: Database) -> Adapter | Off:
    token = settings.twilio_auth_token
    if not settings.twilio_account_sid or not token or not settings.twilio_from:
        return Off("no Twilio credentials; set TWILIO_ACCOUNT_SID, _AUTH_TOKEN and _FROM")
    account = Account(
        sid=settings.twilio_account_sid,
        token=token.get_secret_value(),
        sender=settings.twilio_from,
        api_url=settings.twilio_api_url,
        public_url=settings.public_url.rstrip("/"),
    )
    return Sms(account, utc_now)


def _web(_: LineSettings, database: Database) -> Adapter | Off:
    return WebChat(database, utc_now)


# A new channel is one file under adapters/ and one line here.
CHANNELS: Mapping[str, Callable[[LineSettings, Database], Adapter | Off]] = {
    "sms": _sms,
    "web": _web,
}


@dataclass(frozen=True)
class Registry:
    """The adapters that are on, by name, and why the others are off."""

    on: Mapping[str, Adapter]
    off: Mapping[str, str]

    @classmethod
    def build(cls, settings: LineSettings, database: Database) -> Registry:
        """Make every adapter that has what it needs."""
        built = {name: make(settings, database) for name, make in CHANNELS.items()}
        return cls(
            on={name: one for name, one in built.items() if isinstance(one, Adapter)},
            off={name: one.reason for name, one in built.items() if isinstance(one, Off)},
        )
