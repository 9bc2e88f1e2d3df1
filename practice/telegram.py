"""A stand-in for Telegram's Bot API on loopback: one bot, real requests, faults on demand.

Shapes after core.telegram.org/bots/api. Everything lives in memory.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from time import time
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_LONGEST_TEXT = 4096


@dataclass
class TelegramFault:
    """What the next call of a method meets."""

    method: str
    status: int
    description: str = "practice fault"
    retry_after: int | None = None
    take: bool = False
    """Whether the call does its work all the same."""


@dataclass(repr=False)
class TelegramService:
    """The state of the service: chats, what waits for the bot, what the bot did."""

    token: str
    messages: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    deleted: list[tuple[int, int]] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    blocked: set[int] = field(default_factory=set)
    faults: list[TelegramFault] = field(default_factory=list)
    webhook: dict[str, Any] = field(default_factory=dict)
    updates: list[dict[str, Any]] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    # Telegram, too, begins anywhere.
    _last_update: int = field(default_factory=lambda: secrets.randbelow(10**8))
    _last_message: dict[int, int] = field(default_factory=dict)

    @property
    def bot_id(self) -> int:
        """The number that the token begins with."""
        return int(self.token.partition(":")[0])

    def message(self, chat: int, kind: str = "private", **fields: Any) -> dict[str, Any]:
        """A new message in a chat."""
        number = self._last_message.get(chat, 0) + 1
        self._last_message[chat] = number
        made: dict[str, Any] = {
            "message_id": number,
            "date": int(time()),
            "chat": {"id": chat, "type": kind, "first_name": "Invented", "username": "invented"},
            **fields,
        }
        self.messages[(chat, number)] = made
        return made

    def update(self, **fields: Any) -> dict[str, Any]:
        """A new update with the next number."""
        self._last_update += 1
        return {"update_id": self._last_update, **fields}

    def typed(self, chat: int, text: str) -> dict[str, Any]:
        """The update that a person's text makes."""
        person = {"id": chat, "is_bot": False, "first_name": "Invented", "username": "invented"}
        return self.update(message=self.message(chat, text=text) | {"from": person})

    async def queue(self, update: dict[str, Any]) -> None:
        """Leave an update for getUpdates."""
        async with self.changed:
            self.updates.append(update)
            self.changed.notify_all()

    async def call_line(self, update: dict[str, Any], client: httpx.AsyncClient) -> int:
        """Post an update to the registered webhook, with the secret that was given."""
        answer = await client.post(
            self.webhook["url"],
            json=update,
            headers={SECRET_HEADER: self.webhook.get("secret_token", "")},
        )
        return answer.status_code

    def sent_to(self, chat: int) -> list[str]:
        """What the bot has said in a chat and nobody has deleted."""
        return [
            message["text"]
            for (where, _), message in self.messages.items()
            if where == chat and message.get("from", {}).get("is_bot")
        ]


class TypedTelegram(BaseModel):
    """What somebody types into a practice chat."""

    chat: int
    body: str


_practice = APIRouter(prefix="/practice")


@_practice.post("/texts")
async def _type_text(typed: TypedTelegram, request: Request) -> JSONResponse:
    """Somebody writes to the bot: the update leaves for the line, or waits to be fetched."""
    service: TelegramService = request.app.state.service
    update = service.typed(typed.chat, typed.body)
    if not service.webhook:
        await service.queue(update)
        return JSONResponse({"webhook_status": 200})
    async with httpx.AsyncClient(timeout=15, trust_env=False) as client:
        try:
            status = await service.call_line(update, client)
        except httpx.HTTPError:
            status = 0
    return JSONResponse({"webhook_status": status})


@_practice.get("/texts")
async def _read_texts(request: Request, to: int, after: int = 0, wait: float = 0.0) -> JSONResponse:
    """What the bot said in a chat after a number; waits up to `wait` seconds for it."""
    service: TelegramService = request.app.state.service

    def found() -> list[dict[str, Any]]:
        return [
            {"number": number, "body": message["text"]}
            for (chat, number), message in service.messages.items()
            if chat == to and number > after and message.get("from", {}).get("is_bot")
        ]

    async with service.changed:
        with suppress(TimeoutError):
            await asyncio.wait_for(service.changed.wait_for(lambda: bool(found())), wait)
    return JSONResponse(found())


def create_telegram(token: str) -> FastAPI:
    """Build the service for one bot."""
    app = FastAPI(openapi_url=None)
    service = app.state.service = TelegramService(token)

    async def call(given: str, method: str, request: Request) -> JSONResponse:
        if given != token:
            return _failed(401, "Unauthorized")
        values = {**request.query_params, **dict(await request.form())}
        fault = next((one for one in service.faults if one.method == method), None)
        if fault is not None:
            service.faults.remove(fault)
        if fault is None or fault.take:
            answer = await _METHODS.get(method, _unknown)(service, values)
        if fault is not None:
            more = {} if fault.retry_after is None else {"retry_after": fault.retry_after}
            return _failed(fault.status, fault.description, **more)
        return answer

    app.add_api_route("/bot{given}/{method}", call, methods=["GET", "POST"])
    app.include_router(_practice)
    return app


def _failed(status: int, description: str, **parameters: Any) -> JSONResponse:
    body = {"ok": False, "error_code": status, "description": description}
    return JSONResponse({**body, "parameters": parameters} if parameters else body, status)


def _ok(result: Any) -> JSONResponse:
    return JSONResponse({"ok": True, "result": result})


async def _unknown(service: TelegramService, values: dict[str, Any]) -> JSONResponse:
    return _failed(404, "Not Found")


async def _get_me(service: TelegramService, values: dict[str, Any]) -> JSONResponse:
    me = {"id": service.bot_id, "is_bot": True, "first_name": "Line", "username": "line_bot"}
    return _ok(me)


async def _set_webhook(service: TelegramService, values: dict[str, Any]) -> JSONResponse:
    service.webhook = dict(values)
    return _ok(True)


async def _delete_webhook(service: TelegramService, values: dict[str, Any]) -> JSONResponse:
    service.webhook = {}
    return _ok(True)


async def _send_message(service: TelegramService, values: dict[str, Any]) -> JSONResponse:
    chat, text = int(values["chat_id"]), str(values["text"])
    if chat in service.blocked:
        return _failed(403, "Forbidden: bot was blocked by the user")
    if not text or len(text) > _LONGEST_TEXT:
        return _failed(400, "Bad Request: message is too long")
    bot = {"id": service.bot_id, "is_bot": True, "first_name": "Line", "username": "line_bot"}
    message = service.message(chat, text=text)
    message["from"] = bot
    async with service.changed:
        service.changed.notify_all()
    # What the buttons were is not part of the answer; kept for who looks.
    shown = {key: value for key, value in message.items() if key != "keyboard"}
    message["keyboard"] = json.loads(values["reply_markup"]) if "reply_markup" in values else None
    return _ok(shown)


async def _delete_messages(service: TelegramService, values: dict[str, Any]) -> JSONResponse:
    chat = int(values["chat_id"])
    for number in json.loads(values["message_ids"]):
        if service.messages.pop((chat, number), None) is not None:
            service.deleted.append((chat, number))
    return _ok(True)


async def _leave_chat(service: TelegramService, values: dict[str, Any]) -> JSONResponse:
    service.left.append(int(values["chat_id"]))
    async with service.changed:
        service.changed.notify_all()
    return _ok(True)


async def _get_updates(service: TelegramService, values: dict[str, Any]) -> JSONResponse:
    if service.webhook:
        return _failed(409, "Conflict: can't use getUpdates method while webhook is active")
    offset, wait = int(values.get("offset") or 0), float(values.get("timeout") or 0)
    async with service.changed:
        service.updates = [one for one in service.updates if one["update_id"] >= offset]
        if not service.updates:
            try:
                await asyncio.wait_for(service.changed.wait_for(lambda: service.updates), wait)
            except TimeoutError:
                return _ok([])
        return _ok(list(service.updates))


_METHODS = {
    "getMe": _get_me,
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "sendMessage": _send_message,
    "deleteMessages": _delete_messages,
    "leaveChat": _leave_chat,
    "getUpdates": _get_updates,
}
