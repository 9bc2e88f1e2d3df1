"""Puts the pages onto the porch: routes, static files, headers, compression, errors."""

from __future__ import annotations

import os

from fastapi import FastAPI, Response
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from channels.web.doorbells import Doorbells
from channels.web.embed import embed_routes
from channels.web.errors import explain_errors
from channels.web.flood import Flood
from channels.web.headers import DefaultHeaders, default_headers
from channels.web.pages import STATIC, Pages
from channels.web.returns import Returns, return_routes
from channels.web.routes import Web, page_routes
from channels.web.session import Sessions
from channels.web.stream import Pace, Streams
from channels.web.tip_api import TipApi, create_tip_api
from channels.web.tips import TipForms, tip_routes
from channels.web.visits import Visits
from intake.ports import Clock
from intake.speaking import Voice
from locales.catalogue import Catalogue
from storage.database import Database

# Long enough for a visit; a cache that outlives it would be a trace.
_KEEP = "private, max-age=3600"


class _Static(StaticFiles):
    """Files whose address changes with their content."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = _KEEP
        return response


def add_pages(
    app: FastAPI,
    *,
    database: Database,
    doorbells: Doorbells,
    voice: Voice,
    catalogue: Catalogue,
    public_url: str,
    exit_url: str,
    now: Clock,
    pace: Pace | None = None,
    embed_origins: tuple[str, ...] = (),
    processes: int = 1,
) -> None:
    """Everything that a browser sees of the line."""
    pages = Pages(catalogue, voice.phone, exit_url)
    sessions = Sessions(database.keyring, public_url)
    flood = Flood(processes)
    web = Web(
        pages=pages,
        sessions=sessions,
        visits=Visits(database, sessions, voice, now),
        streams=Streams(database, doorbells, now, pace or Pace()),
        flood=flood,
        exit_url=exit_url,
    )
    app.include_router(page_routes(web))
    app.include_router(embed_routes(web, embed_origins))
    app.include_router(return_routes(Returns(database, sessions, pages, flood, voice, now)))
    app.include_router(tip_routes(TipForms(database, pages, voice, now, exit_url, processes)))
    app.mount("/api", create_tip_api(TipApi(database, now)))
    app.mount("/static", _Static(directory=STATIC))
    icon = (STATIC / "icon.png").read_bytes()

    @app.get("/favicon.ico", include_in_schema=False)
    async def favicon() -> Response:
        return Response(icon, media_type="image/png", headers={"Cache-Control": _KEEP})

    headers = default_headers(exit_url, secure=sessions.secure)
    explain_errors(app, pages, headers)
    app.add_middleware(DefaultHeaders, headers=headers)
    # Starlette leaves event streams alone. Small files gain from compression too.
    app.add_middleware(GZipMiddleware, minimum_size=200)
