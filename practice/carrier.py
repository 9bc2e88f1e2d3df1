"""The carrier as an ASGI application: Twilio's Messages resource, webhooks out, faults on demand.

Shapes after twilio.com/docs/messaging/api/message-resource and /docs/usage/security. Messages live
in memory only.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, Depends, FastAPI, Form, HTTPException, Query, Request
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from pydantic import BaseModel
from twilio.request_validator import RequestValidator

STOP_WORDS = frozenset("STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT".split())
START_WORDS = frozenset("START UNSTOP".split())
LONGEST_BODY = 1_600
INBOUND_HOOK = "/hooks/twilio/sms"
WHATSAPP = "whatsapp:"
WHATSAPP_HOOK = "/hooks/twilio/whatsapp"
WHATSAPP_WINDOW = timedelta(hours=24)
API = "/2010-04-01/Accounts"
_WEBHOOK_SECONDS = 15.0


@dataclass(frozen=True)
class Credentials:
    """The account that the line uses with this carrier."""

    account_sid: str
    auth_token: str


@dataclass(repr=False)
class Text:
    """One message, in either direction."""

    sid: str
    sender: str
    to: str
    body: str
    direction: str
    created: datetime
    number: int
    status: str = "queued"


class Fault(BaseModel):
    """What goes wrong with the next calls; `take`: the message is taken all the same."""

    status: int = 500
    code: int = 20500
    take: bool = False
    times: int = 1
    delay: float = 0.0


class Typed(BaseModel):
    """What somebody types on a practice phone."""

    sender: str
    to: str
    body: str
    sid: str | None = None
    media: int = 0


@dataclass
class Exchange:
    """The state of the carrier."""

    texts: list[Text] = field(default_factory=list)
    opted_out: set[tuple[str, str]] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    errands: set[asyncio.Task[int]] = field(default_factory=set)

    def new(
        self, sender: str, to: str, body: str, *, direction: str, sid: str | None = None
    ) -> Text:
        """A message with the next number, not yet kept."""
        return Text(
            sid=sid or f"SM{secrets.token_hex(16)}",
            sender=sender,
            to=to,
            body=body,
            direction=direction,
            created=datetime.now(UTC),
            number=len(self.texts) + 1,
            status="received" if direction == "inbound" else "queued",
        )

    async def add(self, text: Text) -> None:
        """Keep a message and wake whoever waits for one."""
        async with self.changed:
            self.texts.append(text)
            self.changed.notify_all()

    def in_window(self, phone: str) -> bool:
        """Whether this phone wrote within the last day."""
        since = datetime.now(UTC) - WHATSAPP_WINDOW
        return any(text.sender == phone and text.created > since for text in self.texts)

    def next_fault(self) -> Fault | None:
        """The fault that the next call meets."""
        if not self.faults:
            return None
        fault = self.faults[0]
        fault.times -= 1
        if fault.times <= 0:
            self.faults.pop(0)
        return fault


@dataclass(repr=False)
class Carrier:
    """One carrier for one line."""

    credentials: Credentials
    public_url: str
    exchange: Exchange
    client: httpx.AsyncClient

    @property
    def account_path(self) -> str:
        """Where the account's resources live."""
        return f"{API}/{self.credentials.account_sid}"

    async def call_line(self, path_or_url: str, form: dict[str, str]) -> int:
        """Post a signed webhook to the line, as Twilio would; 0 when the line is down."""
        url = path_or_url if "://" in path_or_url else f"{self.public_url}{path_or_url}"
        signature = RequestValidator(self.credentials.auth_token).compute_signature(url, form)
        headers = {"X-Twilio-Signature": signature}
        try:
            return (await self.client.post(url, data=form, headers=headers)).status_code
        except httpx.HTTPError:
            return 0

    def report_delivered(self, text: Text, callback: str) -> None:
        """Report back in the background; like Twilio, no second try when the line is down."""
        text.status = "delivered"
        form = {
            "AccountSid": self.credentials.account_sid,
            "MessageSid": text.sid,
            "MessageStatus": text.status,
            "To": text.to,
        }
        errand = asyncio.create_task(self.call_line(callback, form))
        self.exchange.errands.add(errand)
        errand.add_done_callback(self.exchange.errands.discard)


def create_carrier(credentials: Credentials, public_url: str) -> FastAPI:
    """Build the carrier for one line."""
    client = httpx.AsyncClient(timeout=_WEBHOOK_SECONDS, trust_env=False)
    carrier = Carrier(credentials, public_url, Exchange(), client)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await client.aclose()

    app = FastAPI(lifespan=lifespan, openapi_url=None)
    app.state.carrier = carrier
    app.state.exchange = carrier.exchange
    app.include_router(twilio, prefix=carrier.account_path)
    app.include_router(practice)
    app.add_api_route("/healthz", _healthz)
    return app


def carrier_of(request: Request) -> Carrier:
    """The carrier of the running application."""
    carrier: Carrier = request.app.state.carrier
    return carrier


CarrierOf = Annotated[Carrier, Depends(carrier_of)]
_basic = HTTPBasic()


def known(given: Annotated[HTTPBasicCredentials, Depends(_basic)], carrier: CarrierOf) -> None:
    """Only who has the account's credentials. Answers 401 otherwise."""
    ours = carrier.credentials
    user = secrets.compare_digest(given.username, ours.account_sid)
    password = secrets.compare_digest(given.password, ours.auth_token)
    if not (user and password):
        raise HTTPException(401)


twilio = APIRouter(dependencies=[Depends(known)])
practice = APIRouter(prefix="/practice", dependencies=[Depends(known)])


@twilio.post("/Messages.json")
async def create_message(
    carrier: CarrierOf,
    to: Annotated[str, Form(alias="To")],
    body: Annotated[str, Form(alias="Body")] = "",
    content: Annotated[str, Form(alias="ContentSid")] = "",
    sender: Annotated[str, Form(alias="From")] = "",
    callback: Annotated[str, Form(alias="StatusCallback")] = "",
) -> JSONResponse:
    """Take a message from the line, unless a fault or the person's opt-out forbids it."""
    exchange = carrier.exchange
    fault = exchange.next_fault()
    if fault is not None:
        await asyncio.sleep(fault.delay)
    if (sender, to) in exchange.opted_out:
        return _error(400, 21610)
    if content:
        # A template's words lie at the provider; here its name stands for them.
        body = f"[{content}]"
    if not body or len(body) > LONGEST_BODY:
        return _error(400, 21617)
    if to.startswith(WHATSAPP) and not content and not exchange.in_window(to):
        return _error(400, 63016)
    if fault is not None and not fault.take:
        return _error(fault.status, fault.code)
    text = exchange.new(sender, to, body, direction="outbound-api")
    await exchange.add(text)
    if fault is not None and fault.status >= 400:
        return _error(fault.status, fault.code)
    if callback:
        carrier.report_delivered(text, callback)
    return JSONResponse(_resource(text, carrier.credentials.account_sid), 201)


@twilio.get("/Messages.json")
async def list_messages(
    carrier: CarrierOf, to: Annotated[str, Query(alias="To")] = ""
) -> JSONResponse:
    """Messages of the account, newest first."""
    # The look-up of one text can fail on demand; the line's look back over all texts does not.
    fault = carrier.exchange.next_fault() if to else None
    if fault is not None:
        return _error(fault.status, fault.code)
    sid = carrier.credentials.account_sid
    texts = reversed(carrier.exchange.texts)
    return JSONResponse(
        {
            "messages": [_resource(text, sid) for text in texts if not to or text.to == to],
            "next_page_uri": None,
            "page": 0,
            "page_size": 50,
            "uri": f"{carrier.account_path}/Messages.json",
        }
    )


@twilio.delete("/Messages/{sid}.json")
async def delete_message(carrier: CarrierOf, sid: str) -> Response:
    """Forget a message; one that is still on its way stays (error 20009)."""
    exchange = carrier.exchange
    found = next((text for text in exchange.texts if text.sid == sid), None)
    if found is None:
        return _error(404, 20404)
    if found.status in ("queued", "sending"):
        return _error(400, 20009)
    exchange.erased.append(sid)
    found.body = ""
    return Response(status_code=204)


@practice.post("/texts")
async def type_text(typed: Typed, carrier: CarrierOf) -> JSONResponse:
    """Somebody texts the line: the webhook leaves with a real signature."""
    exchange = carrier.exchange
    text = exchange.new(typed.sender, typed.to, typed.body, direction="inbound", sid=typed.sid)
    await exchange.add(text)
    word = typed.body.strip().upper()
    if word in STOP_WORDS:
        exchange.opted_out.add((typed.to, typed.sender))
    if word in START_WORDS:
        exchange.opted_out.discard((typed.to, typed.sender))
    form = {
        "AccountSid": carrier.credentials.account_sid,
        "ApiVersion": "2010-04-01",
        "Body": typed.body,
        "From": typed.sender,
        "MessageSid": text.sid,
        "NumMedia": str(typed.media),
        "NumSegments": "1",
        "SmsMessageSid": text.sid,
        "SmsSid": text.sid,
        "SmsStatus": "received",
        "To": typed.to,
    }
    hook = WHATSAPP_HOOK if typed.sender.startswith(WHATSAPP) else INBOUND_HOOK
    status = await carrier.call_line(hook, form)
    return JSONResponse({"sid": text.sid, "webhook_status": status, "number": text.number})


@practice.get("/texts")
async def read_texts(
    carrier: CarrierOf, to: str = "", after: int = 0, wait: float = 0.0
) -> JSONResponse:
    """What reached a practice phone after a number; waits up to `wait` seconds for it."""
    exchange = carrier.exchange

    def found() -> list[dict[str, Any]]:
        return [
            {"number": text.number, "sid": text.sid, "from": text.sender, "body": text.body}
            for text in exchange.texts
            if text.number > after and text.direction != "inbound" and to in ("", text.to)
        ]

    async with exchange.changed:
        with suppress(TimeoutError):
            await asyncio.wait_for(exchange.changed.wait_for(lambda: bool(found())), wait)
    return JSONResponse(found())


@practice.post("/faults")
async def add_fault(fault: Fault, carrier: CarrierOf) -> Response:
    """The next calls of the line meet this fault."""
    carrier.exchange.faults.append(fault)
    return Response(status_code=204)


async def _healthz() -> Response:
    return Response("ok", media_type="text/plain")


def _error(status: int, code: int) -> JSONResponse:
    more = f"https://www.twilio.com/docs/errors/{code}"
    body = {"code": code, "message": "practice fault", "more_info": more, "status": status}
    return JSONResponse(body, status)


def _resource(text: Text, account_sid: str) -> dict[str, Any]:
    stamp = format_datetime(text.created, usegmt=False)
    return {
        "sid": text.sid,
        "account_sid": account_sid,
        "messaging_service_sid": None,
        "from": text.sender,
        "to": text.to,
        "body": text.body,
        "status": text.status,
        "direction": text.direction,
        "date_created": stamp,
        "date_updated": stamp,
        "date_sent": stamp,
        "error_code": None,
        "error_message": None,
        "num_segments": "1",
        "num_media": "0",
        "price": None,
        "price_unit": "USD",
        "api_version": "2010-04-01",
        "uri": f"{API}/{account_sid}/Messages/{text.sid}.json",
        "subresource_uris": {},
    }
