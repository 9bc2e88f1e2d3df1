"""WhatsApp's requests, raw, and its 24-hour window against a carrier that keeps it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from channels.adapter import BadOrigin, Ignored, RawRequest
from channels.adapters.twilio import Account
from channels.adapters.whatsapp import INBOUND_HOOK, PREFIX, STATUS_HOOK, WINDOW, WhatsApp
from channels.app import create_app
from channels.outbox import Outbox, TryAgain
from channels.registry import Registry
from channels.settings import PorchSettings
from intake.messages import Delivery, DeliveryReport, Inbound, InboundKind, Keyword
from intake.ports import Keeping
from practice.carrier import Fault
from storage.database import Database, utc_now
from tests.channels.conftest import LINE, PUBLIC, SID, TOKEN, Carrier, signed, sms_form
from tests.conftest import hall

SENDER = f"{PREFIX}{LINE}"
TEMPLATE = "HX" + "a" * 32
ADAPTER = WhatsApp(Account(SID, TOKEN, SENDER, "http://127.0.0.1:1", PUBLIC), utc_now)


def form(body: str, **more: str) -> dict[str, str]:
    """An inbound WhatsApp form; fields after twilio.com/docs/whatsapp."""
    number = f"+1613555{uuid4().int % 10_000:04d}"
    return sms_form(
        body,
        **{
            "From": f"{PREFIX}{number}",
            "To": SENDER,
            "WaId": number[1:],
            "ProfileName": "Somebody Invented",
            **more,
        },
    )


def raw(fields: dict[str, str], path: str = INBOUND_HOOK, **headers: str) -> RawRequest:
    """The request as it came in."""
    return RawRequest(f"{PUBLIC}{path}", headers, str(httpx.QueryParams(fields)).encode())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"Body": "hola"}, {"text": "hola", "kind": InboundKind.TEXT, "keyword": None}),
        ({"Body": "", "NumMedia": "1"}, {"kind": InboundKind.MEDIA}),
        # Nobody but us answers it here: Twilio's default words are for SMS.
        ({"Body": "stop"}, {"keyword": Keyword.STOP, "answered_by_provider": False}),
        (
            {"Body": "Stop", "OptOutType": "STOP"},
            {"keyword": Keyword.STOP, "answered_by_provider": True},
        ),
    ],
)
def test_inbound_forms(given: dict[str, str], expected: dict[str, Any]) -> None:
    """The sender and we are told apart; the profile name stays outside."""
    fields = form(given["Body"]) | given
    (event,) = ADAPTER.parse(raw(fields))
    assert isinstance(event, Inbound)
    assert {key: getattr(event, key) for key in expected} == expected
    assert (event.channel, event.address, event.inbox) == ("whatsapp", fields["From"], SENDER)
    assert "Invented" not in repr(event)


def test_what_is_no_message_is_named() -> None:
    """Reactions and calls come without what a message has."""
    assert ADAPTER.parse(raw({"From": f"{PREFIX}+16135550123"})) == [Ignored("not a message")]


def test_read_reports_are_deliveries() -> None:
    """Read is delivered: it does not say by whom."""
    report = {"MessageSid": f"SM{'b' * 32}", "MessageStatus": "read"}
    assert ADAPTER.parse(raw(report, STATUS_HOOK)) == [
        DeliveryReport("whatsapp", f"SM{'b' * 32}", Delivery.DELIVERED, None)
    ]


@pytest.mark.parametrize("signature", ["", "bm9wZQ==", None])
def test_no_proof_of_origin_no_message(signature: str | None) -> None:
    """Missing and forged."""
    headers = {} if signature is None else {"x-twilio-signature": signature}
    with pytest.raises(BadOrigin):
        ADAPTER.verify(raw(form("hi"), **headers))


def test_the_channel_is_off_without_a_sender(
    porch_settings: PorchSettings, database: Database
) -> None:
    """And says what it needs."""
    registry = Registry.build(porch_settings, database)
    assert "TWILIO_WHATSAPP_FROM" in registry.off["whatsapp"]


async def test_a_text_arrives_once_through_the_porch(porch_settings: PorchSettings) -> None:
    """Signed, repeated, forged; the same number by SMS is another conversation."""
    app = create_app(porch_settings.model_copy(update={"twilio_whatsapp_from": LINE}))
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client,
    ):
        fields = form("hello there")
        sms = sms_form("hello there", From=fields["From"].removeprefix(PREFIX))
        assert (await client.post(INBOUND_HOOK, data=fields)).status_code == 403
        for _ in range(2):
            answer = await client.post(INBOUND_HOOK, **signed(INBOUND_HOOK, fields))
            assert answer.status_code == 200
        assert (
            await client.post("/hooks/twilio/sms", **signed("/hooks/twilio/sms", sms))
        ).status_code == 200
        async with hall(app).transaction() as tx:
            since = utc_now() - timedelta(hours=1)
            for channel, form_, inbox in (("whatsapp", fields, SENDER), ("sms", sms, LINE)):
                kept = await tx.conversations.provider_ids(channel, inbox, form_["From"], since)
                assert kept == [form_["MessageSid"]]


class Waiting:
    """A conversation whose person wrote some time ago."""

    def __init__(self, database: Database, carrier: Carrier, template: str | None) -> None:
        self.database, self.carrier = database, carrier
        account = Account(SID, TOKEN, SENDER, carrier.url, PUBLIC)
        self.number = f"{PREFIX}+1613555{uuid4().int % 10_000:04d}"
        adapter = WhatsApp(account, utc_now, template)
        self.outbox = Outbox(database, {"whatsapp": adapter}, utc_now, settling=timedelta(0))

    async def state_after(self, words: str, wrote_at: datetime) -> tuple[Delivery | None, Any]:
        """Send words to somebody who wrote then; what became of them."""
        inbound = Inbound("whatsapp", SENDER, self.number, f"SM{uuid4().hex}", "hi", wrote_at)
        if utc_now() - wrote_at < timedelta(hours=24):
            heard = self.carrier.exchange.new(self.number, SENDER, "hi", direction="inbound")
            await self.carrier.exchange.add(heard)
        async with self.database.transaction() as tx:
            conversation = await tx.conversations.find_or_open(inbound)
            await tx.arrivals.keep(Keeping(conversation, inbound))
            await tx.session.execute(
                text("UPDATE conversation SET last_inbound_at = :at"), {"at": wrote_at}
            )
            await tx.messages.add_outbound(conversation, words, None)
        for _ in range(3):
            try:
                await self.outbox.deliver(conversation.id)
                break
            except TryAgain:
                continue
        async with self.database.transaction() as tx:
            *_, last = await tx.desk.thread(conversation.id)
        return last.delivery, last.delivery_error


async def test_inside_the_window_words_go_out(database: Database, carrier: Carrier) -> None:
    """Within a day of the person's last message."""
    waiting = Waiting(database, carrier, None)
    sent = await waiting.state_after("hello", utc_now() - WINDOW + timedelta(minutes=5))
    assert sent == (Delivery.SENT, None)
    assert carrier.sent_to(waiting.number) == ["hello"]


async def test_outside_the_window_nothing_is_tried(database: Database, carrier: Carrier) -> None:
    """Known before sending; the desk is told why."""
    waiting = Waiting(database, carrier, None)
    state = await waiting.state_after("hello", utc_now() - timedelta(hours=25))
    assert state == (Delivery.BLOCKED, "window_closed")
    assert carrier.exchange.texts == []


@pytest.mark.parametrize(
    "fault", [None, Fault(status=500, code=20500, take=True), Fault(status=500, take=False)]
)
async def test_a_template_goes_out_once_and_without_the_words(
    database: Database, carrier: Carrier, fault: Fault | None
) -> None:
    """Only where one was configured; never twice, also when its end is not known."""
    if fault is not None:
        carrier.exchange.faults.append(fault)
    waiting = Waiting(database, carrier, TEMPLATE)
    state = await waiting.state_after("hello", utc_now() - timedelta(hours=25))
    assert state == (Delivery.BLOCKED, "template_sent")
    assert carrier.sent_to(waiting.number) in ([f"[{TEMPLATE}]"], [])


async def test_a_window_that_closed_at_the_provider_is_said(
    database: Database, carrier: Carrier
) -> None:
    """Our clock says open, theirs says closed: its code goes to the desk."""
    waiting = Waiting(database, carrier, None)
    carrier.exchange.faults.append(Fault(status=400, code=63016))
    state = await waiting.state_after("hello", utc_now())
    assert state == (Delivery.BLOCKED, "63016")
