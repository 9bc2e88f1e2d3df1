"""Who holds a conversation, and what may happen to it next. Pure: no storage, no clock."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from intake.errors import NotHolder, NotWaiting
from intake.risk import Tier

# After this silence the phone may be in other hands: the safety check is asked again (rule R5).
GAP = timedelta(minutes=30)


class Holder(enum.Enum):
    """Who answers. While nobody does (WAITING) the bot is silent all the same."""

    BOT = "bot"
    WAITING = "waiting"
    ADVOCATE = "advocate"


class Safety(enum.Enum):
    """What the person said about reading and writing here right now."""

    UNASKED = "unasked"
    ASKED = "asked"
    OK = "ok"
    NOT_SAFE = "not_safe"


class CodeWord(enum.Enum):
    """Whether whoever writes has proved to be the person: a code word outlives a conversation."""

    NONE = "none"
    NOT_GIVEN = "not_given"
    GIVEN = "given"


class Question(enum.Enum):
    """What the line has asked beside the talk and waits to hear (intake/safety_settings.py).

    It concerns the next text alone.
    """

    MENU = "menu"
    TIMES = "times"
    TIMES_AGAIN = "times_again"
    CODE_WORD = "code_word"
    DURESS_WORD = "duress_word"
    CALL_NUMBER = "call_number"
    """Whether a call would do, and at which number (intake/call_back.py)."""
    CALL_TIMES = "call_times"
    CALL_MESSAGE = "call_message"


#: They belong to a call that somebody asks for (intake/call_back.py).
CALL_QUESTIONS = frozenset({Question.CALL_NUMBER, Question.CALL_TIMES, Question.CALL_MESSAGE})


@dataclass(frozen=True)
class Conversation:
    """One thread with one person on one channel.

    `language` is a tag of `intake.languages`. `language_offer`: the languages of the list that was
    shown last, in the order of its numbers; empty once it is no longer open, None before any.
    """

    id: UUID
    channel: str
    inbox: str
    holder: Holder = Holder.BOT
    advocate_id: UUID | None = None
    tier: Tier | None = None
    language: str | None = None
    language_chosen: bool = False
    language_offer: tuple[str, ...] | None = None
    safety: Safety = Safety.UNASKED
    code_word: CodeWord = CodeWord.NONE
    question: Question | None = None
    opted_out: bool = False
    last_inbound_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether the conversation still takes messages."""
        return self.closed_at is None


def after_gap(conversation: Conversation, at: datetime) -> bool:
    """Whether a message that comes now follows a silence in which the phone may have moved."""
    last = conversation.last_inbound_at
    return last is not None and at - last > GAP


def hear(conversation: Conversation, at: datetime) -> Conversation:
    """A message came in: after a gap the safety check starts anew."""
    last = conversation.last_inbound_at
    asked_anew = after_gap(conversation, at) and conversation.safety is not Safety.NOT_SAFE
    gone = after_gap(conversation, at)
    return replace(
        conversation,
        last_inbound_at=max(last, at) if last else at,
        safety=Safety.UNASKED if asked_anew else conversation.safety,
        code_word=CodeWord.NONE if gone else conversation.code_word,
        question=None if gone else conversation.question,
    )


def escalate(conversation: Conversation, tier: Tier | None) -> Conversation:
    """A human is needed: the bot falls silent, and the tier rises or stays."""
    waits = conversation.holder is Holder.BOT
    return replace(
        conversation,
        holder=Holder.WAITING if waits else conversation.holder,
        tier=highest(conversation.tier, tier),
        question=None,
    )


def claim(conversation: Conversation, advocate_id: UUID) -> Conversation:
    """An advocate takes a waiting conversation. Raises NotWaiting."""
    if not conversation.open or conversation.holder is not Holder.WAITING:
        raise NotWaiting("somebody has this conversation already, or it is over")
    return replace(conversation, holder=Holder.ADVOCATE, advocate_id=advocate_id)


def give_back(conversation: Conversation) -> Conversation:
    """The advocate vanished: back to the waiting list, with the tier."""
    if conversation.holder is not Holder.ADVOCATE:
        raise NotHolder("no advocate holds this conversation")
    return replace(conversation, holder=Holder.WAITING, advocate_id=None)


def release(conversation: Conversation, advocate_id: UUID) -> Conversation:
    """The advocate hands the conversation to the bot. Raises NotHolder."""
    _only_holder(conversation, advocate_id)
    return replace(conversation, holder=Holder.BOT, advocate_id=None)


def close(conversation: Conversation, advocate_id: UUID, at: datetime) -> Conversation:
    """The advocate ends the conversation. Raises NotHolder."""
    _only_holder(conversation, advocate_id)
    return replace(conversation, holder=Holder.BOT, advocate_id=None, closed_at=at)


def highest(*tiers: Tier | None) -> Tier | None:
    """The highest of the tiers given, or None when none is."""
    return max((tier for tier in tiers if tier is not None), default=None)


def _only_holder(conversation: Conversation, advocate_id: UUID) -> None:
    held = conversation.open and conversation.holder is Holder.ADVOCATE
    if not held or conversation.advocate_id != advocate_id:
        raise NotHolder("you do not hold this conversation; claim it first")
