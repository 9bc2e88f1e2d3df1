"""The audit log from the command line: `python -m handoff.audit verify|show|anchor`.

For the privacy officer. It shows who did what and when, by ids and codes; never words of people.
"""

from __future__ import annotations

import json
from typing import Annotated
from uuid import UUID

import typer

from handoff.users import refuse, run
from storage.audit import Anchor, Broken, Line, Whole
from storage.database import Transaction

app = typer.Typer(
    help="The audit log.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def verify(
    anchor: Annotated[
        str, typer.Option(help="An anchor that was kept elsewhere: shows a cut at the end.")
    ] = "",
) -> None:
    """Check every row against the chain; name the first broken one, with status 1."""
    try:
        kept = Anchor.parse(anchor) if anchor else None
    except ValueError:
        refuse("an anchor is a number, a colon and 64 hexadecimal digits")
    found = _verified(kept)
    if isinstance(found, Broken):
        refuse(f"the audit log is broken at row {found.id}: {found.why}")
    early = f", {found.early} of them from before it was a chain" if found.early else ""
    typer.echo(f"the audit log holds: {found.rows} rows{early}")
    if found.anchor is not None:
        typer.echo(f"anchor {found.anchor}")


@app.command("anchor")
def export() -> None:
    """Print the newest row's number and hash, to be kept where this machine cannot change it."""
    found = _verified(None)
    if isinstance(found, Broken):
        refuse(f"the audit log is broken at row {found.id}: {found.why}")
    if found.anchor is None:
        refuse("the audit log has no chained row yet")
    typer.echo(str(found.anchor))


@app.command()
def show(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many rows.")] = 50,
) -> None:
    """The newest rows, oldest first; that somebody looked is written down too."""
    lines: list[Line] = []
    names: dict[UUID, str] = {}

    async def work(tx: Transaction) -> None:
        lines.extend(reversed(await tx.audits.recent(limit)))
        names.update(
            await tx.accounts.names({line.advocate_id for line in lines if line.advocate_id})
        )
        await tx.desk.audit("audit_shown", advocate_id=None, detail={"rows": len(lines)})

    run(work)
    for line in lines:
        who = "-" if line.advocate_id is None else names.get(line.advocate_id, "?")
        about = "-" if line.conversation_id is None else str(line.conversation_id)
        detail = json.dumps(line.detail, sort_keys=True, ensure_ascii=False)
        typer.echo(
            f"{line.id}  {line.at:%Y-%m-%d %H:%M:%S%z}  {who}  {line.action}  {about}  {detail}"
        )


def _verified(anchor: Anchor | None) -> Whole | Broken:
    found: list[Whole | Broken] = []

    async def work(tx: Transaction) -> None:
        found.append(await tx.audits.verify(anchor))

    run(work)
    return found[0]


if __name__ == "__main__":
    app()
