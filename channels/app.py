"""The porch as an ASGI application."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy import text

from channels.registry import Registry
from channels.routes import Porch, hook_routes
from channels.settings import PorchSettings
from intake.speaking import Voice
from locales.catalogue import Catalogue
from storage.database import Database
from storage.keys import load
from storage.notify import VISITOR, Hub

log = logging.getLogger(__name__)


def create_app(settings: PorchSettings) -> FastAPI:
    """Build the porch. Raises BadKeyFile."""
    database = Database(settings.database_url, load(settings.hotline_key_file))
    registry = Registry.build(settings, database)
    hub = Hub(settings.database_url, VISITOR)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        for name, reason in registry.off.items():
            log.warning("channel %s is off: %s", name, reason)
        listening = asyncio.create_task(hub.run())
        yield
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        await database.close()

    # No schema pages on the public port: nothing there is an interface for strangers.
    app = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.hub = hub
    app.state.porch = Porch(
        database=database,
        registry=registry,
        voice=Voice(Catalogue.load(), settings.line_phone),
        public_url=settings.public_url.rstrip("/"),
    )
    app.include_router(hook_routes(registry))
    app.add_exception_handler(RequestValidationError, _refuse_quietly)

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> Response:
        async with database.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
        return Response("ok", media_type="text/plain")

    return app


async def _refuse_quietly(_: Request, __: Exception) -> Response:
    """A bad request gets no echo of what it said."""
    return JSONResponse({"error": "bad_request"}, status_code=422)
