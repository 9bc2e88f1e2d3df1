"""The routes of the pages. A page reads the mailbox of its own visit and nothing else."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, StreamingResponse
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from channels.routes import read_capped
from channels.web.doorbells import TooMany
from channels.web.flood import Flood
from channels.web.headers import CLEAR, content_security_policy
from channels.web.pages import Pages
from channels.web.session import KEY, Sessions, new_key
from channels.web.stream import Look, Streams, nothing
from channels.web.visits import Draft, Visits
from intake.messages import clean

log = logging.getLogger(__name__)

# 4,000 characters of the widest script, each byte written as %XX, and room for the other fields.
LARGEST_FORM = 64 * 1024
# Seconds until a page without JavaScript looks again: soon while somebody is likely to answer.
_LOOK_AGAIN = 5


class Said(BaseModel):
    """The form of a message."""

    text: Annotated[str, Field(min_length=1)]
    key: Annotated[str, Field(pattern=f"^{KEY.pattern}$")]
    language: str = ""


@dataclass(frozen=True)
class Web:
    """What the pages need."""

    pages: Pages
    sessions: Sessions
    visits: Visits
    streams: Streams
    flood: Flood
    exit_url: str
    base: str = ""
    """Where the verbs are: empty, or `/embed` for a chat in another site's frame."""
    framed_by: str = "'none'"

    def language(self, request: Request) -> str:
        """By the path, which is how a person chooses, else by what the browser likes."""
        first = request.url.path.split("/")[1]
        if any(one.code == first for one in self.pages.tongues):
            return first
        return self.pages.negotiate(request.headers.get("accept-language", ""))

    # -- pages ---------------------------------------------------------------------------------

    async def chat(self, request: Request) -> Response:
        """The chat. Without a visit it asks nothing of the database."""
        token = self.sessions.token(request)
        look = Look()
        reachable = True
        try:
            if token is not None:
                look = await self.streams.look(token, 0, present=True)
        except SQLAlchemyError as error:
            # The page with the phone number is worth more than an error.
            log.error("the chat page cannot read the mailbox: %s", type(error).__name__)
            reachable = False
        language = self.language(request)
        answer = HTMLResponse(
            self.pages.render(
                "chat.html",
                language,
                lines=look.lines,
                last=look.lines[-1].number if look.lines else 0,
                key=new_key(),
                suffix=self.base,
                base=self.base,
                reachable=reachable,
            ),
            headers={
                "Content-Security-Policy": content_security_policy(
                    self.exit_url, framed_by=self.framed_by
                )
            },
        )
        if reachable and look.visit is None and token is not None:
            self.sessions.take_away(answer)
        return answer

    async def privacy(self, request: Request) -> Response:
        """What is kept, what is not, and what leaving does not do."""
        language = self.language(request)
        return HTMLResponse(
            self.pages.render("privacy.html", language, path=request.url.path, suffix="/privacy")
        )

    async def frame(self, request: Request) -> Response:
        """The replies since the page was drawn, for browsers without JavaScript."""
        token = self.sessions.token(request)
        look = Look()
        if token is not None:
            after = _number(request.query_params.get("after"))
            look = await self.streams.look(token, after, present=True)
        visit = look.visit
        return HTMLResponse(
            self.pages.render(
                "frame.html",
                self.language(request),
                lines=look.lines,
                place=look.place,
                live=visit is not None,
                closing=visit is not None and self.streams.is_closing(visit),
                again=_LOOK_AGAIN,
            ),
            headers={
                "Content-Security-Policy": content_security_policy(
                    self.exit_url, framed_by="'self'"
                ),
                "X-Frame-Options": "SAMEORIGIN",
            },
        )

    # -- verbs ---------------------------------------------------------------------------------

    async def say(self, request: Request) -> Response:
        """A message of the person, from the form or from the script."""
        self._only_ours(request)
        draft = await self._draft(request)
        token = self.sessions.token(request)
        mark = None if token is None else self.sessions.keyring.fingerprint(token, "flood")
        if not self.flood.admits(mark, draft.text):
            raise HTTPException(429, headers={"Retry-After": "20"})
        taken = await self.visits.say(draft, token)
        answer: Response
        if _wants_json(request):
            answer = JSONResponse({"number": taken.number, "fresh": taken.fresh})
        else:
            answer = RedirectResponse(f"/{self.pages.known(draft.language)}{self.base}#write", 303)
        if taken.token is None:
            self.sessions.take_away(answer)
        elif taken.token != token:
            self.sessions.give(answer, taken.token)
        return answer

    async def leave(self, request: Request) -> Response:
        """Quick exit: the session ends here, then the browser shows something else."""
        self._only_ours(request)
        token = self.sessions.token(request)
        if token is not None:
            try:
                await self.visits.leave(token)
            except SQLAlchemyError as error:
                # Whoever must leave, leaves; the idle clock wipes the lines later.
                log.error("a visit could not be wiped: %s", type(error).__name__)
        answer = (
            Response(status_code=204)
            if _wants_json(request)
            else RedirectResponse(self.exit_url, 303)
        )
        answer.headers.update(CLEAR)
        self.sessions.take_away(answer)
        return answer

    async def stay(self, request: Request) -> Response:
        """More time for an idle visit."""
        self._only_ours(request)
        token = self.sessions.token(request)
        if token is not None:
            await self.visits.stay(token)
        if _wants_json(request):
            return Response(status_code=204)
        language = self.pages.known(request.query_params.get("language", ""))
        return RedirectResponse(f"/{language}{self.base}#write", 303)

    async def events(self, request: Request) -> Response:
        """Lines as they come. A browser without a visit is told so at once."""
        token = self.sessions.token(request)
        after = request.headers.get("last-event-id") or request.query_params.get("after")
        if token is None:
            stream = nothing()
            first = await anext(stream)
        else:
            stream = self.streams.events(token, _number(after))
            try:
                first = await anext(stream)
            except TooMany:
                raise HTTPException(503, headers={"Retry-After": "30"}) from None

        async def whole() -> AsyncGenerator[bytes]:
            async with aclosing(stream):
                yield first
                async for event in stream:
                    yield event

        return StreamingResponse(
            whole(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
        )

    # -- helpers of the verbs ------------------------------------------------------------------

    def _only_ours(self, request: Request) -> None:
        if not self.sessions.is_ours(request):
            raise HTTPException(403)

    async def _draft(self, request: Request) -> Draft:
        body = await read_capped(request, LARGEST_FORM)
        if body is None:
            raise HTTPException(413)
        fields = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        fields["text"] = clean(fields.get("text", ""))
        try:
            said = Said.model_validate(fields)
        except ValidationError:
            raise HTTPException(422) from None
        return Draft(said.text, said.key, self.pages.known(said.language))


def page_routes(web: Web) -> APIRouter:
    """Every page at its neutral address, in the browser's language and in each by its code."""
    router = APIRouter(include_in_schema=False)
    for prefix in ("", *(f"/{one.code}" for one in web.pages.tongues)):
        router.add_api_route(prefix or "/", web.chat, methods=["GET"])
        router.add_api_route(f"{prefix}/privacy", web.privacy, methods=["GET"])
        router.add_api_route(f"{prefix}/lines", web.frame, methods=["GET"])
    router.add_api_route("/say", web.say, methods=["POST"])
    router.add_api_route("/leave", web.leave, methods=["POST"])
    router.add_api_route("/stay", web.stay, methods=["POST"])
    router.add_api_route("/events", web.events, methods=["GET"])
    return router


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _number(given: str | None) -> int:
    plain = given is not None and given.isascii() and given.isdecimal() and len(given) < 19
    return int(given) if given is not None and plain else 0
