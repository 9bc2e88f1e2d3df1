"""A porch with a real carrier on loopback, for tests of channels."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
import uvicorn
from pydantic import SecretStr
from twilio.request_validator import RequestValidator

from channels.app import create_app
from channels.settings import PorchSettings
from practice.carrier import Credentials, create_carrier
from storage.keys import create

SID, TOKEN, LINE = "AC" + "1" * 32, "practice-secret", "+16135550100"
PUBLIC = "http://line.example.test"


def free_port() -> int:
    """A loopback port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """An ASGI application on a real loopback port; yields its address."""
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(500):
        if server.started:
            break
        threading.Event().wait(0.01)
    assert server.started, "the server did not start"
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(5)


@dataclass(frozen=True)
class Carrier:
    """The practice carrier, seen from a test."""

    url: str
    exchange: Any

    def sent_to(self, number: str) -> list[str]:
        """What reached a phone."""
        return [
            text.body
            for text in self.exchange.texts
            if text.to == number and text.direction != "inbound"
        ]


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    """A carrier of its own for each test, over real HTTP."""
    app = create_carrier(Credentials(SID, TOKEN), PUBLIC)
    with serving(app) as url:
        yield Carrier(url, app.state.exchange)


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real key file."""
    path = tmp_path_factory.mktemp("keys") / "line.json"
    create(path)
    return path


@pytest.fixture
def porch_settings(
    database_url: str, porch_url: str, key_file: Path, carrier: Carrier
) -> PorchSettings:
    """Settings of a porch whose carrier is the practice one; it signs in as its own role."""
    return PorchSettings(
        database_url=database_url,
        porch_database_url=porch_url,
        hotline_key_file=key_file,
        public_url=PUBLIC,
        twilio_account_sid=SID,
        twilio_auth_token=SecretStr(TOKEN),
        twilio_from=LINE,
        twilio_api_url=carrier.url,
    )


@pytest.fixture
async def porch(porch_settings: PorchSettings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the porch; `porch.app` is the application."""
    app = create_app(porch_settings)
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client,
    ):
        client.app = app  # type: ignore[attr-defined]
        yield client


def signed(path: str, form: dict[str, str], token: str = TOKEN) -> dict[str, Any]:
    """Arguments of a post as Twilio would make it."""
    signature = RequestValidator(token).compute_signature(f"{PUBLIC}{path}", form)
    return {"data": form, "headers": {"X-Twilio-Signature": signature}}


def sms_form(body: str, **more: str) -> dict[str, str]:
    """The form of an inbound text; fields after twilio.com/docs/messaging/guides."""
    sid = f"SM{uuid4().hex}"
    return {
        "ToCountry": "CA",
        "ToState": "ON",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "FromState": "ON",
        "SmsSid": sid,
        "SmsStatus": "received",
        "Body": body,
        "FromCountry": "CA",
        "To": LINE,
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": SID,
        "From": f"+1613555{uuid4().int % 10_000:04d}",
        "ApiVersion": "2010-04-01",
        **more,
    }


def stored_rows(database_url: str) -> Iterator[tuple[str, str]]:
    """(table, row) of all that the database holds, the bytes in it also as letters."""
    with psycopg.connect(database_url) as connection:
        tables = connection.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname IN ('public', 'vault')"
        ).fetchall()
        assert len(tables) > 20
        for (table,) in tables:
            for (row,) in connection.execute(f"SELECT t::text FROM {table} t".encode()):
                yield (
                    table,
                    row
                    + "".join(
                        bytes.fromhex(part).decode("latin-1")
                        for part in re.findall(r"\\x((?:[0-9a-f]{2})+)", row)
                    ),
                )
