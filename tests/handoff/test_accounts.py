"""The administrator's page: invited, set up, changed, closed; nobody raises themselves."""

from __future__ import annotations

import asyncio
import re
from uuid import UUID

import httpx
import pytest

from tests.handoff.people import PASSWORD, Bench, Browser

FRESH = "a kettle by the window"


async def _post(browser: Browser, path: str = "", **form: object) -> httpx.Response:
    return await browser.client.post(f"/accounts{path}", data={"password": PASSWORD} | form)


async def _invite(browser: Browser, name: str = "River", **form: object) -> tuple[UUID, str]:
    made = await _post(browser, name=name, **{"role": "advocate", "languages": "en, fr"} | form)
    assert made.status_code == 200, made.text
    (code,) = re.findall(r"/set-up#([a-z0-9]{20})<", made.text)
    (account, *_) = re.findall(r"/accounts/([0-9a-f-]{36})", made.text)
    return UUID(account), code


async def _set_up(bench: Bench, code: str, name: str = "River", password: str = FRESH) -> int:
    form = {"name": name, "code": code, "password": password}
    return (await bench.stranger().client.post("/set-up", data=form)).status_code


async def _sign_in(bench: Bench, password: str, name: str = "River") -> int:
    body = {"name": name, "password": password}
    return (await bench.stranger().post("/api/session", body)).status_code


async def _id(bench: Bench, name: str) -> UUID:
    async with bench.database.transaction() as tx:
        account = await tx.accounts.advocate_by_name(name)
    assert account is not None
    return account.id


async def test_invited_and_set_up(bench: Bench) -> None:
    """The code opens once, as it was said on the phone; the owner's password is the owner's."""
    wren = await bench.advocate("Wren", "administrator")
    account, code = await _invite(wren)
    assert "invited" in (await wren.get("/accounts")).text
    assert await _sign_in(bench, FRESH) == 401
    assert await _set_up(bench, code, password="short") == 422, "a weak one costs no code"
    said = "-".join(code[at : at + 4] for at in range(0, 20, 4)).upper()
    assert await _set_up(bench, said) == 303
    assert await _set_up(bench, code, password="another kettle at home") == 422
    assert await _sign_in(bench, FRESH) == 200
    assert "invited" not in (await wren.get("/accounts")).text
    lines = [(action, detail) for action, _, _, detail in await bench.audit()]
    assert lines[1] == ("account_added", {"account": str(account), "role": "advocate"})
    assert ("set_up", {}) in lines and code not in str(lines)


async def test_codes_that_open_nothing(bench: Bench) -> None:
    """Another's, an unknown name, a closed account, three days later; all look the same."""
    wren = await bench.advocate("Wren", "administrator")
    account, code = await _invite(wren)
    _, other = await _invite(wren, "Sage")
    tries = [("River", other), ("River", code[:-1]), ("Nobody", code), ("River", "")]
    pages = []
    for name, tried in tries:
        form = {"name": "x", "code": tried, "password": FRESH} | {"name": name}
        pages.append(await bench.stranger().client.post("/set-up", data=form))
    assert {page.status_code for page in pages} == {422}
    assert len({re.sub(r'value="\w*"', "", page.text) for page in pages}) == 1
    await _post(wren, f"/{account}/disable")
    assert await _set_up(bench, code) == 422
    await _post(wren, f"/{account}/enable")
    # A code may be in wrong hands: whoever sets a password at the command line ends it.
    _, third = await _invite(wren, "Moss")
    async with bench.database.transaction() as tx:
        moss = await tx.accounts.advocate_by_name("Moss")
        assert moss is not None
        await tx.accounts.set_password(moss.id, moss.password_hash)
    assert await _set_up(bench, third, "Moss") == 422
    bench.clock.forward(hours=72)
    assert await _set_up(bench, code) == 422
    assert await _set_up(bench, other, "Sage") == 422


async def test_guessing_codes_is_stopped(bench: Bench) -> None:
    """As at the door."""
    await _invite(await bench.advocate("Wren", "administrator"))
    statuses = [await _set_up(bench, f"{n}") for n in range(6)]
    assert statuses == [422] * 5 + [429]


@pytest.mark.parametrize(
    "wrong",
    [{"name": "@River"}, {"name": "wREN"}, {"languages": "English"}, {"password": "no"}],
    ids=lambda wrong: next(iter(wrong)),
)
async def test_what_makes_no_account(bench: Bench, wrong: dict[str, str]) -> None:
    """The reason is said, what was typed is kept, nothing is made."""
    wren = await bench.advocate("Wren", "administrator")
    form = {"name": "River", "role": "advocate", "languages": "en"} | wrong
    page = await _post(wren, **form)
    assert page.status_code == 422 and f'value="{form["name"]}"' in page.text
    assert "account_added" not in await bench.actions()


@pytest.mark.parametrize("role", ["advocate", "supervisor", "privacy_officer", "tips_officer"])
async def test_for_administrators_alone(bench: Bench, role: str) -> None:
    """Nobody else sees the page, or acts on it."""
    river = await bench.advocate("River", role)
    me = await _id(bench, "River")
    assert (await river.get("/accounts")).status_code == 403
    raised = await _post(river, f"/{me}", role="administrator", languages="en")
    assert raised.status_code == 403
    assert (await river.get("/accounts")).status_code == 403


async def test_role_languages_and_competencies(bench: Bench) -> None:
    """Kept and on record; another role signs out, and what was held goes back to the list."""
    wren, river = await bench.advocate("Wren", "administrator"), await bench.advocate("River")
    account = (await river.get("/api/me")).json()["id"]
    trained = {"competencies": ["minors", "labour"], "languages": "fr, en"}
    done = await _post(wren, f"/{account}", role="advocate", **trained)
    assert done.status_code == 200 and done.text.count(" checked>") == 2
    assert (await river.get("/api/me")).json()["languages"] == ["fr", "en"]
    conversation_id = await bench.text("he has a gun")
    await river.claim(conversation_id)
    await _post(wren, f"/{account}", role="supervisor", **trained)
    assert (await river.get("/api/me")).status_code == 401
    async with bench.database.transaction() as tx:
        bench.clock.forward(seconds=1)
        gone = await tx.desk.expired_leases(bench.clock.time)
    assert conversation_id in gone
    _, _, _, detail = (await bench.audit())[-1]
    assert (detail["before"], detail["role"]) == ("advocate", "supervisor")
    assert detail["competencies"] == ["labour", "minors"]


async def test_nobody_changes_their_own(bench: Bench) -> None:
    """Neither role nor access; another administrator has to."""
    wren = await bench.advocate("Wren", "administrator")
    me = await _id(bench, "Wren")
    acts = [
        await _post(wren, f"/{me}", role="supervisor", languages="en"),
        await _post(wren, f"/{me}/disable"),
        await _post(wren, f"/{me}/set-up-code"),
        await _post(wren, f"/{me}/reset-factor", reason="lost", vouched="River"),
    ]
    assert {act.status_code for act in acts} == {422}
    assert (await wren.get("/accounts")).status_code == 200
    assert "<form" not in (await wren.get(f"/accounts/{me}")).text.split("<main")[1]


async def test_an_administrator_is_always_left(bench: Bench) -> None:
    """Two who take the role from each other in the same moment: one of them keeps it."""
    two = [await bench.advocate(name, "administrator") for name in ("Wren", "Lark")]
    ids = [await _id(bench, one.name) for one in two]
    await _invite(two[0], "Heron", role="administrator")
    acts = await asyncio.gather(
        _post(two[0], f"/{ids[1]}/disable"), _post(two[1], f"/{ids[0]}/disable")
    )
    async with bench.database.transaction() as tx:
        accounts = await tx.accounts.all_advocates()
    left = [one.name for one in accounts if not one.disabled and one.name != "Heron"]
    assert len(left) == 1, "an invited one that never signed in does not count"
    assert min(act.status_code for act in acts) == 200


async def test_closed_opened_and_signed_out(bench: Bench) -> None:
    """Each at once, each on record."""
    wren, river = await bench.advocate("Wren", "administrator"), await bench.advocate("River")
    account = (await river.get("/api/me")).json()["id"]
    assert (await _post(wren, f"/{account}/end-sessions")).status_code == 200
    assert (await river.get("/api/me")).status_code == 401
    await _post(wren, f"/{account}/disable")
    assert await _sign_in(bench, PASSWORD) == 401
    await _post(wren, f"/{account}/enable")
    assert await _sign_in(bench, PASSWORD) == 200
    by = [action for action, advocate, _, detail in await bench.audit() if "account" in detail]
    assert by == ["sessions_ended", "account_disabled", "account_enabled"]
    missing = await _post(wren, "/00000000-0000-4000-8000-000000000000/disable")
    assert missing.status_code == 404


async def test_a_forgotten_password(bench: Bench) -> None:
    """A new code takes the administrator's password; the old password opens nothing any more."""
    wren, river = await bench.advocate("Wren", "administrator"), await bench.advocate("River")
    account = (await river.get("/api/me")).json()["id"]
    wrong = await _post(wren, f"/{account}/set-up-code", password="no")
    assert wrong.status_code == 422 and await _sign_in(bench, PASSWORD) == 200
    done = await _post(wren, f"/{account}/set-up-code")
    (code,) = re.findall(r"/set-up#([a-z0-9]{20})<", done.text)
    assert (await river.get("/api/me")).status_code == 401
    assert await _sign_in(bench, PASSWORD) == 401
    assert await _set_up(bench, code) == 303
    assert await _sign_in(bench, FRESH) == 200


async def test_a_lost_second_factor(bench: Bench) -> None:
    """Two people, each with the password of an account of their own, and a reason by code."""
    wren, river = await bench.advocate("Wren", "administrator"), await bench.advocate("River")
    await bench.account("Sage")
    account = (await river.get("/api/me")).json()["id"]
    async with bench.database.transaction() as tx:
        await tx.factors.offer_code_app(UUID(account), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        await tx.factors.turn_on(UUID(account), ["abcdefghjkmnpqrs"])
    path = f"/{account}/reset-factor"
    for wrong in (
        {"vouched": "River"},
        {"vouched": "Wren"},
        {"vouched": "Nobody"},
        {"password": "no"},
        {"vouched_password": "no"},
        {"vouched_password": ""},
        {"reason": "because of her"},
    ):
        form = {"reason": "lost", "vouched": "Sage", "vouched_password": PASSWORD} | wrong
        assert (await _post(wren, path, **form)).status_code == 422
    assert await _sign_in(bench, PASSWORD) == 401
    form = {"reason": "lost", "vouched": "sage", "vouched_password": PASSWORD}
    assert (await _post(wren, path, **form)).status_code == 200
    assert await _sign_in(bench, PASSWORD) == 200
    async with bench.database.transaction() as tx:
        await tx.factors.offer_code_app(UUID(account), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        await tx.factors.turn_on(UUID(account), ["abcdefghjkmnpqrt"])
    # An administrator who made the second person's account may be that person herself.
    await _post(wren, "", name="Zed", role="advocate", languages="en")
    async with bench.database.transaction() as tx:
        zed = await tx.accounts.advocate_by_name("Zed")
        sage = await tx.accounts.advocate_by_name("Sage")
        assert zed is not None and sage is not None
        await tx.accounts.set_password(zed.id, sage.password_hash)
    assert (await _post(wren, path, **form | {"vouched": "Zed"})).status_code == 422
    # Who has a second factor shows that too.
    async with bench.database.transaction() as tx:
        await tx.factors.offer_code_app(sage.id, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        await tx.factors.turn_on(sage.id, ["bcdefghjkmnpqrst"])
    assert (await _post(wren, path, **form)).status_code == 422
    code = {"vouched_code": "bcdefghjkmnpqrst"}
    assert (await _post(wren, path, **form | code)).status_code == 200
    (detail, _) = [one for action, _, _, one in await bench.audit() if action.endswith("_reset")]
    assert detail["reason"] == "lost" and set(detail) == {"account", "reason", "vouched"}
