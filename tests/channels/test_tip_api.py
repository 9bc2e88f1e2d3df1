"""Tips from organizations: by key, once however often sent, signed, traceless but in the vault."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from joserfc import jws
from joserfc.jwk import OKPKey
from sqlalchemy import func, select

from benchmarks.tip_posts import generated
from channels.app import create_app
from channels.web.tip_api import LARGEST, PER_KEY
from intake.tip_fields import Origin
from storage.database import Database
from storage.keys import load
from storage.tip_clock import purge_tips
from storage.tip_keys import POSTS_KEPT
from tests.channels.conftest import serving, stored_rows

BODY = {"words": "A girl was crying in room 214", "where": "Barrie", "child": "yes"}
_NOW = select(func.now())


@pytest.fixture
async def hall(database_url: str, porch_settings: Any) -> AsyncIterator[Database]:
    """The line as the desk sees it."""
    opened = Database(database_url, load(porch_settings.hotline_key_file))
    yield opened
    await opened.close()


async def new_key(hall: Database, name: str = "Invented Hotels") -> tuple[UUID, str]:
    """A key of an organization, and its secret."""
    async with hall.transaction() as tx:
        who = await tx.accounts.add_advocate(f"Keys {uuid4()}", "x", "administrator", [])
        assert who is not None
        at = (await tx.session.execute(_NOW)).scalar_one()
        return await tx.organization_keys.make(name, who, at)


async def post(
    porch: httpx.AsyncClient, secret: str, once: str, body: Any = BODY
) -> httpx.Response:
    """One try."""
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": once}
    content = json.dumps(body).encode()
    headers["Content-Type"] = "application/json"
    return await porch.post("/api/tips", content=content, headers=headers)


async def test_one_post_is_one_tip_and_the_answer_is_signed(
    porch: httpx.AsyncClient, hall: Database
) -> None:
    """Tried five times at once and once more later: one number, one receipt, one signature."""
    _, secret = await new_key(hall)
    once = str(uuid4())
    answers = await asyncio.gather(*(post(porch, secret, once) for _ in range(5)))
    answers.append(await post(porch, secret, once))
    assert {one.status_code for one in answers} == {201}
    assert len({one.content for one in answers}) == 1
    found = answers[0].json()
    (published,) = (await porch.get("/api/tips/key")).json()["keys"]
    assert "d" not in published
    opened = jws.deserialize_compact(
        found["signed"], OKPKey.import_key(published), algorithms=["Ed25519"]
    )
    claims = json.loads(opened.payload)
    assert {name: claims[name] for name in ("tip", "receipt")} == {
        "tip": found["tip"],
        "receipt": found["receipt"],
    }
    async with hall.transaction() as tx:
        tip = await tx.tips.by_receipt(found["receipt"].replace(" ", ""))
        assert tip is not None
        file = await tx.tips_desk.file(tip.id)
    assert file is not None
    assert (file.entry.origin, f"T-{file.entry.number}") == (Origin.ORGANIZATION, found["tip"])
    assert (file.words, file.told.child) == (BODY["words"], "yes")
    other = await post(porch, secret, once, BODY | {"where": "Orillia"})
    assert (other.status_code, other.json()) == (422, {"error": "key_reused"})
    again = await post(porch, secret, str(uuid4()))
    assert again.json()["tip"] != found["tip"]


async def test_refusals_say_a_code_and_nothing_of_what_was_sent(
    porch: httpx.AsyncClient, hall: Database
) -> None:
    """No key, a wrong one, a revoked one, an unfit body, one that is too long."""
    key_id, secret = await new_key(hall)
    once = str(uuid4())
    for wrong in ("", "hotline_" + "x" * 43, secret[:-1]):
        refused = await post(porch, wrong, once)
        assert (refused.status_code, refused.json()) == (401, {"error": "no_key"})
        assert refused.headers["www-authenticate"] == "Bearer"
    for body in ({}, {"words": " "}, {"words": "x", "xyzzy": 1}, BODY | {"child": "xyzzy"}, []):
        refused = await post(porch, secret, once, body)
        assert (refused.status_code, refused.json()) == (422, {"error": "unfit"})
    assert (await post(porch, secret, "short")).status_code == 422
    long = await post(porch, secret, once, {"words": "x" * LARGEST})
    assert long.status_code == 413 and "xxx" not in long.text
    async with hall.transaction() as tx:
        (mine,) = [one for one in await tx.organization_keys.all() if one.id == key_id]
        assert await tx.organization_keys.revoke(key_id, mine.made_by, mine.at)
    assert (await post(porch, secret, once)).status_code == 401


async def test_a_key_has_a_limit_and_danger_goes_beyond_it(
    porch: httpx.AsyncClient, hall: Database
) -> None:
    """Ordinary reports wait; what is happening now is taken."""
    _, secret = await new_key(hall)
    once, calm = str(uuid4()), {"words": "saw a van"}
    for _ in range(PER_KEY.amount):
        # Repeats of one post count as well.
        assert (await post(porch, secret, once, calm)).status_code == 201
    waits = await post(porch, secret, str(uuid4()), calm)
    assert (waits.status_code, waits.json()) == (429, {"error": "too_many"})
    assert waits.headers["retry-after"] == "60"
    now = await post(porch, secret, str(uuid4()), calm | {"ongoing": "yes"})
    assert now.status_code == 201
    _, other = await new_key(hall)
    assert (await post(porch, other, str(uuid4()), calm)).status_code == 201


async def test_who_told_is_in_the_vault_alone(
    porch: httpx.AsyncClient, hall: Database, database_url: str
) -> None:
    """Every row of every table is read; nothing leads from a tip to a key."""
    key_id, secret = await new_key(hall, "Invented Clinic 7fzq")
    once = f"retry-{uuid4()}"
    contact = {"name": "Nurse Rowan 9kzq", "phone": "613-555-0142", "email": "", "role": "nurse"}
    body = BODY | {"contact": contact, "reference": "REF-88-zz"}
    answer = (await post(porch, secret, once, body)).json()
    async with hall.transaction() as tx:
        tip = await tx.tips.by_receipt(answer["receipt"].replace(" ", ""))
        assert tip is not None
        tipster = await tx.vault.look(tip.id)
    assert tipster is not None and tipster.channel == "organization"
    assert tipster.address.splitlines() == [
        "Invented Clinic 7fzq", "Nurse Rowan 9kzq", "nurse", "613-555-0142", "REF-88-zz",
    ]  # fmt: skip
    needles = ["9kzq", "555-0142", "REF-88", secret, once, answer["receipt"], "room 214"]
    needles.append(answer["receipt"].replace(" ", ""))
    for table, raw in stored_rows(database_url):
        assert not [one for one in needles if one in raw], table
        if table != "public.organization_key":
            assert str(key_id) not in raw and "7fzq" not in raw, table


async def test_posts_are_forgotten_once_no_repeat_can_follow(
    porch: httpx.AsyncClient, hall: Database
) -> None:
    """Later than any tip is kept."""
    _, secret = await new_key(hall)
    await post(porch, secret, str(uuid4()))
    async with hall.transaction() as tx:
        at = (await tx.session.execute(_NOW)).scalar_one()
        count = "SELECT count(*) FROM tip_post"
        connection = await tx.session.connection()
        assert (await connection.exec_driver_sql(count)).scalar_one() > 0
        await purge_tips(tx.tips, at + POSTS_KEPT * 0.99)
        assert (await connection.exec_driver_sql(count)).scalar_one() > 0
        await purge_tips(tx.tips, at + POSTS_KEPT * 1.01)
        assert (await connection.exec_driver_sql(count)).scalar_one() == 0
        await tx.session.rollback()


async def test_generated_posts_find_nothing_that_the_description_does_not_say(
    porch_settings: Any, hall: Database
) -> None:
    """Schemathesis over a running porch, fit and unfit; `benchmarks/tip_posts.py` does many."""
    _, secret = await new_key(hall)

    def run() -> int:
        with serving(create_app(porch_settings)) as url:
            return generated(url, secret, each=6)

    assert await asyncio.to_thread(run) >= 10
