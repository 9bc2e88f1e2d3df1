"""A call instead of waiting: what each text means, and to whom it is never offered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from intake.call_back import Move, may_offer, move, number_in
from intake.contact import Preference, Texting, Window
from intake.conversation import CodeWord, Conversation, Holder, Question, Safety
from intake.risk import Tier

WAITS = Conversation(uuid4(), "sms", "+16135550100", holder=Holder.WAITING)
HELD = Holder.ADVOCATE
NIGHT = Preference(Texting.WINDOWS, (Window(19 * 60, 21 * 60),))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("613 555 0123", "+16135550123"),
        ("(613) 555-0123", "+16135550123"),
        ("1-613-555-0123", "+16135550123"),
        ("+63 917 555 0123", "+639175550123"),
        ("911", None),
        ("call me", None),
        ("613 555 0123 after 7", None),
        ("0613 555 0123", None),
    ],
)
def test_numbers(text: str, number: str | None) -> None:
    """A number and nothing else; a short one is no phone of a person."""
    assert number_in(text) == number


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        (Question.CALL_NUMBER, "1", Move("call.when", Question.CALL_TIMES, number="")),
        (
            Question.CALL_NUMBER,
            "613-555-0123",
            Move("call.when", Question.CALL_TIMES, number="+16135550123"),
        ),
        (Question.CALL_NUMBER, "2", Move(None)),
        (Question.CALL_NUMBER, "hes coming back", None),
        (Question.CALL_TIMES, "19-21", Move("call.message", Question.CALL_MESSAGE, times=NIGHT)),
        (Question.CALL_TIMES, "5", None),
        (Question.CALL_TIMES, "please hurry", None),
        (Question.CALL_MESSAGE, "2", Move("call.saved", message=False)),
        (Question.CALL_MESSAGE, "1", Move("call.saved", message=True)),
        (Question.CALL_MESSAGE, "maybe", None),
        (None, "1", None),
    ],
)
def test_what_a_text_means(question: Question | None, text: str, found: Move | None) -> None:
    """Answers go on; any other text leaves the dialogue."""
    assert move(replace(WAITS, question=question), text) == found


@pytest.mark.parametrize(
    ("change", "tier", "rows"),
    [
        ({"channel": "web"}, None, ()),
        ({"holder": HELD}, None, ()),
        ({"holder": Holder.BOT}, None, ()),
        ({"opted_out": True}, None, ()),
        ({"safety": Safety.NOT_SAFE}, None, ()),
        ({"code_word": CodeWord.NOT_GIVEN}, None, ()),
        ({}, Tier.IMMINENT, (2,)),
        ({}, Tier.URGENT, (8,)),
    ],
)
def test_who_is_never_asked(change: Any, tier: Tier | None, rows: tuple[int, ...]) -> None:
    """Nobody in danger now, nobody whose phone is read, nobody who cannot be called."""
    assert may_offer(WAITS, Tier.URGENT, frozenset({13}))
    assert not may_offer(replace(WAITS, **change), tier, frozenset(rows))


@pytest.mark.parametrize(
    "change", [{"holder": HELD}, {"opted_out": True}, {"code_word": CodeWord.NOT_GIVEN}]
)
def test_a_human_or_a_stop_ends_it(change: Any) -> None:
    """The bot says nothing of it once a human holds, or the person opted out."""
    asked = replace(WAITS, question=Question.CALL_NUMBER, **change)
    assert move(asked, "1") is None
