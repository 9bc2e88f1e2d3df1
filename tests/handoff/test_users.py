"""The accounts from the command line, as an operator runs it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import handoff.audit
import handoff.users
from tests.handoff.people import PASSWORD, Bench

Run = Callable[..., subprocess.CompletedProcess[str]]


def _runs(app: typer.Typer, bench: Bench) -> Run:
    """Runs a command in this process, in a thread of its own: it has an event loop of its own."""
    environment = {
        "DATABASE_URL": bench.office.settings.database_url,
        "HOTLINE_KEY_FILE": str(bench.office.settings.hotline_key_file),
    }

    def run(*words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        with ThreadPoolExecutor(1) as thread:
            done = thread.submit(
                CliRunner().invoke, app, list(words), input=typed, env=environment
            ).result()
        return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture
def users(bench: Bench) -> Run:
    """`python -m handoff.users` on the desk's database, without starting Python each time."""
    return _runs(handoff.users.app, bench)


async def _can_sign_in(bench: Bench, name: str, password: str) -> bool:
    body = {"name": name, "password": password}
    return (await bench.stranger().post("/api/session", body)).is_success


async def test_add_with_a_password_from_standard_input(bench: Bench, root: Path) -> None:
    """A real process: the account works at once; the password is not printed."""
    words = ["add", "River", "--languages", "en,fr", "--password-stdin"]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "handoff.users",
        *words,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(root),
            "DATABASE_URL": bench.office.settings.database_url,
            "HOTLINE_KEY_FILE": str(bench.office.settings.hotline_key_file),
        },
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await process.communicate(f"{PASSWORD}\n".encode())
    assert (process.returncode, said) == (0, b"account made: River (advocate)\n")
    assert PASSWORD.encode() not in said + complained
    assert await _can_sign_in(bench, "River", PASSWORD)


async def test_add_with_a_generated_password(bench: Bench, users: Run) -> None:
    """The password is printed this once, and opens the desk."""
    done = users("add", "Sage", "--role", "supervisor", "--generate")
    password = done.stdout.split("password: ")[1].strip()
    assert len(password) >= 12
    assert await _can_sign_in(bench, "Sage", password)


@pytest.mark.parametrize(
    ("words", "typed", "sentence"),
    [
        (("add", "River", "--password-stdin"), "too short\n", "12 to 256 characters"),
        (("add", "River", "--password-stdin"), "x" * 257 + "\n", "12 to 256 characters"),
        (("add", "River", "--password-stdin"), "River1234567\n", "made from the name"),
        (("add", "River", "--password-stdin"), "Passwordpassword\n", "many people use"),
        (("add", "River"), "", "use --password-stdin or --generate"),
        (("add", "River", "--generate", "--password-stdin"), "", "choose one"),
        (("add", "@River!", "--generate"), "", "a shift name has letters"),
        (("add", "R" * 41, "--generate"), "", "a shift name has letters"),
        (("add", "River", "--languages", "English", "--generate"), "", "codes such as en,fr"),
        (("password", "Nobody", "--generate"), "", "no account has this name"),
        (("disable", "Nobody"), "", "no account has this name"),
    ],
)
def test_refusals(users: Run, words: tuple[str, ...], typed: str, sentence: str) -> None:
    """One sentence with the way out, and status 1."""
    done = users(*words, typed=typed)
    assert done.returncode == 1
    assert sentence in done.stderr and len(done.stderr.splitlines()) == 1


async def test_a_taken_name(bench: Bench, users: Run) -> None:
    """Two advocates called almost the same would be mistaken for each other."""
    await bench.account("River")
    done = users("add", "rivER", "--generate")
    assert done.returncode == 1 and "taken" in done.stderr


async def test_new_password_signs_everybody_out(bench: Bench, users: Run) -> None:
    """Who knew the old password is out, also where already signed in."""
    river = await bench.advocate("River")
    assert users("password", "River", "--password-stdin", typed="another lantern\n").returncode == 0
    assert (await river.get("/api/board")).status_code == 401
    assert not await _can_sign_in(bench, "River", PASSWORD)
    assert await _can_sign_in(bench, "River", "another lantern")


async def test_disable_and_undo(bench: Bench, users: Run) -> None:
    """A closed account is out at once and can be opened again; the list says so."""
    river = await bench.advocate("River")
    assert users("disable", "River").stdout == "account closed\n"
    assert (await river.get("/api/board")).status_code == 401
    assert "closed" in users("list").stdout
    assert users("disable", "River", "--undo").returncode == 0
    assert await _can_sign_in(bench, "River", PASSWORD)


async def test_accounts_are_on_the_audit_log(bench: Bench, users: Run) -> None:
    """Who got which role is on record."""
    users("add", "River", "--generate")
    users("password", "River", "--generate")
    users("disable", "River")
    assert await bench.actions() == ["account_added", "password_set", "account_disabled"]


def test_no_database_is_one_sentence(root: Path) -> None:
    """Without its settings the command says which one is missing."""
    done = subprocess.run(
        [sys.executable, "-m", "handoff.users", "list"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "DATABASE_URL" in done.stderr and len(done.stderr.splitlines()) == 1


async def test_audit_from_the_command_line(bench: Bench) -> None:
    """It holds, it is shown with names, it gives an anchor, and a change is named."""
    from sqlalchemy import text

    await bench.advocate("River")
    audit = _runs(handoff.audit.app, bench)
    assert "River  sign_in" in audit("show").stdout
    anchor = audit("anchor").stdout.strip()
    assert "holds: 2 rows" in audit("verify", "--anchor", anchor).stdout
    assert await bench.actions() == ["sign_in", "audit_shown"]
    async with bench.database.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE audit DISABLE TRIGGER append_only"))
        await connection.execute(text("UPDATE audit SET action = 'x' WHERE id = 1"))
        await connection.execute(text("ALTER TABLE audit ENABLE TRIGGER append_only"))
    broken = audit("verify")
    assert broken.returncode == 1 and "broken at row 1" in broken.stderr


async def test_resetting_a_second_factor_takes_two(bench: Bench, users: Run) -> None:
    """The colleague who made sure has an account of their own, and is on record."""
    river = await bench.advocate("River")
    await bench.account("Sage")
    me = (await river.get("/api/me")).json()
    async with bench.database.transaction() as tx:
        account = await tx.accounts.advocate_by_name(me["name"])
        assert account is not None
        await tx.factors.turn_on(account.id, ["abcdefghjkmnpqrs"])
    assert users("reset-factor", "River", "--vouched", "River").returncode == 1
    assert users("reset-factor", "River", "--vouched", "Sage").returncode == 0
    assert (await river.get("/api/me")).status_code == 401
    assert await _can_sign_in(bench, "River", PASSWORD)
    assert "second_factor_reset" in await bench.actions()
