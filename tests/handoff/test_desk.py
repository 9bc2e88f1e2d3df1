"""The verbs of an advocate through the API, on a real database."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from intake.messages import Keyword
from storage.tables import EscalationRow, MessageRow, TierChangeRow
from tests.handoff.people import Bench, Browser


def _code(answer: Any) -> str:
    code: str = answer.json()["error"]["code"]
    return code


async def _reply(
    browser: Browser, conversation_id: UUID, text: str, once: UUID | None = None
) -> Any:
    body = {"text": text, "once": str(once or uuid4())}
    return await browser.post(f"/api/conversations/{conversation_id}/reply", body)


async def _queued(bench: Bench, conversation_id: UUID, author: str) -> int:
    async with bench.database.transaction() as tx:
        rows = await tx.session.scalars(
            select(MessageRow.id).where(
                MessageRow.conversation_id == conversation_id, MessageRow.author == author
            )
        )
        return len(rows.all())


async def test_board_order(bench: Bench) -> None:
    """Highest tier first, then longest wait; who asked for a person without risk comes last."""
    river = await bench.advocate()
    person = await bench.text("can i talk to a person", ago=900)
    urgent = await bench.text("my boss took my passport", ago=600)
    later = await bench.text("he has a gun", ago=10)
    earlier = await bench.text("he has a gun", ago=60)
    await bench.text("hello", ago=5)
    board = await river.board()
    assert [entry["id"] for entry in board] == [str(i) for i in (earlier, later, urgent, person)]
    assert [entry["tier"] for entry in board] == ["imminent", "imminent", "urgent", None]
    assert board[0]["categories"][0] == 2
    assert board[3]["reason"] == "asks_for_person"


async def test_board_holds_no_words(bench: Bench) -> None:
    """The waiting list says why by row of the risk model, never by what was said."""
    river = await bench.advocate()
    await bench.text("he has a gun and my name is Invented", number=77)
    answer = await river.get("/api/board")
    assert all(word not in answer.text for word in ("gun", "Invented", "5550077", "+1613"))


async def test_claim(bench: Bench) -> None:
    """Taking tells the person that a human is there, and the audit log."""
    river = await bench.advocate()
    conversation_id = await bench.text("he has a gun")
    before = await _queued(bench, conversation_id, "bot")
    assert (await river.claim(conversation_id)).json() == {"id": str(conversation_id)}
    (entry,) = await river.board()
    assert (entry["holder"], entry["advocate"]) == ("advocate", "River")
    assert await _queued(bench, conversation_id, "bot") == before + 1
    assert (await bench.actions())[-1] == "claim"


async def test_claiming_twice_is_claiming_once(bench: Bench) -> None:
    """A double click says hello once."""
    river = await bench.advocate()
    conversation_id = await bench.text("he has a gun")
    await river.claim(conversation_id)
    said = await _queued(bench, conversation_id, "bot")
    assert (await river.claim(conversation_id)).status_code == 200
    assert await _queued(bench, conversation_id, "bot") == said


async def test_of_many_who_claim_at_once_one_wins(bench: Bench) -> None:
    """Real concurrent transactions: one holder, one hello, and the others learn who has it."""
    names = [f"Advocate {letter}" for letter in "ABCDEF"]
    browsers = [await bench.advocate(name) for name in names]
    for _ in range(5):
        conversation_id = await bench.text("he has a gun")
        said = await _queued(bench, conversation_id, "bot")
        answers = await asyncio.gather(*(browser.claim(conversation_id) for browser in browsers))
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses == [200] + [409] * 5
        winner = next(
            browser.name
            for browser, answer in zip(browsers, answers, strict=True)
            if answer.is_success
        )
        losers = [answer.json()["error"] for answer in answers if not answer.is_success]
        assert {(loser["code"], loser["holder"]) for loser in losers} == {("taken", winner)}
        assert await _queued(bench, conversation_id, "bot") == said + 1


async def test_claim_next_gives_everybody_another_one(bench: Bench) -> None:
    """Three advocates press the key at once: three people, no conflict, the gravest first."""
    browsers = [await bench.advocate(f"Advocate {letter}") for letter in "ABC"]
    gravest = await bench.text("he has a gun", ago=30)
    second = await bench.text("he has a gun", ago=10)
    third = await bench.text("my boss took my passport", ago=600)
    await bench.text("can i talk to a person", ago=900)
    answers = await asyncio.gather(*(browser.post("/api/claim-next") for browser in browsers))
    taken = {answer.json()["id"] for answer in answers}
    assert taken == {str(gravest), str(second), str(third)}


async def test_claim_next_of_nobody(bench: Bench) -> None:
    """An empty list is no error."""
    river = await bench.advocate()
    assert (await river.post("/api/claim-next")).json() == {"id": None}


@pytest.mark.parametrize("why", ["colleague", "bot", "closed", "never"])
async def test_what_does_not_wait_cannot_be_claimed(bench: Bench, why: str) -> None:
    """The refusal says who has it; for the bot's and closed ones it names nobody."""
    river, sage = await bench.advocate("River"), await bench.advocate("Sage")
    conversation_id = uuid4() if why == "never" else await bench.text("he has a gun")
    if why != "never":
        assert (await sage.claim(conversation_id)).status_code == 200
    if why in ("bot", "closed"):
        seen = await sage.seen(conversation_id)
        verb = {"bot": "release", "closed": "close"}[why]
        await sage.post(f"/api/conversations/{conversation_id}/{verb}", {"seen": seen})
    answer = await river.claim(conversation_id)
    expected = {
        "colleague": (409, "taken", "Sage"),
        "bot": (409, "taken", None),
        "closed": (409, "taken", None),
        "never": (404, "not_found", None),
    }[why]
    assert (answer.status_code, _code(answer), answer.json()["error"].get("holder")) == expected


VERBS: list[tuple[str, dict[str, Any]]] = [
    ("reply", {"text": "I am here.", "once": str(uuid4())}),
    ("typing", {}),
    ("release", {"seen": 10**9}),
    ("close", {"seen": 10**9}),
    ("tier", {"shown": "imminent", "tier": "urgent", "reason": "a film scene"}),
    ("notes", {"text": "asked for a call"}),
]


@pytest.mark.parametrize(("verb", "body"), VERBS)
async def test_only_who_holds_may_act(bench: Bench, verb: str, body: dict[str, Any]) -> None:
    """The same request: refused before the claim and to a colleague, done for the holder."""
    river, sage = await bench.advocate("River"), await bench.advocate("Sage")
    conversation_id = await bench.text("he has a gun")
    path = f"/api/conversations/{conversation_id}/{verb}"
    early = await river.post(path, body)
    assert (early.status_code, _code(early)) == (409, "not_yours")
    await river.claim(conversation_id)
    foreign = await sage.post(path, body)
    assert (foreign.status_code, _code(foreign)) == (409, "not_yours")
    assert foreign.json()["error"]["holder"] == "River"
    assert (await bench.actions()).count("act_refused") == 2
    assert (await river.post(path, body)).is_success


@pytest.mark.parametrize(("verb", "body"), VERBS)
async def test_a_directory_editor_may_not_act(
    bench: Bench, verb: str, body: dict[str, Any]
) -> None:
    """Least privilege: the role has no business with conversations."""
    editor = await bench.advocate("Wren", "directory_editor")
    conversation_id = await bench.text("he has a gun")
    answer = await editor.post(f"/api/conversations/{conversation_id}/{verb}", body)
    assert (answer.status_code, _code(answer)) == (403, "no_right")


async def test_reply(bench: Bench) -> None:
    """Words go into the outbox with a job, under the advocate's name."""
    river = await bench.advocate()
    conversation_id = await bench.text("he has a gun")
    await river.claim(conversation_id)
    once = uuid4()
    answer = await _reply(
        river, conversation_id, "  I am here. Are you somewhere safe?\u200b ", once
    )
    assert answer.json() == {"id": str(once)}
    message = (await river.thread(conversation_id))["messages"][-1]
    assert message["text"] == "I am here. Are you somewhere safe?"
    assert (message["author"], message["advocate"], message["delivery"]) == (
        "advocate",
        "River",
        "queued",
    )
    (entry,) = await river.board()
    assert entry["last_reply_at"] > entry["last_inbound_at"]


async def test_a_reply_sent_twice_is_sent_once(bench: Bench) -> None:
    """A lost answer, a double click, two at the same time: one message."""
    river = await bench.advocate()
    conversation_id = await bench.text("he has a gun")
    await river.claim(conversation_id)
    once = uuid4()
    answers = await asyncio.gather(
        *(_reply(river, conversation_id, "I am here.", once) for _ in range(4))
    )
    assert [answer.json() for answer in answers] == [{"id": str(once)}] * 4
    assert await _queued(bench, conversation_id, "advocate") == 1


async def test_a_key_of_another_message_is_refused(bench: Bench) -> None:
    """A once-only key does not make somebody else's message one's own."""
    river = await bench.advocate()
    first, second = await bench.text("he has a gun"), await bench.text("he has a gun")
    await river.claim(first)
    await river.claim(second)
    once = uuid4()
    assert (await _reply(river, first, "I am here.", once)).is_success
    answer = await _reply(river, second, "I am here.", once)
    assert (answer.status_code, _code(answer)) == (409, "once_used")


@pytest.mark.parametrize("text", [" ", "\u200b", "x" * 1_601])
async def test_unfit_replies(bench: Bench, text: str) -> None:
    """Nothing, or more than a carrier takes."""
    river = await bench.advocate()
    conversation_id = await bench.text("he has a gun")
    await river.claim(conversation_id)
    answer = await _reply(river, conversation_id, text)
    assert (answer.status_code, _code(answer)) == (422, "unfit_text")
    assert (await _reply(river, conversation_id, "x" * 1_600)).is_success


async def test_nothing_is_sent_after_stop(bench: Bench) -> None:
    """STOP holds for humans too; the alert stays, and START opens again."""
    river = await bench.advocate()
    conversation_id = await bench.text("he has a gun", number=51)
    await river.claim(conversation_id)
    await bench.text("STOP", number=51, keyword=Keyword.STOP)
    answer = await _reply(river, conversation_id, "I am here.")
    assert (answer.status_code, _code(answer)) == (409, "opted_out")
    (entry,) = await river.board()
    assert entry["opted_out"] and entry["tier"] == "imminent"
    await bench.text("START", number=51, keyword=Keyword.START)
    assert (await _reply(river, conversation_id, "I am here.")).is_success


@pytest.mark.parametrize("verb", ["release", "close"])
async def test_nothing_ends_over_an_unread_message(bench: Bench, verb: str) -> None:
    """A cry for help that arrives while the advocate reaches for the button is read first."""
    river = await bench.advocate()
    conversation_id = await bench.text("ok thank you, he has no gun", "he has a gun", number=52)
    await river.claim(conversation_id)
    seen = await river.seen(conversation_id)
    await bench.text("hes here", number=52)
    path = f"/api/conversations/{conversation_id}/{verb}"
    answer = await river.post(path, {"seen": seen})
    assert (answer.status_code, _code(answer)) == (409, "new_message")
    seen = await river.seen(conversation_id)
    assert (await river.post(path, {"seen": seen})).status_code == 204


@pytest.mark.parametrize(("verb", "outcome"), [("release", "released"), ("close", "closed")])
async def test_endings(bench: Bench, verb: str, outcome: str) -> None:
    """The board forgets it, the escalation is over, the person was told."""
    river = await bench.advocate()
    conversation_id = await bench.text("he has a gun")
    await river.claim(conversation_id)
    said = await _queued(bench, conversation_id, "bot")
    seen = await river.seen(conversation_id)
    await river.post(f"/api/conversations/{conversation_id}/{verb}", {"seen": seen})
    assert await river.board() == []
    async with bench.database.transaction() as tx:
        outcomes = (await tx.session.scalars(select(EscalationRow.outcome))).all()
        conversation = await tx.conversations.get(conversation_id)
    assert outcomes == [outcome]
    assert conversation.open == (verb == "release")
    assert await _queued(bench, conversation_id, "bot") == said + 1


async def test_lowering_needs_a_reason_and_the_present_tier(bench: Bench) -> None:
    """Each refusal differs from the lowering that is done by one thing only."""
    river = await bench.advocate()
    conversation_id = await bench.text("he has a gun")
    await river.claim(conversation_id)
    path = f"/api/conversations/{conversation_id}/tier"
    fit = {"shown": "imminent", "tier": "concern", "reason": "a water gun, they say"}
    for change, code in [
        ({"reason": " "}, "unfit_text"),
        ({"reason": "x" * 501}, "unfit_text"),
        ({"shown": "urgent"}, "tier_moved"),
        ({"shown": None}, "tier_moved"),
        ({"tier": "imminent"}, "not_lower"),
    ]:
        assert _code(await river.post(path, {**fit, **change})) == code
    assert (await river.post(path, fit)).status_code == 204
    (entry,) = await river.board()
    assert entry["tier"] == "concern"
    (change_,) = (await river.thread(conversation_id))["tier_changes"]
    assert (change_["before"], change_["after"]) == ("imminent", "concern")
    assert (change_["advocate"], change_["reason"]) == ("River", "a water gun, they say")


async def test_a_rise_meanwhile_is_not_lowered_unseen(bench: Bench) -> None:
    """The judge raises the tier while the advocate still looks at the lower one."""
    river = await bench.advocate()
    conversation_id = await bench.text("my boss took my passport", number=53)
    await river.claim(conversation_id)
    await bench.text("he has a gun", number=53)
    body = {"shown": "urgent", "tier": "concern", "reason": "talked it over"}
    answer = await river.post(f"/api/conversations/{conversation_id}/tier", body)
    assert (answer.status_code, _code(answer)) == (409, "tier_moved")
    assert (await river.board())[0]["tier"] == "imminent"


async def test_reasons_and_notes_are_sealed(bench: Bench) -> None:
    """What advocates write about a person is as secret as what the person wrote."""
    river = await bench.advocate()
    conversation_id = await bench.text("he has a gun")
    await river.claim(conversation_id)
    body = {"shown": "imminent", "tier": "urgent", "reason": "a water gun"}
    await river.post(f"/api/conversations/{conversation_id}/tier", body)
    await river.post(f"/api/conversations/{conversation_id}/notes", {"text": "call at a friend's"})
    (note,) = (await river.thread(conversation_id))["notes"]
    assert (note["advocate"], note["text"]) == ("River", "call at a friend's")
    async with bench.database.transaction() as tx:
        sealed = (await tx.session.scalars(select(TierChangeRow.reason_sealed))).all()
    assert all(value is not None and b"water" not in value for value in sealed)
    audit = str(await bench.audit())
    assert "water" not in audit and "friend" not in audit


async def test_heartbeat_renews_only_ones_own(bench: Bench) -> None:
    """The lease of the advocate whose screen is alive goes on; the other's runs out."""
    river, sage = await bench.advocate("River"), await bench.advocate("Sage")
    first, second = await bench.text("he has a gun"), await bench.text("he has a gun")
    await river.claim(first)
    await sage.claim(second)
    bench.clock.forward(seconds=50)
    assert (await river.post("/api/heartbeat", {"active": False})).json()["held"] == 1
    bench.clock.forward(seconds=20)
    async with bench.database.transaction() as tx:
        assert await tx.desk.expired_leases(bench.clock.time) == [second]


async def test_everything_needs_a_session(bench: Bench) -> None:
    """Every route of the API but signing in and the language refuses a stranger."""
    conversation_id = await bench.text("he has a gun")
    stranger = bench.stranger()
    schema = bench.app.app.openapi()  # type: ignore[attr-defined]
    open_to_all = {"/api/session", "/api/sign-out", "/api/language"}
    open_to_all |= {"/api/session/passkey", "/api/session/passkey/options"}
    checked = 0
    for path, methods in schema["paths"].items():
        for method in methods:
            if path in open_to_all:
                continue
            at = path.replace("{conversation_id}", str(conversation_id))
            body = dict(VERBS).get(path.rsplit("/", 1)[-1], {"active": True})
            answer = await stranger.client.request(method, at, json=body)
            assert answer.status_code == 401, path
            checked += 1
    assert checked >= 12


async def test_the_schema_is_for_those_who_are_signed_in(bench: Bench) -> None:
    """The API is described, and every refusal has its shape there."""
    river = await bench.advocate()
    assert (await bench.stranger().get("/api/openapi.json")).status_code == 401
    schema = (await river.get("/api/openapi.json")).json()
    assert (
        "409" in schema["paths"]["/api/conversations/{conversation_id}/claim"]["post"]["responses"]
    )
