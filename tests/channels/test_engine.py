"""The way to the engine: every way in which it can fail is one named failure."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from channels.engine import RasaEngine
from intake.errors import EngineFailure
from intake.ports import EngineRequest
from tests.channels.conftest import free_port, serving
from tests.intake.test_effects import GOOD

REQUEST = EngineRequest("c1", "hello", None, False, ("before",), None)


async def _reply(request: Request) -> Response:
    how = request.headers["authorization"].removeprefix("Bearer ")
    if how == "slow":
        await asyncio.sleep(2)
    replies: dict[str, Response] = {
        "good": JSONResponse(GOOD),
        "empty": JSONResponse({**GOOD, "effects": []}),
        "broken": JSONResponse({"error": "x"}, 500),
        "text": PlainTextResponse("Internal error"),
        "huge": PlainTextResponse("x" * 700_000),
    }
    return replies.get(how, JSONResponse(GOOD))


APP = Starlette(
    routes=[
        Route(f"/webhooks/intake/{verb}", _reply, methods=["POST"]) for verb in ("turn", "judge")
    ]
)


async def _ask(url: str, how: str) -> Any:
    engine = RasaEngine(url, how, seconds=0.5)
    try:
        return await engine.turn(REQUEST)
    finally:
        await engine.close()


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ("slow", "slow"),
        ("empty", "empty"),
        ("broken", "status 500"),
        ("text", "nonsense"),
        ("huge", "too much"),
    ],
)
async def test_failures_have_one_name(how: str, kind: str) -> None:
    """The good answer shares the set-up, so that a refusal is for the right reason."""
    with serving(APP) as url:
        assert (await _ask(url, "good")).memory == "opaque"
        with pytest.raises(EngineFailure) as raised:
            await _ask(url, how)
    assert raised.value.kind == kind


async def test_nobody_there() -> None:
    """Connection refused is a failure, not an exception of the HTTP library."""
    with pytest.raises(EngineFailure) as raised:
        await _ask(f"http://127.0.0.1:{free_port()}", "good")
    assert raised.value.kind == "down"
