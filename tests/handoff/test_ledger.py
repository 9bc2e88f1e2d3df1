"""Consent at the desk: asked, written down, taken back, and checked before anything leaves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from handoff.access import consent_for
from intake.consent import Consent, Lacking, Recipient, RecipientKind, Subject, SubjectKind
from tests.handoff.people import Bench, Browser

SHELTER = {"kind": "service", "name": "Invented House"}
POLICE = {"kind": "police", "name": "Invented Police"}


def _code(answer: Any) -> str:
    code: str = answer.json()["error"]["code"]
    return code


def _yes(bench: Bench, **more: Any) -> dict[str, Any]:
    given = {
        "act": "given",
        "to": SHELTER,
        "purpose": "referral",
        "details": ["needs", "language"],
        "identified": "not_at_all",
        "call_back": False,
        "until": (bench.clock() + timedelta(days=2)).isoformat(),
        "how": "aloud",
        "words": "tell them i need a bed",
    }
    return {**given, **more}


def _report(bench: Bench, **more: Any) -> dict[str, Any]:
    given = {
        "occasion": "person_asked",
        "purpose": "referral",
        "to": SHELTER,
        "way": "phone",
        "taken_by": {"name": "Invented Worker"},
        "facts": {"needs": "a bed tonight"},
        "withheld": ["status"],
        "person_told": "that a bed is asked for",
        "made_at": bench.clock().isoformat(),
    }
    return {**given, **more}


def _override(**more: Any) -> dict[str, Any]:
    given = {
        "to": POLICE,
        "ground": "imminent_danger",
        "details": ["where"],
        "reason": "he is at the door",
        "yardstick": ["clear", "serious", "imminent"],
    }
    return {**given, **more}


async def _held(bench: Bench, name: str = "River") -> tuple[Browser, UUID, str]:
    """An advocate, their conversation and the path of its ledger."""
    browser = await bench.advocate(name)
    conversation_id = await bench.text("can i talk to a person")
    await browser.claim(conversation_id)
    return browser, conversation_id, f"/api/conversations/{conversation_id}"


async def test_from_yes_to_report(bench: Bench) -> None:
    """Asked, told, taken back: the ledger shows all of it and allows what it should."""
    river, conversation_id, path = await _held(bench)
    subject = Subject(SubjectKind.CONVERSATION, conversation_id)
    shelter = Recipient(RecipientKind.SERVICE, "invented house")

    async def allowed() -> bool:
        async with bench.database.transaction() as tx:
            found = await consent_for(tx, subject, shelter, bench.clock())
        return not isinstance(found, Lacking)

    assert not await allowed()
    assert _code(await river.post(f"{path}/disclosures", _report(bench))) == "no_consent"
    assert (await bench.actions())[-1] == "disclosure_refused"
    made = await river.post(f"{path}/consents", _yes(bench))
    assert made.status_code == 200, made.text
    assert await allowed()
    question = {"to": SHELTER, "purpose": "referral", "details": ["needs", "name"]}
    answer = (await river.post(f"{path}/consents/check", question)).json()
    assert (answer["allowed"], answer["why"], answer["missing"]) == (False, "not_covered", ["name"])
    bench.clock.forward(minutes=1)
    told = await river.post(f"{path}/disclosures", _report(bench))
    assert told.status_code == 200, told.text
    addition = {"kind": "file_number", "text": "F-1"}
    again = await river.post(f"{path}/disclosures/{told.json()['id']}/additions", addition)
    assert again.status_code == 200
    back = {"how": "aloud", "words": "not any more"}
    revoke = f"{path}/consents/{made.json()['id']}/revoke"
    assert (await river.post(revoke, back)).status_code == 200
    assert _code(await river.post(revoke, back)) == "not_standing"
    assert not await allowed()
    ledger = (await river.get(f"{path}/ledger")).json()
    assert [one["act"] for one in ledger["consents"]] == ["given", "revoked"]
    assert not any(one["standing"] for one in ledger["consents"])
    (record,) = ledger["disclosures"]
    assert record["facts"] == {"needs": "a bed tonight"}
    assert (record["made_by"], record["decided_by"]) == ("River", ["River"])
    assert record["additions"][0]["text"] == "F-1"
    actions = await bench.actions()
    for action in ("consent", "disclose", "disclosure_add", "open_ledger"):
        assert action in actions
    assert all("a bed" not in str(line) for line in await bench.audit())


async def test_what_was_allowed_when_it_was_told(bench: Bench) -> None:
    """A yes taken back after the call does not hide it; a yes given later does not cover it."""
    river, _, path = await _held(bench)
    before = bench.clock().isoformat()
    bench.clock.forward(minutes=1)
    made = (await river.post(f"{path}/consents", _yes(bench))).json()["id"]
    bench.clock.forward(minutes=1)
    then = bench.clock().isoformat()
    bench.clock.forward(minutes=1)
    back = {"how": "aloud", "words": "no"}
    await river.post(f"{path}/consents/{made}/revoke", back)
    bench.clock.forward(minutes=1)
    early = await river.post(f"{path}/disclosures", _report(bench, made_at=before))
    assert (early.status_code, early.json()["error"]["why"]) == (409, "never_asked")
    assert (
        await river.post(f"{path}/disclosures", _report(bench, made_at=then))
    ).status_code == 200
    assert _code(await river.post(f"{path}/disclosures", _report(bench))) == "no_consent"


async def test_yes_by_text(bench: Bench) -> None:
    """The message is named by its id and must be the person's own."""
    river, conversation_id, path = await _held(bench)
    other = await bench.text("hello", "yes")
    (mine, *_) = (await river.thread(conversation_id))["messages"]
    sage = await bench.advocate("Sage", "supervisor")
    why = {"reason": "to see whose message it is"}
    await sage.post(f"/api/conversations/{other}/break-glass", why)
    theirs = (await sage.thread(other))["messages"][-1]
    by_text = {"how": "by_text", "words": ""}
    good = _yes(bench, **by_text, message_id=mine["id"])
    assert (await river.post(f"{path}/consents", good)).status_code == 200
    for wrong in (theirs["id"], str(uuid4()), None):
        answer = await river.post(f"{path}/consents", _yes(bench, **by_text, message_id=wrong))
        assert _code(answer) == "not_their_message"


@pytest.mark.parametrize(
    "wrong",
    [
        {"details": []},
        {"until": "2020-01-01T00:00:00Z"},
        {"until": "2036-01-01T00:00:00Z"},
        {"details": ["name"]},
        {"identified": "by_name"},
        {"call_back": True},
        {"words": "  "},
        {"to": {"kind": "service", "name": " "}},
        {"message_id": "00000000-0000-0000-0000-000000000001"},
    ],
)
async def test_terms_that_do_not_fit(bench: Bench, wrong: dict[str, Any]) -> None:
    """Consent is specific, or it is none."""
    river, _, path = await _held(bench)
    answer = await river.post(f"{path}/consents", _yes(bench, **wrong))
    assert _code(answer) == "unfit_terms"


async def test_only_who_holds_keeps_the_ledger(bench: Bench) -> None:
    """A colleague neither writes nor reads; a lead reads, on record."""
    river, _, path = await _held(bench)
    made = (await river.post(f"{path}/consents", _yes(bench))).json()["id"]
    other = await bench.advocate("Robin")
    said = {"how": "aloud", "words": "no"}
    for call, body in (
        ("consents", _yes(bench)),
        (f"consents/{made}/revoke", said),
        ("consents/check", {"to": SHELTER}),
        ("overrides", _override()),
        ("disclosures", _report(bench)),
        (f"disclosures/{uuid4()}/additions", {"kind": "follow_up", "text": "x"}),
    ):
        assert _code(await other.post(f"{path}/{call}", body)) == "not_yours", call
    assert _code(await other.get(f"{path}/ledger")) == "not_yours"
    lead = await bench.advocate("Sage", "supervisor")
    assert (await lead.get(f"{path}/ledger")).status_code == 200
    stranger = bench.stranger()
    assert (await stranger.get(f"{path}/ledger")).status_code == 401


async def test_decision_without_consent(bench: Bench) -> None:
    """It waits for a lead, who is another; then the report can be written down."""
    river, _, path = await _held(bench)
    report = {"purpose": "police_report", "to": POLICE, "facts": {"where": "the invented motel"}}
    made = await river.post(f"{path}/overrides", _override())
    assert made.status_code == 200, made.text
    bench.clock.forward(minutes=1)
    refused = await river.post(f"{path}/disclosures", _report(bench, **report))
    assert (_code(refused), refused.json()["error"]["why"]) == ("no_consent", "unsigned")
    sign = f"/api/overrides/{made.json()['id']}/sign"
    assert _code(await river.post(sign, {"agrees": True})) == "no_right"
    lead = await bench.advocate("Sage", "supervisor")
    (waiting,) = (await lead.get("/api/overrides")).json()
    assert (waiting["id"], waiting["own"]) == (made.json()["id"], False)
    assert (await lead.post(sign, {"agrees": True})).status_code == 204
    assert _code(await lead.post(sign, {"agrees": False})) == "answered"
    assert (await lead.get("/api/overrides")).json() == []
    assert (await river.post(f"{path}/disclosures", _report(bench, **report))).status_code == 200
    (record,) = (await river.get(f"{path}/ledger")).json()["disclosures"]
    assert set(record["decided_by"]) == {"River", "Sage"}
    assert record["basis"].startswith("imminent_danger: Smith v. Jones")


async def test_no_time_to_lose(bench: Bench) -> None:
    """Then one person decides, and may write both down after the call."""
    river, _, path = await _held(bench)
    called = bench.clock().isoformat()
    bench.clock.forward(minutes=5)
    assert (await river.post(f"{path}/overrides", _override(no_time=True))).status_code == 200
    report = _report(
        bench,
        purpose="police_report",
        to=POLICE,
        facts={"where": "the invented motel"},
        made_at=called,
    )
    assert (await river.post(f"{path}/disclosures", report)).status_code == 200
    bench.clock.forward(hours=25)
    late = {**report, "made_at": bench.clock().isoformat()}
    await river.post("/api/session", {"name": "River", "password": "a lantern on the porch"})
    assert _code(await river.post(f"{path}/disclosures", late)) == "no_consent"


@pytest.mark.parametrize(
    "wrong",
    [
        {"yardstick": ["clear", "serious"]},
        {"ground": "child", "rule": " "},
        {"details": []},
        {"reason": ""},
    ],
)
async def test_decisions_that_do_not_fit(bench: Bench, wrong: dict[str, Any]) -> None:
    """Danger has a yardstick of three words; every ground has its rule and a reason."""
    river, _, path = await _held(bench)
    answer = await river.post(f"{path}/overrides", _override(**wrong))
    assert _code(answer) == "unfit_terms"


async def test_a_lead_does_not_sign_their_own(bench: Bench) -> None:
    """Two persons are two persons."""
    lead = await bench.advocate("Sage", "supervisor")
    conversation_id = await bench.text("he has a gun")
    await lead.claim(conversation_id)
    made = await lead.post(f"/api/conversations/{conversation_id}/overrides", _override())
    answer = await lead.post(f"/api/overrides/{made.json()['id']}/sign", {"agrees": True})
    assert _code(answer) == "own_decision"


async def test_a_tip_has_a_ledger_of_its_own(bench: Bench) -> None:
    """The same functions serve the tips desk, which checks the right to a tip itself."""
    from handoff.ledger import LedgerDesk
    from handoff.ledger_schemas import NewConsent

    lead = await bench.account("Sage")
    tip = Subject(SubjectKind.TIP, uuid4())
    async with bench.database.transaction() as tx:
        advocate = next(one for one in await tx.accounts.all_advocates() if one.id == lead)
        desk = LedgerDesk(tx, advocate, bench.clock())
        body = NewConsent.model_validate(_yes(bench, to=POLICE, purpose="tip"))
        made = await desk.record(tip, body.act, body.terms(), how=body.how, words=body.words)
        police = body.to.recipient()
        found = await consent_for(tx, tip, police, bench.clock())
        assert isinstance(found, Consent) and found.id == made
