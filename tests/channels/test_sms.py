"""Twilio's requests, raw: good, forged, repeated, odd and hostile."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.adapter import Ignored, RawRequest
from channels.adapters.sms import INBOUND_HOOK, STATUS_HOOK, Sms
from channels.adapters.twilio import EMPTY_TWIML, Account, _broken, _named
from channels.app import create_app
from channels.send_errors import (
    Misconfigured,
    OptedOut,
    Rejected,
    SendError,
    Temporary,
    Throttled,
    Unknown,
)
from intake.messages import Delivery, DeliveryReport, Inbound, InboundKind, Keyword
from storage.database import utc_now
from tests.channels.conftest import LINE, PUBLIC, SID, TOKEN, signed, sms_form
from tests.conftest import hall

ADAPTER = Sms(Account(SID, TOKEN, LINE, "http://127.0.0.1:1", PUBLIC), utc_now)


async def rows(porch: Any, table: str) -> int:
    """How many rows a table has."""
    from sqlalchemy import text

    async with hall(porch.app).transaction() as tx:
        return int(await tx.session.scalar(text(f"SELECT count(*) FROM {table}")))


def parsed(form: dict[str, str], path: str = INBOUND_HOOK) -> Any:
    """What the adapter makes of a form."""
    (event,) = ADAPTER.parse(
        RawRequest(f"{PUBLIC}{path}", {}, str(httpx.QueryParams(form)).encode())
    )
    return event


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"Body": "hi"}, {"text": "hi", "keyword": None, "kind": InboundKind.TEXT}),
        ({"Body": "j'ai besoin d'aide é"}, {"text": "j'ai besoin d'aide é"}),
        ({"Body": "a+b & c=d"}, {"text": "a+b & c=d"}),
        ({"Body": ""}, {"text": ""}),
        ({"Body": "", "NumMedia": "1"}, {"kind": InboundKind.MEDIA}),
        ({"Body": "look", "NumMedia": "2"}, {"kind": InboundKind.MEDIA, "text": "look"}),
        ({"Body": "STOP"}, {"keyword": Keyword.STOP, "answered_by_provider": True}),
        ({"Body": "ARRET"}, {"keyword": Keyword.STOP, "answered_by_provider": False}),
        (
            {"Body": "Arrêt", "OptOutType": "STOP"},
            {"keyword": Keyword.STOP, "answered_by_provider": True},
        ),
        ({"Body": "START"}, {"keyword": Keyword.START, "answered_by_provider": False}),
        ({"Body": "please stop"}, {"keyword": None, "answered_by_provider": False}),
        ({"Body": "help", "OptOutType": "HELP"}, {"keyword": None, "answered_by_provider": True}),
    ],
)
def test_inbound_forms(form: dict[str, str], expected: dict[str, Any]) -> None:
    """Foreign words become ours; the number and our own number are told apart."""
    full = sms_form(**{"body": "", **{"body": form["Body"]}}) | form
    event = parsed(full)
    assert isinstance(event, Inbound)
    assert {key: getattr(event, key) for key in expected} == expected
    assert (event.address, event.inbox) == (full["From"], LINE)
    assert event.provider_id == full["MessageSid"]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"MessageSid": "SM1", "From": "+16135550123", "To": LINE},
        {"MessageSid": f"SM{'a' * 32}", "To": LINE},
        {"MessageSid": f"SM{'a' * 32}", "From": "+16135550123"},
    ],
)
def test_other_kinds_are_named_not_stored(form: dict[str, str]) -> None:
    """Twilio's own, but nothing that the line knows."""
    assert parsed(form) == Ignored("not a message")


@pytest.mark.parametrize(
    ("status", "delivery"),
    [
        ("queued", Delivery.SENT),
        ("sent", Delivery.SENT),
        ("delivered", Delivery.DELIVERED),
        ("read", Delivery.DELIVERED),
        ("undelivered", Delivery.UNDELIVERED),
        ("failed", Delivery.FAILED),
    ],
)
def test_delivery_reports(status: str, delivery: Delivery) -> None:
    """Each of Twilio's states has one of ours; the error is a code, never a sentence."""
    form = {"MessageSid": f"SM{'b' * 32}", "MessageStatus": status, "ErrorCode": "30007"}
    assert parsed(form, STATUS_HOOK) == DeliveryReport("sms", f"SM{'b' * 32}", delivery, "30007")


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, 21610, OptedOut),
        (429, 20429, Throttled),
        (429, None, Throttled),
        (500, 20500, Unknown),
        (503, None, Unknown),
        (401, 20003, Misconfigured),
        (400, 21606, Misconfigured),
        (400, 21614, Rejected),
        (400, 21211, Rejected),
        (404, None, Rejected),
    ],
)
def test_errors_have_names(status: int, code: int | None, kind: type[SendError]) -> None:
    """Each knows whether to try again; none holds a number."""
    assert type(_named(status, code)) is kind


def test_a_broken_connection_is_in_doubt() -> None:
    """Refused was not taken; cut off in the middle may have been."""
    import requests

    assert isinstance(_broken(requests.ConnectionError("NewConnectionError: refused")), Temporary)
    assert isinstance(_broken(requests.ConnectionError("RemoteDisconnected")), Unknown)


async def test_a_good_request_is_kept_and_answered_with_empty_twiml(porch: Any) -> None:
    """200, XML, and a stored message."""
    before = await rows(porch, "message")
    answer = await porch.post(INBOUND_HOOK, **signed(INBOUND_HOOK, sms_form("hello")))
    assert (answer.status_code, answer.text) == (200, EMPTY_TWIML)
    assert answer.headers["content-type"].startswith("text/xml")
    assert await rows(porch, "message") == before + 1


async def test_a_repeat_is_answered_alike_and_kept_once(porch: Any) -> None:
    """The same MessageSid, twice."""
    request = signed(INBOUND_HOOK, sms_form("hello"))
    first = await porch.post(INBOUND_HOOK, **request)
    kept = await rows(porch, "message")
    second = await porch.post(INBOUND_HOOK, **request)
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert await rows(porch, "message") == kept


@pytest.mark.parametrize("how", ["forged", "missing", "other secret", "changed body", "other url"])
async def test_without_proof_of_origin_nothing_is_kept(
    porch: Any, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    """403, nothing stored, nothing of it in the log."""
    form = sms_form("my secret words")
    request = signed(INBOUND_HOOK, form)
    if how == "forged":
        request["headers"]["X-Twilio-Signature"] = "AAAA" * 7
    elif how == "missing":
        request["headers"] = {}
    elif how == "other secret":
        request = signed(INBOUND_HOOK, form, token="another")
    elif how == "changed body":
        request["data"] = {**form, "Body": "other words"}
    else:
        request = signed("/hooks/twilio/elsewhere", form)
    before = await rows(porch, "message"), await rows(porch, "conversation")
    with caplog.at_level(logging.DEBUG):
        answer = await porch.post(INBOUND_HOOK, **request)
    assert answer.status_code == 403
    assert (await rows(porch, "message"), await rows(porch, "conversation")) == before
    assert "secret words" not in caplog.text
    assert form["From"] not in caplog.text


async def test_new_parameters_are_accepted(porch: Any) -> None:
    """Twilio adds fields without warning; the signature covers them."""
    form = sms_form("hello", BrandNewField="x", AnotherOne="é")
    answer = await porch.post(INBOUND_HOOK, **signed(INBOUND_HOOK, form))
    assert answer.status_code == 200


async def test_a_huge_body_is_refused_before_it_is_read(porch: Any) -> None:
    """413, whatever its signature."""
    answer = await porch.post(INBOUND_HOOK, content=b"x" * 200_000)
    assert answer.status_code == 413


async def test_other_methods_and_paths_say_nothing(porch: Any) -> None:
    """No schema page, no hint."""
    assert (await porch.get(INBOUND_HOOK)).status_code == 405
    for path in ("/docs", "/openapi.json", "/hooks/twilio/voice"):
        assert (await porch.get(path)).status_code == 404


async def test_a_delivery_report_without_a_message_changes_nothing(porch: Any) -> None:
    """Somebody else's SID."""
    form = {"MessageSid": f"SM{uuid4().hex}", "MessageStatus": "delivered"}
    assert (await porch.post(STATUS_HOOK, **signed(STATUS_HOOK, form))).status_code == 200


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300),
    media=st.text(max_size=4),
)
async def test_nasty_texts_never_break_the_porch(porch: Any, body: str, media: str) -> None:
    """Any text at all, signed, is taken in."""
    form = sms_form(body, NumMedia=media)
    answer = await porch.post(INBOUND_HOOK, **signed(INBOUND_HOOK, form))
    assert answer.status_code == 200


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=st.binary(max_size=400),
    content_type=st.sampled_from(["application/json", "text/xml", "multipart/form-data", ""]),
)
async def test_nonsense_is_refused(porch: Any, body: bytes, content_type: str) -> None:
    """Bytes of no form, of any type: 403, never 500."""
    answer = await porch.post(INBOUND_HOOK, content=body, headers={"Content-Type": content_type})
    assert answer.status_code == 403


async def test_what_the_hook_missed_is_taken_in_once(porch_settings: Any, carrier: Any) -> None:
    """The line was down while somebody wrote: the list of the provider has it, in order."""
    exchange = carrier.exchange
    for words in ("first", "STOP"):
        await exchange.add(exchange.new("+16135550199", LINE, words, direction="inbound"))
    await exchange.add(exchange.new(LINE, "+16135550199", "ours", direction="outbound-api"))
    await exchange.add(
        exchange.new("whatsapp:+16135550199", f"whatsapp:{LINE}", "other", direction="inbound")
    )
    adapter = Sms(Account(SID, TOKEN, LINE, carrier.url, PUBLIC), utc_now)
    missed = await adapter.missed(utc_now())
    assert [(event.text, event.keyword) for event in missed] == [
        ("first", None),
        ("STOP", Keyword.STOP),
    ]
    assert missed[1].answered_by_provider
    assert [event.provider_id for event in missed] == [text.sid for text in exchange.texts[:2]]


async def test_a_porch_that_starts_looks_back(porch_settings: Any, carrier: Any) -> None:
    """Kept once, however often the list and the hook bring it."""
    exchange = carrier.exchange
    known, missed = sms_form("by the hook too"), sms_form("only in the list")
    for form in (known, missed):
        text = exchange.new(
            form["From"], LINE, form["Body"], direction="inbound", sid=form["MessageSid"]
        )
        await exchange.add(text)
    app = create_app(porch_settings)
    async with app.router.lifespan_context(app):
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=PUBLIC)
        client.app = app  # type: ignore[attr-defined]
        assert (await client.post(INBOUND_HOOK, **signed(INBOUND_HOOK, known))).status_code == 200

        async def kept() -> list[str]:
            async with hall(app).transaction() as tx:
                since = utc_now() - timedelta(hours=1)
                return [
                    provider_id
                    for form in (known, missed)
                    for provider_id in await tx.conversations.provider_ids(
                        "sms", LINE, form["From"], since
                    )
                ]

        for _ in range(200):
            if len(await kept()) >= 2:
                break
            await asyncio.sleep(0.02)
        assert await kept() == [known["MessageSid"], missed["MessageSid"]]
        await client.aclose()
