"""`./hotline bench`: prints the figures of the running line, hits and misses alike."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

from benchmarks.line import (
    BenchSettings,
    Figures,
    Texters,
    answers,
    engine_stopped,
    waiting_list,
    webhook,
)
from benchmarks.load_report import tell
from benchmarks.porch_load import porch_load

MARKS = {"webhook": 0.050, "waiting list": 0.500, "answer": 1.0}


def run(
    rate: Annotated[int, typer.Option(help="texts a second for the webhook")] = 20,
    seconds: Annotated[int, typer.Option(help="how long that lasts")] = 20,
    times: Annotated[int, typer.Option(help="texts for the two other figures")] = 20,
    load: Annotated[
        int, typer.Option(help="only this: texts a second while processes are killed; 0 for none")
    ] = 0,
    numbers: Annotated[int, typer.Option(help="phones that share the load")] = 300,
) -> None:
    """Measure the webhook, the waiting list with the engine stopped, and the answer."""
    console = Console(highlight=False, width=110)
    try:
        settings = BenchSettings()  # type: ignore[call-arg]  # from the environment
    except ValidationError:
        console.print("no line is running; start it first: ./hotline up")
        raise typer.Exit(1) from None
    if not settings.twilio_api_url.startswith("http://127.0.0.1"):
        console.print("this line has a real carrier; the benchmark would send real texts")
        raise typer.Exit(1)
    if load:
        asyncio.run(_load(console, settings, load, seconds, numbers))
        return
    asyncio.run(_measure(console, settings, rate, seconds, times))


async def _load(
    console: Console, settings: BenchSettings, load: int, seconds: int, numbers: int
) -> None:
    texters = Texters(settings)
    try:
        found = await porch_load(texters, load, seconds, numbers)
    finally:
        await texters.close()
    tell(console, found, load)


async def _measure(
    console: Console, settings: BenchSettings, rate: int, seconds: int, times: int
) -> None:
    texters = Texters(settings)
    try:
        full_opening, full_turn = await answers(texters, times)
        _row(console, "answer", "first text to opening at the carrier", full_opening)
        _row(console, "answer", "text to the engine's answer at the carrier", full_turn)
        with engine_stopped(settings) as stopped:
            state = "engine stopped" if stopped else "ENGINE NOT FOUND, NOT STOPPED"
            listed = await waiting_list(texters, times)
            _row(console, "waiting list", f"risky text to the waiting list ({state})", listed)
        figures, stored = await webhook(texters, rate, seconds)
        _row(console, "webhook", f"webhook answered, stored, at {rate}/s", figures)
        sent = rate * seconds
        console.print(f"{'':9} {stored} of {sent} texts stored{'' if stored == sent else ': LOST'}")
    finally:
        await texters.close()


def _row(console: Console, name: str, label: str, figures: Figures) -> None:
    mark = MARKS[name]
    hit = figures.median < mark
    console.print(f"{'hit ' if hit else 'MISS'}      {label}: {figures}; mark {mark * 1000:.0f} ms")


if __name__ == "__main__":
    typer.run(run)
