"""Rasa's input channel `intake`: a text in, a list of wishes out, nothing kept.

Mounted at /webhooks/intake/ on loopback. The caller (channels/worker) carries
the conversation's memory; the engine rebuilds Rasa's tracker from it, takes one
turn and forgets. Failures are a status and a code, with no word of a person in
them. Whatever this channel cannot answer in full it refuses: half an answer
would hide that a human is needed.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot import judgement, memory
from bot.requests import Heard, RequestInvalid, read_judge, read_turn
from bot.tracker_store import turn

log = logging.getLogger(__name__)

#: The worker waits 8 s; an answer after that is one nobody reads.
TURN_SECONDS = 7.0

#: Fields of each wish an action may send; `say` comes from the catalogue alone.
_WISHES: dict[str, frozenset[str]] = {
    "escalate": frozenset({"kind", "reason", "tier"}),
    "refer": frozenset({"kind", "services"}),
    "set_language": frozenset({"kind", "code"}),
    "ask_language": frozenset({"kind"}),
    "take_tip": frozenset({"kind"}),
    "close": frozenset({"kind"}),
}


class EngineRefuses(Exception):
    """The turn has no whole answer; `code` is what the caller is told."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


class IntakeOutput(OutputChannel):
    """Collects what the dialogue says and wishes, in order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.effects: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "intake"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """One utterance: a sentence of the catalogue, or one wish of an action."""
        wish = (message.get("custom") or {}).get("effect")
        if wish is not None:
            self.effects.append(self._checked(wish))
        elif message.get("text") and message.get("utter_action"):
            self.effects.append(
                {"kind": "say", "key": message["utter_action"], "text": message["text"]}
            )
        else:
            raise EngineRefuses("unknown_utterance", 500)

    def _checked(self, wish: dict[str, Any]) -> dict[str, Any]:
        fields = _WISHES.get(wish.get("kind", ""))
        if fields is None or wish.keys() != fields:
            raise EngineRefuses("unknown_wish", 500)
        if wish["kind"] == "take_tip":
            # The person's own words, from the request itself: no action repeats them.
            return {"kind": "take_tip", "text": self._text}
        return dict(wish)


class IntakeChannel(InputChannel):
    """The engine's one way in."""

    def __init__(self, token: str) -> None:
        self._authorization = f"Bearer {token}".encode()

    @classmethod
    def name(cls) -> str:
        return "intake"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> IntakeChannel:
        """Build from credentials.yml; Rasa has put ENGINE_TOKEN in its place."""
        token = (credentials or {}).get("token")
        if not token:
            cls.raise_missing_credentials_exception()
        return cls(token=str(token))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Routes: health, a turn, a judgement."""
        routes = Blueprint("intake")

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            """200 once a model is loaded; needs no token and tells nothing else."""
            ready = _agent(request).is_ready()
            return json_response({"status": "ok" if ready else "starting"}, 200 if ready else 503)

        @routes.post("/turn")
        async def take_turn(request: Request) -> HTTPResponse:
            return await self._answered(request, self._turn)

        @routes.post("/judge")
        async def judge(request: Request) -> HTTPResponse:
            return await self._answered(request, self._judge)

        return routes

    async def _answered(
        self, request: Request, handle: Callable[[Request], Awaitable[dict[str, Any]]]
    ) -> HTTPResponse:
        """Run a handler; every failure becomes a status and a code."""
        try:
            if not self._is_authorized(request):
                raise EngineRefuses("unauthorized", 401)
            return json_response(await asyncio.wait_for(handle(request), TURN_SECONDS))
        except EngineRefuses as refusal:
            return _refused(refusal.code, refusal.status)
        except RequestInvalid as fault:
            log.warning("request refused: %s", fault)
            return _refused("bad_request", 400)
        except memory.MemoryUnreadable as fault:
            log.warning("memory refused: %s", fault)
            return _refused("bad_memory", 400)
        except asyncio.TimeoutError:
            return _refused("too_slow", 504)
        except Exception:
            log.exception("a turn failed")
            return _refused("engine_failed", 500)

    def _is_authorized(self, request: Request) -> bool:
        given = request.headers.get("authorization", "").encode("utf-8", "surrogateescape")
        return hmac.compare_digest(given, self._authorization)

    async def _turn(self, request: Request) -> dict[str, Any]:
        asked = read_turn(request.body)
        agent = _ready_agent(request)
        output = IntakeOutput(asked.heard.text)
        # A name of its own for each turn: nothing to lock, nothing to link in Rasa.
        message = message_of(asked.heard, sender_id=uuid.uuid4().hex, output=output)
        before = memory.read(asked.memory, sender_id=message.sender_id, domain=agent.domain)
        with turn(before) as taken:
            await agent.handle_message(message)
        if taken.failed_actions:
            log.error("action failed: %s", ", ".join(taken.failed_actions))
            raise EngineRefuses("action_failed", 502)
        if not output.effects or taken.tracker is None or taken.tracker.latest_message is None:
            raise EngineRefuses("no_answer", 500)
        return {
            "effects": output.effects,
            "judgement": judgement.from_parse_data(taken.tracker.latest_message.parse_data),
            "memory": memory.write(taken.tracker),
        }

    async def _judge(self, request: Request) -> dict[str, Any]:
        heard = read_judge(request.body)
        agent = _ready_agent(request)
        parsed = await agent.processor.parse_message(message_of(heard, sender_id=uuid.uuid4().hex))
        return {"judgement": judgement.from_parse_data(parsed)}


def message_of(heard: Heard, *, sender_id: str, output: OutputChannel | None = None) -> UserMessage:
    """A text as Rasa takes it, and what our components read beside it."""
    return UserMessage(
        text=_harmless(heard.text),
        output_channel=output,
        sender_id=sender_id,
        input_channel="intake",
        metadata={
            "language": heard.language,
            "language_chosen": heard.language_chosen,
            "history": list(heard.history),
        },
    )


def _harmless(text: str) -> str:
    """Rasa obeys a text such as "/restart" or '/intent{"slot": ...}' as a command.

    No text of a person is a command: a slash in front becomes its full-width
    twin, which has the same length and folds back to a slash in our tokenizer.
    """
    stripped = text.strip()
    return "\uff0f" + stripped[1:] if stripped.startswith("/") else stripped


def _agent(request: Request) -> Agent:
    return request.app.ctx.agent


def _ready_agent(request: Request) -> Agent:
    agent = _agent(request)
    if not agent.is_ready():
        raise EngineRefuses("not_ready", 503)
    return agent


def _refused(code: str, status: int) -> HTTPResponse:
    return json_response({"error": code}, status=status)
