"""Throws generated requests at every public route of a running porch and tells what came back.

`DATABASE_URL=... python -m benchmarks.nasty http://127.0.0.1:8080`, with 5,000 requests a route by
default. It fails when any answer is a server error, or when a request that proves no origin left a
row behind. A smaller number of the same kind stays in tests/channels/test_nasty_requests.py.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from typing import Annotated
from urllib.parse import quote

import httpx
import psycopg
import typer
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

ROUTES = (
    "/",
    "/fr",
    "/privacy",
    "/return",
    "/return/code",
    "/say",
    "/leave",
    "/stay",
    "/events",
    "/en/lines",
    "/embed",
    "/embed/say",
    "/hooks/twilio/sms",
    "/hooks/twilio/status",
    "/hooks/twilio/whatsapp",
    "/hooks/telegram",
)
_FORMS = ("/say", "/leave", "/stay", "/return", "/return/code", "/embed/say")
_TABLES = ("conversation", "message", "web_visit", "web_mailbox", "return_code", "escalation")
_text = st.text(max_size=60)
_field = st.sampled_from(["text", "key", "language", "code", "Body", "From", "MessageSid", "x"])
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


def run(
    url: Annotated[str, typer.Argument(help="address of a running porch that serves nobody")],
    requests: Annotated[int, typer.Option(help="requests a route")] = 5_000,
    only: Annotated[str, typer.Option(help="routes that begin with this")] = "/",
) -> None:
    """Throw, count, judge."""
    started, failed = time.monotonic(), False
    with httpx.Client(base_url=url, timeout=20) as client:
        routes = [route for route in ROUTES if route.startswith(only)]
        for route in routes:
            before = _rows()
            seen = _throw(client, route, requests)
            left = {t: n - before[t] for t, n in _rows().items() if n != before[t]}
            broken = sum(n for status, n in seen.items() if status >= 500)
            failed = failed or bool(broken or left)
            print(f"{route:24} {dict(sorted(seen.items()))} rows left: {left or 'none'}")
        for route in [route for route in _FORMS if route.startswith(only)]:
            # As our own page would send it: what is fit is stored, and nothing may break.
            seen = _throw(client, route, requests, ours=True)
            failed = failed or any(status >= 500 for status in seen)
            print(f"{route:24} {dict(sorted(seen.items()))} as our own page")
    print(f"{len(routes)} routes, {requests} requests each, {time.monotonic() - started:.0f} s")
    if failed:
        print("failed: a server error, or rows of nobody")
        raise typer.Exit(1)


def _throw(client: httpx.Client, route: str, requests: int, *, ours: bool = False) -> Counter[int]:
    """Status of each answer; a stream is read no further than its head."""
    seen: Counter[int] = Counter()

    @given(
        method=st.sampled_from(
            ["POST", "POST", "GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"]
        ),
        query=_query,
        headers=st.dictionaries(_header, _values, max_size=4),
        body=_bodies,
    )
    @settings(
        max_examples=requests,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def throw(method: str, query: str, headers: dict[str, str], body: bytes) -> None:
        if ours:
            method, headers = "POST", {**headers, "sec-fetch-site": "same-origin"}
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        with client.stream(method, route + query, headers=raw, content=body) as answer:
            seen[answer.status_code] += 1

    throw()
    return seen


def _rows() -> dict[str, int]:
    """How much the database holds."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        found = {}
        for table in _TABLES:
            row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
            assert row is not None
            found[table] = int(row[0])
        return found


if __name__ == "__main__":
    typer.run(run)
