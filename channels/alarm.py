"""Sends alerts to advocates outside the desk: Web Push, text message, e-mail. Never any content.

What an alert says is the same for everybody who waits: look at the desk, now or soon. It may be
sent twice after a crash, which for an alarm is better than not at all.
"""

from __future__ import annotations

import asyncio
import json
import logging
import smtplib
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from ipaddress import ip_address
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import requests
from py_vapid import Vapid02
from pywebpush import WebPushException, webpush

from channels.adapter import Adapter
from channels.adapters.sms import Sms
from channels.outbox import TryAgain
from channels.send_errors import SendError, Temporary
from channels.settings import WorkerSettings
from intake.messages import Author
from intake.ports import Clock
from locales.catalogue import Catalogue
from storage.alerts import Call, Subscription
from storage.database import Database, utc_now
from storage.outbox import Letter
from storage.vapid import vapid_key

log = logging.getLogger(__name__)

_SECONDS = 10.0
_TRIES = 5
_WAITS = (1.0, 3.0, 10.0, 30.0, 60.0)
# How long a push service keeps trying for a browser that is away.
_TTL_NOW, _TTL_SOON = 120, 600
_GONE = (404, 410)


class Refused(Exception):
    """The alert will not go out this way. `code` holds no address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotNow(Refused):
    """It did not go out; later it may."""


# Sends one alert's words; returns the browsers that are gone. Raises Refused or NotNow.
Way = Callable[[Call, str, str], Awaitable[list[UUID]]]


@dataclass(frozen=True)
class Alarm:
    """Every way of alerting that is on."""

    database: Database
    ways: Mapping[str, Way]
    words: Catalogue
    now: Clock

    async def sound(self, alert_id: UUID) -> None:
        """Send one alert, unless nobody has to be woken any more. Raises TryAgain."""
        async with self.database.transaction() as tx:
            call = await tx.alerts.begin(alert_id)
        if call is None:
            return
        way = self.ways.get(call.channel)
        title = self.words.text("alert.title", call.language)
        body = self.words.text("alert.now" if call.now else "alert.soon", call.language)
        try:
            gone = [] if way is None else await way(call, title, body)
        except NotNow as error:
            await self._later(call, error.code)
            return
        except Refused as error:
            await self._failed(call, error.code)
            return
        if way is None:
            await self._failed(call, "channel_off")
            return
        async with self.database.transaction() as tx:
            await tx.alerts.forget(gone)
            await tx.alerts.sent(call.id, self.now())

    async def _later(self, call: Call, code: str) -> None:
        async with self.database.transaction() as tx:
            tries = await tx.alerts.later(call.id, code)
        if tries >= _TRIES:
            await self._failed(call, code)
            return
        raise TryAgain(_WAITS[min(tries, len(_WAITS) - 1)])

    async def _failed(self, call: Call, code: str) -> None:
        log.warning("an alert by %s failed: %s", call.channel, code)
        async with self.database.transaction() as tx:
            await tx.alerts.failed(call.id, code)


@dataclass(frozen=True)
class Push:
    """Web Push: the words are encrypted for the one browser that shows them (RFC 8291)."""

    key: Any
    contact: str

    async def __call__(self, call: Call, title: str, body: str) -> list[UUID]:
        """To every browser of the advocate; well when one took it."""
        message = json.dumps({"title": title, "body": body, "now": call.now})
        outcomes = await asyncio.gather(
            *(asyncio.to_thread(self._push, one, message, call.now) for one in call.subscriptions)
        )
        gone = [
            one.id
            for one, outcome in zip(call.subscriptions, outcomes, strict=True)
            if outcome in _GONE
        ]
        if any(200 <= outcome < 300 for outcome in outcomes):
            return gone
        if not call.subscriptions or len(gone) == len(outcomes):
            raise Refused("no_browser")
        if all(400 <= outcome < 500 and outcome != 429 for outcome in outcomes):
            raise Refused(f"push_{max(outcomes)}")
        raise NotNow(f"push_{max(outcomes)}")

    def _push(self, subscription: Subscription, message: str, now: bool) -> int:
        """The status of the push service; 0 when it does not answer."""
        with requests.Session() as session:
            session.trust_env = False
            session.max_redirects = 0
            try:
                answer = webpush(
                    {
                        "endpoint": subscription.endpoint,
                        "keys": {"p256dh": subscription.p256dh, "auth": subscription.auth},
                    },
                    message,
                    vapid_private_key=Vapid02(self.key),
                    vapid_claims={"sub": self.contact},
                    ttl=_TTL_NOW if now else _TTL_SOON,
                    headers={"urgency": "high", "topic": "desk"},
                    timeout=_SECONDS,
                    requests_session=session,
                )
            except WebPushException as error:
                return error.status_code or 400
            except requests.RequestException:
                return 0
            except ValueError:
                # Keys that are no keys: this browser can never be reached.
                return 404
        return int(getattr(answer, "status_code", 0))


@dataclass(frozen=True)
class Text:
    """A text message by the line's own account, from a number that nobody writes to for help."""

    channel: Sms
    sender: str
    now: Clock

    async def __call__(self, call: Call, title: str, body: str) -> list[UUID]:
        """To the advocate's own number."""
        now = self.now()
        letter = Letter(
            message_id=call.id,
            channel=self.channel.name,
            inbox=self.sender,
            address=call.address,
            author=Author.BOT,
            text=f"{title}: {body}",
            key=None,
            attempts=0,
            in_doubt=False,
            first_attempt_at=now,
            last_attempt_at=now,
            created_at=now,
            last_inbound_at=now,
        )
        try:
            await self.channel.send(letter)
        except Temporary as error:
            raise NotNow(f"sms_{error.code}") from None
        except SendError as error:
            raise Refused(f"sms_{error.code}") from None
        return []


@dataclass(frozen=True)
class Mail:
    """E-mail by SMTP: `smtp://` with STARTTLS, `smtps://` with TLS from the start.

    In the clear only on loopback.
    """

    url: str
    sender: str
    context: ssl.SSLContext | None = None

    async def __call__(self, call: Call, title: str, body: str) -> list[UUID]:
        """To the advocate's own address."""
        message = EmailMessage()
        message["Subject"] = title
        message["From"] = self.sender
        message["To"] = call.address
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(str(call.id), domain=self.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(body)
        try:
            await asyncio.to_thread(self._send, message)
        except smtplib.SMTPNotSupportedError:
            raise Refused("mail_no_tls") from None
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            kind = NotNow if all(400 <= code < 500 for code in codes) else Refused
            raise kind(f"mail_{max(codes, default=0)}") from None
        except smtplib.SMTPResponseException as error:
            kind = NotNow if 400 <= error.smtp_code < 500 else Refused
            raise kind(f"mail_{error.smtp_code}") from None
        except (OSError, smtplib.SMTPException):
            raise NotNow("mail_no_connection") from None
        return []

    def _send(self, message: EmailMessage) -> None:
        parts = urlsplit(self.url)
        host = parts.hostname or "localhost"
        context = self.context or ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, parts.port or 465, timeout=_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(host, parts.port or 587, timeout=_SECONDS)
        with server:
            server.ehlo()
            if parts.scheme == "smtp" and not _is_loopback(host):
                server.starttls(context=context)
                server.ehlo()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)


def build_alarm(settings: WorkerSettings, database: Database, sms: Adapter | None) -> Alarm:
    """Push always; text and e-mail where an account for them is set."""
    public = settings.public_url
    contact = settings.push_contact or (
        public if public.startswith("https://") else "https://localhost"
    )
    ways: dict[str, Way] = {"push": Push(vapid_key(database.keyring), contact)}
    sender = settings.alert_sms_from or settings.twilio_from
    if isinstance(sms, Sms) and sender:
        ways["sms"] = Text(sms, sender, utc_now)
    if settings.alert_smtp_url is not None and settings.alert_mail_from:
        ways["email"] = Mail(settings.alert_smtp_url.get_secret_value(), settings.alert_mail_from)
    return Alarm(database, ways, Catalogue.load("desk"), utc_now)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
