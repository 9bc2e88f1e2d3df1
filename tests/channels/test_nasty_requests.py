"""Whatever is thrown at a hook: no server error, and nothing kept without proof of origin."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import text

from benchmarks.nasty import HOOKS, PAGES, STRANGERS, VISITORS, encoded
from channels.app import create_app
from channels.settings import PorchSettings
from practice.telegram import SECRET_HEADER
from tests.channels.conftest import LINE, PUBLIC, TOKEN, signed
from tests.channels.webchat import SAME, Visitor
from tests.conftest import hall

SECRET = "a-long-secret-of-our-own"
#: Enough to find what breaks, few enough for every run.
EXAMPLES = 120


@pytest.fixture
async def every_hook(porch_settings: PorchSettings) -> AsyncIterator[httpx.AsyncClient]:
    """A porch with every channel on; Telegram itself is away."""
    given_ = {
        "twilio_whatsapp_from": LINE,
        "telegram_bot_token": SecretStr("4210001:practice-token"),
        "telegram_webhook_secret": SecretStr(SECRET),
        "telegram_api_url": "http://127.0.0.1:1",
        "web_embed_origins": "https://host.example",
    }
    app = create_app(porch_settings.model_copy(update=given_))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client,
    ):
        client.app = app  # type: ignore[attr-defined]
        yield client


async def _kept(client: Any, of: str = "message") -> int:
    async with hall(client.app).transaction() as tx:
        return int(await tx.session.scalar(text(f"SELECT count(*) FROM {of}")))


_bodies = st.one_of(
    st.binary(max_size=200),
    st.dictionaries(
        st.sampled_from(["MessageSid", "From", "To", "Body", "NumMedia", "MessageStatus", "X"]),
        st.text(max_size=40),
        max_size=7,
    ).map(lambda form: str(httpx.QueryParams(form)).encode()),
    st.sampled_from([b"{}", b"[]", b"null", b'{"message":{"chat":{}}}', b"\x00" * 50]),
)
_headers = st.dictionaries(
    st.sampled_from(["content-type", "x-twilio-signature", SECRET_HEADER.lower(), "accept"]),
    st.sampled_from(
        ["", "application/json", "application/x-www-form-urlencoded", "multipart/form-data", "é?"]
    ).map(lambda value: value.encode("utf-8")),
    max_size=4,
)


@pytest.mark.parametrize("hook", HOOKS)
async def test_without_proof_nothing_is_kept_and_nothing_breaks(
    every_hook: httpx.AsyncClient, hook: str
) -> None:
    """Any method, any headers, any body."""
    before = await _kept(every_hook)

    @given(
        method=st.sampled_from(["POST", "POST", "POST", "GET", "PUT", "DELETE", "PATCH"]),
        body=_bodies,
        headers=_headers,
    )
    @example(method="POST", body=b"x" * 70_000, headers={})
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    async def nasty(method: str, body: bytes, headers: dict[str, bytes]) -> None:
        request = every_hook.build_request(
            method, hook, content=body, headers=list(headers.items())
        )
        answer = await every_hook.send(request)
        assert answer.status_code in (403, 405, 413)
        assert len(answer.content) < 200

    await nasty.hypothesis.inner_test(method="POST", body=b"x" * 70_000, headers={})
    await _run(nasty)
    assert await _kept(every_hook) == before


async def _run(test: Any) -> None:
    """Hypothesis is not asynchronous: it draws in a thread, and the requests run here."""
    import asyncio

    loop = asyncio.get_running_loop()
    inner = test.hypothesis.inner_test

    def outcome(**drawn: Any) -> None:
        asyncio.run_coroutine_threadsafe(inner(**drawn), loop).result(20)

    test.hypothesis.inner_test = outcome
    await asyncio.to_thread(test)


@pytest.mark.parametrize("hook", HOOKS[:4])
async def test_twilios_own_but_odd(every_hook: httpx.AsyncClient, hook: str) -> None:
    """With a true signature: parsed or named, never an error."""

    @given(
        form=st.dictionaries(
            st.sampled_from(["MessageSid", "From", "To", "Body", "NumMedia", "MessageStatus"]),
            st.text(alphabet=st.characters(codec="utf-8"), max_size=60),
            max_size=6,
        )
    )
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    async def odd(form: dict[str, str]) -> None:
        answer = await every_hook.post(hook, **signed(hook, form, TOKEN))
        # An empty form is no form: httpx sends no body and the signature is over none.
        assert answer.status_code == 200 or not form

    await _run(odd)


#: A stream of a visit ends with the visit alone (test_webchat_stream.py), and who asks for reports
#: too often waits for each answer (test_report_form.py).
DRAWN = tuple(route for route in PAGES if not route.endswith(("/events", "/report/return")))


async def test_strangers_break_no_page_and_leave_nothing(every_hook: httpx.AsyncClient) -> None:
    """Any method, query, header and body; `python -m benchmarks.nasty` sends 5,000 a route.

    The form for reports asks for no proof of origin, and is left out.
    """
    before = await _kept(every_hook)
    routes = [route for route in DRAWN if not route.endswith("/report")]

    @given(route=st.sampled_from(routes), **STRANGERS)
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    async def nasty(
        route: str, method: str, query: str, headers: dict[str, str], body: bytes
    ) -> None:
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        request = every_hook.build_request(method, route + query, content=body, headers=raw)
        assert (await every_hook.send(request)).status_code < 500

    await _run(nasty)
    assert await _kept(every_hook) == before


async def test_visits_break_no_page_and_keep_what_was_accepted(
    every_hook: httpx.AsyncClient,
) -> None:
    """A real session, our own page, keys that fit, and odd words in every field."""
    database = hall(every_hook.app)  # type: ignore[attr-defined]
    visitor = Visitor(every_hook, every_hook.app, database)  # type: ignore[attr-defined]
    assert (await visitor.say("hello")).status_code == 200
    session = {"cookie": f"visit={every_hook.cookies['visit']}", **SAME}
    every_hook.cookies.clear()
    # What the line answers to a sign of risk is not counted.
    texts = "message WHERE direction = 'in'"
    before = await _kept(every_hook, texts)
    accepted: set[tuple[str, bytes]] = set()

    @given(route=st.one_of(st.just("/say"), st.sampled_from(DRAWN)), **VISITORS)
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    async def odd(
        route: str, method: str, query: str, json: bool, form: dict[str, str], body: bytes | None
    ) -> None:
        kind = {"accept": "application/json" if json else "text/html"}
        content = encoded(form) if body is None else body
        answer = await every_hook.request(
            method, route + query, content=content, headers={**session, **kind}
        )
        every_hook.cookies.clear()
        assert answer.status_code < 500
        if route.endswith("/say") and answer.status_code in (200, 303):
            # The same key is the same message; the frame's session is another one.
            accepted.add((route, form["key"].encode() if body is None else body))

    await _run(odd)
    assert await _kept(every_hook, texts) - before == len(accepted)
    assert accepted
