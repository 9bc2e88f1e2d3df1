"""Three promises in seconds: the webhook, the waiting list, the answer.

Texts come from invented people on fictional numbers, through the same signed webhook as real
ones. Every figure is of this run on this machine; each part says what it counted.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import signal
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import httpx
import psutil
import psycopg
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from twilio.request_validator import RequestValidator

HOOK = "/hooks/twilio/sms"
# Canadian area codes; 555-0100 to 555-0199 belong to nobody in each.
AREAS = (204, 236, 250, 306, 343, 403, 416, 418, 438, 450, 506, 514, 519, 587, 604, 613, 647, 705)
CALM = ("hello", "hi is anyone there", "what is this number", "bonjour", "is this private")
RISKY = ("he has a gun and hes coming", "he locked me in", "il a un couteau et il arrive")


class BenchSettings(BaseSettings):
    """The running line, as `./hotline bench` names it."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")

    database_url: str = Field(description="the line's database")
    public_url: str = Field(description="the porch")
    engine_url: str = Field(description="the engine, to find its process")
    twilio_account_sid: str = Field(description="the practice account")
    twilio_auth_token: SecretStr = Field(description="the practice secret")
    twilio_from: str = Field(description="the line's number")
    twilio_api_url: str = Field(description="the practice carrier")


@dataclass(frozen=True)
class Figures:
    """Seconds of many measurements."""

    seconds: Sequence[float]

    def __str__(self) -> str:
        ordered = sorted(self.seconds)
        return (
            f"median {statistics.median(ordered) * 1000:.0f} ms, p95 {self.p95 * 1000:.0f} ms, "
            f"worst {ordered[-1] * 1000:.0f} ms ({len(ordered)} texts)"
        )

    @property
    def p95(self) -> float:
        """What nineteen of twenty stay below, in seconds."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, round(len(ordered) * 0.95))]

    @property
    def median(self) -> float:
        """The middle, in seconds."""
        return statistics.median(self.seconds)


class Texters:
    """Invented people who text the line through its real webhook."""

    def __init__(self, settings: BenchSettings) -> None:
        self.settings = settings
        token = settings.twilio_auth_token.get_secret_value()
        self._validator = RequestValidator(token)
        self._porch = httpx.AsyncClient(base_url=settings.public_url, trust_env=False, timeout=20)
        self._carrier = httpx.AsyncClient(
            base_url=settings.twilio_api_url,
            auth=(settings.twilio_account_sid, token),
            trust_env=False,
            timeout=30,
        )
        made = (f"+1{area}55501{last:02d}" for area in AREAS for last in range(100))
        numbers = [number for number in made if number != settings.twilio_from]
        random.shuffle(numbers)
        self._numbers = itertools.cycle(numbers)

    def number(self) -> str:
        """The next fictional number."""
        return next(self._numbers)

    async def text(self, number: str, body: str) -> float:
        """Text the line; seconds until it answered 200."""
        form = self.form(number, body)
        url = f"{self.settings.public_url.rstrip('/')}{HOOK}"
        headers = {"X-Twilio-Signature": self.signature(url, form)}
        started = time.perf_counter()
        answer = await self._porch.post(HOOK, data=form, headers=headers)
        seconds = time.perf_counter() - started
        answer.raise_for_status()
        return seconds

    async def newest(self) -> int:
        """The number of the newest message at the carrier."""
        answer = await self._carrier.get("/practice/texts")
        return max((int(text["number"]) for text in answer.json()), default=0)

    async def wait_for_answer(self, number: str, after: int) -> None:
        """Until a text for this number has been handed to the carrier."""
        params: dict[str, str | int] = {"to": number, "after": after, "wait": 25}
        answer = await self._carrier.get("/practice/texts", params=params)
        if not answer.json():
            raise TimeoutError("no answer reached the carrier in 25 s")

    async def close(self) -> None:
        """Give the connections back."""
        await self._porch.aclose()
        await self._carrier.aclose()

    async def taken_for(self, number: str, after: int) -> int:
        """How many texts to a number the carrier has taken after one of its own."""
        params: dict[str, str | int] = {"to": number, "after": after}
        return len((await self._carrier.get("/practice/texts", params=params)).json())

    def signature(self, url: str, form: dict[str, str]) -> str:
        """The carrier's proof of origin for a form."""
        return str(self._validator.compute_signature(url, form))

    def form(self, number: str, body: str) -> dict[str, str]:
        """What the carrier posts for a text."""
        sid = f"SM{uuid4().hex}"
        return {
            "AccountSid": self.settings.twilio_account_sid,
            "Body": body,
            "From": number,
            "MessageSid": sid,
            "NumMedia": "0",
            "To": self.settings.twilio_from,
        }


async def webhook(texters: Texters, per_second: int, seconds: int) -> tuple[Figures, int]:
    """A steady stream of texts; returns latencies and how many were stored."""
    before = await _messages(texters.settings)
    tasks: list[asyncio.Task[float]] = []
    started = time.perf_counter()
    for i in range(per_second * seconds):
        await asyncio.sleep(max(0.0, started + i / per_second - time.perf_counter()))
        body = CALM[i % len(CALM)]
        tasks.append(asyncio.create_task(texters.text(texters.number(), body)))
    latencies = await asyncio.gather(*tasks)
    return Figures(latencies), await _messages(texters.settings) - before


async def waiting_list(texters: Texters, times: int) -> Figures:
    """From sending a risky text to its escalation being announced to the desk and readable."""
    url = texters.settings.database_url
    seconds = []
    # A connection that waits for notifications cannot be asked anything meanwhile.
    async with (
        await psycopg.AsyncConnection.connect(url, autocommit=True) as listener,
        await psycopg.AsyncConnection.connect(url, autocommit=True) as reader,
    ):
        await listener.execute("LISTEN desk")
        for i in range(times):
            started = time.perf_counter()
            posting = asyncio.create_task(texters.text(texters.number(), RISKY[i % len(RISKY)]))
            async for signal_ in listener.notifies(timeout=10):
                row = await (
                    await reader.execute(
                        "SELECT 1 FROM escalation WHERE conversation_id = %s AND tier = 3"
                        " AND opened_at > now() - interval '10 seconds'",
                        (signal_.payload,),
                    )
                ).fetchone()
                if row is not None:
                    seconds.append(time.perf_counter() - started)
                    break
            await posting
            # Whatever else that text caused has been announced by then.
            async for _ in listener.notifies(timeout=0.2):
                continue
    return Figures(seconds)


async def answers(texters: Texters, times: int) -> tuple[Figures, Figures]:
    """From sending a text to the answer being handed to the provider: opening, and a full turn."""
    opening: list[float] = []
    turn: list[float] = []
    for _ in range(times):
        number = texters.number()
        for body, kept in (("what is this number", opening), ("1", turn)):
            after = await texters.newest()
            started = time.perf_counter()
            await texters.text(number, body)
            await texters.wait_for_answer(number, after)
            kept.append(time.perf_counter() - started)
    return Figures(opening), Figures(turn)


async def _messages(settings: BenchSettings) -> int:
    async with await psycopg.AsyncConnection.connect(settings.database_url) as connection:
        cursor = await connection.execute("SELECT count(*) FROM message WHERE direction = 'in'")
        row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


@contextmanager
def engine_stopped(settings: BenchSettings) -> Iterator[bool]:
    """Freeze the engine's process meanwhile; False when it is not found."""
    port = httpx.URL(settings.engine_url).port
    found = [
        connection.pid
        for connection in psutil.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
        and connection.laddr
        and connection.laddr.port == port
        and connection.pid
    ]
    for pid in found:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield bool(found)
    finally:
        for pid in found:
            os.kill(pid, signal.SIGCONT)
