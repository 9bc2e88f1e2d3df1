"""Which channels are on: the list of adapters, each with the reason when it is off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from channels.adapter import Adapter
from channels.adapters.sms import Sms
from channels.adapters.telegram import Bot, Telegram
from channels.adapters.twilio import Account
from channels.adapters.webchat import WebChat
from channels.adapters.whatsapp import WhatsApp
from channels.settings import LineSettings
from storage.database import Database, utc_now


@dataclass(frozen=True)
class Off:
    """A channel without what it needs; the reason is a sentence for an operator."""

    reason: str


def _account(settings: LineSettings, senders: str) -> Account | None:
    token = settings.twilio_auth_token
    if not settings.twilio_account_sid or not token:
        return None
    return Account(
        sid=settings.twilio_account_sid,
        token=token.get_secret_value(),
        senders=senders,
        api_url=settings.twilio_api_url,
        public_url=settings.public_url.rstrip("/"),
    )


def _sms(settings: LineSettings, database: Database) -> Adapter | Off:
    account = _account(settings, settings.twilio_from or "")
    if account is None or not account.senders:
        return Off("no Twilio credentials; set TWILIO_ACCOUNT_SID, _AUTH_TOKEN and _FROM")
    return Sms(account, utc_now)


def _whatsapp(settings: LineSettings, database: Database) -> Adapter | Off:
    senders = settings.twilio_whatsapp_from
    account = _account(settings, senders) if senders else None
    if account is None:
        return Off("no WhatsApp sender; set TWILIO_WHATSAPP_FROM beside Twilio's credentials")
    return WhatsApp(account, utc_now, settings.twilio_whatsapp_template)


def _telegram(settings: LineSettings, database: Database) -> Adapter | Off:
    token, secret = settings.telegram_bot_token, settings.telegram_webhook_secret
    polling = settings.telegram_mode == "polling"
    if token is None:
        return Off("no Telegram bot; set TELEGRAM_BOT_TOKEN")
    if secret is None and not polling:
        return Off("set TELEGRAM_WEBHOOK_SECRET, or TELEGRAM_MODE=polling")
    bot = Bot(
        token=token.get_secret_value(),
        secret=secret.get_secret_value() if secret else None,
        api_url=settings.telegram_api_url.rstrip("/"),
        public_url=settings.public_url.rstrip("/"),
        polling=polling,
    )
    return Telegram(bot, database, utc_now)


def _web(_: LineSettings, database: Database) -> Adapter | Off:
    return WebChat(database, utc_now)


# A new channel is one file under adapters/ and one line here.
CHANNELS: Mapping[str, Callable[[LineSettings, Database], Adapter | Off]] = {
    "sms": _sms,
    "whatsapp": _whatsapp,
    "telegram": _telegram,
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
