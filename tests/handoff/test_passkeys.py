"""Passkeys: made on the account's page, signing in with one, and what must open nothing."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from typing import Any
from uuid import UUID

import httpx
import pytest

from handoff.factors import SecondFactor
from handoff.passkeys import MOST, Passkeys
from tests.handoff.device import Device, read, written
from tests.handoff.people import PASSWORD, Bench, Browser

ORIGIN = "https://desk.example.test"


@pytest.fixture
def named(bench: Bench) -> Bench:
    """The desk under a name: browsers bind passkeys to names only."""
    return _at(bench, staff_url=ORIGIN)


def _at(bench: Bench, **settings: Any) -> Bench:
    changed = bench.office.settings.model_copy(update=settings)
    door = replace(
        bench.office.door, passkeys=Passkeys(changed.origin), factor=changed.staff_second_factor
    )
    office = replace(bench.office, settings=changed, door=door)
    return Bench(office=office, clock=bench.clock, voice=bench.voice, opened=bench.opened)


def _device(**bent: Any) -> Device:
    return Device(**{"origin": ORIGIN, "place": "desk.example.test", **bent})


async def _offer(browser: Browser) -> dict[str, Any]:
    page = await browser.client.post("/account/passkeys", data={"password": PASSWORD})
    (options,) = re.findall(r'data-options="([^"]+)"', page.text)
    found: dict[str, Any] = json.loads(unescape(options))
    return found


async def _add(browser: Browser, device: Device, name: str = "my phone") -> httpx.Response:
    made = json.dumps(device.make(await _offer(browser)))
    return await browser.client.post(
        "/account/passkeys/add", data={"credential": made, "name": name}
    )


async def _ask(browser: Browser) -> dict[str, Any]:
    options: dict[str, Any] = (await browser.post("/api/session/passkey/options")).json()
    return options


async def _sign_in(bench: Bench, device: Device) -> httpx.Response:
    browser = bench.stranger()
    return await _answer(browser, device.sign(await _ask(browser)))


async def _answer(browser: Browser, credential: object) -> httpx.Response:
    return await browser.post("/api/session/passkey", {"credential": credential})


async def _password(bench: Bench, code: str = "") -> int:
    body = {"name": "River", "password": PASSWORD, "code": code}
    return (await bench.stranger().post("/api/session", body)).status_code


async def test_a_passkey_opens_the_desk_alone(named: Bench) -> None:
    """Made, named, listed, used; neither name nor password is asked for; all on record."""
    river, device = await named.advocate("River"), _device()
    made = await _add(river, device, "<my phone>")
    assert made.status_code == 200 and "&lt;my phone&gt;" in made.text
    answer = await _sign_in(named, device)
    assert (answer.status_code, answer.json()["name"]) == (200, "River")
    assert answer.headers["set-cookie"].startswith("__Host-desk=")
    assert (await _sign_in(named, device)).status_code == 200
    lines = [(action, detail) for action, _, _, detail in await named.audit()]
    assert lines[1:] == [("passkey_added", {})] + [("sign_in", {"by": "passkey"})] * 2


async def test_what_the_browser_is_asked(named: Bench) -> None:
    """Kept on the device, with a check of who holds it, for this host; never twice on one."""
    river, device = await named.advocate("River"), _device()
    options = await _offer(river)
    assert options["rp"] == {"id": "desk.example.test", "name": "Desk"}
    chosen = options["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    assert options["attestation"] == "none" and options["excludeCredentials"] == []
    assert len(read(options["challenge"])) == 32
    await _add(river, device)
    (known,) = (await _offer(river))["excludeCredentials"]
    assert read(known["id"]) == device.id
    asked = await _ask(named.stranger())
    assert asked["userVerification"] == "required" and asked["allowCredentials"] == []
    assert asked["rpId"] == "desk.example.test"


async def test_a_challenge_is_good_once_and_for_minutes(named: Bench) -> None:
    """A recorded answer opens nothing; nor does one that comes late, or from another browser."""
    device = _device()
    await _add(await named.advocate("River"), device)
    browser = named.stranger()
    answer = device.sign(await _ask(browser))
    assert (await _answer(browser, answer)).status_code == 200
    assert (await _answer(browser, answer)).status_code == 401
    late = device.sign(await _ask(browser))
    named.clock.forward(minutes=5)
    assert (await _answer(browser, late)).status_code == 401
    stolen = device.sign(await _ask(browser))
    assert (await _answer(named.stranger(), stolen)).status_code == 401
    assert (await _answer(browser, stolen)).status_code == 200


@pytest.mark.parametrize(
    "bent",
    [
        {"origin": "https://desk.example.test.evil.test"},
        {"origin": "http://desk.example.test"},
        {"place": "example.test"},
        {"verified": False},
    ],
    ids=lambda bent: "-".join(bent),
)
async def test_a_false_page_or_an_unverified_holder(named: Bench, bent: dict[str, Any]) -> None:
    """What a false page got signed, and a device that did not check who holds it, opens nothing."""
    device = _device()
    river = await named.advocate("River")
    await _add(river, device)
    for name, value in bent.items():
        setattr(device, name, value)
    assert (await _sign_in(named, device)).status_code == 401
    other = await _add(river, _device(**bent))
    assert other.status_code == 422 and len(await _names(named)) == 1


async def test_another_key_or_owner(named: Bench) -> None:
    """A wrong signature, an unknown passkey, and one that names another account look the same."""
    device, sage = _device(), _device()
    await _add(await named.advocate("River"), device)
    await _add(await named.advocate("Sage"), sage)
    forged = replace(device, key=_device().key)
    unknown = replace(device, id=b"unknown")
    swapped = replace(device, user=sage.user)
    answers = [await _sign_in(named, one) for one in (forged, unknown, swapped)]
    assert {one.status_code for one in answers} == {401}
    assert len({one.text for one in answers}) == 1
    assert (await _sign_in(named, device)).status_code == 200


async def test_a_copied_passkey_is_seen(named: Bench) -> None:
    """A count that does not grow is another device with the same key: refused, and on record."""
    device = _device()
    await _add(await named.advocate("River"), device)
    copy = replace(device)
    assert (await _sign_in(named, device)).status_code == 200
    assert (await _sign_in(named, copy)).status_code == 401
    action, advocate_id, _, detail = (await named.audit())[-1]
    assert (action, detail) == ("sign_in_failed", {"by": "passkey", "copied": True})
    assert isinstance(advocate_id, UUID)
    silent = _device(counts=False)
    await _add(await named.advocate("Sage"), silent)
    assert {(await _sign_in(named, silent)).status_code for _ in range(2)} == {200}


@pytest.mark.parametrize(
    "nonsense",
    [
        {},
        {"id": "%%%", "rawId": "%%%", "type": "public-key", "response": {}},
        {
            "id": "AAAA",
            "rawId": "AAAA",
            "type": "public-key",
            "response": dict.fromkeys(
                ("clientDataJSON", "authenticatorData", "signature", "userHandle"), "AAAAA"
            ),
        },
    ],
    ids=["empty", "no base64", "no data"],
)
async def test_nonsense_is_a_refusal(named: Bench, nonsense: dict[str, Any]) -> None:
    """Whatever a hostile browser sends, the desk says no and does not fail."""
    browser = named.stranger()
    await _ask(browser)
    assert (await _answer(browser, nonsense)).status_code == 401
    river = await named.advocate("River")
    await _offer(river)
    form = {"credential": json.dumps(nonsense), "name": "my phone"}
    assert (await river.client.post("/account/passkeys/add", data=form)).status_code == 422


async def test_signed_but_cut_answers_are_refusals(named: Bench) -> None:
    """The library's own surprises stay inside: a known passkey with broken parts."""
    device = _device()
    await _add(await named.advocate("River"), device)
    for part in ("clientDataJSON", "authenticatorData", "signature"):
        browser = named.stranger()
        answer = device.sign(await _ask(browser))
        answer["response"][part] = written(read(answer["response"][part])[:20])
        assert (await _answer(browser, answer)).status_code == 401


async def test_a_passkey_is_a_second_factor(named: Bench) -> None:
    """A password alone opens no account that has one; a recovery code helps once; `required`."""
    strict = _at(named, staff_second_factor=SecondFactor.REQUIRED)
    river, device = await strict.advocate("River"), _device()
    assert (await river.get("/api/board")).status_code == 403
    page = (await _add(river, device)).text
    codes = re.findall(r"<code>([a-z0-9 ]{29})</code>", page)
    assert len(codes) == 10
    assert (await river.get("/api/board")).status_code == 200
    assert await _password(strict) == 401
    assert await _password(strict, codes[0]) == 200
    assert await _password(strict, codes[0]) == 401
    assert (await _sign_in(strict, device)).status_code == 200
    assert "<code>" not in (await _add(river, _device())).text, "codes are given once"


async def test_removing_takes_the_password(named: Bench) -> None:
    """One's own only; a removed passkey opens nothing; the last one's recovery codes go too."""
    river, device = await named.advocate("River"), _device()
    await _add(river, device)
    (path,) = re.findall(r"/account(/passkeys/[0-9a-f-]{36}/remove)", await _account(river))
    sage = await named.advocate("Sage")
    await sage.client.post("/account" + path, data={"password": PASSWORD})
    wrong = await river.client.post("/account" + path, data={"password": "no"})
    assert wrong.status_code == 422 and (await _sign_in(named, device)).status_code == 200
    await river.client.post("/account" + path, data={"password": PASSWORD})
    assert (await _sign_in(named, device)).status_code == 401
    assert await _password(named) == 200
    assert [one for one in await named.actions() if one.startswith("passkey")] == [
        "passkey_added",
        "passkey_removed",
    ]


async def test_a_new_passkey_takes_the_password_and_its_own_browser(named: Bench) -> None:
    """A browser left open makes none; an offer to Sage is not River's; others are signed out."""
    river, sage = await named.advocate("River"), await named.advocate("Sage")
    other = named.stranger()
    await other.post("/api/session", {"name": "River", "password": PASSWORD})
    wrong = await river.client.post("/account/passkeys", data={"password": "no"})
    assert wrong.status_code == 422 and "data-options" not in wrong.text
    made = json.dumps(_device().make(await _offer(sage)))
    form = {"credential": made, "name": "hers"}
    own, foreign = river.client.cookies["__Host-desk"], sage.client.cookies["__Host-desk-asked"]
    mixed = named.stranger(cookie=f"__Host-desk={own}; __Host-desk-asked={foreign}")
    assert (await mixed.client.post("/account/passkeys/add", data=form)).status_code == 422
    for name in ("", " \u0007 "):
        assert (await _add(river, _device(), name)).status_code == 422
    assert (await other.get("/api/me")).status_code == 200
    assert (await _add(river, _device())).status_code == 200
    assert (await other.get("/api/me")).status_code == 401


async def test_no_more_than_some_devices(named: Bench) -> None:
    """The list stays short enough to be looked through."""
    river = await named.advocate("River")
    statuses = [(await _add(river, _device())).status_code for _ in range(MOST)]
    assert set(statuses) == {200}
    assert "passkey-start" not in await _account(river)
    assert (await _add(river, _device())).status_code == 422


async def test_closed_accounts_and_guessing(named: Bench) -> None:
    """A closed account's passkey opens nothing; failures from one place are stopped."""
    device = _device()
    await _add(await named.advocate("River"), device)
    async with named.database.transaction() as tx:
        account = await tx.accounts.advocate_by_name("River")
        assert account is not None
        await tx.accounts.disable(account.id, named.clock.time)
    statuses = [(await _sign_in(named, device)).status_code for _ in range(30)]
    assert set(statuses) == {401}
    refused = await named.stranger().post("/api/session/passkey/options")
    assert refused.status_code == 429


async def test_a_desk_without_a_name(bench: Bench) -> None:
    """Under a numeric address pages offer none and say why; password and code go on."""
    river = await bench.advocate("River")
    assert "not numbers" in await _account(river)
    assert 'id="passkey"' not in (await bench.stranger().get("/sign-in")).text
    offered = await river.client.post("/account/passkeys", data={"password": PASSWORD})
    assert offered.status_code == 422
    assert (await river.get("/api/me")).json()["passkeys"] is False


async def _account(browser: Browser) -> str:
    return (await browser.get("/account")).text


async def _names(bench: Bench) -> list[str]:
    async with bench.database.transaction() as tx:
        account = await tx.accounts.advocate_by_name("River")
        assert account is not None
        return [one.name for one in await tx.passkeys.of(account.id)]
