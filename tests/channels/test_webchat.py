"""The web chat over HTTP: what is stored, what is shown, what is refused, what is wiped."""

from __future__ import annotations

import asyncio
import gzip
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from limits import RateLimitItemPerMinute
from sqlalchemy import text

from channels.adapter import BadOrigin, RawRequest
from channels.adapters.webchat import WebChat
from channels.app import create_app
from channels.outbox import Outbox
from channels.send_errors import Rejected
from channels.settings import PorchSettings
from channels.upkeep import Upkeep
from channels.web import flood
from channels.web.session import new_key
from intake.conversation import Holder
from intake.languages import direction, listed, own_name
from intake.messages import Author, Delivery
from locales.catalogue import Catalogue
from storage.database import Database, utc_now
from storage.mailbox import IDLE
from storage.outbox import Letter
from tests.channels.webchat import SAME, Visitor, count
from tests.conftest import as_porch, hall

PUBLIC = "http://chat.example.test"
EXIT = "https://weather.gc.ca/"


def settings(database_url: str, key_file: Path, public_url: str = PUBLIC) -> PorchSettings:
    """A porch with the web chat alone."""
    return PorchSettings(
        database_url=database_url,
        porch_database_url=as_porch(database_url),
        hotline_key_file=key_file,
        public_url=public_url,
    )


@pytest.fixture
async def visitor(database_url: str, key_file: Path) -> AsyncIterator[Visitor]:
    """A browser without a past."""
    app = create_app(settings(database_url, key_file))
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=transport, base_url=PUBLIC, headers={"Accept": "text/html"}
        ) as client,
    ):
        yield Visitor(client, app, hall(app))


async def age(database: Database, by: timedelta) -> None:
    """Make every visit older."""
    async with database.transaction() as tx:
        await tx.session.execute(
            text("UPDATE web_visit SET seen_at = seen_at - :by, written_at = written_at - :by"),
            {"by": by},
        )


async def rows(database: Database) -> tuple[int, ...]:
    """How much the database holds."""
    tables = ("conversation", "message", "web_visit", "web_mailbox", "procrastinate_jobs")
    return tuple([await count(database, f"SELECT count(*) FROM {table}") for table in tables])


async def test_looking_at_the_pages_leaves_no_row_and_no_cookie(visitor: Visitor) -> None:
    """A person who only looks leaves nothing behind, here or there."""
    before = await rows(visitor.database)
    for path in ("/", "/en", "/fr", "/privacy", "/fr/privacy", "/en/lines", "/favicon.ico"):
        answer = await visitor.client.get(path)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
    assert await rows(visitor.database) == before


async def test_a_form_without_script_is_taken_in_and_shown(visitor: Visitor) -> None:
    """Post, 303, and the page has the line; the answer follows in the frame."""
    fields = {"text": "hello\r\nthere", "key": await visitor.key(), "language": "fr"}
    answer = await visitor.client.post("/say", data=fields, headers=SAME)
    assert (answer.status_code, answer.headers["location"]) == (303, "/fr#write")
    assert await visitor.lines("/fr") == [("contact", "hello\nthere")]
    page = (await visitor.client.get("/fr")).text
    (number,) = [part.split('"')[0] for part in page.split("lines?after=")[1:]]
    assert await visitor.lines(f"/fr/lines?after={number}") == []
    await visitor.answer("an answer")
    assert await visitor.lines(f"/fr/lines?after={number}") == [("bot", "an answer")]


async def test_the_language_of_the_page_speaks_until_the_words_say_otherwise(
    visitor: Visitor,
) -> None:
    """An English sentence on the French page is not taken for French."""
    spoken = []
    for words in ("0 0 0", "my boss has my passport and i cant leave"):
        visitor.client.cookies.clear()
        await visitor.say(words, fields={"language": "fr"})
        async with visitor.database.transaction() as tx:
            conversation = await tx.conversations.get(await visitor.conversation())
        spoken.append(conversation.language)
    assert spoken == ["fr", None]


async def test_the_same_key_at_once_is_one_message(visitor: Visitor) -> None:
    """A form that is sent many times before the cookie arrives is one message of one session."""
    key = await visitor.key()
    before = await rows(visitor.database)
    answers = await asyncio.gather(
        *(visitor.say("only once", fields={"key": key}) for _ in range(8))
    )
    assert [answer.status_code for answer in answers] == [200] * 8
    assert len({answer.cookies.get("visit") for answer in answers}) == 1
    after = await rows(visitor.database)
    assert [new - old for old, new in zip(before, after, strict=True)][:4] == [1, 1, 1, 1]
    await visitor.say("only once", fields={"key": key})
    assert await visitor.lines() == [("contact", "only once")]


async def test_risk_reaches_the_waiting_list_in_the_same_transaction(visitor: Visitor) -> None:
    """The web chat has the same walk as every channel."""
    await visitor.say("he has a gun and hes coming")
    async with visitor.database.transaction() as tx:
        conversation = await tx.conversations.get(await visitor.conversation())
        assert conversation.holder is Holder.WAITING
        assert await tx.escalations.open_for(conversation.id) is not None


@pytest.mark.parametrize(
    ("public_url", "name", "flags"),
    [
        (PUBLIC, "visit", {"HttpOnly", "Path=/", "SameSite=strict"}),
        (
            "https://chat.example.test",
            "__Host-visit",
            {"HttpOnly", "Path=/", "SameSite=strict", "Secure"},
        ),
    ],
)
async def test_the_cookie(
    database_url: str, key_file: Path, public_url: str, name: str, flags: set[str]
) -> None:
    """One token of 256 bits, out of reach of scripts and other sites, gone with the browser."""
    app = create_app(settings(database_url, key_file, public_url))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=public_url) as client:
        data = {"text": "hello", "key": new_key(), "language": "en"}
        answer = await client.post("/say", data=data, headers=SAME)
        (cookie,) = answer.headers.get_list("set-cookie")
        again = await client.post("/say", data={**data, "key": new_key()}, headers=SAME)
    held, *attributes = cookie.split("; ")
    assert held.partition("=")[0] == name
    assert len(bytes.fromhex(held.partition("=")[2])) == 32
    assert set(attributes) == flags
    assert "set-cookie" not in again.headers
    assert ("strict-transport-security" in answer.headers) == ("Secure" in flags)


async def test_nothing_in_the_database_leads_to_a_session(visitor: Visitor) -> None:
    """Neither the token nor the key that it is derived from is kept in plain."""
    key = await visitor.key()
    await visitor.say("hello", fields={"key": key})
    token = visitor.client.cookies["visit"]
    async with visitor.database.transaction() as tx:
        for table in ("conversation", "message", "web_visit", "web_mailbox"):
            kept = (await tx.session.execute(text(f"SELECT {table}::text FROM {table}"))).all()
            dump = str(kept)
            assert key not in dump
            assert token not in dump


PAGES = ["/", "/fr", "/privacy", "/en/lines", "/no-such-page", "/events", "/static/none.js"]


@pytest.mark.parametrize("path", PAGES)
async def test_headers(visitor: Visitor, path: str) -> None:
    """Every answer keeps foreign code, frames, copies and referrers out."""
    headers = (await visitor.client.get(path)).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    framed = "'self'" if path.endswith("lines") else "'none'"
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "img-src": "'self'",
        "frame-src": "'self'",
        "form-action": "'self' https://weather.gc.ca",
        "base-uri": "'none'",
        "frame-ancestors": framed,
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "geolocation=()" in headers["permissions-policy"]


@pytest.mark.parametrize("path", ["/static/chat.js", "/static/chat.css", "/favicon.ico"])
async def test_headers_of_files(visitor: Visitor, path: str) -> None:
    """What speaks to documents alone is not sent along: on a slow line it is mere weight."""
    headers = (await visitor.client.get(path)).headers
    assert headers["cache-control"] == "private, max-age=3600"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "content-security-policy" not in headers


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": PUBLIC}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": PUBLIC}, True),
        ({"Referer": f"{PUBLIC}/en"}, True),
        ({"Origin": "http://evil.example.test"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "null", "Referer": f"{PUBLIC}/en"}, False),
        ({}, False),
    ],
)
@pytest.mark.parametrize("path", ["/say", "/leave", "/stay"])
async def test_only_our_own_page_may_send_forms(
    visitor: Visitor, path: str, headers: dict[str, str], taken: bool
) -> None:
    """Another site can neither write, nor end a visit, nor keep one open."""
    before = await rows(visitor.database)
    fields = {"text": "forged", "key": new_key(), "language": "en"}
    answer = await visitor.client.post(path, data=fields, headers=headers)
    assert (answer.status_code == 403) is not taken
    if not taken:
        assert "1-833-900-1010" in answer.text
        assert "set-cookie" not in answer.headers
        assert await rows(visitor.database) == before


SECRET = "Zebedee"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (f"text={SECRET}&key=short&language=en", 422),
        (f"text={SECRET}&language=en", 422),
        (f"text=&key={'k' * 30}&{SECRET}=1", 422),
        (f"text=+++&key={'k' * 30}&language={SECRET}", 422),
        (f"text={SECRET}&key={'%00' * 30}", 422),
        (f"{SECRET}" + "x" * 70_000, 413),
        ("\x00\xff%zz&&&===" + SECRET, 422),
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_what_is_unfit_is_refused_and_not_repeated(
    visitor: Visitor, caplog: pytest.LogCaptureFixture, body: str, status: int, accept: str
) -> None:
    """Neither the answer nor a log says what was sent, and nothing is stored."""
    caplog.set_level(logging.DEBUG)
    before = await rows(visitor.database)
    headers = {**SAME, "Accept": accept, "Content-Type": "application/x-www-form-urlencoded"}
    answer = await visitor.client.post("/say", content=body.encode("latin-1"), headers=headers)
    assert answer.status_code == status
    assert SECRET not in answer.text
    assert SECRET not in caplog.text
    assert ("1-833-900-1010" in answer.text) == (accept == "text/html")
    assert await rows(visitor.database) == before


async def test_words_of_a_person_stay_words(visitor: Visitor) -> None:
    """Markup in a message is shown, not obeyed."""
    await visitor.say("<img src=x onerror=alert(1)> & \u202e\"'")
    ((_, shown),) = await visitor.lines()
    assert shown == "&lt;img src=x onerror=alert(1)&gt; &amp; &#34;&#39;"


async def test_leaving_wipes_the_visit_and_not_the_conversation(visitor: Visitor) -> None:
    """The page is empty, the cookie gone, the browser told to forget; the message is kept."""
    await visitor.say("something private")
    token = visitor.client.cookies["visit"]
    conversation_id = await visitor.conversation()
    answer = await visitor.client.post("/leave", headers=SAME)
    assert (answer.status_code, answer.headers["location"]) == (303, EXIT)
    assert answer.headers["clear-site-data"] == '"cache", "cookies", "storage"'
    assert "visit" not in visitor.client.cookies
    for cookies in ({}, {"visit": token}):
        visitor.client.cookies.clear()
        visitor.client.cookies.update(cookies)
        assert await visitor.lines() == []
    async with visitor.database.transaction() as tx:
        (kept,) = await tx.desk.thread(conversation_id)
        assert kept.text == "something private"


async def test_a_message_on_its_way_when_the_person_leaves_begins_no_visit(
    visitor: Visitor,
) -> None:
    """It reaches the conversation, and nothing shows on the page."""
    await visitor.say("first")
    token = visitor.client.cookies["visit"]
    conversation_id = await visitor.conversation()
    await visitor.client.post("/leave", headers=SAME)
    visitor.client.cookies.update({"visit": token})
    answer = await visitor.say("second")
    assert answer.json() == {"number": None, "fresh": False}
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert await visitor.lines() == []
    async with visitor.database.transaction() as tx:
        assert [m.text for m in await tx.desk.thread(conversation_id)] == ["first", "second"]


async def test_a_letter_to_somebody_who_left_is_refused_and_the_desk_sees_why(
    visitor: Visitor,
) -> None:
    """It does not lie in a mailbox that nobody reads."""
    await visitor.say("hello")
    await visitor.client.post("/leave", headers=SAME)
    await visitor.answer("too late")
    async with visitor.database.transaction() as tx:
        *_, last = await tx.desk.thread(await visitor.conversation())
    assert (last.delivery, last.delivery_error) == (Delivery.FAILED, "visit_over")


@pytest.mark.parametrize("human", [False, True])
async def test_silence_ends_a_visit_unless_a_human_was_asked_for(
    visitor: Visitor, human: bool
) -> None:
    """Half an hour without a line wipes the page; who waits for a person and looks, stays."""
    await visitor.say("can i talk to a person" if human else "hello")
    token = visitor.client.cookies["visit"]
    await age(visitor.database, IDLE + timedelta(minutes=1))
    async with visitor.database.transaction() as tx:
        await tx.session.execute(text("UPDATE web_visit SET seen_at = now()"))
    worker = Upkeep(visitor.database, None, None, utc_now)  # type: ignore[arg-type]
    await worker.end_visits()
    page = await visitor.client.get("/en")
    assert ("Max-Age=0" in page.headers.get("set-cookie", "")) is not human
    assert ("data-number" in page.text) is human
    visitor.client.cookies.update({"visit": token})
    fresh = (await visitor.say("hello again")).json()["fresh"]
    assert fresh is not human


async def test_a_page_that_is_gone_is_wiped_even_while_a_human_is_asked_for(
    visitor: Visitor,
) -> None:
    """A closed browser shows nothing to whoever opens it next; the alert stays open."""
    await visitor.say("can i talk to a person")
    await age(visitor.database, IDLE + timedelta(minutes=1))
    assert await visitor.lines() == []
    async with visitor.database.transaction() as tx:
        assert await tx.escalations.open_for(await visitor.conversation()) is not None


async def test_staying_gives_more_time(visitor: Visitor) -> None:
    """The idle clock starts anew."""
    await visitor.say("hello")
    await age(visitor.database, IDLE - timedelta(minutes=1))
    assert "Keep it open" in (await visitor.client.get("/en/lines?after=0")).text
    answer = await visitor.client.post("/stay", headers=SAME)
    assert answer.status_code == 303
    assert "Keep it open" not in (await visitor.client.get("/en/lines?after=0")).text


async def test_a_closed_conversation_starts_fresh(visitor: Visitor) -> None:
    """After the advocate closed it, the next message is another visit and another conversation."""
    await visitor.say("hello")
    old, token = await visitor.conversation(), visitor.client.cookies["visit"]
    async with visitor.database.transaction() as tx:
        conversation = await tx.conversations.lock(old)
        await tx.conversations.save(replace(conversation, closed_at=utc_now()))
    answer = await visitor.say("hello again")
    assert answer.json()["fresh"] is True
    assert visitor.client.cookies["visit"] != token
    assert await visitor.conversation() != old
    assert await visitor.lines() == [("contact", "hello again")]


async def test_a_flood_waits_but_risk_never_does(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the limit a message is asked to come again; one with risk in it is taken."""
    monkeypatch.setattr(flood, "PER_VISIT", RateLimitItemPerMinute(2))
    statuses = [(await visitor.say(f"spam {n}")).status_code for n in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert (await visitor.say("he is going to kill me")).status_code == 200
    refused = await visitor.say("spam", headers={"Accept": "text/html"})
    assert refused.headers["retry-after"] == "20"
    assert "1-833-900-1010" in refused.text


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("en-CA,en;q=0.9,fr;q=0.8", "en"),
        ("de,fr;q=0.5,en;q=0.4", "fr"),
        ("ja", "en"),
        ("fr;q=x,,;q=,en", "en"),
        ("fr;q=0,ja", "en"),
        ("", "en"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("fil-PH", "tl"),
        ("pa-IN", "pa"),
        ("pa-Latn", "pa-Latn"),
        ("zh-CN,zh;q=0.9", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("yue-HK,en;q=0.5", "zh-Hant"),
    ],
)
async def test_the_language_that_the_browser_likes(
    visitor: Visitor, accepted: str, language: str
) -> None:
    """Unless a person picks one by its own address."""
    answer = await visitor.client.get("/", headers={"Accept-Language": accepted})
    assert f'<html lang="{language}" dir="ltr">' in answer.text
    answer = await visitor.client.get("/fr", headers={"Accept-Language": accepted})
    assert '<html lang="fr" dir="ltr">' in answer.text
    assert ">Français</a>" in answer.text


async def test_every_language_is_in_the_picker_in_its_own_script(visitor: Visitor) -> None:
    """With its tag and its direction, the one of the page marked, in the order of every list."""
    page = (await visitor.client.get("/fr")).text
    shown = re.findall(r'<a href="/([A-Za-z-]+)" lang="([^"]+)"( dir="rtl")?( aria-current)?', page)
    tags = [tag for tag, *_ in shown]
    assert tags == [tag for tag in listed() if tag in Catalogue.load("pages").languages]
    for tag, lang, rtl, current in shown:
        assert f">{own_name(tag)}</a>" in page
        assert bool(rtl) == (direction(tag) == "rtl")
        assert bool(current) == (tag == "fr")
        assert lang == {"zh": "zh-Hans"}.get(tag, tag)


async def test_the_first_page_of_every_language_is_light(visitor: Visitor) -> None:
    """Page, style and script together, compressed: some scripts take three bytes a letter."""
    english = (await visitor.client.get("/en")).text
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', english)
    assert len(files) == 2
    sizes = [len(gzip.compress((await visitor.client.get(path)).content)) for path in files]
    for tag in sorted(Catalogue.load("pages").languages):
        page = (await visitor.client.get(f"/{tag}")).content
        assert sum(sizes) + len(gzip.compress(page)) <= 10_000, tag


@pytest.mark.parametrize("path", ["/", "/privacy", "/no-such-page"])
async def test_every_page_names_the_phone_line_and_the_emergency_number(
    visitor: Visitor, path: str
) -> None:
    """And its title says nothing."""
    page = (await visitor.client.get(path)).text
    assert 'href="tel:18339001010"' in page
    assert "911" in page
    assert "<title>Chat</title>" in page
    assert "traffick" not in page.lower()


async def test_a_database_that_is_down_leaves_a_page_with_the_phone(key_file: Path) -> None:
    """The first page needs no database; a message is refused in words."""
    app = create_app(settings("postgresql://nobody@127.0.0.1:1/none", key_file))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
        client.headers["Accept"] = "text/html"
        first = await client.get("/")
        data = {"text": SECRET, "key": new_key(), "language": "en"}
        refused = await client.post("/say", data=data, headers=SAME)
        left = await client.post("/leave", headers={**SAME, "Cookie": "visit=" + "a" * 64})
        again = await client.get("/", headers={"Cookie": "visit=" + "a" * 64})
    assert first.status_code == again.status_code == 200
    assert "does not work right now" in again.text
    assert refused.status_code == 503
    assert "1-833-900-1010" in refused.text
    assert SECRET not in refused.text
    assert (left.status_code, left.headers["location"]) == (303, EXIT)


def letter(address: str, **more: Any) -> Letter:
    """A letter to a visitor."""
    given: dict[str, Any] = {
        "message_id": uuid4(),
        "channel": "web",
        "inbox": "web",
        "address": address,
        "author": Author.BOT,
        "text": "hello",
        "key": None,
        "attempts": 0,
        "in_doubt": False,
        "first_attempt_at": None,
        "last_attempt_at": None,
        "created_at": datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
        "last_inbound_at": datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
    }
    return Letter(**{**given, **more})


async def test_the_adapter_lays_a_line_once_and_finds_it_again(visitor: Visitor) -> None:
    """Sending twice shows one line; a line in doubt is looked up in the mailbox."""
    await visitor.say("hello")
    async with visitor.database.transaction() as tx:
        conversation = await tx.conversations.get(await visitor.conversation())
        message_id = await tx.messages.add_outbound(conversation, "an answer", None)
    adapter = WebChat(visitor.database, utc_now)
    sent = letter(visitor.client.cookies["visit"], message_id=message_id, text="an answer")
    assert await adapter.find_sent(sent, frozenset()) is None
    assert await adapter.send(sent) == await adapter.send(sent) == f"web:{message_id}"
    assert await adapter.find_sent(sent, frozenset()) == f"web:{message_id}"
    assert (await visitor.lines())[1:] == [("bot", "an answer")]


async def test_the_adapter_refuses_an_address_without_a_visit(visitor: Visitor) -> None:
    """Nobody reads there."""
    with pytest.raises(Rejected):
        await WebChat(visitor.database, utc_now).send(letter("f" * 64))


async def test_a_worker_that_died_after_sending_does_not_send_twice(visitor: Visitor) -> None:
    """The line that lies in the mailbox is found, and the message counts as sent."""
    await visitor.say("hello")
    conversation_id = await visitor.conversation()
    async with visitor.database.transaction() as tx:
        conversation = await tx.conversations.get(conversation_id)
        message_id = await tx.messages.add_outbound(conversation, "an answer", None)
        await tx.outbox.begin(message_id, utc_now())
    token = visitor.client.cookies["visit"]
    adapter = WebChat(visitor.database, utc_now)
    await adapter.send(letter(token, message_id=message_id, text="an answer"))
    outbox = Outbox(visitor.database, {"web": adapter}, utc_now, settling=timedelta())
    await outbox.deliver(conversation_id)
    assert [words for _, words in await visitor.lines()] == ["hello", "an answer"]


def test_the_adapter_has_no_webhook() -> None:
    """Nothing may come in that way."""
    adapter = WebChat(None, utc_now)  # type: ignore[arg-type]
    assert adapter.hooks == ()
    with pytest.raises(BadOrigin):
        adapter.verify(RawRequest(url="", headers={}, body=b""))
