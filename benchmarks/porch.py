"""The porch under load on a line of its own: `python -m benchmarks.porch --rate 200`.

It starts a database, the practice carrier, the porch and the worker in a temporary folder, texts
them, kills the worker twice and the porch once, and fails when a mark is missed. On a line that is
running already: `./hotline bench --load 200`.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.line import Texters
from benchmarks.load_report import tell
from benchmarks.own_line import complaints, own_line
from benchmarks.porch_load import Kill, Load, porch_load


def run(
    rate: Annotated[int, typer.Option(help="texts a second")] = 200,
    seconds: Annotated[int, typer.Option(help="how long that lasts")] = 20,
    numbers: Annotated[int, typer.Option(help="phones that share the load")] = 300,
    worker: Annotated[bool, typer.Option(help="let a worker answer meanwhile")] = True,
    kill: Annotated[Kill, typer.Option(help="what of the porch is killed")] = Kill.ONE,
) -> None:
    """Load, count, judge."""
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(_run(Path(folder), rate, seconds, numbers, worker, kill))
        said = complaints(Path(folder))
    console = Console(highlight=False, width=110)
    good = tell(console, found, rate)
    for words, times in said.most_common(5):
        console.print(f"          {times} times in the log: {words}")
    if not good:
        raise typer.Exit(1)


async def _run(
    folder: Path, rate: int, seconds: int, numbers: int, worker: bool, kill: Kill
) -> Load:
    async with own_line(folder, worker=worker) as settings:
        texters = Texters(settings)
        try:
            # A porch that has just begun knows neither plans nor people.
            for _ in range(50):
                await texters.text(texters.number(), "hello")
            return await porch_load(texters, rate, seconds, numbers, kill, settle=worker)
        finally:
            await texters.close()


if __name__ == "__main__":
    typer.run(run)
