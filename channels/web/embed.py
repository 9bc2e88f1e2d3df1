"""The chat in another site's page: one script for the host, and the page for its frame.

Off unless origins are named; no other origin may frame it. The frame has a session of its own, in
a cookie that the browser keeps apart for each host site (CHIPS: `Partitioned`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from fastapi import APIRouter, Request, Response

from channels.web.pages import STATIC
from channels.web.routes import Web
from channels.web.session import EmbeddedSessions

BASE = "/embed"


@dataclass(frozen=True)
class Embed:
    """What a host page gets. `web`: the chat as it is in its frame."""

    web: Web

    async def script(self, request: Request) -> Response:
        """What the host page loads, with its words in the language that the host asks for."""
        asked = request.query_params.get("language")
        pages = self.web.pages
        code = pages.known(asked) if asked else self.web.language(request)
        tongue = next(one for one in pages.tongues if one.code == code)
        words = {
            "label": pages.text(code, "page.title"),
            "code": code,
            "lang": tongue.lang,
            "dir": tongue.direction,
            "exit": self.web.exit_url,
        }
        text = (STATIC / "embed.js").read_text().replace('"%WORDS%"', json.dumps(words))
        headers = {
            "Cache-Control": "public, max-age=300",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Vary": "Accept-Language",
        }
        return Response(text, media_type="text/javascript", headers=headers)


def embed_routes(web: Web, origins: tuple[str, ...]) -> APIRouter:
    """The chat's own page and verbs under another cookie; nothing while no origin is named."""
    router = APIRouter(include_in_schema=False)
    if not origins:
        return router
    sessions = EmbeddedSessions(web.sessions.keyring, web.sessions.public_url)
    inner = replace(
        web,
        sessions=sessions,
        visits=replace(web.visits, sessions=sessions),
        base=BASE,
        framed_by=" ".join(origins),
    )
    router.add_api_route("/embed.js", Embed(inner).script, methods=["GET"])
    for prefix in ("", *(f"/{one.code}" for one in web.pages.tongues)):
        router.add_api_route(f"{prefix}{BASE}", inner.chat, methods=["GET"])
    router.add_api_route(f"{BASE}/say", inner.say, methods=["POST"])
    router.add_api_route(f"{BASE}/leave", inner.leave, methods=["POST"])
    router.add_api_route(f"{BASE}/stay", inner.stay, methods=["POST"])
    router.add_api_route(f"{BASE}/events", inner.events, methods=["GET"])
    return router
