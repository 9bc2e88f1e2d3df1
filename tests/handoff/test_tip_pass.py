"""Passing a tip on: nothing leaves unread, without a ground, or beyond what was accepted."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import httpx
import pytest

from directory.protocol_files import SEEDS, read_files
from directory.protocol_store import save_all, steps_taken
from directory.protocols import Protocol
from handoff.tip_pass import DETAILS, parts
from handoff.words import SCREEN
from intake.consent import Detail, Subject, SubjectKind
from intake.tip_fields import NewTip, Origin, Status, TipFields
from storage.database import utc_now
from tests.handoff.people import Bench, Browser

WORDS = "I work at the Pine Motel. My name is Rowan Field. A grey van, plate ABCD 123, at 3:15."
POLICE = "police|Police of the place: municipal or provincial force, or RCMP detachment"
ALL = ["what_happened", "where", "when"]


class Tip:
    """One tip and an officer who works on it."""

    def __init__(self, bench: Bench, officer: Browser, tip_id: UUID, receipt: str) -> None:
        self.bench, self.officer, self.id, self.receipt = bench, officer, tip_id, receipt
        self.path = f"/tips/{tip_id}/pass"

    async def post(self, act: str, officer: Browser | None = None, **form: Any) -> httpx.Response:
        """A form of the page."""
        data = {"act": act, "province": "ON", **form}
        return await (officer or self.officer).post(self.path, data=data)

    async def accept(self, text: str = "A grey van, plate ABCD 123.", **form: Any) -> Any:
        """A version for others."""
        given = {"fact_what_happened": text, "fact_where": "Barrie", "seen": "1"}
        return await self.post("accept", **(given | form))

    async def agree(self, **form: Any) -> httpx.Response:
        """The tipster's yes, in their own piece."""
        async with self.bench.database.transaction() as tx:
            file = await tx.tips_desk.file(self.id)
        assert file is not None
        given = {
            "consent_act": "given",
            "recipient": POLICE,
            "details": ALL,
            "days": "7",
            "how": f"message:{file.said[0].id}",
        }
        return await self.post("consent", **(given | form))

    async def tell(self, **form: Any) -> httpx.Response:
        """Pass it on."""
        given = {"recipient": POLICE, "details": ["what_happened", "where"], "way": "phone"}
        return await self.post("pass", **(given | form))

    async def status(self) -> Status:
        """As the tipster learns it."""
        async with self.bench.database.transaction() as tx:
            tip = await tx.tips.by_receipt(self.receipt)
        assert tip is not None
        return tip.status


@pytest.fixture(scope="module")
def protocols() -> list[Protocol]:
    """Those of one province."""
    return [one for one in read_files([SEEDS]) if one.key.startswith("on-")]


@pytest.fixture
async def tip(bench: Bench, protocols: list[Protocol]) -> Tip:
    """A tip at the desk, the first protocols, and an officer."""
    new = NewTip(Origin.FORM, WORDS, bench.clock(), TipFields.read({"where": "Barrie"}), "en")
    async with bench.database.transaction() as tx:
        taken = await tx.tips.start(new)
        await save_all(tx.session, protocols, origin="seed", at=utc_now())
    officer = await bench.advocate("Reed", "tips_officer")
    return Tip(bench, officer, taken.id, taken.receipt)


async def test_side_by_side_marked_and_proposed(tip: Tip) -> None:
    """The original stays whole; the proposal leaves out what speaks of the tipster."""
    page = (await tip.officer.get(tip.path)).text
    assert '<mark class="is-out">I work at the Pine Motel</mark>' in page
    assert '<mark class="is-look">ABCD 123</mark>' in page
    box = re.search(r'id="fact-what_happened"[^>]*>([^<]*)<', page)
    assert box is not None
    assert box[1] == "[removed]. [removed]. A grey van, plate ABCD 123, at 3:15."
    again = (await tip.post("suggest", out=["what_happened:0"])).text
    box = re.search(r'id="fact-what_happened"[^>]*>([^<]*)<', again)
    assert box is not None
    assert box[1].startswith("[removed]. My name is Rowan Field.")
    async with tip.bench.database.transaction() as tx:
        file = await tx.tips_desk.file(tip.id)
    assert file is not None and file.scrub is None
    found = parts(file, SCREEN.all("en"))
    assert "".join(text for text, _ in found[0].pieces) == WORDS


async def test_what_is_not_accepted(tip: Tip) -> None:
    """And what was typed stays on the page."""
    for form, why in (
        ({"fact_what_happened": WORDS}, "still speaks of the tipster"),
        ({"seen": "0"}, "told more meanwhile"),
        ({"fact_what_happened": "", "fact_where": ""}, "Choose something"),
    ):
        refused = await tip.accept(**form)
        assert refused.status_code == 422
        assert why in refused.text
        assert form.get("fact_what_happened", "A grey van")[:10] in refused.text
    assert "tip_scrub_accepted" not in await tip.bench.actions()


async def test_nothing_leaves_without_a_text_a_ground_and_the_protocol(tip: Tip) -> None:
    """Each refusal leaves the status and the ledger as they were."""
    assert "Nobody has accepted" in (await tip.tell()).text
    assert (await tip.accept()).status_code == 200
    assert "Nothing may leave: never asked" in (await tip.officer.get(tip.path)).text
    assert "Nothing allows this" in (await tip.tell()).text
    assert (await tip.agree(details=["where"])).status_code == 200
    assert (await tip.tell()).status_code == 422
    assert (await tip.agree()).status_code == 200
    # Not among what this protocol lets the police have, whatever the tipster allows.
    assert (await tip.accept(fact_vehicle="a van", seen="1")).status_code == 200
    refused = await tip.tell(details=["vehicle"])
    assert "does not let this recipient" in refused.text
    other = {"recipient": "", "recipient_name": "Invented Force", "recipient_kind": "police"}
    assert "not in the protocol: say why" in (await tip.tell(**other)).text
    assert (await tip.agree(consent_act="declined")).status_code == 200
    assert (await tip.tell()).status_code == 422
    assert await tip.status() is Status.RECEIVED
    assert "disclose" not in await tip.bench.actions()


async def test_passed_on_with_the_record_and_the_tipster_reads_it(tip: Tip) -> None:
    """To whom, what, when, by whom, under which step; then what came of it."""
    await tip.accept()
    await tip.agree()
    done = await tip.tell(taker_file="F-77")
    assert done.status_code == 200, done.text
    assert await tip.status() is Status.PASSED_ON
    subject = Subject(SubjectKind.TIP, tip.id)
    async with tip.bench.database.transaction() as tx:
        (record,) = await tx.disclosures.of(subject)
        (step,) = await steps_taken(tx.session, subject)
        officer = await tx.accounts.names({record.made_by})
    assert record.telling.recipient.name == POLICE.split("|")[1]
    assert record.telling.facts == {
        Detail.WHAT_HAPPENED: "A grey van, plate ABCD 123.",
        Detail.WHERE: "Barrie",
    }
    assert record.telling.made_at == tip.bench.clock() and list(officer.values()) == ["Reed"]
    assert record.telling.protocol_version_id == step.version_id
    assert record.telling.protocol_step == step.step and step.step.startswith("agency-")
    assert record.consent_id is not None
    for kind, start in (("pdf", b"%PDF"), ("json", b"{")):
        file = await tip.officer.get(f"/tips/{tip.id}/passed/{record.id}/{kind}")
        assert file.content.startswith(start)
        assert file.headers["content-disposition"].startswith('attachment; filename="T-')
        assert b"Rowan" not in file.content
    assert (await tip.bench.actions()).count("tip_exported") == 2
    assert (await tip.officer.get(f"/tips/{tip.id}/passed/{tip.id}/pdf")).status_code == 404
    added = await tip.post("add", kind="outcome", record=str(record.id), text="They opened a file.")
    assert "They opened a file." in added.text
    seen = await tip.bench.audit()
    assert [one[0] for one in seen if one[0] in ("disclose", "disclosure_add", "tip_status")] == [
        "disclose",
        "tip_status",
        "disclosure_add",
    ]
    assert not any("Rowan" in str(one) or "grey van" in str(one) for one in seen)


async def test_more_told_ends_what_was_accepted(tip: Tip) -> None:
    """An answer that nobody has read for others does not ride along."""
    await tip.accept()
    await tip.agree()
    async with tip.bench.database.transaction() as tx:
        mine = await tx.tips.by_receipt(tip.receipt)
        assert mine is not None
        await tx.tips.tipster_adds(mine, "my sister works there", tip.bench.clock())
    assert (await tip.tell()).status_code == 422
    assert "told more since" in (await tip.officer.get(tip.path)).text
    assert (await tip.accept(seen="2")).status_code == 200
    assert (await tip.tell()).status_code == 200


async def test_without_a_yes_two_officers_decide(tip: Tip) -> None:
    """Danger, the yardstick's three words, and the signature of another of the tips desk."""
    await tip.accept()
    given = {
        "danger": "yes",
        "recipient": POLICE,
        "ground": "imminent_danger",
        "details": ALL,
        "override_reason": "locked in now",
    }
    words = {"yardstick": ["clear", "serious", "imminent"]}
    assert (await tip.post("override", **(given | words | {"danger": "no"}))).status_code == 422
    assert (await tip.post("override", **given)).status_code == 422
    assert (await tip.post("override", **given, **words)).status_code == 200
    assert (await tip.tell()).status_code == 422
    async with tip.bench.database.transaction() as tx:
        (decision,) = await tx.ledger.overrides(Subject(SubjectKind.TIP, tip.id))
    answer = f"yes:{decision.id}"
    assert (await tip.post("sign", answer=answer)).status_code == 422
    fern = await tip.bench.advocate("Fern", "tips_officer")
    assert (await tip.post("sign", fern, answer=answer)).status_code == 200
    assert (await tip.tell()).status_code == 200
    assert await tip.status() is Status.PASSED_ON


async def test_the_desk_reads_fields_anew_and_the_answers_stay(tip: Tip) -> None:
    """Closed fields take known answers alone; a child raises how the tip presses."""
    form = {"where": "Orillia", "child": "yes", "seen": "a van", "ongoing": "perhaps"}
    answer = await tip.officer.post(f"/tips/{tip.id}/fields", data=form)
    assert answer.status_code == 303
    async with tip.bench.database.transaction() as tx:
        file = await tx.tips_desk.file(tip.id)
    assert file is not None
    assert (file.told.where, file.fields.where, file.fields.ongoing) == ("Barrie", "Orillia", "")
    assert file.entry.tier.label == "urgent"
    page = (await tip.officer.get(f"/tips/{tip.id}")).text
    assert "Orillia" in page and "Barrie" in page
    where = parts(file, SCREEN.all("en"))[DETAILS.index(Detail.WHERE)]
    assert where.original == "Orillia"


async def test_only_the_tips_desk_and_only_what_is_there(tip: Tip) -> None:
    """No other role opens the page; a tip that was taken back has nothing to accept."""
    sky = await tip.bench.advocate("Sky", "supervisor")
    assert (await sky.get(tip.path)).status_code == 403
    assert (await tip.post("accept", sky)).status_code == 403
    await tip.accept()
    async with tip.bench.database.transaction() as tx:
        await tx.tips.withdraw(tip.id, tip.bench.clock())
        file = await tx.tips_desk.file(tip.id)
    assert file is not None and file.scrub is None
    page = await tip.officer.get(tip.path)
    assert page.status_code == 200 and "grey van" not in page.text
    assert (await tip.tell()).status_code == 422
    missing = f"/tips/{UUID(int=1)}/pass"
    assert (await tip.officer.get(missing)).status_code == 404
