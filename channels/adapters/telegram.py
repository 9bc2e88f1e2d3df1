"""Telegram: private chats with a bot, by webhook or by long polling.

Sources: core.telegram.org/bots/api (setWebhook and its secret token, getUpdates, deleteMessages and
its 48 hours, keyboards) and docs.python-telegram-bot.org. A chat id is as good as a name: it is
sealed like a phone number. User names and names arrive unasked and are never looked at.
"""

from __future__ import annotations

import hmac
import json
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import httpx
from telegram import (
    Chat,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
)
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from channels.adapter import Adapter, Aside, BadOrigin, Event, Ignored, RawRequest, Take
from channels.send_errors import (
    CannotTell,
    Misconfigured,
    Rejected,
    SendError,
    Temporary,
    Throttled,
    Unknown,
)
from intake.keywords import keyword
from intake.messages import Author, Inbound, InboundKind
from storage.copies import Copy, Due
from storage.database import Database
from storage.outbox import Letter

log = logging.getLogger(__name__)

HOOK = "/hooks/telegram"
#: A bot may delete what is younger than this, on both sides (bots/api#deletemessage).
DELETABLE = timedelta(hours=48)
UPDATES = ("message", "edited_message", "my_chat_member")

_POLL_SECONDS = 25
_DELETED_AT_ONCE = 100
#: Telegram's own words, and what they mean to the line.
_COMMANDS = {"/start": "hi", "/help": "help", "/stop": "stop"}
_CLEAR = "/clear"
# A digit that stands alone is a choice; 911, 9-8-8, 1-833... and 24/7 are not.
_CHOICE = re.compile(r"(?<![\w/+.-])([0-9])(?![\w/-]|\.\d)")
_WITHOUT_CHOICES = frozenset({"utter_offer", "utter_offer_to_confirm", "utter_call_together"})
_BUTTONS_IN_A_ROW = 4


@dataclass(frozen=True)
class Bot:
    """Our bot at Telegram. `secret` is ours: Telegram shows it with every webhook."""

    token: str
    secret: str | None
    api_url: str
    public_url: str
    polling: bool

    @property
    def id(self) -> str:
        """The bot's own number, which every token begins with."""
        return self.token.partition(":")[0]


class Telegram(Adapter):
    """Messages in and out of one bot."""

    name = "telegram"
    hooks = (HOOK,)
    # A little less than Telegram allows; what the person deletes is theirs.
    copies_kept = DELETABLE - timedelta(hours=2)

    def __init__(self, bot: Bot, database: Database, now: Callable[[], datetime]) -> None:
        self._bot = bot
        self._database = database
        self._now = now
        self._ready = False
        self._api = ExtBot(
            bot.token,
            base_url=f"{bot.api_url}/bot",
            request=HTTPXRequest(read_timeout=10, httpx_kwargs={"trust_env": False}),
            get_updates_request=HTTPXRequest(
                read_timeout=_POLL_SECONDS + 5, httpx_kwargs={"trust_env": False}
            ),
            # 30 messages a second over all chats; waits, and repeats nothing by itself.
            rate_limiter=AIORateLimiter(max_retries=0),
        )

    def verify(self, request: RawRequest) -> None:
        """The secret that we gave to setWebhook, compared in constant time. Raises BadOrigin."""
        shown = request.headers.get("x-telegram-bot-api-secret-token", "")
        if not self._bot.secret or not hmac.compare_digest(
            shown.encode("utf-8", "replace"), self._bot.secret.encode()
        ):
            raise BadOrigin("the secret token does not match; was setWebhook called with it?")

    def parse(self, request: RawRequest) -> Sequence[Event]:
        """One update."""
        try:
            update = Update.de_json(json.loads(request.body), self._api)
            return [self.translate(update)]
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, OSError):
            return [Ignored("not an update")]

    def translate(self, update: Update) -> Event:
        """A private message is taken in; a group is left; everything else is ignored."""
        change = update.my_chat_member
        if change is not None:
            joined = change.chat.type != Chat.PRIVATE and change.new_chat_member.status in (
                "member",
                "administrator",
            )
            return self._leaving(change.chat.id) if joined else Ignored("membership")
        message = update.message or update.edited_message
        if message is None:
            return Ignored("not a message")
        if message.chat.type != Chat.PRIVATE:
            return self._leaving(message.chat.id)
        text = message.text if message.text is not None else message.caption or ""
        if text.split("@")[0].strip() == _CLEAR:
            return self._clearing(str(message.chat.id), message.message_id)
        if text.startswith("/"):
            text = _COMMANDS.get(text.split("@")[0].split()[0], text)
        said = keyword(text)
        return Inbound(
            channel=self.name,
            inbox=self._bot.id,
            address=str(message.chat.id),
            provider_id=f"{self._bot.id}.{update.update_id}.{message.message_id}",
            text=text,
            received_at=self._now(),
            kind=InboundKind.TEXT if _is_words(message) else InboundKind.MEDIA,
            keyword=said,
        )

    async def send(self, letter: Letter) -> str:
        """Send a message, with its choices as buttons; returns its id. Raises SendError."""
        sent = await self._call(
            lambda: self._api.send_message(
                chat_id=int(letter.address),
                text=letter.text,
                reply_markup=_keyboard(letter),
                disable_notification=False,
                protect_content=False,
            )
        )
        # Message numbers begin anew in each chat.
        return f"{letter.message_id}.{sent.message_id}"

    async def find_sent(self, letter: Letter, known: frozenset[str]) -> str | None:
        """Telegram lists nothing that a bot has sent. Raises CannotTell."""
        raise CannotTell("unknown")

    async def listen(self, take: Take) -> None:
        """Register the webhook, or fetch updates for as long as the porch runs."""
        await self._prepare()
        if not self._bot.polling:
            await self._api.set_webhook(
                url=f"{self._bot.public_url}{HOOK}",
                secret_token=self._bot.secret,
                allowed_updates=UPDATES,
            )
            return
        await self._api.delete_webhook()
        after: int | None = None
        while True:
            updates = await self._api.get_updates(
                offset=after, timeout=_POLL_SECONDS, allowed_updates=UPDATES
            )
            for update in updates:
                await take(self.translate(update))
                # Telegram forgets what comes before this number, so only once it is kept.
                after = update.update_id + 1

    async def erase(self, due: Due) -> Copy:
        """Delete a message on both sides of the chat. Raises SendError."""
        if due.address is None or self._now() - due.created_at >= DELETABLE:
            return Copy.KEPT
        await self._delete(due.address, [_number_of(due.provider_id)])
        return Copy.ERASED

    async def _delete(self, address: str, message_numbers: Sequence[int]) -> None:
        for start in range(0, len(message_numbers), _DELETED_AT_ONCE):
            numbers = message_numbers[start : start + _DELETED_AT_ONCE]
            await self._call(partial(self._api.delete_messages, int(address), numbers))

    async def close(self) -> None:
        """Let go of the connections."""
        if self._ready:
            with suppress(TelegramError, RuntimeError):
                await self._api.shutdown()

    def _leaving(self, chat_id: int) -> Aside:
        """In a group everybody reads: the bot says nothing and goes."""

        async def leave() -> None:
            await self._call(lambda: self._api.leave_chat(chat_id))

        return Aside("leaving a group", leave)

    def _clearing(self, address: str, command: int) -> Aside:
        """/clear: both sides of the chat, as far back as Telegram allows."""

        async def clear() -> None:
            since = self._now() - DELETABLE
            async with self._database.transaction() as tx:
                ids = await tx.conversations.provider_ids(self.name, self._bot.id, address, since)
            numbers = sorted({_number_of(each) for each in ids} | {command})
            await self._delete(address, numbers)

        return Aside("clearing a chat", clear)

    async def _prepare(self) -> None:
        if not self._ready:
            await self._api.initialize()
            self._ready = True

    async def _call[Result](self, call: Callable[[], Awaitable[Result]]) -> Result:
        """Call the API and give its failures our names; its own words are not kept."""
        try:
            await self._prepare()
            return await call()
        except TelegramError as error:
            raise _named(error) from None


def _is_words(message: Message) -> bool:
    return message.text is not None


def _number_of(provider_id: str) -> int:
    """The number of a message in its chat, which our id of it ends with."""
    return int(provider_id.rpartition(".")[2])


def _keyboard(letter: Letter) -> ReplyKeyboardMarkup | ReplyKeyboardRemove:
    """The digits that a line of the bot offers, as buttons; they need no language."""
    choices: list[str] = []
    if letter.author is Author.BOT and letter.key not in _WITHOUT_CHOICES:
        choices = list(dict.fromkeys(_CHOICE.findall(letter.text)))
    if not choices:
        return ReplyKeyboardRemove()
    rows = [
        [KeyboardButton(choice) for choice in choices[start : start + _BUTTONS_IN_A_ROW]]
        for start in range(0, len(choices), _BUTTONS_IN_A_ROW)
    ]
    return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True)


def _named(error: TelegramError) -> SendError:
    cause: Any = error.__cause__
    if isinstance(error, RetryAfter):
        return Throttled("429")
    if isinstance(error, Forbidden):
        return Rejected("blocked_by_person")
    if isinstance(error, InvalidToken | Conflict):
        return Misconfigured(type(error).__name__)
    if isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return Temporary("no_connection")
    if isinstance(error, BadRequest):
        return Rejected("400")
    if isinstance(error, TimedOut | NetworkError):
        return Unknown("no_answer")
    return Rejected(type(error).__name__)
