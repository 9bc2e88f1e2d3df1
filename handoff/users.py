"""The accounts of the desk, from the command line: `python -m handoff.users add NAME`.

NAME is a shift name: what colleagues call each other at the desk, never a surname.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, NoReturn

import typer
from sqlalchemy.exc import SQLAlchemyError

from handoff.factors import forget_factors
from handoff.passwords import LONGEST, SHORTEST, Passwords, weakness
from handoff.rights import Role
from handoff.settings import StoreSettings, explain
from handoff.staff import LONGEST_NAME, is_name, languages_in
from intake.messages import clean
from storage.accounts import Advocate
from storage.database import Database, Transaction, utc_now
from storage.keys import BadKeyFile, load

_GENERATED_BYTES = 15

# What the page says in two languages (handoff/passwords.py has the keys), for an operator.
_WEAK = {
    "account.password_length": f"a password has {SHORTEST} to {LONGEST} characters; several words "
    "are best",
    "account.password_name": "the password must not be made from the name; several words are best",
    "account.password_common": "many people use this password; several words are best",
}

app = typer.Typer(
    help="Accounts of the desk.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback with local variables would print passwords.
    pretty_exceptions_enable=False,
)


Name = Annotated[str, typer.Argument(help="The shift name.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]
Generate = Annotated[
    bool, typer.Option("--generate", help="Make a password and print it, this once.")
]


@app.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What the account may do.")] = Role.ADVOCATE,
    languages: Annotated[str, typer.Option(help="Languages spoken, such as en,fr.")] = "en",
    password_stdin: FromStdin = False,
    generate: Generate = False,
) -> None:
    """Make an account."""
    shift_name = clean(name)
    if not is_name(shift_name):
        refuse(f"a shift name has letters and digits, up to {LONGEST_NAME}")
    spoken = languages_in(languages)
    if spoken is None:
        refuse("languages are codes such as en,fr")
    password = _password(shift_name, password_stdin, generate)

    async def work(tx: Transaction) -> None:
        hashed = await Passwords().hash(password)
        made = await tx.accounts.add_advocate(shift_name, hashed, role.value, spoken)
        if made is None:
            refuse("this name is taken; choose another, or: password NAME")
        await tx.desk.audit(
            "account_added", advocate_id=None, detail={"account": str(made), "role": role.value}
        )

    run(work)
    typer.echo(f"account made: {shift_name} ({role.value})")
    _show(password, generate)


@app.command("password")
def change_password(
    name: Name, password_stdin: FromStdin = False, generate: Generate = False
) -> None:
    """Set another password; every browser signed in with the old one is signed out."""
    password = _password(clean(name), password_stdin, generate)

    async def work(tx: Transaction) -> None:
        account = await _account(tx, name)
        await tx.accounts.set_password(account.id, await Passwords().hash(password))
        await tx.desk.audit("password_set", advocate_id=None, detail={"account": str(account.id)})

    run(work)
    typer.echo("password set")
    _show(password, generate)


@app.command()
def disable(
    name: Name,
    undo: Annotated[bool, typer.Option("--undo", help="Open the account again.")] = False,
) -> None:
    """Close an account: signed out at once, conversations go back to the waiting list."""

    async def work(tx: Transaction) -> None:
        account = await _account(tx, name)
        now = utc_now()
        await tx.accounts.disable(account.id, None if undo else now)
        if not undo:
            await tx.desk.renew_leases(account.id, now)
        await tx.desk.audit(
            "account_enabled" if undo else "account_disabled",
            advocate_id=None,
            detail={"account": str(account.id)},
        )

    run(work)
    typer.echo("account open" if undo else "account closed")


@app.command("reset-factor")
def reset_factor(
    name: Name,
    vouched: Annotated[
        str, typer.Option(help="Shift name of the second person who made sure who asks.")
    ],
) -> None:
    """Forget code app, passkeys and recovery codes, after two people made sure who asks."""

    async def work(tx: Transaction) -> None:
        account, witness = await _account(tx, name), await _account(tx, vouched)
        if witness.disabled or witness.id == account.id:
            refuse("the second person has an open account of their own")
        await forget_factors(tx, account.id)
        await tx.desk.audit(
            "second_factor_reset",
            advocate_id=None,
            detail={"account": str(account.id), "vouched": str(witness.id)},
        )

    run(work)
    typer.echo("second factor reset; the password alone opens the account")


@app.command("list")
def show() -> None:
    """Every account."""
    accounts: list[Advocate] = []

    async def work(tx: Transaction) -> None:
        accounts.extend(await tx.accounts.all_advocates())

    run(work)
    if not accounts:
        typer.echo("no accounts yet; make one: add NAME")
    width = max((len(account.name) for account in accounts), default=0)
    for account in accounts:
        state = "closed" if account.disabled else "open"
        spoken = ",".join(account.languages) or "-"
        typer.echo(f"{account.name:<{width}}  {account.role:<16}  {spoken:<12}  {state}")


def _password(name: str, from_stdin: bool, generate: bool) -> str:
    if from_stdin and generate:
        refuse("choose one of --password-stdin and --generate")
    if generate:
        return secrets.token_urlsafe(_GENERATED_BYTES)
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        refuse("no terminal to ask at: use --password-stdin or --generate")
    weak = weakness(password, name)
    if weak is not None:
        refuse(_WEAK[weak])
    return password


async def _account(tx: Transaction, name: str) -> Advocate:
    account = await tx.accounts.advocate_by_name(clean(name))
    if account is None:
        refuse("no account has this name; see: list")
    return account


def _show(password: str, generated: bool) -> None:
    if generated:
        typer.echo(f"password: {password}")


def run(work: Callable[[Transaction], Awaitable[None]]) -> None:
    """Run in one transaction; a missing setting or database is one sentence."""

    async def whole() -> None:
        settings = StoreSettings()  # type: ignore[call-arg]  # from the environment
        database = Database(settings.database_url, load(settings.hotline_key_file), pool_size=1)
        try:
            async with database.transaction() as tx:
                await work(tx)
        finally:
            await database.close()

    try:
        asyncio.run(whole())
    except (ValueError, BadKeyFile) as error:
        refuse(explain(error))
    except SQLAlchemyError as error:
        refuse(f"the database does not answer as it should ({type(error).__name__})")


def refuse(sentence: str) -> NoReturn:
    """One sentence on standard error, and status 1."""
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    app()
