"""The one walk of every webhook: cap, verify, translate, store, answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from channels.adapter import Adapter, Aside, BadOrigin, Event, Ignored, RawRequest
from channels.registry import Registry
from channels.spool import Store
from intake.messages import DeliveryReport, Inbound
from storage.database import Database

log = logging.getLogger(__name__)

# A text of 1,600 characters with all of Twilio's fields stays far below.
LARGEST_BODY = 64 * 1024


@dataclass(frozen=True)
class Porch:
    """What a request needs."""

    database: Database
    registry: Registry
    public_url: str
    store: Store
    """Takes an inbound text and returns once it is kept."""
    asides: set[asyncio.Task[None]] = field(default_factory=set)
    """What is being done at providers beside the answers; held, so that it is not forgotten."""


def hook_routes(porch: Porch) -> list[Route]:
    """One route a hook of every channel that is on; bare ones, since each text pays for more."""
    return [
        Route(path, _endpoint(adapter, porch), methods=["POST"], include_in_schema=False)
        for adapter in porch.registry.on.values()
        for path in adapter.hooks
    ]


def _endpoint(adapter: Adapter, porch: Porch) -> Callable[[Request], Awaitable[Response]]:
    async def hook(request: Request) -> Response:
        body = await read_capped(request, LARGEST_BODY)
        if body is None:
            return Response(status_code=413)
        query = f"?{request.url.query}" if request.url.query else ""
        raw = RawRequest(
            url=f"{porch.public_url}{request.url.path}{query}",
            headers=dict(request.headers),
            body=body,
        )
        try:
            adapter.verify(raw)
        except BadOrigin:
            log.warning("refused a request without proof of origin on channel %s", adapter.name)
            return Response(status_code=403)
        for event in adapter.parse(raw):
            await take_in(event, porch)
        answer = adapter.answer
        return Response(answer.body, answer.status, media_type=answer.media_type)

    return hook


async def take_in(event: Event, porch: Porch) -> None:
    """Store what came in; when this returns, it is kept."""
    if isinstance(event, Inbound):
        await porch.store(event)
    elif isinstance(event, DeliveryReport):
        async with porch.database.transaction() as tx:
            conversation_id = await tx.outbox.report(event)
            if conversation_id is not None:
                await tx.signals.desk(conversation_id)
    elif isinstance(event, Aside):
        task = asyncio.create_task(_do(event))
        porch.asides.add(task)
        task.add_done_callback(porch.asides.discard)
    elif isinstance(event, Ignored):
        log.info("ignored: %s", event.kind)


async def _do(aside: Aside) -> None:
    try:
        await aside.do()
    except Exception as error:
        # Named by its kind only: a provider's error may repeat whom it is about.
        log.warning("%s failed: %s", aside.kind, type(error).__name__)


async def read_capped(request: Request, limit: int) -> bytes | None:
    """The body, or None as soon as it is longer than the limit."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            return None
        chunks.append(chunk)
    return b"".join(chunks)
