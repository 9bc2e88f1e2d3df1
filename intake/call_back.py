"""The small dialogue in which somebody who waits asks to be called instead.

Offered by the line in a surge, once (channels/upkeep.py). It asks for a number that is safe to
call, when, and whether a message may be left; any other text leaves it, and the person waits on
as before: the alert stays open either way. Rules R4 and R7 (domain.md section 2). Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.contact import Preference, Texting
from intake.conversation import CodeWord, Conversation, Holder, Question, Safety
from intake.keywords import fold
from intake.risk import Tier
from intake.safe_times import answer

#: Channels whose address is a number that can be called.
CALLABLE = frozenset({"sms", "whatsapp"})
#: The row of the risk model for a phone that somebody else reads (domain.md section 1, row 8).
PHONE_WATCHED = 8
_SIGNS = re.compile(r"[\s().\-–]+")
_NUMBER = re.compile(r"^\+?[1-9]\d{9,14}$")
_YES, _NO = "1", "2"


@dataclass(frozen=True)
class Move:
    """What follows a text: the line to say (None: nothing), what is asked next, what is kept.

    `number`: in E.164; empty for the one that the person writes from. `times`: when it is safe to
    call, its zone yet to be told by the address. `message`: whether one may be left.
    """

    say: str | None
    question: Question | None = None
    number: str | None = None
    times: Preference | None = None
    message: bool | None = None


def may_offer(conversation: Conversation, tier: Tier | None, categories: frozenset[int]) -> bool:
    """Whether a call may be offered: never to who is in danger now, or whose phone is read.

    For imminent danger people are woken every minute; "later" would be the wrong word.
    """
    waits = conversation.open and conversation.holder is Holder.WAITING
    mute = conversation.opted_out or conversation.safety is Safety.NOT_SAFE
    unproven = conversation.code_word is CodeWord.NOT_GIVEN
    danger = tier is Tier.IMMINENT or PHONE_WATCHED in categories
    return waits and conversation.channel in CALLABLE and not (mute or unproven or danger)


def move(conversation: Conversation, text: str) -> Move | None:
    """What a text means here; None when it is not of this dialogue."""
    if conversation.holder is not Holder.WAITING or not conversation.open:
        return None
    if conversation.opted_out or conversation.code_word is CodeWord.NOT_GIVEN:
        return None
    word = fold(text)
    if conversation.question is Question.CALL_NUMBER:
        if word == _NO:
            return Move(None)
        number = "" if word == _YES else number_in(text)
        return None if number is None else Move("call.when", Question.CALL_TIMES, number=number)
    if conversation.question is Question.CALL_TIMES:
        times = answer(text)
        if times is None or times.texting is Texting.ANSWERS:
            return None
        return Move("call.message", Question.CALL_MESSAGE, times=times)
    if conversation.question is Question.CALL_MESSAGE and word in (_YES, _NO):
        return Move("call.saved", message=word == _YES)
    return None


def number_in(text: str) -> str | None:
    """A text that is a phone number and nothing else, in E.164; ten digits are North American."""
    bare = _SIGNS.sub("", text.strip())
    if not _NUMBER.match(bare):
        return None
    if bare.startswith("+"):
        return bare
    if len(bare) == 10:
        return f"+1{bare}"
    return f"+{bare}" if len(bare) == 11 and bare.startswith("1") else None
