"""The action server: Rasa's action protocol over rasa_sdk's executor, on loopback.

rasa_sdk's own server listens on every interface, answers any origin, and sends
the whole tracker back when an action fails. This one does the same work and
none of that: an error is a code, and a log line names the action, not its data.
"""

from __future__ import annotations

import contextlib
import json
import logging
import traceback
from collections.abc import AsyncIterator, Sequence
from typing import Any

from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from actions.conversation import Misunderstood, SayGoodbye
from actions.language import ChangeLanguage, OtherLanguage
from actions.people import AnswerRisk, AnswerSearchForPerson, FetchPerson
from actions.referral import FinishSearch, ShowOffers, ValidateSearch
from actions.tips import FinishTip, ValidateTipForm
from directory.search import Directory
from locales.catalogue import Catalogue, Unreviewed

log = logging.getLogger(__name__)

MAX_BODY = 512 * 1024


def line_actions(directory: Directory, catalogue: Catalogue) -> list[Action]:
    """Every action that domain.yml names."""
    return [
        AnswerRisk(),
        AnswerSearchForPerson(),
        ChangeLanguage(),
        FetchPerson(),
        FinishSearch(directory, catalogue),
        FinishTip(),
        Misunderstood(),
        OtherLanguage(),
        SayGoodbye(),
        ShowOffers(directory, catalogue),
        ValidateSearch(),
        ValidateTipForm(),
    ]


def build(actions: Sequence[Action], lifespan: Any = None) -> Starlette:
    """The web application that runs these actions."""
    executor = ActionExecutor()
    for action in actions:
        executor.register_action(action)

    async def health(request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def webhook(request: Request) -> JSONResponse:
        return await _run(executor, request)

    routes = [
        Route("/health", health, methods=["GET"]),
        Route("/webhook", webhook, methods=["POST"]),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def build_on(
    database_url: str, line_phone: str, unreviewed: Unreviewed = Unreviewed.USE
) -> Starlette:
    """The application with the directory of a database; opens and closes it."""
    catalogue = Catalogue.load(domain="messages", unreviewed=unreviewed)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with Directory.open(database_url, line_phone) as directory:
            await directory.warm()
            inner = build(line_actions(directory, catalogue))
            app.router.routes.extend(inner.router.routes)
            yield

    return Starlette(lifespan=lifespan)


async def _run(executor: ActionExecutor, request: Request) -> JSONResponse:
    """Run one action; whatever goes wrong becomes a code without content."""
    body = await request.body()
    if len(body) > MAX_BODY:
        return _failed("too_large", 413)
    try:
        call = json.loads(body)
        name = call["next_action"]
        if not isinstance(name, str):
            raise TypeError
    except (ValueError, KeyError, TypeError):
        return _failed("bad_request", 400)
    # The engine leaves the domain out (endpoints.yml), and none of our actions reads it; the
    # executor insists on being given one.
    call.setdefault("domain", {})
    try:
        result = await executor.run(call)
    except ActionNotFoundException:
        log.error("no such action: asked for one that domain.yml should not name")
        return _failed("unknown_action", 404)
    except ActionExecutionRejection:
        return JSONResponse({"error": "rejected", "action_name": name}, status_code=400)
    except Exception as fault:
        # The message of an exception may quote what a person wrote; its origin does not.
        log.error("action %s failed: %s", name, _origin(fault))
        return _failed("action_failed", 500)
    return JSONResponse(result.model_dump() if result else {"events": [], "responses": []})


def _failed(code: str, status: int) -> JSONResponse:
    return JSONResponse({"error": code}, status_code=status)


def _origin(fault: BaseException) -> str:
    """Type and innermost frame of an exception."""
    frames = traceback.extract_tb(fault.__traceback__)
    last = frames[-1] if frames else None
    where = f"{last.filename}:{last.lineno}" if last else "unknown"
    return f"{type(fault).__module__}.{type(fault).__qualname__} at {where}"
