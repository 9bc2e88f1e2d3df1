"""Many texts a second against the porch, while the porch and the worker are killed.

Each number texts one after the other, as phones do, and some texts are handed in twice, as
providers do; who is cut off hands the same text in again, as carriers do. Afterwards the database
says whether a text was lost, stored twice or out of order, and the carrier whether a person got
one answer twice. The load, the line and its database share the machine: the seconds are of all of
them together, the processor time is of the porch and of the database alone.
"""

from __future__ import annotations

import asyncio
import enum
import itertools
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

import psycopg

from benchmarks.line import CALM, HOOK, BenchSettings, Figures, Texters
from benchmarks.phones import Phone, Unanswered
from benchmarks.processes import PORCH, WORKER, Processes

MARK = 0.100
# One in so many texts is handed in twice at once.
_TWICE = 20
_SETTLE_SECONDS = 60.0
# A porch that was killed takes some seconds to stand up again.
_PATIENCE = 30.0


class Kill(enum.Enum):
    """What of the porch is killed in the middle."""

    ONE = "one"
    """One of its processes, as when the system is out of memory."""
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True)
class Load:
    """What came of it; from `refused` to `answered_twice` all must be 0.

    `seconds`: of the texts that no kill cut off; `cut_off`: of those that one did, from the first
    try to the answer. `porch_ms`, `database_ms`: processor time a text, without the restart.
    `unanswered` is None where nobody was to answer.
    """

    seconds: Figures
    cut_off: Figures | None
    sent: int
    rate: float
    refused: int
    lost: int
    doubled: int
    disordered: int
    answered_twice: int
    kills: dict[str, int]
    unanswered: int | None
    porch_ms: float
    database_ms: float | None


@dataclass
class _Run:
    """One run: numbers, what each was texted from, and what went wrong meanwhile."""

    texters: Texters
    sids: dict[str, list[str]]
    seconds: list[float] = field(default_factory=list)
    cut_off: list[float] = field(default_factory=list)
    refused: int = 0

    async def text(self, phones: tuple[Phone, Phone], number: str, i: int) -> None:
        """Hand one text in; now and then twice at the same time."""
        sid = f"SM{uuid4().hex}"
        form = {**self.texters.form(number, CALM[i % len(CALM)]), "MessageSid": sid}
        url = f"{self.texters.settings.public_url.rstrip('/')}{HOOK}"
        signature = self.texters.signature(url, form)
        calls = [
            phone.post_until_answered(HOOK, form, signature, _PATIENCE)
            for phone in phones[: 1 + (i % _TWICE == 0)]
        ]
        started = time.perf_counter()
        try:
            answers = await asyncio.gather(*calls)
        except Unanswered:
            self.refused += 1
            return
        took = time.perf_counter() - started
        (self.cut_off if any(times for _, times in answers) else self.seconds).append(took)
        if all(status == 200 for status, _ in answers):
            self.sids[number].append(sid)
        else:
            self.refused += 1


async def porch_load(
    texters: Texters,
    per_second: int,
    seconds: int,
    numbers: int,
    kill: Kill = Kill.ONE,
    *,
    settle: bool = True,
) -> Load:
    """Text the line at a steady rate from many numbers, and look what became of it."""
    people = list(dict.fromkeys(texters.number() for _ in range(numbers)))
    run = _Run(texters, {number: [] for number in people})
    settings = texters.settings
    processes = Processes(settings.public_url, settings.database_url)
    after = await texters.newest()
    began = datetime.now(UTC)
    porch, database = processes.seconds(PORCH), processes.database_seconds()
    killing = asyncio.create_task(_kill(processes, seconds, kill))
    took = await _texted(run, people, per_second, seconds)
    kills, restart = await killing
    count = len(run.seconds) + len(run.cut_off)
    porch = processes.seconds(PORCH) - porch - restart
    ended = processes.database_seconds()
    stored = await _all_stored(settings, run.sids)
    unanswered = await _settle(settings) if settle else None
    lost, doubled, disordered = _compare(run.sids, stored)
    return Load(
        seconds=Figures(run.seconds),
        cut_off=Figures(run.cut_off) if run.cut_off else None,
        sent=count,
        rate=count / took,
        refused=run.refused,
        lost=lost,
        doubled=doubled,
        disordered=disordered,
        answered_twice=await _answered_twice(texters, people, after, began),
        kills=kills,
        unanswered=unanswered,
        porch_ms=1000 * porch / count,
        database_ms=None
        if ended is None or database is None
        else 1000 * (ended - database) / count,
    )


async def _texted(run: _Run, people: list[str], per_second: int, seconds: int) -> float:
    """Everybody texts; how long it took in all."""
    phones = {
        number: (Phone(run.texters.settings.public_url), Phone(run.texters.settings.public_url))
        for number in people
    }
    started = time.perf_counter()
    ticks = itertools.count()

    async def person(number: str) -> None:
        """Take the next place in the stream, wait for its moment, text; never two at once."""
        while (i := next(ticks)) < per_second * seconds:
            await asyncio.sleep(max(0.0, started + i / per_second - time.perf_counter()))
            await run.text(phones[number], number, i)

    await asyncio.gather(*map(person, people))
    took = time.perf_counter() - started
    for pair in phones.values():
        for phone in pair:
            await phone.close()
    return took


async def _kill(processes: Processes, seconds: int, kill: Kill) -> tuple[dict[str, int], float]:
    """Kill the worker after a third and two thirds of the time, and the porch in the middle.

    Returns how many were killed, and the processor time that the porch took to stand up again.
    """
    kills = {WORKER: 0, PORCH: 0}
    restart = 0.0
    for module in (WORKER, PORCH, WORKER):
        await asyncio.sleep(seconds / 4)
        if module == WORKER or kill is not Kill.NONE:
            everything = module == WORKER or kill is Kill.ALL
            kills[module] += await asyncio.to_thread(processes.kill, module, all_of_them=everything)
        if module == PORCH and kill is Kill.ALL:
            restart = await _stood_up(processes)
    return kills, restart


async def _stood_up(processes: Processes) -> float:
    """Wait until the porch listens again; the processor time that it took for that."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        for process in await asyncio.to_thread(processes.of, PORCH):
            if process.net_connections("tcp"):
                times = process.cpu_times()
                return float(times.user + times.system)
        await asyncio.sleep(0.05)
    return 0.0


async def _all_stored(settings: BenchSettings, sids: dict[str, list[str]]) -> dict[str, list[str]]:
    """What the line kept; what the database could not take at once waits on the porch's disk."""
    stored = await _stored(settings, sids)
    deadline = time.monotonic() + _SETTLE_SECONDS
    while sum(map(len, stored.values())) < sum(map(len, sids.values())):
        if time.monotonic() > deadline:
            break
        await asyncio.sleep(1.0)
        stored = await _stored(settings, sids)
    return stored


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
