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
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Annotated, Any

import httpx
from fastapi import Depends, FastAPI, Form, HTTPException, Query, Request
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from pydantic import BaseModel
from twilio.request_validator import RequestValidator

STOP_WORDS = frozenset("STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT".split())
START_WORDS = frozenset("START UNSTOP".split())
LONGEST_BODY = 1_600
INBOUND_HOOK = "/hooks/twilio/sms"
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
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    errands: set[asyncio.Task[None]] = field(default_factory=set)

    async def add(self, text: Text) -> None:
        """Keep a message and wake whoever waits for one."""
        async with self.changed:
            self.texts.append(text)
            self.changed.notify_all()

    def next_fault(self) -> Fault | None:
        """The fault that the next call meets."""
        if not self.faults:
            return None
        fault = self.faults[0]
        fault.times -= 1
        if fault.times <= 0:
            self.faults.pop(0)
        return fault


def create_carrier(credentials: Credentials, public_url: str) -> FastAPI:
    """Build the carrier for one line."""
    exchange = Exchange()
    validator = RequestValidator(credentials.auth_token)
    basic = HTTPBasic()
    client = httpx.AsyncClient(timeout=_WEBHOOK_SECONDS)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await client.aclose()

    app = FastAPI(lifespan=lifespan, openapi_url=None)
    app.state.exchange = exchange

    def known(given: Annotated[HTTPBasicCredentials, Depends(basic)]) -> None:
        user = secrets.compare_digest(given.username, credentials.account_sid)
        password = secrets.compare_digest(given.password, credentials.auth_token)
        if not (user and password):
            raise HTTPException(401)

    async def call_line(path_or_url: str, form: dict[str, str]) -> int:
        """Post a signed webhook to the line, as Twilio would."""
        url = path_or_url if "://" in path_or_url else f"{public_url}{path_or_url}"
        signature = validator.compute_signature(url, form)
        response = await client.post(url, data=form, headers={"X-Twilio-Signature": signature})
        return response.status_code

    async def report_delivered(text: Text, callback: str) -> None:
        text.status = "delivered"
        form = {"MessageSid": text.sid, "MessageStatus": "delivered", "To": text.to}
        try:
            await call_line(callback, {**form, "AccountSid": credentials.account_sid})
        except httpx.HTTPError:
            return  # the line is down: like Twilio, no second try of a report

    account = f"/2010-04-01/Accounts/{credentials.account_sid}"

    @app.post(f"{account}/Messages.json", dependencies=[Depends(known)])
    async def create_message(
        to: Annotated[str, Form(alias="To")],
        body: Annotated[str, Form(alias="Body")],
        sender: Annotated[str, Form(alias="From")] = "",
        callback: Annotated[str, Form(alias="StatusCallback")] = "",
    ) -> JSONResponse:
        fault = exchange.next_fault()
        if fault is not None:
            await asyncio.sleep(fault.delay)
        if (sender, to) in exchange.opted_out:
            return _error(400, 21610)
        if not body or len(body) > LONGEST_BODY:
            return _error(400, 21617)
        if fault is not None and not fault.take:
            return _error(fault.status, fault.code)
        text = Text(
            sid=f"SM{secrets.token_hex(16)}",
            sender=sender,
            to=to,
            body=body,
            direction="outbound-api",
            created=datetime.now(UTC),
            number=len(exchange.texts) + 1,
        )
        await exchange.add(text)
        if fault is not None and fault.status >= 400:
            return _error(fault.status, fault.code)
        if callback:
            errand = asyncio.create_task(report_delivered(text, callback))
            exchange.errands.add(errand)
            errand.add_done_callback(exchange.errands.discard)
        return JSONResponse(_resource(text, credentials.account_sid), 201)

    @app.get(f"{account}/Messages.json", dependencies=[Depends(known)])
    async def list_messages(to: Annotated[str, Query(alias="To")] = "") -> JSONResponse:
        fault = exchange.next_fault()
        if fault is not None:
            return _error(fault.status, fault.code)
        found = [text for text in reversed(exchange.texts) if not to or text.to == to]
        return JSONResponse(
            {
                "messages": [_resource(text, credentials.account_sid) for text in found],
                "next_page_uri": None,
                "page": 0,
                "page_size": 50,
                "uri": f"{account}/Messages.json",
            }
        )

    @app.post("/practice/texts", dependencies=[Depends(known)])
    async def type_text(typed: Typed) -> JSONResponse:
        """Somebody texts the line: the webhook leaves with a real signature."""
        sid = typed.sid or f"SM{secrets.token_hex(16)}"
        text = Text(
            sid=sid,
            sender=typed.sender,
            to=typed.to,
            body=typed.body,
            direction="inbound",
            created=datetime.now(UTC),
            number=len(exchange.texts) + 1,
            status="received",
        )
        await exchange.add(text)
        word = typed.body.strip().upper()
        if word in STOP_WORDS:
            exchange.opted_out.add((typed.to, typed.sender))
        if word in START_WORDS:
            exchange.opted_out.discard((typed.to, typed.sender))
        form = {
            "AccountSid": credentials.account_sid,
            "ApiVersion": "2010-04-01",
            "Body": typed.body,
            "From": typed.sender,
            "MessageSid": sid,
            "NumMedia": str(typed.media),
            "NumSegments": "1",
            "SmsMessageSid": sid,
            "SmsSid": sid,
            "SmsStatus": "received",
            "To": typed.to,
        }
        try:
            status = await call_line(INBOUND_HOOK, form)
        except httpx.HTTPError:
            status = 0
        return JSONResponse({"sid": sid, "webhook_status": status, "number": text.number})

    @app.get("/practice/texts", dependencies=[Depends(known)])
    async def read_texts(to: str = "", after: int = 0, wait: float = 0.0) -> JSONResponse:
        """What reached a practice phone after a number; waits up to `wait` seconds for it."""

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

    @app.post("/practice/faults", dependencies=[Depends(known)])
    async def add_fault(fault: Fault) -> Response:
        """The next calls of the line meet this fault."""
        exchange.faults.append(fault)
        return Response(status_code=204)

    @app.get("/healthz")
    async def healthz(_: Request) -> Response:
        return Response("ok", media_type="text/plain")

    return app


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
        "uri": f"/2010-04-01/Accounts/{account_sid}/Messages/{text.sid}.json",
        "subresource_uris": {},
    }
