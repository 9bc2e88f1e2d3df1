"""Telegram's updates, raw, and the real library against a stand-in of the Bot API."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from channels.adapter import Aside, BadOrigin, Ignored, RawRequest
from channels.adapters.telegram import HOOK, Bot, Telegram, _keyboard
from channels.app import create_app
from channels.outbox import Outbox, TryAgain
from channels.registry import Registry
from channels.settings import PorchSettings
from intake.messages import Author, Delivery, Inbound, InboundKind, Keyword
from intake.ports import Keeping
from practice.telegram import SECRET_HEADER, TelegramFault, TelegramService, create_telegram
from storage.database import Database, utc_now
from storage.outbox import Letter
from tests.channels.conftest import PUBLIC, serving
from tests.conftest import hall

TOKEN = "4210001:practice-token"
SECRET = "a-long-secret-of-our-own"
CHAT = 555_0100_007


class Service:
    """The stand-in, seen from a test."""

    def __init__(self, url: str, state: TelegramService) -> None:
        self.url, self.state = url, state

    def adapter(self, database: Database, *, polling: bool = False) -> Telegram:
        """The bot, speaking to the stand-in."""
        return Telegram(Bot(TOKEN, SECRET, self.url, PUBLIC, polling), database, utc_now)


@pytest.fixture
def service() -> Iterator[Service]:
    """A Telegram of its own for each test, over real HTTP."""
    app = create_telegram(TOKEN)
    with serving(app) as url:
        yield Service(url, app.state.service)


@pytest.fixture
async def adapter(service: Service, database: Database) -> AsyncIterator[Telegram]:
    """The adapter, closed at the end."""
    made = service.adapter(database)
    yield made
    await made.close()


def raw(update: Any, **headers: str) -> RawRequest:
    """An update as it came in."""
    body = update if isinstance(update, bytes) else json.dumps(update).encode()
    return RawRequest(f"{PUBLIC}{HOOK}", headers, body)


@cache
def offline() -> Telegram:
    """An adapter for parsing only; one does for all, since making its clients takes longest."""
    return Telegram(Bot(TOKEN, SECRET, "http://127.0.0.1:1", PUBLIC, False), None, utc_now)  # type: ignore[arg-type]


def said(**fields: Any) -> dict[str, Any]:
    """A private message with these fields."""
    return TelegramService(TOKEN).message(CHAT, **fields)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"text": "hello"}, {"text": "hello", "kind": InboundKind.TEXT, "keyword": None}),
        ({"text": "/start"}, {"text": "hi"}),
        ({"text": "/start from_a_poster"}, {"text": "hi"}),
        ({"text": "/help@line_bot"}, {"text": "help"}),
        ({"text": "/stop"}, {"text": "stop", "keyword": Keyword.STOP}),
        ({"text": "/unknown thing"}, {"text": "/unknown thing"}),
        ({"text": "1"}, {"text": "1"}),
        (
            {"photo": [{"file_id": "x", "file_unique_id": "y", "width": 1, "height": 1}]},
            {"text": "", "kind": InboundKind.MEDIA},
        ),
        (
            {
                "caption": "look at this",
                "voice": {"file_id": "x", "file_unique_id": "y", "duration": 2},
            },
            {"text": "look at this", "kind": InboundKind.MEDIA},
        ),
        (
            {"location": {"latitude": 1.0, "longitude": 2.0}},
            {"text": "", "kind": InboundKind.MEDIA},
        ),
    ],
)
def test_messages(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    """Text is text, commands are translated, everything else is media that is not taken in."""
    (event,) = offline().parse(raw({"update_id": 9, "message": said(**fields)}))
    assert isinstance(event, Inbound)
    assert {key: getattr(event, key) for key in expected} == expected
    assert (event.channel, event.inbox, event.address) == ("telegram", "4210001", str(CHAT))
    assert "nvented" not in repr(event)


def test_an_edit_is_a_message_of_its_own() -> None:
    """Risk can be in the edit: it is judged like any other text, and told from what it edits."""
    message = said(text="he has a gun")
    first, edit = (
        offline().parse(raw({"update_id": number, kind: message}))[0]
        for number, kind in ((1, "message"), (2, "edited_message"))
    )
    assert isinstance(first, Inbound) and isinstance(edit, Inbound)
    assert edit.text == "he has a gun"
    assert edit.provider_id != first.provider_id


@pytest.mark.parametrize(
    "update",
    [
        b"",
        b"no json",
        b"[]",
        b"null",
        b'"text"',
        {},
        {"update_id": "x"},
        {"update_id": 1, "message": None},
        {"update_id": 1, "message": {}},
        {"update_id": 1, "message": {"message_id": 1, "date": "yesterday", "chat": 7}},
        {"update_id": 1, "channel_post": {}},
        {"update_id": 1, "inline_query": {"id": "1"}},
        {"update_id": 1, "poll": {}},
    ],
)
def test_what_is_no_message_is_named(update: Any) -> None:
    """Nothing breaks and nothing is kept."""
    (event,) = offline().parse(raw(update))
    assert isinstance(event, Ignored)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["message", "chat", "id", "text", "update_id", "date", "type", "from"]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nasty_updates_never_break_the_adapter(update: Any) -> None:
    """Whatever the JSON is, there is one event and no error."""
    assert len(offline().parse(raw(update))) == 1


@pytest.mark.parametrize("shown", [None, "", "wrong", SECRET + "x", "é"])
def test_no_proof_of_origin_no_message(shown: str | None) -> None:
    """The secret token, whole."""
    headers = {} if shown is None else {SECRET_HEADER.lower(): shown}
    with pytest.raises(BadOrigin):
        offline().verify(raw({}, **headers))
    offline().verify(raw({}, **{SECRET_HEADER.lower(): SECRET}))


@pytest.mark.parametrize("more", [{}, {"telegram_bot_token": SecretStr(TOKEN)}])
def test_the_channel_is_off_without_what_it_needs(
    porch_settings: PorchSettings, database: Database, more: dict[str, Any]
) -> None:
    """And says what that is."""
    registry = Registry.build(porch_settings.model_copy(update=more), database)
    assert "TELEGRAM_" in registry.off["telegram"]


async def test_a_group_is_left(adapter: Telegram, service: Service) -> None:
    """Added to it, or spoken to in it: the bot says nothing and goes."""
    person = {"id": CHAT, "is_bot": False, "first_name": "Invented"}
    bot = {"id": 4210001, "is_bot": True, "first_name": "Line"}
    member = {
        "chat": {"id": -100, "type": "group", "title": "t"},
        "from": person,
        "date": 1,
        "old_chat_member": {"user": bot, "status": "left"},
        "new_chat_member": {"user": bot, "status": "member"},
    }
    spoken = service.state.message(-200, kind="supergroup", text="hi bot")
    for update in ({"my_chat_member": member}, {"message": spoken}):
        (event,) = adapter.parse(raw(service.state.update(**update)))
        assert isinstance(event, Aside)
        await event.do()
    assert service.state.left == [-100, -200]
    assert service.state.sent_to(-100) == []


class Sender:
    """A conversation with something to say."""

    def __init__(self, database: Database, adapter: Telegram, chat: int | None = None) -> None:
        self.database, self.chat = database, chat or uuid4().int % 10**9
        self.outbox = Outbox(database, {"telegram": adapter}, utc_now, settling=timedelta(0))

    async def deliver(self, *texts: str) -> list[tuple[Delivery | None, str | None]]:
        """Say these; what became of them."""
        inbound = Inbound("telegram", "4210001", str(self.chat), uuid4().hex, "hi", utc_now())
        async with self.database.transaction() as tx:
            conversation = await tx.conversations.find_or_open(inbound)
            for words in texts:
                await tx.messages.add_outbound(conversation, words, None)
        for _ in range(8):
            try:
                await self.outbox.deliver(conversation.id)
                break
            except TryAgain:
                continue
        async with self.database.transaction() as tx:
            return [
                (message.delivery, message.delivery_error)
                for message in await tx.desk.thread(conversation.id)
                if message.delivery is not None
            ]


async def test_texts_leave_in_order(
    adapter: Telegram, service: Service, database: Database
) -> None:
    """Once each."""
    sender = Sender(database, adapter)
    states = await sender.deliver("one", "two", "three")
    assert states == [(Delivery.SENT, None)] * 3
    assert service.state.sent_to(sender.chat) == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("fault", "first", "reached"),
    [
        (
            TelegramFault("sendMessage", 429, "Too Many Requests", retry_after=1),
            (Delivery.SENT, None),
            ["one", "two"],
        ),
        (
            TelegramFault("sendMessage", 400, "Bad Request: chat not found"),
            (Delivery.FAILED, "400"),
            ["two"],
        ),
        (
            TelegramFault("sendMessage", 403, "Forbidden: bot was blocked by the user"),
            (Delivery.FAILED, "blocked_by_person"),
            ["two"],
        ),
        # Nobody can be asked whether it was taken: never twice, and the desk is told.
        (
            TelegramFault("sendMessage", 502, "Bad Gateway", take=True),
            (Delivery.FAILED, "unknown"),
            ["one", "two"],
        ),
        (
            TelegramFault("sendMessage", 500, "Internal Server Error"),
            (Delivery.FAILED, "unknown"),
            ["two"],
        ),
    ],
)
async def test_failures_have_names(
    adapter: Telegram,
    service: Service,
    database: Database,
    fault: TelegramFault,
    first: tuple[Delivery, str | None],
    reached: list[str],
) -> None:
    """What is certain is tried again, what is not is said; nothing holds up what comes next."""
    service.state.faults.append(fault)
    sender = Sender(database, adapter)
    states = await sender.deliver("one", "two")
    assert states == [first, (Delivery.SENT, None)]
    assert service.state.sent_to(sender.chat) == reached


async def test_a_service_that_is_away_gets_it_later(database: Database, service: Service) -> None:
    """Nobody took it, so it waits."""
    away = Telegram(Bot(TOKEN, SECRET, "http://127.0.0.1:1", PUBLIC, False), database, utc_now)
    sender = Sender(database, away)
    assert await sender.deliver("later") == [(Delivery.QUEUED, "no_connection")]
    back = service.adapter(database)
    states = await Sender(database, back, sender.chat).deliver()
    assert states == [(Delivery.SENT, None)]
    assert service.state.sent_to(sender.chat) == ["later"]
    await back.close()


def _letter(words: str, **more: Any) -> Letter:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    given: dict[str, Any] = {
        "message_id": uuid4(),
        "channel": "telegram",
        "inbox": "4210001",
        "address": str(CHAT),
        "author": Author.BOT,
        "text": words,
        "key": "open.first",
        "attempts": 0,
        "in_doubt": False,
        "first_attempt_at": None,
        "last_attempt_at": None,
        "created_at": moment,
        "last_inbound_at": moment,
    }
    return Letter(**{**given, **more})


@pytest.mark.parametrize(
    ("words", "more", "buttons"),
    [
        (
            "Is it OK to text now? Reply 1 for yes, 2 for no. In danger now? Call 911. Limits: "
            "reply 3. A person: reply 0.",
            {},
            ["1", "2", "3", "0"],
        ),
        ("Call or text 9-8-8, or 1-833-900-1010, day or night (24/7).", {}, []),
        ("هل يمكنك الكتابة الآن؟ 1 نعم، 2 لا. شخص: 0.", {}, ["1", "2", "0"]),
        ("现在方便吗？1 方便，2 不方便。找人：0。", {}, ["1", "2", "0"]),
        (
            "Here is one: House A, open 9 to 5, floor 2.",
            {"key": "utter_offer"},
            [],
        ),
        (
            "Next: 1 another one, 2 further away, 3 we call with you, 0 a person.",
            {"key": "utter_offers_choices"},
            ["1", "2", "3", "0"],
        ),
        ("Take the 7 bus or the 3.", {"author": Author.ADVOCATE, "key": None}, []),
        ("1 a, 2 b, 3 c, 4 d, 5 e, 6 f, 7 g, 8 h, 9 skip.", {}, list("123456789")),
    ],
)
def test_choices_are_buttons(words: str, more: dict[str, Any], buttons: list[str]) -> None:
    """The digits that the bot offers, and nothing that a person wrote."""
    markup = _keyboard(_letter(words, **more)).to_dict()
    shown = [button["text"] for row in markup.get("keyboard", []) for button in row]
    assert shown == buttons


async def test_clear_takes_back_both_sides(
    adapter: Telegram, service: Service, database: Database
) -> None:
    """The person's own, the bot's, and the command; not another chat's."""
    state = service.state
    await Sender(database, adapter, CHAT + 1).deliver("stays")
    update = state.typed(CHAT, "hello")
    (inbound,) = adapter.parse(raw(update))
    assert isinstance(inbound, Inbound)
    async with database.transaction() as tx:
        conversation = await tx.conversations.find_or_open(inbound)
        await tx.arrivals.keep(Keeping(conversation, inbound))
    await Sender(database, adapter, CHAT).deliver("an answer")
    (event,) = adapter.parse(raw(state.typed(CHAT, "/clear")))
    assert isinstance(event, Aside)
    await event.do()
    assert [where for where, _ in state.messages] == [CHAT + 1]


@pytest.fixture
def telegram_settings(porch_settings: PorchSettings, service: Service) -> PorchSettings:
    """A porch with a bot."""
    return porch_settings.model_copy(
        update={
            "telegram_bot_token": SecretStr(TOKEN),
            "telegram_webhook_secret": SecretStr(SECRET),
            "telegram_api_url": service.url,
        }
    )


async def _until(look: Any) -> None:
    for _ in range(300):
        if await look():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("did not happen")


async def _stored(app: Any, chat: int) -> int:
    """How many messages of a chat are kept."""
    async with hall(app).transaction() as tx:
        since = utc_now() - timedelta(hours=1)
        return len(await tx.conversations.provider_ids("telegram", "4210001", str(chat), since))


async def test_the_webhook_from_end_to_end(
    telegram_settings: PorchSettings, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    """Registered with our secret; a forged update is refused, a repeated one is kept once."""
    caplog.set_level(logging.DEBUG)
    app = create_app(telegram_settings)
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client,
    ):

        async def registered() -> bool:
            return bool(service.state.webhook)

        await _until(registered)
        assert service.state.webhook["url"] == f"{PUBLIC}{HOOK}"
        chat = CHAT + 20
        update = service.state.typed(chat, "my own words")
        assert (await client.post(HOOK, json=update)).status_code == 403
        assert await _stored(app, chat) == 0
        for _ in range(2):
            assert await service.state.call_line(update, client) == 200
        assert await _stored(app, chat) == 1
        assert (
            await client.post(HOOK, content=b"{", headers={SECRET_HEADER: SECRET})
        ).status_code == 200
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("channels")]
    for trace in ("my own words", str(chat), "nvented"):
        assert not any(trace in line for line in ours)


async def test_polling_keeps_before_it_acknowledges(
    telegram_settings: PorchSettings, service: Service
) -> None:
    """No public address: updates are fetched, kept, and only then forgotten by Telegram."""
    state = service.state
    state.webhook = {"url": "https://old.example.test"}
    chat = CHAT + 30
    await state.queue(state.typed(chat, "one"))
    await state.queue(state.typed(chat, "two"))
    app = create_app(telegram_settings.model_copy(update={"telegram_mode": "polling"}))
    async with app.router.lifespan_context(app):

        async def both() -> bool:
            return await _stored(app, chat) == 2 and not state.updates

        await _until(both)
        assert state.webhook == {}
