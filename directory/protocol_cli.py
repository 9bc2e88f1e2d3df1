"""Protocols from the command line: `./hotline protocols import|export|check|list`.

`check` reads files and needs no line. `import` adds everything or nothing; what it adds are drafts,
since a protocol counts only once two organizations have approved it at the desk.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from directory import protocol_store as store
from directory.checked_yaml import RefusedFile
from directory.protocol_files import SCHEMA, read_files, write
from directory.protocols import Protocol, State
from storage.database import sqlalchemy_url, utc_now

app = typer.Typer(
    help="Localized referral and reporting protocols.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Files = Annotated[list[Path], typer.Argument(help="YAML files, or folders of them.")]


@app.command()
def check(files: Files) -> None:
    """Say what is wrong with files, by line and field; changes nothing."""
    found = _read(files)
    typer.echo(f"{len(found)} protocols, nothing wrong")


@app.command("import")
def import_(files: Files) -> None:
    """Add files as drafts, all or nothing; those that are there already stay as they are."""
    found = _read(files)

    async def work(session: AsyncSession) -> None:
        added, same = await store.save_all(session, found, origin="import", at=utc_now())
        typer.echo(f"{added} added as drafts, {same} there already")

    _run(work)


@app.command()
def export(
    to: Annotated[Path | None, typer.Option(help="A file; standard output without it.")] = None,
    key: Annotated[str | None, typer.Option(help="One protocol only.")] = None,
    newest: Annotated[
        bool, typer.Option("--newest", help="The newest versions, drafts too.")
    ] = False,
) -> None:
    """Write the protocols that count now: the approved ones, else those that came with the line."""
    chosen: list[Protocol] = []

    async def work(session: AsyncSession) -> None:
        if newest:
            seen: dict[str, Protocol] = {}
            for one in await store.versions(session, key):
                seen.setdefault(one.protocol.key, one.protocol)
            chosen.extend(seen.values())
        else:
            found = [one.protocol for one in await store.candidates(session)]
            chosen.extend(one for one in found if key in (None, one.key))

    _run(work)
    if not chosen:
        _refuse("there is no such protocol; see: list")
    text = write(chosen)
    if to is None:
        typer.echo(text, nl=False)
    else:
        to.write_text(text, encoding="utf-8")
        typer.echo(f"{len(chosen)} protocols written to {to}")


@app.command("list")
def show() -> None:
    """Every protocol, its newest version and how far it has come."""

    async def work(session: AsyncSession) -> None:
        seen: set[str] = set()
        today = utc_now().date()
        for one in await store.versions(session):
            key = one.protocol.key
            if key in seen:
                continue
            seen.add(key)
            past = "  review date past" if one.protocol.review_by < today else ""
            approvals = f" {len(one.approvals)} of 2" if one.state is State.PROPOSED else ""
            typer.echo(f"{key:<28} {one.number:>3}  {one.state.value}{approvals}{past}")
        if not seen:
            typer.echo("no protocols yet; the line adds its first ones when it starts")

    _run(work)


@app.command()
def schema() -> None:
    """Print the JSON Schema of the files."""
    typer.echo(SCHEMA.read_text(encoding="utf-8"), nl=False)


def _read(files: list[Path]) -> list[Protocol]:
    try:
        return read_files(files)
    except RefusedFile as refused:
        for refusal in refused.refusals:
            typer.echo(str(refusal), err=True)
        _refuse(f"faults: {len(refused.refusals)}; nothing was taken over")


def _run(work: Callable[[AsyncSession], Awaitable[None]]) -> None:
    """Run in one transaction; a missing setting or database is one sentence."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        _refuse("DATABASE_URL is not set; ./hotline protocols finds the running line by itself")

    async def whole() -> None:
        engine = create_async_engine(sqlalchemy_url(url))
        try:
            async with AsyncSession(engine) as session, session.begin():
                await work(session)
        finally:
            await engine.dispose()

    try:
        asyncio.run(whole())
    except OperationalError:
        _refuse("the database does not answer; check DATABASE_URL")
    except ProgrammingError:
        _refuse("the database has no protocols yet; run python -m storage.migrate")


def _refuse(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    sys.exit(app())
