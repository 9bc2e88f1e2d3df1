"""Errors in plain words, with the phone line, and never with what was sent.

People get a page; scripts and providers get a code.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from channels.web.pages import Pages

log = logging.getLogger(__name__)

# Status, and the sentence of locales/<language>/pages.po that goes with it.
_SENTENCES = {
    403: "error.refused",
    404: "error.nothing_here",
    405: "error.nothing_here",
    413: "error.too_long",
    422: "error.unfit",
    429: "error.too_many",
}
_DOWN = "error.down"


def explain_errors(app: FastAPI, pages: Pages, default_headers: Mapping[str, str]) -> None:
    """Make every error of the application a page in plain words.

    `default_headers` are repeated here for status 500, which is made outside all middleware.
    """

    def answer(request: Request, status: int, headers: Mapping[str, str] | None = None) -> Response:
        sentence = _SENTENCES.get(status, _DOWN)
        if "text/html" not in request.headers.get("accept", ""):
            code = sentence.removeprefix("error.")
            return JSONResponse({"error": code}, status, dict(headers or {}))
        language = pages.negotiate(request.headers.get("accept-language", ""))
        page = pages.render(
            "error.html", language, sentence=sentence, path="", suffix="", offer_back=status != 404
        )
        return HTMLResponse(page, status, dict(headers or {}))

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return answer(request, error.status_code, error.headers)

    async def unfit(request: Request, _: Exception) -> Response:
        return answer(request, 422)

    async def unreachable(request: Request, error: Exception) -> Response:
        log.error("the database does not answer a request (%s)", type(error).__name__)
        return answer(request, 503, {"Retry-After": "5"})

    async def broken(request: Request, error: Exception) -> Response:
        log.error("a request broke (%s)", type(error).__name__)
        return answer(request, 500, default_headers)

    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(RequestValidationError, unfit)
    app.add_exception_handler(SQLAlchemyError, unreachable)
    app.add_exception_handler(Exception, broken)
