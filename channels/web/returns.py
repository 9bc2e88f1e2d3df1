"""The page on which a person asks for a code to come back with, or enters one.

A code is shown once, to who asks for it. Whoever enters it goes on with the same session: the
line asks first whether it is OK to write (rules R5 and R12), and nothing that was written before
is shown again, whatever the answer. A wrong code and one that is too old get the same page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException

from channels.routes import read_capped
from channels.web.flood import Flood
from channels.web.pages import Pages
from channels.web.session import Sessions
from intake.conversation import Safety
from intake.ports import Clock
from intake.speaking import Voice
from storage.database import Database
from storage.returns import code_keys, new_code

_LARGEST_FORM = 2_048


@dataclass(frozen=True)
class Returns:
    """The routes of the page and what they do."""

    database: Database
    sessions: Sessions
    pages: Pages
    flood: Flood
    voice: Voice
    now: Clock

    async def page(self, request: Request) -> Response:
        """The page, before anything was asked."""
        first = request.url.path.split("/")[1]
        tags = [one.code for one in self.pages.tongues]
        preferred = self.pages.negotiate(request.headers.get("accept-language", ""))
        return await self._draw(request, first if first in tags else preferred)

    async def give(self, request: Request) -> Response:
        """Show a code for this visit; an earlier one stops working."""
        language = (await self._form(request)).get("language", "")
        token = self.sessions.token(request)
        if token is None or not await self._is_visit(token):
            return RedirectResponse(f"/{self.pages.known(language)}/return", 303)
        code = new_code()
        keys = await code_keys(self.database.keyring, code)
        async with self.database.transaction() as tx:
            await tx.returns.put(keys, token, self.now())
        return await self._draw(request, language, code=code)

    async def take(self, request: Request) -> Response:
        """Go on with the session that a code leads to."""
        form = await self._form(request)
        token = await self._come_back(form.get("code", ""))
        if token is None:
            return await self._draw(request, form.get("language", ""), wrong=True)
        answer = RedirectResponse(f"/{self.pages.known(form.get('language', ''))}#write", 303)
        self.sessions.give(answer, token)
        return answer

    async def _come_back(self, written: str) -> str | None:
        keys = await code_keys(self.database.keyring, written)
        async with self.database.transaction() as tx:
            token = await tx.returns.visitor(keys, self.now())
            if token is None:
                return None
            await tx.mailbox.begin_anew(token, self.now())
            conversation_id = await tx.mailbox.talking(token)
            if conversation_id is not None:
                conversation = await tx.conversations.lock(conversation_id)
                asked = replace(conversation, safety=Safety.ASKED)
                await tx.conversations.save(asked)
                await self.voice.say(tx, asked, "open.again")
                await tx.signals.desk(conversation_id)
            await tx.signals.visitor(tx.mailbox.mark(token))
        return token

    async def _form(self, request: Request) -> dict[str, str]:
        """The fields of our own form; every try counts. Raises HTTPException."""
        if not self.sessions.is_ours(request):
            raise HTTPException(403)
        body = await read_capped(request, _LARGEST_FORM)
        if body is None:
            raise HTTPException(413)
        if not self.flood.admits_code():
            raise HTTPException(429, headers={"Retry-After": "60"})
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))

    async def _draw(
        self, request: Request, language: str, *, code: str | None = None, wrong: bool = False
    ) -> Response:
        token = self.sessions.token(request)
        page = self.pages.render(
            "return.html",
            self.pages.known(language),
            suffix="/return",
            code=code,
            wrong=wrong,
            visiting=token is not None and await self._is_visit(token),
        )
        return HTMLResponse(page)

    async def _is_visit(self, token: str) -> bool:
        async with self.database.transaction() as tx:
            return await tx.mailbox.visit(token, self.now()) is not None


def return_routes(returns: Returns) -> APIRouter:
    """The page in every language, and its two forms."""
    router = APIRouter(include_in_schema=False)
    for prefix in ("", *(f"/{one.code}" for one in returns.pages.tongues)):
        router.add_api_route(f"{prefix}/return", returns.page, methods=["GET"])
    router.add_api_route("/return/code", returns.give, methods=["POST"])
    router.add_api_route("/return", returns.take, methods=["POST"])
    return router
