"""The pages of protocols: who reads, who writes, and what it takes until one counts."""

from __future__ import annotations

import asyncio
import html
import re
from typing import Any

from directory import protocol_store as store
from directory.protocol_files import SEEDS, read_files
from storage.database import utc_now
from tests.handoff.people import Bench, Browser


async def _seeded(bench: Bench) -> None:
    async with bench.database.transaction() as tx:
        found = await asyncio.to_thread(read_files, [SEEDS / "national.yaml"])
        await store.save_all(tx.session, found, origin="seed", at=utc_now())


async def _post(browser: Browser, path: str, **fields: Any) -> Any:
    return await browser.client.post(path, data=fields)


def _version(page: Any) -> str:
    found = re.search(r'name="version_id" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


async def _text(browser: Browser, key: str = "national-adult") -> str:
    page = (await browser.get(f"/protocols/{key}/edit")).text
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert found
    return html.unescape(found[1])


async def _counts(bench: Bench) -> dict[str, bool]:
    async with bench.database.transaction() as tx:
        return {one.protocol.key: one.approved for one in await store.candidates(tx.session)}


async def test_from_draft_to_approved(bench: Bench) -> None:
    """An editor changes and proposes, two leads of two organizations approve, one withdraws."""
    await _seeded(bench)
    editor = await bench.advocate("Editor", "directory_editor")
    river = await bench.advocate("River", "supervisor")
    sage = await bench.advocate("Sage", "supervisor")
    path = "/protocols/national-adult"
    text = (await _text(editor)).replace("2027-05-24", "2027-06-30").replace("\n", "\r\n")
    saved = await _post(editor, f"{path}/edit", text=text, base="1")
    assert (saved.status_code, saved.headers["location"]) == (303, path)
    page = await editor.get(path)
    assert "Draft" in page.text and "2027-06-30" in page.text
    assert "2027-05-24" in (await river.get(f"{path}?number=1")).text
    made = _version(page)
    assert (await _post(editor, f"{path}/propose", version_id=made)).status_code == 303
    vote = {"version_id": made, "organization": "Network A"}
    assert (await _post(river, f"{path}/approve", **vote)).status_code == 303
    assert not (await _counts(bench))["national-adult"]
    again = await _post(river, f"{path}/approve", **{**vote, "organization": "Network B"})
    assert again.status_code == 409 and "two organizations" in again.text
    same = await _post(sage, f"{path}/approve", **{**vote, "organization": "network  A"})
    assert same.status_code == 409
    none = await _post(sage, f"{path}/approve", **{**vote, "organization": " "})
    assert none.status_code == 409 and "Name your organization" in none.text
    vote["organization"] = "<b>Network B"
    assert (await _post(sage, f"{path}/approve", **vote)).status_code == 303
    assert (await _counts(bench))["national-adult"]
    page = await river.get(path)
    assert "Approved for &lt;b&gt;Network B by Sage" in page.text
    assert (await _post(sage, f"{path}/withdraw", version_id=made)).status_code == 303
    assert not (await _counts(bench))["national-adult"]
    actions = await bench.actions()
    for action in ("saved", "proposed", "approved", "withdrawn"):
        assert f"protocol_{action}" in actions


async def test_what_is_not_saved(bench: Bench) -> None:
    """Faults by line and field with the text kept; a save over another; another's key."""
    await _seeded(bench)
    editor = await bench.advocate("Editor", "directory_editor")
    path = "/protocols/national-adult/edit"
    good = await _text(editor)
    for text, said in (
        (good.replace("age: adult", "age: grown"), "protocols[0].situation.age"),
        (good.replace("key: national-adult", "key: mine"), "must stay national-adult"),
        (good.replace("key: national-adult", "key: new"), "must stay national-adult"),
        ("protocols: [", "Line 1"),
        ("", "Line 1"),
    ):
        page = await _post(editor, path, text=text, base="1")
        assert page.status_code == 422 and said in page.text, said
    assert (await _post(editor, path, text=good, base="1")).status_code == 303
    stale = await _post(editor, path, text=good, base="1")
    assert stale.status_code == 422 and "Somebody saved another version" in stale.text
    fresh = good.replace("key: national-adult", "key: invented-town")
    new = "/protocols/new/edit"
    assert (await _post(editor, new, text=fresh, base="0")).status_code == 303
    taken = await _post(editor, new, text=good, base="0")
    assert taken.status_code == 422 and "Somebody saved" in taken.text
    assert (await _post(editor, new, text=good.replace("national-adult", "new"))).status_code == 422


async def test_who_may_do_what(bench: Bench) -> None:
    """Everybody reads; only editors write and propose; only approvers approve and withdraw."""
    await _seeded(bench)
    people = {
        "advocate": await bench.advocate("River"),
        "supervisor": await bench.advocate("Sage", "supervisor"),
        "directory_editor": await bench.advocate("Editor", "directory_editor"),
    }
    path = "/protocols/national-adult"
    version_id = _version(await people["directory_editor"].get(path))
    for role, browser in people.items():
        listed = await browser.get("/protocols")
        assert listed.status_code == 200 and "Canada: an adult" in listed.text
        assert (await browser.get(path)).status_code == 200
        editor, approver = role == "directory_editor", role == "supervisor"
        assert ((await browser.get(f"{path}/edit")).status_code == 200) == editor
        assert ((await _post(browser, f"{path}/edit", text="")).status_code == 422) == editor
        votes = {"version_id": version_id, "organization": "A"}
        answer = await _post(browser, f"{path}/approve", **votes)
        assert answer.status_code == (409 if approver else 403), role
        answer = await _post(browser, f"{path}/propose", version_id=version_id)
        assert (answer.status_code == 303) == editor, role
    assert (await people["advocate"].get("/protocols/none")).headers["location"] == "/protocols"
    answer = await bench.stranger().get("/protocols")
    assert answer.status_code in (303, 401)
