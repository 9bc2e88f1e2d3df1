"""The porch's way to the dialogue engine: over loopback, bounded in time, never logged."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

import httpx

from intake.effects import EngineAnswer, Judgement, parse_answer, parse_judgement
from intake.errors import EngineFailure
from intake.ports import EngineRequest

# Longer than this is as good as dead: a human is fetched (promise: any failure of the engine).
SECONDS = 8.0
LARGEST_ANSWER = 512 * 1024


class RasaEngine:
    """Rasa behind our own input channel (bot/channel.py). Implements `intake.ports.Engine`."""

    def __init__(self, url: str, token: str, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=seconds,
            # A proxy of the operator's is not for loopback.
            trust_env=False,
        )

    async def turn(self, request: EngineRequest) -> EngineAnswer:
        """One turn of dialogue. Raises EngineFailure."""
        return parse_answer(await self._post("/webhooks/intake/turn", asdict(request)))

    async def judge(self, request: EngineRequest) -> Judgement:
        """A judgement without a turn. Raises EngineFailure."""
        asked = {
            key: value
            for key, value in asdict(request).items()
            if key in ("text", "language", "language_chosen", "history")
        }
        return parse_judgement(await self._post("/webhooks/intake/judge", asked))

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def _post(self, path: str, body: dict[str, Any]) -> object:
        try:
            async with asyncio.timeout(self._seconds):
                response = await self._client.post(path, json=body)
        except (TimeoutError, httpx.TimeoutException):
            raise EngineFailure("slow") from None
        except httpx.HTTPError:
            raise EngineFailure("down") from None
        if response.status_code != 200:
            raise EngineFailure(f"status {response.status_code}")
        if len(response.content) > LARGEST_ANSWER:
            raise EngineFailure("too much")
        try:
            return response.json()
        except ValueError:
            raise EngineFailure("nonsense") from None
