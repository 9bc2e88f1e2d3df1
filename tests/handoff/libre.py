"""A stand-in for a LibreTranslate server: its two calls, over HTTP on loopback.

The shapes are those of its API (https://github.com/LibreTranslate/LibreTranslate): `GET
/languages` and `POST /translate`. It knows a few sentences, and turns the rest round.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response

KNOWN = {
    ("es", "en", "tiene una pistola"): "he has a gun",
    ("es", "en", "hola"): "hello",
    ("en", "es", "Are you alone now?"): "¿Está sola ahora?",
    ("es", "en", "¿Está sola ahora?"): "Are you alone now?",
}


@dataclass
class Libre:
    """What it was asked, and how it is broken."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    key: str | None = None

    def app(self) -> FastAPI:
        """The server."""
        service = FastAPI()

        @service.get("/languages")
        async def languages() -> Any:
            codes = ["en", "fr", "es", "zt"]
            return [
                {"code": one, "name": one, "targets": [two for two in codes if two != one]}
                for one in codes
            ]

        @service.post("/translate")
        async def translate(request: Request) -> Any:
            body = await request.json()
            self.asked.append(body)
            if self.key is not None and body.get("api_key") != self.key:
                return Response(status_code=403)
            if self.status != 200:
                return Response(status_code=self.status)
            asked = (body["source"], body["target"], body["q"])
            return {"translatedText": KNOWN.get(asked, body["q"][::-1])}

        return service
