"""Many texts a second against the porch, while the worker is killed and started again.

Each number texts one after the other, as phones do, and some texts are handed in twice, as
providers do. Afterwards the database says whether a text was lost, stored twice or out of order,
and the carrier whether a person got one answer twice. The load, the line and its database share
the machine: the figures are of all of them together.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import psutil
import psycopg

from benchmarks.line import CALM, HOOK, BenchSettings, Figures, Texters

MARK = 0.100
# One in so many texts is handed in twice at once.
_TWICE = 20
_SETTLE_SECONDS = 60.0


@dataclass(frozen=True)
class Load:
    """What came of it; all but `seconds` and the counts of texts must be 0."""

    seconds: Figures
    sent: int
    rate: float
    refused: int
    lost: int
    doubled: int
    disordered: int
    answered_twice: int
    kills: int
    unanswered: int


@dataclass
class _Run:
    """One run: numbers, what each was texted from, and what went wrong meanwhile."""

    texters: Texters
    sids: dict[str, list[str]]
    seconds: list[float]
    refused: int = 0

    async def text(self, client: httpx.AsyncClient, number: str, i: int) -> None:
        """Hand one text in; now and then twice at the same time."""
        sid = f"SM{uuid4().hex}"
        form = {**self.texters.form(number, CALM[i % len(CALM)]), "MessageSid": sid}
        url = f"{self.texters.settings.public_url.rstrip('/')}{HOOK}"
        headers = {"X-Twilio-Signature": self.texters.signature(url, form)}
        calls = [
            client.post(HOOK, data=form, headers=headers) for _ in range(1 + (i % _TWICE == 0))
        ]
        started = time.perf_counter()
        answers = await asyncio.gather(*calls, return_exceptions=True)
        self.seconds.append(time.perf_counter() - started)
        if any(isinstance(one, httpx.Response) and one.is_success for one in answers):
            self.sids[number].append(sid)
        else:
            self.refused += 1


async def porch_load(texters: Texters, per_second: int, seconds: int, numbers: int) -> Load:
    """Text the line at a steady rate from many numbers, and look what became of it."""
    people = list(dict.fromkeys(texters.number() for _ in range(numbers)))
    run = _Run(texters, {number: [] for number in people}, [])
    after = await texters.newest()
    began = datetime.now(UTC)
    killing = asyncio.create_task(_kill_workers(texters.settings, seconds))
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
    async with httpx.AsyncClient(
        base_url=texters.settings.public_url, trust_env=False, timeout=20, limits=limits
    ) as client:
        started = time.perf_counter()
        ticks = itertools.count()
        await asyncio.gather(
            *(
                _person(run, client, number, ticks, started, per_second, seconds)
                for number in people
            )
        )
        took = time.perf_counter() - started
    kills = await killing
    stored = await _stored(texters.settings, run.sids)
    deadline = time.monotonic() + _SETTLE_SECONDS
    while sum(map(len, stored.values())) < sum(map(len, run.sids.values())):
        # What the database could not take at once waits on the porch's disk.
        if time.monotonic() > deadline:
            break
        await asyncio.sleep(1.0)
        stored = await _stored(texters.settings, run.sids)
    unanswered = await _settle(texters.settings)
    lost, doubled, disordered = _compare(run.sids, stored)
    return Load(
        seconds=Figures(run.seconds),
        sent=len(run.seconds),
        rate=len(run.seconds) / took,
        refused=run.refused,
        lost=lost,
        doubled=doubled,
        disordered=disordered,
        answered_twice=await _answered_twice(texters, people, after, began),
        kills=kills,
        unanswered=unanswered,
    )


async def _person(
    run: _Run,
    client: httpx.AsyncClient,
    number: str,
    ticks: itertools.count[int],
    started: float,
    per_second: int,
    seconds: int,
) -> None:
    """Take the next place in the stream, wait for its moment, text; never two at once."""
    while (i := next(ticks)) < per_second * seconds:
        await asyncio.sleep(max(0.0, started + i / per_second - time.perf_counter()))
        await run.text(client, number, i)


async def _kill_workers(settings: BenchSettings, seconds: int) -> int:
    """Kill the line's worker after a third and after two thirds of the time."""
    killed = 0
    for _ in range(2):
        await asyncio.sleep(seconds / 3)
        for worker in await asyncio.to_thread(_workers, settings.database_url):
            os.kill(worker, signal.SIGKILL)
            killed += 1
    return killed


def _workers(database_url: str) -> list[int]:
    """The workers of this very line: others may run on the machine."""
    found = []
    for process in psutil.process_iter():
        try:
            ours = "channels.worker" in process.cmdline()
            if ours and process.environ().get("DATABASE_URL") == database_url:
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


async def _stored(settings: BenchSettings, sids: dict[str, list[str]]) -> dict[str, list[str]]:
    """What the line kept of the texts, by conversation and in its order."""
    wanted = [sid for each in sids.values() for sid in each]
    async with await psycopg.AsyncConnection.connect(settings.database_url) as connection:
        cursor = await connection.execute(
            "SELECT conversation_id::text, provider_id FROM message"
            " WHERE provider_id = ANY(%s) ORDER BY sequence",
            (wanted,),
        )
        found: dict[str, list[str]] = {}
        async for conversation, sid in cursor:
            found.setdefault(conversation, []).append(sid)
    return found


def _compare(sent: dict[str, list[str]], stored: dict[str, list[str]]) -> tuple[int, int, int]:
    """How many texts were lost, stored twice, and how many people's came out of order."""
    kept = Counter(sid for each in stored.values() for sid in each)
    lost = sum(1 for each in sent.values() for sid in each if not kept[sid])
    doubled = sum(count - 1 for count in kept.values())
    by_first = {each[0]: each for each in stored.values()}
    disordered = sum(1 for each in sent.values() if each and by_first.get(each[0]) != each)
    return lost, doubled, disordered


async def _settle(settings: BenchSettings) -> int:
    """Wait until every text has had its turn; returns how many still wait after a minute."""
    deadline = time.monotonic() + _SETTLE_SECONDS
    async with await psycopg.AsyncConnection.connect(
        settings.database_url, autocommit=True
    ) as connection:
        while True:
            cursor = await connection.execute(
                "SELECT count(*) FROM message"
                " WHERE turn = 'pending' OR delivery IN ('queued', 'sending')"
            )
            row = await cursor.fetchone()
            waiting = int(row[0]) if row else 0
            if not waiting or time.monotonic() > deadline:
                return waiting
            await asyncio.sleep(0.5)


async def _answered_twice(texters: Texters, people: list[str], after: int, began: datetime) -> int:
    """How many more texts the carrier was handed than the line has tried to send."""
    async with await psycopg.AsyncConnection.connect(texters.settings.database_url) as connection:
        cursor = await connection.execute(
            "SELECT count(*) FROM message WHERE direction = 'out' AND channel = 'sms'"
            " AND attempts > 0 AND created_at >= %s",
            (began,),
        )
        row = await cursor.fetchone()
    taken = sum([await texters.taken_for(number, after) for number in people])
    return max(0, taken - (int(row[0]) if row else 0))
