"""Keys of organizations at the desk: shown once, revoked for good; who told only by unmasking."""

from __future__ import annotations

import re

from intake.tip_fields import NewTip, Origin
from storage.vault import Tipster
from tests.handoff.people import Bench


async def test_made_shown_once_and_revoked(bench: Bench) -> None:
    """The secret opens until it is revoked, and no later page or log line has it."""
    for name, role in (("Ash", "advocate"), ("Reed", "tips_officer"), ("Sky", "supervisor")):
        browser = await bench.advocate(name, role)
        assert (await browser.get("/tip-keys")).status_code == 403
        assert (await browser.post("/tip-keys", data={"name": "x"})).status_code == 403
    fern = await bench.advocate("Fern", "administrator")
    assert (await fern.post("/tip-keys", data={"name": " "})).status_code == 422
    made = await fern.post("/tip-keys", data={"name": "<b>Invented Hotels</b>"})
    found = re.search(r"<code>(hotline_[\w-]{43})</code>", made.text)
    assert found is not None and "&lt;b&gt;Invented Hotels" in made.text
    async with bench.database.transaction() as tx:
        sender = await tx.organization_keys.sender(found[1])
    assert sender is not None and sender.name == "<b>Invented Hotels</b>"
    oak = await bench.advocate("Oak", "privacy_officer")
    later = await oak.get("/tip-keys")
    assert "Invented Hotels" in later.text and found[1] not in later.text
    assert (await oak.post(f"/tip-keys/{sender.id}/revoke")).status_code == 303
    assert (await oak.post(f"/tip-keys/{sender.id}/revoke")).status_code == 303
    async with bench.database.transaction() as tx:
        assert await tx.organization_keys.sender(found[1]) is None
    lines = [one for one in await bench.audit() if one[0].startswith("tip_key")]
    assert [one[0] for one in lines] == ["tip_key_made", "tip_key_revoked"]
    assert found[1] not in str(lines)


async def test_a_professional_is_shown_by_unmasking_alone(bench: Bench) -> None:
    """Name, contact and reference: with a reason that stays in the tip, and on the log."""
    async with bench.database.transaction() as tx:
        taken = await tx.tips.start(NewTip(Origin.ORGANIZATION, "words", bench.clock()))
        told = Tipster("organization", "Invented Clinic\nRowan, nurse\nREF-88")
        await tx.vault.leave(taken.id, told, bench.clock())
    reed = await bench.advocate("Reed", "tips_officer")
    path = f"/tips/{taken.id}"
    assert "REF-88" not in (await reed.get(path)).text
    shown = (await reed.post(f"{path}/unmask", data={"reason": "the police ask back"})).text
    assert "Rowan, nurse" in shown and "REF-88" in shown
    after = (await reed.get(path)).text
    assert "REF-88" not in after and "the police ask back" in after
    assert "tip_unmasked" in await bench.actions()
