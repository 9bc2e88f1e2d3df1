"""One's own account: code app, recovery codes, password, signed-in browsers."""

from __future__ import annotations

import re
from dataclasses import replace

import httpx
import pyotp
import pytest

from handoff.factors import SecondFactor, step_of
from handoff.passwords import weakness
from tests.handoff.people import PASSWORD, Bench, Browser


async def _post(browser: Browser, path: str, **form: str) -> httpx.Response:
    return await browser.client.post(f"/account{path}", data=form)


async def _sign_in(bench: Bench, code: str = "") -> int:
    body = {"name": "River", "password": PASSWORD, "code": code}
    return (await bench.stranger().post("/api/session", body)).status_code


async def _with_app(bench: Bench, browser: Browser) -> tuple[pyotp.TOTP, list[str]]:
    """Set a code app up as a human does; its recovery codes too."""
    offered = (await _post(browser, "/code-app", password=PASSWORD)).text
    assert "<svg" in offered and "<script" not in offered.split("<main")[1]
    (letters,) = re.findall(r"<code>([A-Z2-7 ]+)</code>", offered)
    app = pyotp.TOTP(letters.replace(" ", ""))
    done = await _post(browser, "/code-app/confirm", code=app.at(bench.clock.time))
    codes = re.findall(r"<code>([a-z0-9 ]{29})</code>", done.text)
    assert len(set(codes)) == 10
    return app, codes


async def test_a_code_is_asked_for_and_opens_once(bench: Bench) -> None:
    """Password alone, a wrong code and a replayed one do not open; each new code does, once."""
    river = await bench.advocate("River")
    app, _ = await _with_app(bench, river)
    used = app.at(bench.clock.time)
    assert await _sign_in(bench, used) == 401, "the code that turned it on is used up"
    bench.clock.forward(seconds=60)
    assert await _sign_in(bench) == 401
    assert await _sign_in(bench, "000000") == 401
    code = app.at(bench.clock.time)
    assert await _sign_in(bench, code) == 200
    assert await _sign_in(bench, code) == 401
    bench.clock.forward(seconds=30)
    assert await _sign_in(bench, app.at(bench.clock.time)) == 200


async def test_a_secret_is_sealed_and_codes_are_hashed(bench: Bench) -> None:
    """Who steals the tables cannot make a code nor use a recovery code."""
    from sqlalchemy import select

    from storage.tables import AdvocateRow, RecoveryCodeRow

    app, codes = await _with_app(bench, await bench.advocate("River"))
    async with bench.database.transaction() as tx:
        sealed = await tx.session.scalar(select(AdvocateRow.totp_sealed))
        hashes = (await tx.session.scalars(select(RecoveryCodeRow.hash))).all()
    assert sealed is not None and app.secret.encode() not in sealed
    assert all(codes[0].replace(" ", "").encode() not in kept for kept in hashes)
    assert app.secret not in str(await bench.audit())


async def test_recovery_codes_open_once(bench: Bench) -> None:
    """As it was written down, with blanks and capitals; not twice; and not another's."""
    river = await bench.advocate("River")
    _, codes = await _with_app(bench, river)
    assert await _sign_in(bench, codes[0].upper()) == 200
    assert await _sign_in(bench, codes[0]) == 401
    assert await _sign_in(bench, codes[1]) == 200
    assert "left: 8" in (await river.get("/account")).text


async def test_turning_it_off_needs_password_and_code(bench: Bench) -> None:
    """A browser left open is not enough."""
    river = await bench.advocate("River")
    app, _ = await _with_app(bench, river)
    bench.clock.forward(seconds=60)
    code = app.at(bench.clock.time)
    assert (await _post(river, "/code-app/off", password="no", code=code)).status_code == 422
    assert (await _post(river, "/code-app/off", password=PASSWORD, code="1")).status_code == 422
    assert await _sign_in(bench) == 401
    assert (await _post(river, "/code-app/off", password=PASSWORD, code=code)).status_code == 200
    assert await _sign_in(bench) == 200
    actions = [name for name in await bench.actions() if name.startswith("second")]
    assert actions == ["second_factor_on", "second_factor_off"]


async def test_an_offer_is_not_asked_for(bench: Bench) -> None:
    """An unproved secret locks nobody out; a new offer does not replace a proved one."""
    river = await bench.advocate("River")
    await _post(river, "/code-app", password=PASSWORD)
    assert (await _post(river, "/code-app/confirm", code="000000")).status_code == 422
    assert await _sign_in(bench) == 200
    app, _ = await _with_app(bench, river)
    assert "<svg" not in (await _post(river, "/code-app", password=PASSWORD)).text
    bench.clock.forward(seconds=60)
    assert await _sign_in(bench, app.at(bench.clock.time)) == 200


async def test_required_opens_nothing_but_the_account(bench: Bench) -> None:
    """Until the code app works, words and board stay shut."""
    settings = bench.office.settings.model_copy(
        update={"staff_second_factor": SecondFactor.REQUIRED}
    )
    strict = Bench(
        office=replace(bench.office, settings=settings),
        clock=bench.clock,
        voice=bench.voice,
        opened=bench.opened,
    )
    river = await strict.advocate("River")
    refused = await river.get("/api/board")
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "second_factor_missing"
    for path in ("/", "/phrases"):
        assert (await river.get(path)).headers["location"] == "/account"
    await _with_app(strict, river)
    assert (await river.get("/api/board")).status_code == 200


def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B (SHA-1, the last six digits), and one step of drift."""
    from datetime import UTC, datetime

    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    table = {59: "287082", 1111111109: "081804", 1234567890: "005924", 2000000000: "279037"}
    for second, code in table.items():
        now = datetime.fromtimestamp(second, UTC)
        assert step_of(secret, code, now) == second // 30
        later = datetime.fromtimestamp(second + 90, UTC)
        assert step_of(secret, code, later) is None


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "length"),
        ("x" * 257, "length"),
        ("River1234567", "name"),
        ("Passwordpassword", "common"),
        ("aaaabbbbaaaa", "common"),
        ("a lantern on the porch", None),
    ],
)
def test_weak_passwords(password: str, why: str | None) -> None:
    """Length, the account's name, what everybody tries."""
    found = weakness(password, "River")
    assert found == (why and f"account.password_{why}")


async def test_another_password(bench: Bench) -> None:
    """The old one is asked for; other browsers are out, this one stays, both on record."""
    river = await bench.advocate("River")
    other = bench.stranger()
    await other.post("/api/session", {"name": "River", "password": PASSWORD})
    fresh = "a kettle by the window"
    assert (await _post(river, "/password", password="no", new=fresh)).status_code == 422
    weak = await _post(river, "/password", password=PASSWORD, new="passwordpassword")
    assert weak.status_code == 422 and 'role="alert"' in weak.text
    assert (await other.get("/api/me")).status_code == 200
    assert (await _post(river, "/password", password=PASSWORD, new=fresh)).status_code == 200
    assert (await other.get("/api/me")).status_code == 401
    assert (await river.get("/api/me")).status_code == 200
    assert await _sign_in(bench) == 401
    assert (await bench.actions())[-2:] == ["password_changed", "sign_in_failed"]


async def test_sessions_are_listed_and_ended(bench: Bench) -> None:
    """One's own by their marks, one or all others; never another's; no token in the page."""
    river, sage = await bench.advocate("River"), await bench.advocate("Sage")
    others = [bench.stranger() for _ in range(3)]
    for browser in others:
        await browser.post("/api/session", {"name": "River", "password": PASSWORD})
    shown = (await river.get("/account")).text
    marks = re.findall(r"sessions/([0-9a-f]{16})/end", shown)
    assert len(marks) == 3 and shown.count("this browser") == 1
    assert all(one.client.cookies["desk"] not in shown for one in (river, *others))
    await _post(sage, f"/sessions/{marks[0]}/end")
    assert len(re.findall("sessions/[0-9a-f]{16}", (await river.get("/account")).text)) == 3
    await _post(river, f"/sessions/{marks[0]}/end")
    statuses = [(await browser.get("/api/me")).status_code for browser in others]
    assert sorted(statuses) == [200, 200, 401]
    await _post(river, "/sessions/end-others")
    statuses = [(await browser.get("/api/me")).status_code for browser in (*others, river, sage)]
    assert statuses == [401, 401, 401, 200, 200]


async def test_the_privacy_officer_reads_the_log(bench: Bench) -> None:
    """By names and codes, never words; a supervisor may not; that it was read is on record."""
    river, wren = await bench.advocate("River"), await bench.advocate("Wren", "privacy_officer")
    conversation_id = await bench.text("he has a gun")
    await river.thread(conversation_id)
    shown = (await wren.get("/audit")).text
    assert f"<td>River</td><td>open</td><td>{conversation_id}</td>" in shown
    assert "gun" not in shown and "/audit?before" not in shown
    assert (await bench.actions())[-1] == "audit_shown"
    assert "<td>open</td>" not in (await wren.get("/audit?before=3")).text
    sage = await bench.advocate("Sage", "supervisor")
    assert (await sage.get("/audit")).status_code == 403
    assert 'href="/audit"' in (await wren.get("/account")).text
