"""Follows docs/adding-a-channel.md: the page's own code becomes a channel of a running porch."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from channels import registry
from channels.app import create_app
from channels.outbox import Outbox
from channels.settings import PorchSettings
from intake.messages import Delivery
from storage.database import utc_now
from tests.channels.conftest import PUBLIC, serving
from tests.conftest import hall

SECRET = "shared-with-the-pager-company"
PAGE = {"id": "p-1", "from": "pager 0107", "to": "line", "text": "hello"}


@pytest.fixture
def pager(root: Path) -> ModuleType:
    """The module that the page tells to write."""
    page = (root / "docs/adding-a-channel.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    module = ModuleType("channels.adapters.pager")
    exec(compile(code, "docs/adding-a-channel.md", "exec"), module.__dict__)
    return module


@pytest.fixture
def company() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The pager company's API."""
    app, taken = FastAPI(), []

    @app.post("/pages")
    async def pages(page: dict[str, Any]) -> JSONResponse:
        taken.append(page)
        return JSONResponse({"id": f"out-{len(taken)}"})

    with serving(app) as url:
        yield url, taken


def signed(page: dict[str, Any], secret: str = SECRET) -> dict[str, Any]:
    """Arguments of a post as the company would make it."""
    body = json.dumps(page).encode()
    signature = hmac.new(secret.encode(), body, sha256).hexdigest()
    return {"content": body, "headers": {"x-pager-signature": signature}}


async def test_one_file_and_one_line_make_a_channel(
    pager: ModuleType,
    company: tuple[str, list[dict[str, Any]]],
    porch_settings: PorchSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Verified, stored once, answered in order, and everything of intake/ for free."""
    url, taken = company

    def build(settings: Any, database: Any) -> Any:
        return pager.Pager(SECRET, url, utc_now)

    monkeypatch.setattr(registry, "CHANNELS", {**registry.CHANNELS, "pager": build})
    app = create_app(porch_settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=PUBLIC) as client,
    ):
        assert (await client.post("/hooks/pager", **signed(PAGE, "other"))).status_code == 403
        for _ in range(2):
            assert (await client.post("/hooks/pager", **signed(PAGE))).status_code == 200
        assert (await client.post("/hooks/pager", **signed({"odd": 1}))).status_code == 200
        risky = {**PAGE, "id": "p-2", "text": "he has a gun"}
        assert (await client.post("/hooks/pager", **signed(risky))).status_code == 200
        database = hall(app)
        async with database.transaction() as tx:
            (entry,) = [one for one in await tx.board.entries() if one.channel == "pager"]
            thread = await tx.desk.thread(entry.conversation_id)
        assert [message.text for message in thread if message.delivery is None] == [
            "hello",
            "he has a gun",
        ]
        outbox = Outbox(database, app.state.porch.registry.on, utc_now, settling=timedelta(0))
        async with database.transaction() as tx:
            conversation = await tx.conversations.get(entry.conversation_id)
            await tx.messages.add_outbound(conversation, "an answer", None)
        await outbox.deliver(entry.conversation_id)
        assert [page["text"] for page in taken][-1:] == ["an answer"]
        async with database.transaction() as tx:
            *_, last = await tx.desk.thread(entry.conversation_id)
        assert last.delivery is Delivery.SENT
