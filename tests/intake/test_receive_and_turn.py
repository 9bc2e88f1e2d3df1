"""The rules on the real hall: what a text leads to, in the transaction that stores it and after."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from intake.conversation import Holder, Safety
from intake.effects import (
    EngineAnswer,
    Escalate,
    ModelCue,
    Reason,
    Refer,
    Say,
    SetLanguage,
    TakeTip,
)
from intake.errors import EngineFailure
from intake.messages import InboundKind, Keyword
from intake.receive import Received, receive
from intake.risk import Tier
from intake.turn import give_up_on_turn
from storage.database import Database, utc_now
from tests.intake.texter import CALM, Texter


@pytest.fixture
def texter(database: Database, voice: Any) -> Texter:
    """A new person."""
    return Texter(database, voice)


async def test_the_first_text_opens_and_the_answer_waits_for_the_check(texter: Texter) -> None:
    """Opening first; after "1" the engine sees what was said before, not the digit."""
    await texter.text("where can i sleep in sudbury")
    await texter.turn()
    assert await texter.said() == ["open.first"]
    await texter.text("1")
    await texter.turn()
    assert await texter.said() == ["open.first", "utter_menu"]
    assert texter.engine.asked[-1].text == "where can i sleep in sudbury"
    assert (await texter.state()).safety is Safety.OK


async def test_the_engine_gets_its_memory_back(texter: Texter) -> None:
    """The engine keeps nothing; the hall does."""
    await texter.open_up()
    await texter.text("and then?")
    await texter.turn()
    assert texter.engine.asked[-1].memory == "memory-1"
    assert texter.engine.asked[-1].history[-2:] == ("hello", "1")


async def test_a_repeat_changes_nothing(texter: Texter) -> None:
    """The provider calls twice, at the same time: one message, one escalation, one line."""
    inbound = texter.inbound("he has a gun and hes coming")

    async def once() -> Received:
        return await receive(
            inbound,
            transaction=texter.database.transaction,
            voice=texter.voice,
            now=utc_now,
        )

    results = await asyncio.gather(*(once() for _ in range(6)))
    assert sorted(r.value for r in results) == ["new", *["repeated"] * 5]
    async with texter.database.transaction() as tx:
        texter.conversation_id = (await tx.conversations.find_or_open(inbound)).id
    assert await texter.said() == ["wait.first"]
    assert len(await texter.rows("SELECT 1 FROM escalation WHERE conversation_id = :id")) == 1


@pytest.mark.parametrize(
    ("tier", "words", "line"),
    [
        (Tier.IMMINENT, "he has a gun and hes coming", "This is an automated reply."),
        (Tier.IMMINENT, "il a un couteau et il arrive", "Ceci est une réponse automatique."),
        (None, "help", "This is an automated reply."),
        (None, "Aide", "Ceci est une réponse automatique."),
    ],
)
async def test_risk_reaches_the_board_without_engine_or_worker(
    texter: Texter, tier: Tier | None, words: str, line: str
) -> None:
    """When receiving returns, the person waits for a human and the first line is queued."""
    await texter.text(words)
    state = await texter.state()
    assert (state.holder, state.tier) == (Holder.WAITING, tier)
    assert texter.engine.asked == []
    async with texter.database.transaction() as tx:
        (first,) = [m for m in await tx.desk.thread(texter.id) if m.delivery is not None]
        assert (first.text or "").startswith(line)
        assert texter.id in {entry.conversation_id for entry in await tx.board.entries()}


async def test_nothing_is_half_done(texter: Texter, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the job cannot be queued, neither message nor escalation is kept."""
    from storage.jobs import JobRepository

    async def broken(*_: object) -> None:
        raise OSError

    # The last job of a text with risk.
    monkeypatch.setattr(JobRepository, "route", broken)
    with pytest.raises(OSError):
        await texter.text("he has a gun")
    monkeypatch.undo()
    await texter.text("hi")
    assert len(await texter.rows("SELECT 1 FROM message WHERE conversation_id = :id")) == 1


async def test_the_bot_is_silent_while_a_human_is_awaited(texter: Texter) -> None:
    """The second text is judged by the model but not answered."""
    await texter.text("i want to talk to someone")
    await texter.text("are you there")
    texter.engine.judgement = replace(CALM, tier=Tier.URGENT, cues=(ModelCue(13, "documents"),))
    await texter.turn()
    assert await texter.said() == ["wait.first"]
    assert (await texter.state()).tier is Tier.URGENT


async def test_a_human_who_steps_in_while_the_engine_thinks_silences_the_bot(
    texter: Texter,
) -> None:
    """The holder is looked at again after the engine answered."""
    await texter.open_up()

    async def escalated() -> None:
        await texter.text("he has a knife")

    texter.engine.meanwhile = escalated
    before = len(await texter.said())
    await texter.text("what is this")
    await texter.turn()
    assert (await texter.said())[before:] == ["wait.later"]
    assert (await texter.state()).holder is Holder.WAITING


async def test_model_risk_drops_the_engines_words(texter: Texter) -> None:
    """The model alone sees the risk: a human and the fixed line, not the engine's answer."""
    await texter.open_up()
    texter.engine.judgement = replace(CALM, tier=Tier.CONCERN)
    await texter.text("something only the model understands")
    await texter.turn()
    assert (await texter.said())[-1] == "wait.later"
    assert (await texter.state()).holder is Holder.WAITING


@pytest.mark.parametrize("kind", ["slow", "down", "nonsense", "empty", "status 500"])
async def test_any_failure_of_the_engine_fetches_a_human(texter: Texter, kind: str) -> None:
    """The person gets the fixed line with the phone number."""
    texter.engine.failure = EngineFailure(kind)
    await texter.text("good evening")
    await texter.turn()
    assert await texter.said() == ["wait.engine_failure"]
    assert [
        row.reason
        for row in await texter.rows("SELECT reason FROM escalation WHERE conversation_id = :id")
    ] == ["engine_failure"]


async def test_a_turn_that_cannot_be_taken_fetches_a_human(texter: Texter) -> None:
    """Whatever broke, somebody answers."""
    await texter.text("good evening")
    await give_up_on_turn(texter.id, texter.line)
    assert (await texter.state()).holder is Holder.WAITING
    await give_up_on_turn(texter.id, texter.line)
    assert await texter.said() == ["wait.engine_failure"]


async def test_not_now_is_one_neutral_line_and_then_silence(texter: Texter) -> None:
    """Acceptance case 9."""
    await texter.text("hello")
    await texter.turn()
    texter.engine.failure = EngineFailure("down")
    await texter.text("2")
    await texter.turn()
    assert await texter.said() == ["open.first", "safety.not_now"]
    assert (await texter.state()).safety is Safety.NOT_SAFE
    texter.engine.failure = None
    await texter.text("hey")
    await texter.turn()
    assert (await texter.said())[2:] == ["open.again"]
    assert (await texter.state()).safety is Safety.ASKED


async def test_limits_keep_the_question_open(texter: Texter) -> None:
    """After "3" the person still answers 1 or 2, and the first text is still answered."""
    await texter.text("can you find me a bed")
    await texter.turn()
    await texter.text("3")
    await texter.turn()
    assert (await texter.said())[1:] == ["privacy.limits", "settings.offer"]
    await texter.text("1")
    await texter.turn()
    assert texter.engine.asked[-1].text == "can you find me a bed"


async def test_a_watched_phone_gets_a_neutral_line(texter: Texter) -> None:
    """Row 8: nothing about a person, danger or 911 appears on that screen."""
    await texter.text("he checks my phone")
    assert await texter.said() == ["wait.discreet"]
    state = await texter.state()
    assert (state.holder, state.safety) == (Holder.WAITING, Safety.NOT_SAFE)


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("is maria there?", ["hunting.no_confirm"]),
        ("is priya there?", ["hunting.no_confirm"]),
        ("i want to die", ["wait.first", "also.988"]),
        ("im 15", ["wait.first", "privacy.limits"]),
        ("he locked me in", ["wait.first"]),
        ("i think my neighbour is keeping workers locked in", ["wait.tip", "tip.receipt"]),
    ],
)
async def test_what_is_told_fits_what_was_said(
    texter: Texter, words: str, lines: list[str]
) -> None:
    """Nobody is confirmed; 9-8-8 is offered; a young person hears the limits first."""
    await texter.text(words)
    assert await texter.said() == lines


async def test_danger_to_somebody_else_is_kept_as_a_tip(texter: Texter) -> None:
    """Once a message, whichever judge saw it, also when the engine's words are dropped."""
    await texter.text("i think my neighbour is keeping workers locked in")
    once = len(await texter.rows("SELECT 1 FROM tip"))
    texter.engine.judgement = replace(CALM, tier=Tier.URGENT, cues=(ModelCue(23, "third_party"),))
    await texter.turn()
    assert len(await texter.rows("SELECT 1 FROM tip")) == once
    other = Texter(texter.database, texter.voice)
    await other.open_up()
    other.engine.judgement = texter.engine.judgement
    effects = (TakeTip("they never come out"), Say("Thanks."))
    other.engine.answer = replace(other.engine.answer, effects=effects)
    await other.text("they never come out")
    await other.turn()
    assert len(await other.rows("SELECT 1 FROM tip")) == once + 1
    assert (await other.said())[-2:] == ["wait.tip", "tip.receipt"]


async def test_stop_after_danger_keeps_the_alert_and_stops_the_line(texter: Texter) -> None:
    """Acceptance case 7."""
    await texter.text("he will kill me tonight")
    await texter.text("STOP", keyword=Keyword.STOP, answered_by_provider=True)
    assert await texter.said() == ["wait.first"]
    state = await texter.state()
    assert (state.opted_out, state.holder, state.tier) == (True, Holder.WAITING, Tier.IMMINENT)
    await texter.text("START", keyword=Keyword.START, answered_by_provider=True)
    assert (await texter.state()).opted_out is False


async def test_arret_is_answered_once_by_us(texter: Texter) -> None:
    """The carrier does not know the French word; we confirm in French, then say nothing."""
    await texter.text("ARRET", keyword=Keyword.STOP)
    await texter.text("bonjour")
    await texter.turn()
    assert await texter.said() == ["keyword.stop"]


async def test_a_picture_is_refused_kindly(texter: Texter) -> None:
    """Nothing is downloaded; the person is told."""
    await texter.text("", kind=InboundKind.MEDIA)
    assert await texter.said() == ["media.refused"]


async def test_effects_are_carried_out(texter: Texter) -> None:
    """Words, referral, tip, language, and the human last."""
    await texter.open_up()
    service = str(uuid4())
    texter.engine.answer = EngineAnswer(
        (
            Escalate(Reason.TIP, Tier.URGENT),
            Refer((service,)),
            TakeTip("a white van by the motel"),
            SetLanguage("fr"),
            Say("Merci.", "utter_tip_thanks"),
        ),
        CALM,
        "memory-2",
    )
    before = len(await texter.rows("SELECT 1 FROM tip"))
    await texter.text("a tip")
    await texter.turn()
    assert (await texter.said())[-2:] == ["utter_tip_urgent", "tip.receipt"]
    state = await texter.state()
    assert (state.language, state.language_chosen, state.tier) == ("fr", True, Tier.URGENT)
    assert len(await texter.rows("SELECT 1 FROM tip")) == before + 1
    assert await texter.rows(f"SELECT 1 FROM referral_offer WHERE service_id = '{service}'")


async def test_the_services_of_a_call_together_are_not_lost(texter: Texter) -> None:
    """ "Call for me" is judged a wish for a person: the advocate still reads with which service."""
    await texter.open_up()
    wished = (
        Say("OK. A person can call with you: House A.", "utter_call_together"),
        Say("Anything else?", "utter_menu"),
        Escalate(Reason.ASKS_FOR_PERSON),
    )
    texter.engine.judgement = replace(CALM, asks_for_person=True)
    texter.engine.answer = replace(texter.engine.answer, effects=wished)
    await texter.text("3, call them together")
    await texter.turn()
    assert (await texter.said())[-2:] == ["utter_call_together", "wait.later"]
    assert (await texter.state()).holder is Holder.WAITING


async def test_a_chosen_language_is_not_overruled(texter: Texter) -> None:
    """The person's own choice is above what the model thinks."""
    await texter.open_up()
    texter.engine.answer = replace(texter.engine.answer, effects=(SetLanguage("fr"), Say("Ok")))
    await texter.text("francais svp")
    await texter.turn()
    await texter.text("ok thanks")
    await texter.turn()
    assert (await texter.state()).language == "fr"


async def test_a_burst_gets_one_answer(texter: Texter) -> None:
    """Three quick texts, one turn."""
    for words in ("hey", "so", "can i ask something"):
        await texter.text(words)
    await texter.turn()
    await texter.turn()
    assert await texter.said() == ["open.first"]
    assert texter.engine.asked[0].text == "hey\nso\ncan i ask something"


async def test_a_tier_is_a_floor_in_the_database(texter: Texter) -> None:
    """Even a direct update cannot lower it; the desk's way, with a reason, can."""
    await texter.text("he has a gun")
    with pytest.raises(Exception, match="only a human lowers a tier"):
        await texter.rows("UPDATE conversation SET tier = 1 WHERE id = :id RETURNING 1")
    assert (await texter.state()).tier is Tier.IMMINENT


async def test_after_a_gap_the_check_comes_first(texter: Texter) -> None:
    """The phone may be in other hands: nothing earlier is repeated."""
    await texter.open_up()
    await texter.rows(
        "UPDATE conversation SET last_inbound_at = now() - interval '31 minutes'"
        " WHERE id = :id RETURNING 1"
    )
    await texter.text("hi again")
    await texter.turn()
    assert (await texter.said())[-1] == "open.again"


def test_the_clock_is_aware() -> None:
    """Times without a zone never enter the hall."""
    assert isinstance(utc_now(), datetime) and utc_now().tzinfo is not None
