"""Reports by form: without script, cookie or trace, and back again with the receipt."""

from __future__ import annotations

import asyncio
import base64
import html
import json
import re
from dataclasses import replace
from typing import Any

import altcha
import httpx
import pytest
from sqlalchemy import text

from channels.web import turnstile
from channels.web.networks import Networks
from channels.web.pages import static_url
from channels.web.tips import ALL_LOOKS, LOOKS, REPORTS
from channels.web.turnstile import Turnstile
from channels.web.uploads import LARGEST_FORM
from channels.web.work import Work
from intake import receipts
from intake.risk import Tier
from storage.database import Database
from storage.keys import load
from tests.channels.conftest import stored_rows
from tests.channels.samples import photo

AGENT = "Mozilla/5.0 (a tipster's own browser 7f3a)"
_RECEIPT = re.compile(r'class="receipt"[^>]*>(\d{4} \d{4} \d{4} \d{4})<')


async def sent(porch: httpx.AsyncClient, words: str, **told: str) -> str:
    """A report by form; returns the receipt."""
    answer = await porch.post(
        "/en/report", data={"words": words, **told}, headers={"User-Agent": AGENT}
    )
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    found = _RECEIPT.search(answer.text)
    assert found is not None
    return found[1]


async def back(porch: httpx.AsyncClient, receipt: str, **more: str) -> httpx.Response:
    """The way back."""
    return await porch.post("/en/report/return", data={"receipt": receipt, **more})


async def test_told_asked_answered_and_taken_back(
    porch: httpx.AsyncClient, porch_settings: Any, database_url: str
) -> None:
    """The whole way without a script; the words told before are never shown again."""
    receipt = await sent(
        porch, "A grey van behind the Pine Motel", child="yes", where="Barrie", pass_on="no"
    )
    page = await back(porch, receipt)
    assert "Nobody has read it yet" in page.text
    assert "grey van" not in page.text
    hall = Database(database_url, load(porch_settings.hotline_key_file))
    async with hall.transaction() as tx:
        tip = await tx.tips.by_receipt(receipt.replace(" ", ""))
        assert tip is not None
        file = await tx.tips_desk.file(tip.id)
        assert file is not None
        assert (file.entry.tier, file.told.child, file.told.where) == (Tier.URGENT, "yes", "Barrie")
        assert (file.entry.language, file.told.pass_on) == ("en", "no")
        advocate = await tx.accounts.add_advocate(f"Form {receipt}", "x", "advocate", [])
        assert advocate is not None
        at = file.entry.at
        await tx.tips_desk.add(tip.id, "question", "<b>Which side?</b>", advocate, at)
    asked = await back(porch, receipt)
    assert "&lt;b&gt;Which side?&lt;/b&gt;" in asked.text
    added = await back(porch, receipt, words="The lake side")
    assert "It was added" in added.text and "Which side" not in added.text
    gone = await back(porch, receipt, withdraw="yes")
    assert "You took your report back" in gone.text
    async with hall.transaction() as tx:
        # A second window that had the tip open adds nothing to what was taken back.
        await tx.tips.tipster_adds(tip, "he has a gun, plate ABCD 123", at)
        file = await tx.tips_desk.file(tip.id)
        assert file is not None and not file.entries and file.told.where == ""
        traces = "SELECT count(*) FROM tip_trace WHERE tip_id = :tip"
        assert await tx.session.scalar(text(traces), {"tip": tip.id}) == 0
    wrong, withdrawn = await back(porch, receipts.new()), await back(porch, receipt)
    assert wrong.status_code == withdrawn.status_code == 200
    assert wrong.content == withdrawn.content
    await hall.close()


async def test_every_language_has_the_form(porch: httpx.AsyncClient) -> None:
    """In its own direction, with the box on danger before the first question."""
    for code, direction in (("en", "ltr"), ("fr", "ltr"), ("ar", "rtl"), ("zh-Hant", "ltr")):
        page = (await porch.get(f"/{code}/report")).text
        assert f'dir="{direction}"' in page
        assert page.index("911") < page.index("<textarea")
        assert "1-866-658-9022" in page
        assert (await porch.get(f"/{code}/report/return")).status_code == 200
        # A script only spares a wait in a flood; the form sends without it.
        assert re.findall(r"<script[^>]*>", page) == [
            f'<script defer src="{static_url("report.js")}">'
        ]


async def test_nothing_of_the_tipster_is_in_the_database(
    porch: httpx.AsyncClient, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Every row of every table is read: no address, no user agent, no receipt, no words."""
    receipt = await sent(porch, "Something about a cannery", where="Port Hardy")
    await back(porch, receipt, words="and a blue truck")
    plain = receipt.replace(" ", "")
    needles = [AGENT, "7f3a)", "127.0.0.1", receipt, plain, "cannery", "Port Hardy", "blue truck"]
    for table, raw in stored_rows(database_url):
        assert not [one for one in needles if one in raw], table
    assert not [one for one in needles if one in caplog.text]


def challenged(page: str) -> str:
    """A payload for the challenge of a page, as the script works it out."""
    given = re.search(r'data-challenge="([^"]+)"', page)
    assert given is not None
    challenge = altcha.Challenge.from_dict(json.loads(html.unescape(given[1])))
    solution = altcha.solve_challenge(challenge)
    assert solution is not None
    return altcha.Payload(challenge, solution).to_base64()


async def test_guesses_are_slowed_and_floods_wait_but_danger_is_taken(
    porch: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond its share a network waits; who worked does not; a crowd is asked to come back."""
    monkeypatch.setattr(turnstile, "_STEP", 0.0)
    monkeypatch.setattr(REPORTS, "amount", 2)
    monkeypatch.setattr(LOOKS, "amount", 2)
    monkeypatch.setattr(ALL_LOOKS, "amount", 4)
    early = challenged((await porch.get("/en/report")).text)
    calm = {"words": "a calm remark on a shop"}
    for _ in range(REPORTS.amount + 1):
        assert (await porch.post("/en/report", data=calm)).status_code == 200
    monkeypatch.setattr(turnstile, "_WAITING", 0)
    refused = await porch.post("/en/report", data=calm, files={"file": ("a", photo("GIF"))})
    assert refused.status_code == 429
    assert "a calm remark on a shop" in refused.text
    # Work of before the flood is not enough; that of now is, once.
    assert (await porch.post("/en/report", data={**calm, "work": early})).status_code == 429
    now = challenged(refused.text)
    assert [
        (await porch.post("/en/report", data={**calm, "work": now})).status_code for _ in range(2)
    ] == [200, 429]
    await sent(porch, "a calm remark on a shop", ongoing="yes")
    monkeypatch.setattr(turnstile, "_WAITING", 8)
    # Half of them in each of two processes; this is one.
    for _ in range(ALL_LOOKS.amount // 2):
        assert (await back(porch, receipts.new())).status_code == 200
    assert (await back(porch, receipts.new())).status_code == 429


async def test_a_network_waits_in_line_and_others_do_not() -> None:
    """The more it sends the longer it waits; at most so many wait; nobody's address is kept."""
    waits: list[float] = []
    held = asyncio.Event()

    async def pause(seconds: float) -> None:
        waits.append(seconds)
        await held.wait()

    gate = Turnstile(Networks(), pause)

    async def one(address: str, *, worked: bool = False) -> bool:
        return await gate.passes(address, LOOKS, "look", worked=worked)

    assert all([await one("203.0.113.7") for _ in range(LOOKS.amount)])
    assert waits == []
    crowd = [asyncio.ensure_future(one("203.0.113.8")) for _ in range(turnstile._WAITING)]
    await asyncio.sleep(0)
    assert waits == sorted(waits) and len(set(waits)) == len(crowd) and waits[0] > 0
    assert max(waits) <= turnstile._LONGEST
    assert not await one("203.0.113.7")
    assert await one("203.0.113.7", worked=True)
    assert await one("198.51.100.7")
    assert "203.0.113" not in repr(vars(gate))
    held.set()
    assert all(await asyncio.gather(*crowd))
    assert gate._waiting == {}


def test_work_counts_once_and_only_when_it_is_ours(keyring: Any) -> None:
    """Forged, foreign, old, cheap, repeated or broken: none of it opens the way."""
    work = Work(keyring)

    def solved(level: int = 0, by: Work = work) -> str:
        challenge = altcha.Challenge.from_dict(json.loads(by.challenge(level)))
        solution = altcha.solve_challenge(challenge)
        assert solution is not None
        return altcha.Payload(challenge, solution).to_base64()

    good = solved()
    other = replace(keyring, fingerprint_key=b"o" * 32)
    easier = altcha.Payload.from_base64(solved())
    easier.challenge.parameters.cost = 1
    wrong = altcha.Payload.from_base64(solved())
    wrong.solution.counter += 1
    bad = (
        "", "x", "e30=", "x" * 5_000, base64.b64encode(b'{"challenge":[],"solution":1}').decode(),
        solved(by=Work(other)), easier.to_base64(), wrong.to_base64(),
    )  # fmt: skip
    assert [work.accepts(one) for one in bad] == [False] * len(bad)
    assert not work.accepts(good, level=1)
    assert work.accepts(good)
    assert not work.accepts(good)
    assert work.accepts(solved(1), level=1)


async def test_giants_are_refused_early(porch: httpx.AsyncClient) -> None:
    """A body beyond the limit is not read to its end."""
    read = 0

    async def endless() -> Any:
        nonlocal read
        for _ in range(1_000):
            read += LARGEST_FORM
            yield b"w" * LARGEST_FORM

    answer = await porch.post(
        "/report",
        content=endless(),
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"},
    )
    assert answer.status_code == 413
    assert read < 100 * LARGEST_FORM


def test_counters_keep_no_address() -> None:
    """A network is a keyed hash; neighbours share it; the key and all counts go with the hour."""
    time = [0.0]
    networks = Networks(clock=lambda: time[0])
    for _ in range(LOOKS.amount):
        assert networks.admits("203.0.113.7", LOOKS, "look")
    assert not networks.admits("203.0.113.99", LOOKS, "look")
    assert networks.admits("198.51.100.7", LOOKS, "look")
    assert "203.0.113" not in repr(vars(networks)) + repr(vars(networks._limiter.storage))
    time[0] = 3601.0
    assert networks.admits("203.0.113.7", LOOKS, "look")
