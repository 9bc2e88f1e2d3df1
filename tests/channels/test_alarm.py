"""Alerts reach real receivers on loopback: a push service, the carrier, a mail server."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from typing import Any
from uuid import UUID, uuid4

import http_ece
import pytest
from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import FastAPI, Request, Response
from py_vapid import Vapid02
from pydantic import SecretStr
from sqlalchemy import text

from channels.adapters.sms import Sms
from channels.adapters.twilio import Account
from channels.alarm import Alarm, build_alarm
from channels.outbox import TryAgain
from channels.settings import WorkerSettings
from channels.upkeep import Upkeep
from intake.messages import Inbound
from intake.receive import receive
from storage.crypto import Keyring
from storage.database import Database
from tests.channels.conftest import LINE, PUBLIC, SID, TOKEN, Carrier, free_port, serving
from tests.conftest import fresh_database

NUMBER, ADDRESS = "+16135550147", "river@example.org"
# Nothing of these may stand in an alert: what the line is, who waits, why, how urgent by name.
NEVER = ("traffick", "hotline", "gun", "imminent", "danger", "police", "victim", "crisis")


def b64(raw: bytes) -> str:
    """As browsers write keys."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Browser:
    """A browser with keys of its own, behind a push service that a test can break."""

    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))
    status: int = 201
    got: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def p256dh(self) -> str:
        """The public key that it hands out."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return b64(point)

    def app(self) -> FastAPI:
        """Its push service: decrypts as the browser would (RFC 8291)."""
        service = FastAPI()

        @service.post("/push/{name}")
        async def push(name: str, request: Request) -> Response:
            body = await request.body()
            self.headers.append(dict(request.headers))
            if self.status < 300:
                plain = http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth)
                self.got.append(json.loads(plain))
            return Response(status_code=self.status)

        return service


class Box:
    """A mail server's box; `refuse` is an answer to the recipient."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, Message]] = []
        self.refuse = ""

    async def handle_RCPT(  # aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take the recipient or refuse it."""
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep a letter."""
        import email

        self.letters.append((envelope.rcpt_tos[0], email.message_from_bytes(envelope.content)))
        return "250 OK"


@pytest.fixture
def browser() -> Browser:
    """A browser of an advocate."""
    return Browser()


@pytest.fixture
def push_url(browser: Browser) -> Iterator[str]:
    """Its push service on loopback."""
    with serving(browser.app()) as url:
        yield f"{url}/push/1"


@pytest.fixture
def box() -> Box:
    """A mail box."""
    return Box()


@pytest.fixture
def mail_url(box: Box) -> Iterator[str]:
    """A real SMTP server on loopback."""
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    yield f"smtp://127.0.0.1:{server.port}"
    server.stop()


@pytest.fixture(scope="session")
def alarm_url(postgres: str) -> str:
    """A database of its own."""
    return fresh_database(postgres, "alarm")


@dataclass
class Scene:
    """An advocate who is to be woken for somebody who waits."""

    database: Database
    alarm: Alarm
    advocate: UUID
    conversation: UUID
    escalation: UUID

    async def alert(self, *ways: str) -> list[UUID]:
        """Put alerts down as routing does."""
        async with self.database.transaction() as tx:
            return await tx.alerts.add(
                self.escalation, "shift", {self.advocate: ways}, datetime.now(UTC)
            )

    async def sound(self, way: str) -> tuple[str, str | None]:
        """Send one alert; returns its state and error."""
        (alert_id,) = await self.alert(way)
        await self.alarm.sound(alert_id)
        return await self.state(alert_id)

    async def state(self, alert_id: UUID) -> tuple[str, str | None]:
        """What became of it."""
        async with self.database.transaction() as tx:
            found = await tx.session.execute(
                text("SELECT state, error FROM alert WHERE id = :id"), {"id": alert_id}
            )
            return tuple(found.one())  # type: ignore[return-value]


@pytest.fixture
async def scene(
    alarm_url: str,
    keyring: Keyring,
    voice: Any,
    carrier: Carrier,
    browser: Browser,
    push_url: str,
    mail_url: str,
    key_file: Any,
) -> AsyncIterator[Scene]:
    """Everything on, and one who waits in danger."""
    database = Database(alarm_url, keyring)
    now = datetime.now(UTC)
    settings = WorkerSettings(
        database_url=alarm_url,
        hotline_key_file=key_file,
        engine_token=SecretStr("x"),
        alert_smtp_url=SecretStr(mail_url),
        alert_mail_from="desk@example.org",
        alert_sms_from="+16135550101",
        push_contact="mailto:desk@example.org",
    )
    sms = Sms(Account(SID, TOKEN, LINE, carrier.url, PUBLIC), lambda: datetime.now(UTC))
    alarm = build_alarm(settings, database, sms)
    inbound = Inbound("sms", LINE, f"+1613555{uuid4()}", f"SM{uuid4().hex}", "he has a gun", now)
    await receive(inbound, transaction=database.transaction, voice=voice, now=lambda: now)
    async with database.transaction() as tx:
        advocate = await tx.accounts.add_advocate(f"River {uuid4()}", "-", "advocate", ["en"])
        assert advocate is not None
        conversation = await tx.conversations.find_or_open(inbound)
        escalation = await tx.escalations.open_for(conversation.id)
        assert escalation is not None
        await tx.alerts.set_addresses(advocate, phone=NUMBER, email=ADDRESS)
        await tx.alerts.subscribe(advocate, push_url, browser.p256dh, b64(browser.auth), keep=5)
    yield Scene(database, alarm, advocate, conversation.id, escalation.id)
    await database.close()


async def test_every_way_reaches_its_receiver_and_says_nothing(
    scene: Scene, browser: Browser, carrier: Carrier, box: Box
) -> None:
    """The same dull words by push, text and mail, and a proof of who sends the push."""
    for way in ("push", "sms", "email"):
        assert await scene.sound(way) == ("sent", None)
    assert browser.got == [{"title": "Desk", "body": "Please look now.", "now": True}]
    assert carrier.sent_to(NUMBER) == ["Desk: Please look now."]
    ((to, letter),) = box.letters
    assert (to, letter["Subject"], letter["From"]) == (ADDRESS, "Desk", "desk@example.org")
    assert str(letter.get_payload()).strip() == "Please look now."
    spoken = f"{browser.got}{carrier.sent_to(NUMBER)}{letter.as_string()}".casefold()
    assert [word for word in NEVER if word in spoken] == []
    assert str(scene.conversation) not in spoken
    headers = browser.headers[0]
    assert headers["urgency"] == "high" and int(headers["ttl"]) == 120
    assert Vapid02.verify(headers["authorization"])


async def test_a_texter_in_no_danger_gets_the_calmer_words(scene: Scene, browser: Browser) -> None:
    """And an advocate who speaks French only is told in French."""
    async with scene.database.transaction() as tx:
        await tx.session.execute(
            text("UPDATE advocate SET languages = '{fr}' WHERE id = :id"), {"id": scene.advocate}
        )
        await tx.session.execute(text("SELECT set_config('hotline.lowered_by', 'x', true)"))
        await tx.session.execute(
            text("UPDATE escalation SET tier = 1 WHERE id = :id"), {"id": scene.escalation}
        )
    assert await scene.sound("push") == ("sent", None)
    assert browser.got[0]["body"].startswith("Regardez dès que possible")
    assert browser.got[0]["now"] is False


async def test_a_claimed_conversation_wakes_nobody(scene: Scene, carrier: Carrier) -> None:
    """The job comes late: the alert is withdrawn."""
    (alert_id,) = await scene.alert("sms")
    async with scene.database.transaction() as tx:
        now = datetime.now(UTC)
        assert await tx.desk.claim(scene.conversation, scene.advocate, now, now)
    await scene.alarm.sound(alert_id)
    assert (await scene.state(alert_id))[0] == "withdrawn"
    assert carrier.sent_to(NUMBER) == []


@pytest.mark.parametrize(
    ("status", "state", "error"),
    [(410, "failed", "no_browser"), (403, "failed", "push_403"), (503, None, "push_503")],
)
async def test_a_push_service_that_refuses(
    scene: Scene, browser: Browser, status: int, state: str | None, error: str
) -> None:
    """Gone or refused: failed, and it says why. Broken: tried again, then given up."""
    browser.status = status
    (alert_id,) = await scene.alert("push")
    if state is None:
        for _ in range(4):
            with pytest.raises(TryAgain):
                await scene.alarm.sound(alert_id)
        await scene.alarm.sound(alert_id)
        state = "failed"
    else:
        await scene.alarm.sound(alert_id)
    assert await scene.state(alert_id) == (state, error)


async def test_one_browser_of_two_is_gone(scene: Scene, browser: Browser, push_url: str) -> None:
    """The other is reached, and the one that is gone is forgotten."""
    other = Browser(status=410)
    with serving(other.app()) as url:
        async with scene.database.transaction() as tx:
            await tx.alerts.subscribe(
                scene.advocate, f"{url}/push/2", other.p256dh, b64(other.auth), keep=5
            )
        assert await scene.sound("push") == ("sent", None)
    async with scene.database.transaction() as tx:
        assert await tx.alerts.browsers(scene.advocate) == 1


@pytest.mark.parametrize(
    ("answer", "again", "error"),
    [("550 no such box", False, "mail_550"), ("451 later", True, "mail_451")],
)
async def test_a_mail_server_that_refuses(
    scene: Scene, box: Box, answer: str, again: bool, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    """For good or for now; no address in the log."""
    box.refuse = answer
    (alert_id,) = await scene.alert("email")
    if again:
        with pytest.raises(TryAgain):
            await scene.alarm.sound(alert_id)
        assert await scene.state(alert_id) == ("queued", error)
    else:
        await scene.alarm.sound(alert_id)
        assert await scene.state(alert_id) == ("failed", error)
    assert ADDRESS not in caplog.text


async def test_a_carrier_that_refuses(scene: Scene, carrier: Carrier) -> None:
    """The carrier's code, never the number."""
    from practice.carrier import Fault

    carrier.exchange.faults.append(Fault(status=400, code=21211))
    assert await scene.sound("sms") == ("failed", "sms_21211")


async def test_an_alert_whose_job_was_lost_gets_another(scene: Scene, voice: Any) -> None:
    """A worker dies between the tables and the queue: upkeep queues it again, once."""
    (alert_id,) = await scene.alert("sms")
    async with scene.database.transaction() as tx:
        await tx.session.execute(
            text("UPDATE alert SET created_at = now() - interval '1 minute' WHERE id = :id"),
            {"id": alert_id},
        )
    upkeep = Upkeep(scene.database, None, voice, lambda: datetime.now(UTC))  # type: ignore[arg-type]
    await upkeep.mend_alerts()
    await upkeep.mend_alerts()
    async with scene.database.transaction() as tx:
        jobs = await tx.session.scalar(
            text("SELECT count(*) FROM procrastinate_jobs WHERE lock = :lock"),
            {"lock": f"alert:{alert_id}"},
        )
    assert jobs == 1


async def test_addresses_lie_sealed(scene: Scene, push_url: str) -> None:
    """Neither a number nor an address stands in the tables; what is removed is gone."""
    async with scene.database.transaction() as tx:
        raw = b""
        for column, table in (
            ("phone_sealed", "duty"),
            ("email_sealed", "duty"),
            ("subscription_sealed", "push_subscription"),
        ):
            found = await tx.session.scalars(text(f"SELECT {column} FROM {table}"))
            raw += b"".join(bytes(one) for one in found if one)
        assert raw
        assert [one for one in (NUMBER, ADDRESS, push_url) if one.encode() in raw] == []
        await tx.alerts.set_addresses(scene.advocate, phone=None)
        ways = await tx.routing.reachable([scene.advocate])
    assert ways[scene.advocate] == ("push", "email")
