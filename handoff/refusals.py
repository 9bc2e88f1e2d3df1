"""How a refusal leaves the desk: a status, a stable code, and nothing of what was sent."""

from __future__ import annotations

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response

from handoff import errors
from handoff.rendering import language_of, render
from handoff.schemas import Failure, Problem
from intake.errors import ConversationNotFound, LineError

log = logging.getLogger(__name__)

# Code and status of every named refusal; docs/desk.md lists the codes.
REFUSALS: dict[type[LineError], tuple[str, HTTPStatus]] = {
    ConversationNotFound: ("not_found", HTTPStatus.NOT_FOUND),
    errors.SignedOut: ("signed_out", HTTPStatus.UNAUTHORIZED),
    errors.WrongPassword: ("wrong_password", HTTPStatus.UNAUTHORIZED),
    errors.NoRight: ("no_right", HTTPStatus.FORBIDDEN),
    errors.SecondFactorMissing: ("second_factor_missing", HTTPStatus.FORBIDDEN),
    errors.NotYours: ("not_yours", HTTPStatus.CONFLICT),
    errors.Taken: ("taken", HTTPStatus.CONFLICT),
    errors.OptedOut: ("opted_out", HTTPStatus.CONFLICT),
    errors.NotSafe: ("not_safe", HTTPStatus.CONFLICT),
    errors.NewMessage: ("new_message", HTTPStatus.CONFLICT),
    errors.PlanMoved: ("plan_moved", HTTPStatus.CONFLICT),
    errors.TierMoved: ("tier_moved", HTTPStatus.CONFLICT),
    errors.OnceUsed: ("once_used", HTTPStatus.CONFLICT),
    errors.NotOffered: ("not_offered", HTTPStatus.CONFLICT),
    errors.UnfitValue: ("unfit_value", HTTPStatus.UNPROCESSABLE_ENTITY),
    errors.NotLower: ("not_lower", HTTPStatus.UNPROCESSABLE_ENTITY),
    errors.UnfitText: ("unfit_text", HTTPStatus.UNPROCESSABLE_ENTITY),
    errors.NoConsent: ("no_consent", HTTPStatus.CONFLICT),
    errors.NoSuchEntry: ("no_such_entry", HTTPStatus.NOT_FOUND),
    errors.NotStanding: ("not_standing", HTTPStatus.CONFLICT),
    errors.NotTheirMessage: ("not_their_message", HTTPStatus.CONFLICT),
    errors.UnfitTerms: ("unfit_terms", HTTPStatus.UNPROCESSABLE_ENTITY),
    errors.OwnDecision: ("own_decision", HTTPStatus.CONFLICT),
    errors.Answered: ("answered", HTTPStatus.CONFLICT),
    errors.NoTranslation: ("no_translation", HTTPStatus.BAD_GATEWAY),
    errors.TooManyAttempts: ("too_many_attempts", HTTPStatus.TOO_MANY_REQUESTS),
}
OTHER_CODES = {
    "unfit_request": "the request is not of the shape that the API describes",
    "foreign_request": "the request does not come from a page of the desk",
    "wrong_host": "the desk was called by another name than STAFF_URL",
    "unavailable": "the database does not answer; try again",
    "internal": "something broke; the log of the desk has its kind and place",
}


def install(app: FastAPI) -> None:
    """Answer every refusal in one shape."""
    app.add_exception_handler(LineError, _named)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.add_exception_handler(HTTPException, _plain)
    for lost in (OperationalError, InterfaceError, PoolTimeout):
        app.add_exception_handler(lost, _unavailable)
    app.add_exception_handler(Exception, _broken)


async def _named(request: Request, error: Exception) -> Response:
    if not request.url.path.startswith("/api/"):
        # A page of the desk: a human reads the answer.
        if isinstance(error, errors.SignedOut):
            return RedirectResponse("/sign-in", status_code=HTTPStatus.SEE_OTHER)
        if isinstance(error, errors.SecondFactorMissing):
            return RedirectResponse("/account", status_code=HTTPStatus.SEE_OTHER)
        if isinstance(error, errors.NoRight):
            return render("no_right.html", language_of(request), HTTPStatus.FORBIDDEN)
    code, status = REFUSALS[type(error)]  # type: ignore[index]
    problem = Problem(
        code=code,
        message=str(error),
        holder=getattr(error, "holder", None),
        wait_seconds=getattr(error, "wait_seconds", None),
        why=getattr(error, "why", None),
    )
    headers = {}
    if problem.wait_seconds is not None:
        headers["retry-after"] = str(problem.wait_seconds)
    return _answer(status, problem, headers)


async def _unfit(_: Request, error: Exception) -> Response:
    """No echo of what was sent; an id that is no id is simply not there."""
    assert isinstance(error, RequestValidationError)
    if any(problem["loc"][:1] == ("path",) for problem in error.errors()):
        return _answer(404, Problem(code="not_found"))
    return _answer(422, Problem(code="unfit_request"))


async def _plain(_: Request, error: Exception) -> Response:
    """What the framework refuses by itself: unknown pages, wrong methods, bodies too large."""
    assert isinstance(error, HTTPException)
    code = "not_found" if error.status_code == 404 else "unfit_request"
    return _answer(error.status_code, Problem(code=code))


async def _unavailable(_: Request, error: Exception) -> Response:
    log.error("the database does not answer: %s", type(error).__name__)
    return _answer(503, Problem(code="unavailable"), {"retry-after": "2"})


async def _broken(_: Request, __: Exception) -> Response:
    """Said to the browser; handoff/guard.py writes the log line."""
    return _answer(500, Problem(code="internal"))


def _answer(status: int, problem: Problem, headers: dict[str, str] | None = None) -> Response:
    body = Failure(error=problem).model_dump(mode="json", exclude_none=True)
    return JSONResponse(body, status_code=status, headers=headers)
