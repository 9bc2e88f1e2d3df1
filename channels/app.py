"""The porch as an ASGI application."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from channels.adapter import Adapter, Event
from channels.registry import Registry
from channels.routes import Porch, hook_routes, take_in
from channels.settings import PorchSettings
from channels.spool import Spool
from channels.web.doorbells import Doorbells
from channels.web.setup import add_pages
from intake.messages import Inbound
from intake.receive import receive
from intake.risk import rules
from intake.speaking import Voice
from locales.catalogue import Catalogue
from storage.database import Database, utc_now
from storage.keys import load
from storage.notify import VISITOR, Hub
from storage.roles import MAY_READ

log = logging.getLogger(__name__)

_LISTEN_AGAIN_SECONDS = 5.0


def create_app(settings: PorchSettings, *, fetches: bool = True) -> FastAPI:
    """Build the porch. Raises BadKeyFile.

    `fetches`: it also asks providers for what their hooks missed; one process of several does.
    """
    rules()  # read before the first message comes, not while it waits
    url = settings.porch_database_url or settings.database_url
    database = Database(url, load(settings.hotline_key_file))
    registry = Registry.build(settings, database)
    hub = Hub(url, VISITOR)
    doorbells = Doorbells(hub)
    sentences = Catalogue.load(unreviewed=settings.unreviewed_sentences)
    voice = Voice(sentences, settings.line_phone, settings.inbox_languages)

    async def store(inbound: Inbound) -> None:
        await receive(inbound, transaction=database.transaction, voice=voice, now=utc_now)

    spool = Spool(settings.spool_dir, database.keyring, store) if settings.spool_dir else None

    porch = Porch(
        database=database,
        registry=registry,
        public_url=settings.public_url.rstrip("/"),
        store=spool.take if spool else store,
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        for name, reason in registry.off.items():
            log.warning("channel %s is off: %s", name, reason)
        if spool is None:
            log.warning("SPOOL_DIR is not set: texts are lost while the database is down")
        chores = [doorbells.run(), hub.run(), *([spool.run()] if spool else [])]
        chores.append(_own_up(database))
        if fetches:
            chores += [_listening(adapter, porch) for adapter in registry.on.values()]
        running = [asyncio.create_task(chore) for chore in chores]
        yield
        for task in running:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        for adapter in registry.on.values():
            await adapter.close()
        await database.close()

    # No schema pages on the public port: nothing there is an interface for strangers.
    app = FastAPI(
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        # Who asked for which page is nobody's to know.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.hub = hub
    app.state.doorbells = doorbells
    app.state.porch = porch
    app.router.routes.extend(hook_routes(porch))
    add_pages(
        app,
        database=database,
        doorbells=doorbells,
        voice=voice,
        catalogue=Catalogue.load("pages", unreviewed=settings.unreviewed_sentences),
        public_url=settings.public_url.rstrip("/"),
        exit_url=settings.exit_url,
        embed_origins=settings.embed_origins,
        processes=settings.porch_processes,
        now=utc_now,
    )

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> Response:
        async with database.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
        return Response("ok", media_type="text/plain")

    return app


async def _own_up(database: Database) -> None:
    """Say in the log when this process may read what it should only add to."""
    with suppress(SQLAlchemyError):
        async with database.engine.connect() as connection:
            if await connection.scalar(MAY_READ):
                log.warning("the porch may read messages: set PORCH_DATABASE_URL")


async def _listening(adapter: Adapter, porch: Porch) -> None:
    """Let a channel listen for as long as the porch runs; a failure is named and tried again."""

    async def take(event: Event) -> None:
        await take_in(event, porch)

    while True:
        try:
            await adapter.listen(take)
            return
        except Exception as error:
            log.warning("channel %s cannot listen: %s", adapter.name, type(error).__name__)
        await asyncio.sleep(_LISTEN_AGAIN_SECONDS)
