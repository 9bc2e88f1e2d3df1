"""What SMS and WhatsApp share: one Twilio account, its signatures, its API and its errors.

Sources: twilio.com/docs/usage/security (signature over the public URL and the form),
/docs/messaging/guides/webhook-request (fields), /docs/messaging/api/message-resource (sending),
/docs/messaging/tutorials/advanced-opt-out (OptOutType), /docs/api/errors (codes).
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from channels.adapter import Adapter, Answer, BadOrigin, Event, Ignored, RawRequest, Take
from channels.send_errors import (
    Misconfigured,
    OptedOut,
    Rejected,
    SendError,
    Temporary,
    Throttled,
    Unknown,
    WindowClosed,
)
from channels.senders import Senders
from intake.keywords import fold, keyword
from intake.messages import Delivery, DeliveryReport, Inbound, InboundKind
from storage.copies import Copy, Due
from storage.outbox import Letter

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

# The SDK logs addresses and requests; whatever the log level is, not here.
_SILENT = logging.Logger("twilio", level=logging.CRITICAL + 1)

_SID = re.compile(r"(?:SM|MM)[0-9a-f]{32}")
_SEND_SECONDS = 10.0
# Clocks differ and a message is filed a moment after it was taken.
_CLOCK_SLACK = timedelta(minutes=2)
_LOOK_UP_LIMIT = 50
# What the hooks missed is looked for once a minute, and at the start for the last day.
_MISSED_EVERY = timedelta(minutes=1)
_MISSED_AT_START = timedelta(hours=24)
_MISSED_LIMIT = 1_000

_STATES = {
    "accepted": Delivery.SENT,
    "queued": Delivery.SENT,
    "sending": Delivery.SENT,
    "sent": Delivery.SENT,
    "delivered": Delivery.DELIVERED,
    "read": Delivery.DELIVERED,
    "undelivered": Delivery.UNDELIVERED,
    "failed": Delivery.FAILED,
}
_OPTED_OUT = 21610
# Outside the 24 hours after the person's last message (twilio.com/docs/api/errors/63016).
_WINDOW_CLOSED = 63016
_THROTTLED = frozenset({20429, 14107, 30001})
_OUR_FAULT = frozenset({20003, 20404, 21212, 21606, 21603, 21659, 21705})


@dataclass(frozen=True)
class Account:
    """Our account at Twilio; `senders` as the settings list them."""

    sid: str
    token: str
    senders: str
    api_url: str
    public_url: str

    def callback(self, hook: str) -> str | None:
        """Where Twilio reports delivery; it refuses addresses that it cannot reach."""
        host = urlsplit(self.public_url).hostname or ""
        reachable = not (host == "localhost" or host.startswith("127."))
        stand_in = urlsplit(self.api_url).hostname == "127.0.0.1"
        return f"{self.public_url}{hook}" if reachable or stand_in else None


class TwilioChannel(Adapter):
    """Messages in and out of one Twilio account; a channel names its hooks and its sender."""

    inbound_hook: str
    status_hook: str
    #: How the channel writes numbers.
    prefix = ""
    #: Words that Twilio answers by itself, also when it does not say so (OptOutType).
    answered_words: frozenset[str] = frozenset()
    copies_kept = timedelta(hours=23)
    receipts_kept = timedelta(minutes=10)
    answer = Answer(media_type="text/xml", body=EMPTY_TWIML)

    def __init__(self, account: Account, now: Callable[[], datetime]) -> None:
        self._account = account
        self.senders = Senders.parse(account.senders, self.prefix)
        self._now = now
        self._validator = RequestValidator(account.token)
        self._client = Client(
            account.sid,
            account.token,
            http_client=TwilioHttpClient(timeout=_SEND_SECONDS, logger=_SILENT, max_retries=0),
        )
        self._client.api.base_url = account.api_url

    def verify(self, request: RawRequest) -> None:
        """Twilio's own validator over the public URL and the form. Raises BadOrigin."""
        signature = request.headers.get("x-twilio-signature", "")
        if not self._validator.validate(request.url, _form(request), signature):
            raise BadOrigin("the Twilio signature does not match; is PUBLIC_URL what Twilio calls?")

    def parse(self, request: RawRequest) -> Sequence[Event]:
        """One text, one delivery report, or something that means nothing here."""
        form = _form(request)
        if urlsplit(request.url).path.endswith(self.status_hook):
            return [self._report(form)]
        return [self._inbound(form)]

    async def send(self, letter: Letter) -> str:
        """Create a message by the REST API; returns its SID. Raises SendError."""
        return await self._create(letter, body=letter.text)

    async def _create(self, letter: Letter, **content: Any) -> str:
        optional: dict[str, Any] = {}
        service = self.senders.service_for(letter.inbox)
        if service is not None:
            optional["messaging_service_sid"] = service
        callback = self._account.callback(self.status_hook)
        if callback is not None:
            optional["status_callback"] = callback

        def create() -> str:
            # From the number that the person texted: a line may have several.
            message = self._client.messages.create(
                to=letter.address, from_=letter.inbox, **content, **optional
            )
            return str(message.sid)

        return await _call(create)

    async def find_sent(self, letter: Letter, known: frozenset[str]) -> str | None:
        """Look for the text among what Twilio took from us for this person lately."""
        since = (letter.first_attempt_at or letter.created_at) - _CLOCK_SLACK

        def look_up() -> str | None:
            # Not filtered by DateSent: a message that Twilio has only queued has none yet.
            for message in self._client.messages.list(to=letter.address, limit=_LOOK_UP_LIMIT):
                ours = str(message.direction or "").startswith("outbound")
                recent = message.date_created is None or message.date_created >= since
                if ours and recent and message.body == letter.text and message.sid not in known:
                    return str(message.sid)
            return None

        return await _call(look_up)

    async def erase(self, due: Due) -> Copy:
        """Delete the message at Twilio, its media with it. Raises SendError."""

        def delete() -> Copy:
            try:
                self._client.messages(due.provider_id).delete()
            except TwilioRestException as error:
                if error.status == 404:
                    return Copy.GONE
                raise
            return Copy.ERASED

        return await _call(delete)

    async def listen(self, take: Take) -> None:
        """Take in what the hooks missed: Twilio gives up after one retry, then the text is lost.

        What is known already is known by its id, so looking back too far does no harm.
        """
        back = _MISSED_AT_START
        while True:
            started = self._now()
            for event in await self.missed(started - back):
                await take(event)
            await asyncio.sleep(_MISSED_EVERY.total_seconds())
            back = self._now() - started + _CLOCK_SLACK

    async def missed(self, since: datetime) -> Sequence[Inbound]:
        """Every text to us that Twilio has had since then, oldest first. Raises SendError."""

        def look() -> list[Inbound]:
            found = self._client.messages.list(date_sent_after=since, limit=_MISSED_LIMIT)
            ours = [m for m in found if m.direction == "inbound" and self._is_ours(str(m.to))]
            forms = [
                {
                    "MessageSid": str(message.sid),
                    "From": str(message.from_),
                    "To": str(message.to),
                    "Body": message.body or "",
                    "NumMedia": str(message.num_media or "0"),
                }
                for message in reversed(ours)
            ]
            return [event for event in map(self._inbound, forms) if isinstance(event, Inbound)]

        return await _call(look)

    def _is_ours(self, inbox: str) -> bool:
        """Whether this channel listens on that number: a line may have several."""
        return ":" not in inbox and self.senders.are_ours(inbox)

    def _inbound(self, form: Mapping[str, str]) -> Event:
        sid, sender, inbox = (form.get(key, "") for key in ("MessageSid", "From", "To"))
        if not _SID.fullmatch(sid) or not sender or not inbox:
            return Ignored("not a message")
        text = form.get("Body", "")
        media = form.get("NumMedia", "0") not in ("", "0")
        said = keyword(text)
        return Inbound(
            channel=self.name,
            inbox=inbox,
            address=sender,
            provider_id=sid,
            text=text,
            received_at=self._now(),
            kind=InboundKind.MEDIA if media else InboundKind.TEXT,
            keyword=said,
            answered_by_provider="OptOutType" in form or fold(text) in self.answered_words,
        )

    def _report(self, form: Mapping[str, str]) -> Event:
        sid = form.get("MessageSid", "")
        state = _STATES.get(form.get("MessageStatus", ""))
        if not _SID.fullmatch(sid) or state is None:
            return Ignored("not a delivery report")
        code = form.get("ErrorCode", "")
        return DeliveryReport(
            channel=self.name,
            provider_id=sid,
            delivery=state,
            error=code if code.isdigit() else None,
        )


def _form(request: RawRequest) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


async def _call[Result](work: Callable[[], Result]) -> Result:
    """Run a call of the SDK in a thread and give its failures our names.

    Nothing of the SDK's own messages is kept: they may repeat the number.
    """
    try:
        return await asyncio.to_thread(work)
    except TwilioRestException as error:
        raise _named(error.status, error.code) from None
    except (TwilioException, ValueError):
        # A page that could not be fetched, or an answer that is not JSON: the SDK repeats it whole.
        raise Unknown("bad_answer") from None
    except requests.ConnectTimeout:
        raise Temporary("no_connection") from None
    except requests.ConnectionError as error:
        raise _broken(error) from None
    except requests.RequestException:
        raise Unknown("no_answer") from None


def _broken(error: requests.ConnectionError) -> SendError:
    """Refused means not taken; a connection that broke later leaves it open."""
    refused = "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error)
    return Temporary("no_connection") if refused else Unknown("connection_broken")


def _named(status: int, code: int | None) -> SendError:
    if code == _OPTED_OUT:
        return OptedOut(str(code))
    if code == _WINDOW_CLOSED:
        return WindowClosed(str(code))
    if status == 429 or code in _THROTTLED:
        return Throttled(str(code or status))
    if status >= 500:
        # A server error may come after the message was taken (twilio.com/docs/api/errors/20500).
        return Unknown(str(code or status))
    if status in (401, 403) or code in _OUR_FAULT:
        return Misconfigured(str(code or status))
    return Rejected(str(code or status))
