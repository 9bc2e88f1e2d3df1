"""The report sheet: the order of decision, what it refuses, and what it writes down."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from directory.duty import PROVINCES, Strength
from directory.protocol_files import SEEDS, read_files
from directory.protocol_match import Candidate
from directory.protocol_store import save_all
from handoff.report_sheet import Answers, grounds, hindrance, sheet
from intake.disclosure import Danger, Option, Wish
from storage.database import utc_now
from tests.handoff.people import Bench, Browser

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def seeds() -> list[Candidate]:
    """The first protocols."""
    return [Candidate(uuid4(), 1, False, one) for one in read_files([SEEDS])]


@pytest.mark.parametrize(
    ("form", "option", "why"),
    [
        ({}, "nothing_leaves", None),
        ({}, "ask_lead", None),
        ({}, "police", "without_consent"),
        ({}, "referral", "without_consent"),
        ({"danger": "yes"}, "police", None),
        ({"danger": "no", "wish": "no_report", "age": "19"}, "police", "without_consent"),
        ({"danger": "no", "wish": "no_report", "age": "19"}, "non_police", "without_consent"),
        ({"danger": "no", "wish": "no_report", "age": "19"}, "child_protection", "no_child"),
        ({"wish": "report", "age": "19"}, "police", None),
        ({"wish": "other_help", "age": "19"}, "referral", None),
        ({"wish": "other_help", "age": "19"}, "police", "without_consent"),
        # A child under a duty: nothing but a report, whatever the wish; then by child protection.
        ({"age": "15", "province": "ON", "wish": "no_report"}, "nothing_leaves", "duty"),
        ({"age": "15", "province": "ON", "wish": "other_help"}, "referral", "duty"),
        ({"age": "15", "province": "ON", "wish": "no_report"}, "child_protection", None),
        ({"age": "15", "province": "ON", "wish": "no_report"}, "police", "without_consent"),
        # 16 in Ontario may be reported and need not be; in Alberta it must.
        ({"age": "16", "province": "ON", "wish": "no_report"}, "nothing_leaves", None),
        ({"age": "16", "province": "ON", "wish": "no_report"}, "child_protection", None),
        ({"age": "16", "province": "AB", "wish": "no_report"}, "nothing_leaves", "duty"),
        # A place that is not known takes the strictest rule.
        ({"age": "18", "wish": "no_report"}, "nothing_leaves", "duty"),
        ({"age": "18", "province": "AB", "wish": "no_report"}, "nothing_leaves", None),
        # A town says its province.
        ({"age": "16", "place": "Calgary", "wish": "no_report"}, "nothing_leaves", "duty"),
    ],
)
def test_what_cannot_be_right(
    seeds: list[Candidate], form: dict[str, str], option: str, why: str | None
) -> None:
    """No report without wish, danger or duty; no silence where the law asks."""
    shown = sheet(Answers.of_form(form), seeds, TODAY)
    assert hindrance(shown, Option(option)) == why


def test_an_adult_who_says_no_is_never_reported(seeds: list[Candidate]) -> None:
    """In every place, without danger: no option that tells anybody goes through."""
    telling = set(Option) - {Option.NOTHING_LEAVES, Option.ASK_LEAD}
    for province in (None, *PROVINCES):
        for age in (19, 20, 45, 90):
            answers = Answers(danger=Danger.NO, province=province, age=age, wish=Wish.NO_REPORT)
            shown = sheet(answers, seeds, TODAY)
            assert all(hindrance(shown, option) for option in telling), (province, age)
            assert grounds(shown) == [] and shown.duty.strength is Strength.NONE


def test_a_lead_may_always_be_asked(seeds: list[Candidate]) -> None:
    """Whatever the answers, an advocate is never left without a way on."""
    for danger in Danger:
        for wish in Wish:
            for age in (None, 3, 15, 16, 18, 40):
                for province in (None, *PROVINCES):
                    answers = Answers(danger=danger, province=province, age=age, wish=wish)
                    shown = sheet(answers, seeds, TODAY)
                    assert hindrance(shown, Option.ASK_LEAD) is None
                    assert shown.match is not None


@pytest.mark.parametrize(
    ("form", "key"),
    [
        ({"age": "12", "province": "BC"}, "bc-minor"),
        ({"age": "19", "province": "BC"}, "bc-adult"),
        ({"age": "18", "province": "BC"}, "bc-minor"),
        ({"age": "18", "province": "AB"}, "ab-adult"),
        ({"age": "19", "kind": "labour", "place": "near Brooks, Alberta"}, "ab-labour"),
        ({"province": "QC"}, "qc-minor"),
        ({"age": "19"}, "national-adult"),
        ({}, "national-any"),
        ({"age": "x", "province": "ZZ", "kind": "?", "danger": "?"}, "national-any"),
    ],
)
def test_the_protocol_follows_the_answers(
    seeds: list[Candidate], form: dict[str, str], key: str
) -> None:
    """A child by the law of the place; unknown fields are unknown, not errors."""
    found = sheet(Answers.of_form(form), seeds, TODAY).match
    assert found is not None and found.chosen.protocol.key == key


# On the page


async def _seeded(bench: Bench) -> None:
    async with bench.database.transaction() as tx:
        await save_all(
            tx.session,
            await asyncio.to_thread(read_files, [SEEDS / "on.yaml"]),
            origin="seed",
            at=utc_now(),
        )


async def _post(browser: Browser, path: str, **fields: Any) -> Any:
    return await browser.client.post(path, data=fields)


async def _held(bench: Bench) -> tuple[Browser, str, UUID]:
    await _seeded(bench)
    river = await bench.advocate()
    conversation_id = await bench.text("can i talk to a person", "<b>yes</b> tell them")
    await river.claim(conversation_id)
    return river, f"/report/{conversation_id}", conversation_id


ADULT = {"danger": "no", "age": "19", "province": "ON", "wish": "report"}


async def test_a_whole_report(bench: Bench) -> None:
    """Look, consent by text, decide, step, tell: each is on the page and in the audit log."""
    river, path, conversation_id = await _held(bench)
    page = await river.get(path)
    assert page.status_code == 200
    assert "&lt;b&gt;yes&lt;/b&gt;" in page.text and "<b>yes" not in page.text
    page = await _post(river, path, act="look", **ADULT)
    assert "Ontario: an adult" in page.text and "1-888-579-2888" in page.text
    messages = (await river.thread(conversation_id))["messages"]
    mine = [one["id"] for one in messages if one["author"] == "contact"]
    yes = {
        "consent_act": "given",
        "recipient": "service|Fem'aide",
        "purpose": "warm_transfer",
        "details": ["needs", "language"],
        "identified": "not_at_all",
        "days": "7",
        "how": f"message:{mine[-1]}",
    }
    page = await _post(river, path, act="consent", **ADULT, **yes)
    assert page.status_code == 200 and "Said yes by text." in page.text, page.text
    page = await _post(river, path, act="decide", option="non_police", reason="she asks", **ADULT)
    assert page.status_code == 200 and "she asks" in page.text
    page = await _post(river, path, act="step", step="agency-3:no_answer", **ADULT)
    assert page.status_code == 200 and "River, " in page.text
    told = {
        "recipient": "service|Fem'aide",
        "occasion": "person_asked",
        "purpose": "warm_transfer",
        "way": "phone",
        "minutes_ago": "0",
        "fact_needs": "a bed tonight",
        "withheld": ["name", "status"],
        "person_told": "that they will call",
        "taker_file": "F-7",
    }
    page = await _post(river, path, act="disclose", **ADULT, **told)
    assert page.status_code == 200 and "a bed tonight" in page.text and "F-7" in page.text
    actions = await bench.actions()
    for action in ("consent", "decide", "protocol_step", "disclose", "open_ledger"):
        assert action in actions
    lines = str(await bench.audit())
    assert all(word not in lines for word in ("a bed", "she asks", "Fem"))
    # What was decided is what the sheet opens with.
    page = await river.get(path)
    assert 'value="ON" selected' in page.text and 'value="report" selected' in page.text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"act": "decide", "option": "police", "reason": "x", "wish": "no_report"}, "Not without"),
        ({"act": "decide", "option": "nothing_leaves", "reason": " "}, "Say why"),
        ({"act": "decide", "option": "nothing", "reason": "x"}, "Something is missing"),
        ({"act": "step", "step": "agency-99:done"}, "not there any more"),
        ({"act": "step", "step": "agency-1:perhaps"}, "not there any more"),
        ({"act": "override", "ground": "child", "age": "19"}, "do not carry"),
        ({"act": "consent"}, "Something is missing"),
        ({"act": "revoke", "consent_id": "x", "words": "no"}, "not there any more"),
        ({"act": "sign", "answer": "yes:x"}, "not there any more"),
    ],
)
async def test_what_the_sheet_refuses(bench: Bench, fields: dict[str, str], said: str) -> None:
    """With a sentence, and nothing is written down."""
    river, path, _ = await _held(bench)
    if fields["act"] == "override":
        fields = {
            **fields,
            "recipient_name": "X",
            "recipient_kind": "police",
            "details": "age",
            "override_reason": "x",
        }
    before = await bench.actions()
    page = await _post(river, path, **fields)
    assert page.status_code == 422 and said in page.text, page.text[:3000]
    wrote = set((await bench.actions())[len(before) :])
    assert wrote <= {"open", "follow", "open_ledger"}


async def test_danger_and_the_second_person(bench: Bench) -> None:
    """The advocate decides, a lead signs on the same sheet, and nobody else is offered it."""
    river, path, _ = await _held(bench)
    danger = {"danger": "yes", "age": "19", "province": "ON", "wish": "unknown"}
    fields = {
        "recipient_kind": "police",
        "recipient_name": "Invented Police",
        "ground": "imminent_danger",
        "yardstick": ["clear", "serious", "imminent"],
        "details": ["where"],
        "override_reason": "he is at the door",
    }
    page = await _post(river, path, act="override", **danger, **fields)
    assert page.status_code == 200 and "waits for a lead" in page.text
    assert 'name="answer"' not in page.text
    sage = await bench.advocate("Sage", "supervisor")
    page = await sage.get(path)
    (answer,) = {part.split('"')[0] for part in page.text.split('name="answer" value="yes:')[1:]}
    assert 'name="act" value="consent"' not in page.text
    page = await _post(sage, path, act="sign", answer=f"yes:{answer}", **danger)
    assert page.status_code == 200 and "signed by Sage" in page.text


async def test_whose_sheet_it_is(bench: Bench) -> None:
    """Through the door: a colleague's conversation is not opened, an act on it is refused."""
    river, path, _ = await _held(bench)
    other = await bench.advocate("Robin")
    assert (await other.get(path)).headers["location"] == "/"
    assert (await bench.actions())[-1] == "open_refused"
    for act in ("consent", "decide", "step", "disclose", "override", "revoke"):
        page = await _post(other, path, act=act, option="ask_lead", reason="x", **ADULT)
        assert page.status_code in (303, 409, 422), act
    assert (await other.get("/report/not-an-id")).status_code == 404
    stranger = await bench.stranger().get(path)
    assert stranger.status_code in (303, 401)
    async with bench.database.transaction() as tx:
        advocates = {one.name: one.id for one in await tx.accounts.all_advocates()}
    acted = [line for line in await bench.audit() if line[1] == advocates["Robin"]]
    assert {action for action, *_ in acted} <= {"sign_in", "open_refused", "act_refused"}
    assert river.name
