"""The porch as an ASGI application."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI, Response
from sqlalchemy import text

from channels.registry import Registry
from channels.routes import Porch, hook_routes
from channels.settings import PorchSettings
from channels.web.doorbells import Doorbells
from channels.web.setup import add_pages
from intake.speaking import Voice
from locales.catalogue import Catalogue
from storage.database import Database, utc_now
from storage.keys import load
from storage.notify import VISITOR, Hub

log = logging.getLogger(__name__)


def create_app(settings: PorchSettings) -> FastAPI:
    """Build the porch. Raises BadKeyFile."""
    database = Database(settings.database_url, load(settings.hotline_key_file))
    registry = Registry.build(settings, database)
    hub = Hub(settings.database_url, VISITOR)
    doorbells = Doorbells(hub)
    voice = Voice(Catalogue.load(), settings.line_phone)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        for name, reason in registry.off.items():
            log.warning("channel %s is off: %s", name, reason)
        running = [asyncio.create_task(doorbells.run()), asyncio.create_task(hub.run())]
        yield
        for task in running:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await database.close()

    # No schema pages on the public port: nothing there is an interface for strangers.
    app = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.hub = hub
    app.state.doorbells = doorbells
    app.state.porch = Porch(
        database=database,
        registry=registry,
        voice=voice,
        public_url=settings.public_url.rstrip("/"),
    )
    app.include_router(hook_routes(registry))
    add_pages(
        app,
        database=database,
        doorbells=doorbells,
        voice=voice,
        catalogue=Catalogue.load("pages"),
        public_url=settings.public_url.rstrip("/"),
        exit_url=settings.exit_url,
        now=utc_now,
    )

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> Response:
        async with database.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
        return Response("ok", media_type="text/plain")

    return app
