"""Signing in and out, idle and absolute limits, guessing, and what is written down."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from argon2 import PasswordHasher
from argon2 import exceptions as argon2_exceptions
from sqlalchemy import select

from handoff.auth import hashed
from handoff.errors import WrongPassword
from handoff.passwords import Passwords
from storage.tables import AdvocateRow, ConversationRow, DeskSessionRow
from tests.handoff.people import PASSWORD, Bench


async def _sign_in(bench: Bench, name: str, password: str) -> httpx.Response:
    return await bench.stranger().post("/api/session", {"name": name, "password": password})


async def test_sign_in(bench: Bench) -> None:
    """A right password opens a session; a look at /api/me says whose."""
    river = await bench.advocate("River")
    me = (await river.get("/api/me")).json()
    assert (me["name"], me["role"]) == ("River", "advocate")
    assert (await bench.stranger().get("/api/me")).status_code == 401


async def test_only_a_hash_of_the_token_is_kept(bench: Bench) -> None:
    """Who steals the table cannot sign in with what it holds."""
    river = await bench.advocate("River")
    token = river.client.cookies["desk"]
    async with bench.database.transaction() as tx:
        kept = await tx.session.scalar(select(DeskSessionRow.token_hash))
    assert kept == hashed(token)
    thief = bench.stranger()
    thief.client.cookies.set("desk", kept.hex())
    assert (await thief.get("/api/me")).status_code == 401
    thief.client.cookies.set("desk", token)
    assert (await thief.get("/api/me")).status_code == 200


async def test_cookie_is_out_of_reach_of_scripts_and_other_sites(bench: Bench) -> None:
    """HttpOnly and SameSite=Strict; on loopback the name is plain."""
    await bench.account("River")
    cookie = (await _sign_in(bench, "River", PASSWORD)).headers["set-cookie"]
    assert cookie.startswith("desk=")
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/" in cookie
    assert "Max-Age" not in cookie and "expires" not in cookie.lower()


async def test_cookie_over_tls_is_bound_to_the_host(bench: Bench) -> None:
    """Behind TLS the cookie is Secure and `__Host-`."""
    settings = bench.office.settings.model_copy(update={"staff_url": "https://desk.example.test"})
    office = replace(bench.office, settings=settings)
    secure = Bench(office=office, clock=bench.clock, voice=bench.voice, opened=bench.opened)
    await secure.account("River")
    answer = await secure.stranger().post("/api/session", {"name": "River", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-desk=") and "Secure" in cookie and "Domain" not in cookie
    assert answer.headers["strict-transport-security"]


@pytest.mark.parametrize("name", ["river", " RIVER ", "River"])
async def test_case_of_the_name_does_not_matter(bench: Bench, name: str) -> None:
    """Nobody is kept out at three in the morning by a capital letter."""
    await bench.account("River")
    assert (await _sign_in(bench, name, PASSWORD)).status_code == 200


async def test_wrong_unknown_and_closed_look_the_same(bench: Bench) -> None:
    """The answer does not tell which names exist."""
    await bench.account("River")
    closed = await bench.account("Sage")
    async with bench.database.transaction() as tx:
        await tx.accounts.disable(closed, datetime.now(UTC))
    answers = [
        await _sign_in(bench, "River", "not the password"),
        await _sign_in(bench, "Nobody", "not the password"),
        await _sign_in(bench, "Sage", PASSWORD),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1


async def test_unknown_names_cost_a_hash_too(bench: Bench) -> None:
    """Time does not tell which names exist: a hash is checked every time."""
    await bench.account("River")
    checked: list[str] = []

    class Watched(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            checked.append("checked")
            return super().verify(hash, password)

    passwords = Passwords(Watched(time_cost=1, memory_cost=8, parallelism=1))
    door = replace(bench.office.door, passwords=passwords)
    with pytest.raises(WrongPassword):
        await door.sign_in("Nobody", "not the password", "198.51.100.7")
    assert checked == ["checked"]


async def test_guessing_is_braked_then_stopped(bench: Bench, pauses: list[float]) -> None:
    """Each failure waits longer; after five the right password does not help either."""
    await bench.account("River")
    for _ in range(5):
        assert (await _sign_in(bench, "River", "not the password")).status_code == 401
    refused = await _sign_in(bench, "River", PASSWORD)
    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "too_many_attempts"
    assert 0 < int(refused.headers["retry-after"]) <= 15 * 60
    assert pauses == sorted(pauses) and pauses[0] < pauses[-1]


async def test_guessing_at_unknown_names_is_stopped_alike(bench: Bench) -> None:
    """Being locked out does not tell that a name exists."""
    statuses = [(await _sign_in(bench, "Nobody", "guess")).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]


async def test_one_place_cannot_try_many_names(bench: Bench) -> None:
    """Names are not tried one after the other from one address."""
    statuses = [(await _sign_in(bench, f"Name {n}", "guess")).status_code for n in range(31)]
    assert statuses == [401] * 30 + [429]


async def test_a_whole_shift_signs_in_behind_one_address(bench: Bench) -> None:
    """Right passwords do not use up what failures are allowed."""
    await bench.account("River")
    statuses = {(await _sign_in(bench, "River", PASSWORD)).status_code for _ in range(120)}
    assert statuses == {200}


async def test_guesses_at_once_are_counted_before_they_are_looked_at(bench: Bench) -> None:
    """Twenty guesses in the same moment are not twenty chances."""
    await bench.account("River")
    answers = await asyncio.gather(*(_sign_in(bench, "River", f"guess {n}") for n in range(20)))
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 15


async def test_a_success_forgets_the_failures(bench: Bench) -> None:
    """Four slips and a success do not lock an advocate out."""
    await bench.account("River")
    for _ in range(2):
        for _ in range(4):
            await _sign_in(bench, "River", "not the password")
        assert (await _sign_in(bench, "River", PASSWORD)).status_code == 200


async def test_idle_session_ends(bench: Bench) -> None:
    """A screen that only looks by itself is idle; a human's act keeps it."""
    river = await bench.advocate("River")
    idle = bench.office.settings.idle.total_seconds()
    bench.clock.forward(seconds=idle - 1)
    assert (await river.post("/api/heartbeat", {"active": True})).status_code == 200
    bench.clock.forward(seconds=idle - 1)
    assert (await river.post("/api/heartbeat", {"active": False})).status_code == 200
    assert (await river.get("/api/board")).status_code == 200
    bench.clock.forward(seconds=2)
    refused = await river.get("/api/board")
    assert refused.status_code == 401
    assert refused.json()["error"]["code"] == "signed_out"


async def test_session_ends_after_a_shift(bench: Bench) -> None:
    """However busy: after the absolute limit the password is asked again."""
    river = await bench.advocate("River")
    end = bench.clock.time + bench.office.settings.session
    while bench.clock.time < end:
        assert (await river.post("/api/heartbeat", {"active": True})).status_code == 200
        bench.clock.forward(minutes=10)
    assert (await river.post("/api/heartbeat", {"active": True})).status_code == 401


async def test_signing_in_again_ends_the_old_session(bench: Bench) -> None:
    """A token that was taken before does not live on beside the new one."""
    river = await bench.advocate("River")
    stolen = river.client.cookies["desk"]
    await river.post("/api/session", {"name": "River", "password": PASSWORD})
    thief = bench.stranger()
    thief.client.cookies.set("desk", stolen)
    assert (await thief.get("/api/me")).status_code == 401
    assert (await river.get("/api/me")).status_code == 200


async def test_sign_out(bench: Bench) -> None:
    """The token is worthless afterwards, and the browser forgets it."""
    river = await bench.advocate("River")
    token = river.client.cookies["desk"]
    answer = await river.post("/api/sign-out")
    assert answer.status_code == 204 and "desk" not in river.client.cookies
    river.client.cookies.set("desk", token)
    assert (await river.get("/api/board")).status_code == 401


async def test_sign_out_gives_conversations_back(bench: Bench) -> None:
    """Nobody waits for an advocate who went home: the lease ends at once."""
    river = await bench.advocate("River")
    conversation_id = await bench.text("he has a gun")
    await river.claim(conversation_id)
    await river.post("/api/sign-out")
    async with bench.database.transaction() as tx:
        until = await tx.session.scalar(
            select(ConversationRow.lease_until).where(ConversationRow.id == conversation_id)
        )
    assert until == bench.clock.time


async def test_sign_out_elsewhere_keeps_conversations(bench: Bench) -> None:
    """A second browser of the same advocate is enough to keep them."""
    river = await bench.advocate("River")
    conversation_id = await bench.text("he has a gun")
    await river.claim(conversation_id)
    second = bench.stranger()
    await second.post("/api/session", {"name": "River", "password": PASSWORD})
    await second.post("/api/sign-out")
    async with bench.database.transaction() as tx:
        assert await tx.desk.expired_leases(bench.clock.time) == []
    assert (await river.get("/api/me")).status_code == 200


async def test_disabled_account_is_out_at_once(bench: Bench) -> None:
    """Closing an account ends its sessions."""
    river = await bench.advocate("River")
    async with bench.database.transaction() as tx:
        account = await tx.accounts.advocate_by_name("River")
        assert account is not None
        await tx.accounts.disable(account.id, bench.clock.time)
    assert (await river.get("/api/board")).status_code == 401


async def test_old_hash_is_replaced(bench: Bench) -> None:
    """A hash with yesterday's parameters is made anew while the password is at hand."""
    account_id = await bench.account("River")
    old = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
    async with bench.database.transaction() as tx:
        await tx.accounts.store_hash(account_id, old)
    assert (await _sign_in(bench, "River", PASSWORD)).status_code == 200
    async with bench.database.transaction() as tx:
        new = await tx.session.scalar(select(AdvocateRow.password_hash))
    assert new != old and not bench.office.door.passwords.outdated(new or "")


async def test_default_hashes_are_argon2id() -> None:
    """The parameters are those that RFC 9106 gives for limited memory."""
    made = await Passwords().hash(PASSWORD)
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    with pytest.raises(argon2_exceptions.VerifyMismatchError):
        PasswordHasher().verify(made, "another password")


async def test_what_is_written_down(bench: Bench) -> None:
    """Every knock is on the log, an unknown name without the name."""
    account_id = await bench.account("River")
    await _sign_in(bench, "River", "not the password")
    await _sign_in(bench, "my password by mistake", "x")
    browser = bench.stranger()
    await browser.post("/api/session", {"name": "River", "password": PASSWORD})
    await browser.post("/api/sign-out")
    lines = [(action, advocate, detail) for action, advocate, _, detail in await bench.audit()]
    assert lines == [
        ("sign_in_failed", account_id, {}),
        ("sign_in_failed", None, {}),
        ("sign_in", account_id, {}),
        ("sign_out", account_id, {}),
    ]


async def test_form_works_without_script(bench: Bench) -> None:
    """A plain form post signs in and leads to the console; a wrong one says so kindly."""
    await bench.account("River")
    browser = bench.stranger(origin="null")
    wrong = await browser.client.post("/sign-in", data={"name": "<b>River", "password": "no"})
    assert wrong.status_code == 401
    assert 'role="alert"' in wrong.text and "&lt;b&gt;River" in wrong.text
    right = await browser.client.post("/sign-in", data={"name": "River", "password": PASSWORD})
    assert (right.status_code, right.headers["location"]) == (303, "/")
    console = await browser.get("/")
    assert console.status_code == 200 and "/static/app.js" in console.text
    out = await browser.client.post("/sign-out")
    assert (out.status_code, out.headers["location"]) == (303, "/sign-in")
    assert (await browser.get("/")).headers["location"] == "/sign-in"


async def test_locked_out_form_says_how_long(bench: Bench) -> None:
    """The page tells the minutes in the language of the screen."""
    browser = bench.stranger(origin="null", **{"accept-language": "fr-CA,fr;q=0.9,en;q=0.5"})
    for _ in range(6):
        page = await browser.client.post("/sign-in", data={"name": "River", "password": "no"})
    assert page.status_code == 429
    assert "Réessayez dans 15 min" in page.text
