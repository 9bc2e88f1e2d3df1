"""The desk as an ASGI application."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI, Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from directory.question import Reader
from directory.search import Directory
from handoff import (
    account_pages,
    accounts_pages,
    api,
    audit_pages,
    break_glass_pages,
    calls_pages,
    contact_api,
    directory_api,
    directory_pages,
    duty_routes,
    ledger_api,
    line_pages,
    pages,
    panel_api,
    passkey_pages,
    phrases_pages,
    practice_pages,
    protocol_pages,
    refusals,
    report_pages,
    screen_api,
    set_up_pages,
    teamwork_routes,
    tip_export_pages,
    tip_files_pages,
    tip_keys_pages,
    tip_pass_pages,
    tips_pages,
    translation_api,
    wall_pages,
)
from handoff.auth import Door
from handoff.guard import HEALTH, Guard
from handoff.office import Office
from handoff.passkeys import Passkeys
from handoff.passwords import Attempts, Passwords
from handoff.practice import Plays
from handoff.rendering import STATIC
from handoff.settings import DeskSettings
from handoff.stream import Feed
from handoff.translation import Translator
from intake.ports import Clock
from intake.speaking import Voice
from locales.catalogue import Catalogue
from storage.database import Database, utc_now
from storage.keys import load
from storage.notify import DESK, Hub

log = logging.getLogger(__name__)

_LARGEST_BODY = 64 * 1024
_AGAIN_SECONDS = 1.0


def create_office(
    settings: DeskSettings,
    *,
    now: Clock = utc_now,
    passwords: Passwords | None = None,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Office:
    """Wire one desk process. Raises BadKeyFile."""
    database = Database(settings.database_url, load(settings.hotline_key_file))
    return Office(
        settings=settings,
        directory=Directory.on(database.engine, settings.line_phone, now),
        database=database,
        door=Door(
            database=database,
            passwords=passwords or Passwords(),
            attempts=Attempts(database, now, pause),
            now=now,
            idle=settings.idle,
            session=settings.session,
            passkeys=Passkeys(settings.origin),
            factor=settings.staff_second_factor,
        ),
        feed=Feed(Hub(settings.database_url, DESK), database, now),
        voice=Voice(Catalogue.load(unreviewed=settings.unreviewed_sentences), settings.line_phone),
        now=now,
        translator=_translator(settings),
    )


def _translator(settings: DeskSettings) -> Translator | None:
    if settings.translate_url is None:
        return None
    key = settings.translate_key
    return Translator(settings.translate_url, None if key is None else key.get_secret_value())


def create_app(office: Office) -> Guard:
    """The desk behind its guard."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        tasks = [
            asyncio.create_task(_keep_listening(office.feed)),
            asyncio.create_task(_warm(office.directory)),
        ]
        yield
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await office.database.close()

    app = FastAPI(
        title="Desk",
        description="The staff desk's JSON API; see docs/desk.md.",
        lifespan=lifespan,
        # The schema is served by handoff/api.py, to those who are signed in.
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        max_body_size=_LARGEST_BODY,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.office = office
    app.state.plays = Plays()
    app.include_router(api.router)
    app.include_router(ledger_api.router)
    app.include_router(contact_api.router)
    app.include_router(panel_api.router)
    app.include_router(translation_api.router)
    app.include_router(directory_api.router)
    app.include_router(directory_pages.router)
    app.include_router(screen_api.router)
    app.include_router(phrases_pages.router)
    app.include_router(wall_pages.router)
    app.include_router(calls_pages.router)
    app.include_router(line_pages.router)
    app.include_router(tips_pages.router)
    app.include_router(tip_files_pages.router)
    app.include_router(tip_pass_pages.router)
    app.include_router(tip_keys_pages.router)
    app.include_router(tip_export_pages.router)
    app.include_router(report_pages.router)
    app.include_router(duty_routes.router)
    app.include_router(protocol_pages.router)
    app.include_router(teamwork_routes.router)
    app.include_router(practice_pages.router)
    app.include_router(pages.router)
    app.include_router(account_pages.router)
    app.include_router(passkey_pages.router)
    app.include_router(accounts_pages.router)
    app.include_router(set_up_pages.router)
    app.include_router(audit_pages.router)
    app.include_router(break_glass_pages.router)
    app.mount("/static", StaticFiles(directory=STATIC))
    refusals.install(app)

    @app.get(HEALTH, include_in_schema=False)
    async def healthz() -> Response:
        try:
            async with office.database.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError):
            return Response("the database does not answer", status_code=503)
        return Response("ok", media_type="text/plain")

    return Guard(app, office.settings.origin)


async def _warm(directory: Directory) -> None:
    """Read the directory before the first advocate asks: a large one takes half a minute."""
    try:
        await directory.warm(Reader.STAFF)
    except SQLAlchemyError:
        # The first search reads it, or tells what is wrong.
        log.warning("the directory could not be read at the start")


async def _keep_listening(feed: Feed) -> None:
    """Screens must not go deaf: whatever breaks the listener, it starts again."""
    while True:
        try:
            await feed.run()
        except Exception as error:
            log.error("the listener broke (%s); it starts again", type(error).__name__)
        await asyncio.sleep(_AGAIN_SECONDS)
