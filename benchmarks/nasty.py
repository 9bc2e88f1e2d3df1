"""Throws generated requests at every public route of a porch and tells what came back.

`python -m benchmarks.nasty` starts a line of its own in a temporary folder, with every channel on,
and sends 5,000 requests a route and a kind: as a stranger, and as a browser in the middle of a
visit whose forms come from our own page with keys that fit. It fails when any answer is a server
error, when a stranger's request left a row behind, or when more was stored than was accepted. A
smaller number of the same kind stays in tests/channels/.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import httpx
import psycopg
import typer
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from benchmarks.own_line import own_line

HOOKS = (
    "/hooks/twilio/sms",
    "/hooks/twilio/status",
    "/hooks/twilio/whatsapp",
    "/hooks/twilio/whatsapp/status",
    "/hooks/telegram",
)
PAGES = (
    "/",
    "/fr",
    "/ar/privacy",
    "/return",
    "/return/code",
    "/say",
    "/leave",
    "/stay",
    "/events",
    "/en/lines",
    "/report",
    "/fr/report",
    "/report/return",
    "/embed",
    "/embed.js",
    "/embed/say",
    "/embed/leave",
    "/embed/stay",
    "/embed/events",
    "/static/chat.js",
    "/static/../settings.py",
    "/favicon.ico",
    "/healthz",
    "/nowhere",
)
# Of messages those that came in: a sign of risk is answered at once.
TEXTS = "message WHERE direction = 'in'"
_TABLES = ("conversation", TEXTS, "tip", "web_visit", "web_mailbox", "return_code", "escalation")
#: What may be stored by whom: the tables, and whether a stranger may as well.
STORES = {
    "/say": (TEXTS, False),
    "/embed/say": (TEXTS, False),
    "/report": ("tip", True),
    "/fr/report": ("tip", True),
    "/return/code": ("return_code", False),
}
#: Who asks too often waits some seconds for each answer there: so they are asked less often.
SLOW = ("/report", "/fr/report", "/report/return")
SLOW_REQUESTS = 20
_CHANNELS = {
    "TWILIO_WHATSAPP_FROM": "+16135550100",
    "TELEGRAM_BOT_TOKEN": "4210001:practice-token",
    "TELEGRAM_WEBHOOK_SECRET": "a-long-secret-of-our-own",
    "TELEGRAM_API_URL": "http://127.0.0.1:1",
    "WEB_EMBED_ORIGINS": "https://host.example",
}
_text = st.text(max_size=60)
_field = st.sampled_from(
    "text key language code words where ongoing child receipt withdraw Body From".split()
)
_bodies = st.one_of(
    st.binary(max_size=300),
    st.dictionaries(_field, _text, max_size=6).map(
        lambda form: "&".join(
            f"{name}={quote(value.encode('utf-8', 'surrogatepass'))}"
            for name, value in form.items()
        ).encode()
    ),
    st.sampled_from(
        [b"{}", b"null", b"text=%00&key=%ff", b"text=%F0%9F%92%A3" * 200, b"x" * 70_000]
    ),
)
_header = st.sampled_from(
    "cookie content-type accept accept-language last-event-id referer range x-twilio-signature"
    " x-telegram-bot-api-secret-token sec-fetch-site origin".split()
)
_values = st.one_of(
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40).map(str.strip),
    st.sampled_from(
        ["visit=" + "a" * 64, "visit=é", "same-site", "null", "text/html", "bytes=9-1"]
    ),
)
_query = st.one_of(
    st.just(""), _text.map(lambda q: "?after=" + quote(q.encode("utf-8", "replace")))
)


# What our own page sends: a key that fits, and anything a person may write or tamper with.
_keys = st.one_of(
    st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", min_size=30).map(
        lambda key: key[:64]
    ),
    st.sampled_from(["a" * 32, "", "short", "a" * 65]),
)
_own_forms = st.fixed_dictionaries(
    {
        "text": st.text(max_size=200),
        "key": _keys,
        "language": st.sampled_from(["en", "ar", "x", ""]),
    },
    optional={
        "words": _text,
        "code": st.one_of(_text, st.from_regex(r"[2-9]\d\d-[01]\d\d-\d{4}", fullmatch=True)),
        "receipt": st.from_regex(r"(\d{4} ){3}\d{4}", fullmatch=True),
        "ongoing": st.sampled_from(["yes", "no", "unsure", "x"]),
        "where": _text,
    },
)


#: A request of anybody.
STRANGERS = {
    "method": st.sampled_from("POST POST GET PUT DELETE PATCH OPTIONS HEAD".split()),
    "query": _query,
    "headers": st.dictionaries(_header, _values, max_size=4),
    "body": _bodies,
}
#: A request of a browser in the middle of a visit; `body` stands in for the form now and then.
VISITORS = {
    "method": st.sampled_from("POST POST POST GET".split()),
    "query": _query,
    "json": st.booleans(),
    "form": _own_forms,
    "body": st.one_of(st.none(), st.none(), _bodies),
}


@dataclass
class Thrown:
    """What came back from a route; `accepted`: how many requests were taken in."""

    statuses: Counter[int] = field(default_factory=Counter)
    accepted: int = 0

    def take(self, method: str, status: int) -> None:
        """One answer."""
        self.statuses[status] += 1
        self.accepted += method == "POST" and status in (200, 303)


def _limits(requests: int) -> settings:
    return settings(
        max_examples=requests,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def as_stranger(client: httpx.Client, route: str, requests: int) -> Thrown:
    """Any method, query, headers and body; a stream is read no further than its head."""
    thrown = Thrown()

    @given(**STRANGERS)
    @_limits(requests)
    def throw(method: str, query: str, headers: dict[str, str], body: bytes) -> None:
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        with client.stream(method, route + query, headers=raw, content=body) as answer:
            thrown.take(method, answer.status_code)

    throw()
    return thrown


def in_a_visit(client: httpx.Client, route: str, requests: int, cookie: str) -> Thrown:
    """From our own page, with a session that is real."""
    thrown = Thrown()
    ours = {"sec-fetch-site": "same-origin", "cookie": cookie}

    @given(**VISITORS)
    @_limits(requests)
    def throw(
        method: str, query: str, json: bool, form: dict[str, str], body: bytes | None
    ) -> None:
        headers = {**ours, "accept": "application/json" if json else "text/html"}
        content = body if body is not None else encoded(form)
        with client.stream(method, route + query, headers=headers, content=content) as answer:
            thrown.take(method, answer.status_code)

    throw()
    return thrown


def visit(client: httpx.Client) -> str:
    """Begin a visit as a browser does; the cookies of the page and of the frame."""
    cookies = []
    for base in ("", "/embed"):
        key = re.search(r'name="key" value="([^"]+)"', client.get(f"/en{base}").text)
        assert key is not None
        form = {"text": "hello", "key": key[1], "language": "en"}
        headers = {"sec-fetch-site": "same-origin"}
        answer = client.post(f"{base}/say", data=form, headers=headers)
        cookies.append(answer.headers["set-cookie"].partition(";")[0])
    client.cookies.clear()
    return "; ".join(cookies)


def encoded(form: Mapping[str, str]) -> bytes:
    """A form as a browser posts it, odd characters and all."""
    return "&".join(
        f"{name}={quote(value.encode('utf-8', 'surrogatepass'))}" for name, value in form.items()
    ).encode()


@dataclass(frozen=True)
class Judge:
    """Tells after each route what came back and whether that may be."""

    database_url: str

    def judge(self, route: str, kind: str, throw: Callable[[], Thrown]) -> bool:
        """Throw, print, judge."""
        before, began = self._rows(), time.monotonic()
        thrown = throw()
        took = time.monotonic() - began
        left = {table: n - before[table] for table, n in self._rows().items() if n > before[table]}
        table, by_strangers = STORES.get(route, ("", False))
        may = thrown.accepted if by_strangers or kind == "visit" else 0
        broken = any(status >= 500 for status in thrown.statuses)
        # One text opens a conversation, a visit and an alert as well, so the text alone is counted.
        wrong = left.get(table, 0) > may if table and may else bool(left)
        verdict = "FAILED" if broken or wrong else "ok"
        statuses = " ".join(f"{status}:{n}" for status, n in sorted(thrown.statuses.items()))
        print(
            f"{verdict:6} {kind:8} {route:30} {took:4.0f} s  {statuses}  rows: {left or 'none'}",
            flush=True,
        )
        return not (broken or wrong)

    def _rows(self) -> dict[str, int]:
        """How much the database holds."""
        with psycopg.connect(self.database_url) as connection:
            found = {}
            for table in _TABLES:
                row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
                assert row is not None
                found[table] = int(row[0])
            return found


def throw_at(url: str, database_url: str, requests: int, only: str) -> bool:
    """Every route, both kinds; whether all is well."""
    judge = Judge(database_url)
    well = []
    with httpx.Client(base_url=url, timeout=30) as client:
        for route in (*HOOKS, *PAGES):
            if route.startswith(only):
                many = min(requests, SLOW_REQUESTS) if route in SLOW else requests
                throw = partial(as_stranger, client, route, many)
                well.append(judge.judge(route, "stranger", throw))
        for route in PAGES:
            if route.startswith(only):
                # A visit of its own: a route may end it.
                many = min(requests, SLOW_REQUESTS) if route in SLOW else requests
                throw = partial(in_a_visit, client, route, many, visit(client))
                well.append(judge.judge(route, "visit", throw))
    return all(well)


async def _on_own_line(folder: Path, requests: int, only: str) -> bool:
    async with own_line(folder, worker=False, more=_CHANNELS) as line:
        return await asyncio.to_thread(throw_at, line.public_url, line.database_url, requests, only)


def run(
    requests: Annotated[int, typer.Option(help="requests a route and a kind")] = 5_000,
    only: Annotated[str, typer.Option(help="routes that begin with this")] = "/",
) -> None:
    """Throw, count, judge."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        well = asyncio.run(_on_own_line(Path(folder), requests, only))
    print(f"{requests} requests a route and a kind, {time.monotonic() - started:.0f} s")
    if not well:
        print("failed: a server error, or rows of nobody")
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(run)
