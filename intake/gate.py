"""The safety gate: what the line does with pending texts before the engine may answer them.

Rules R1, R3, R5 and R6 (domain.md section 2) for every channel, with or without the engine:
say that this is automated, ask whether texting is safe, fall silent on "no", obey 0 and 3 always,
and the name or number of a language. Pure: it reads a conversation and texts and returns a plan.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from intake import call_back
from intake.conversation import CodeWord, Conversation, Holder, Safety
from intake.keywords import Choice, choice
from intake.language_list import picked
from intake.ports import Pending
from intake.safety_settings import Move, move


class Step(enum.Enum):
    """What to do with the pending texts."""

    STAY_SILENT = "stay silent"
    OPEN = "ask whether texting is safe"
    NOT_NOW = "the person cannot text now"
    LIMITS = "say the limits of privacy"
    PERSON = "fetch a person"
    LANGUAGE = "go on in the language that was picked"
    LANGUAGES = "show more languages"
    MENU = "say what the line can do"
    SETTINGS = "go on with the safety settings"
    CALL = "go on with the call that was asked for"
    NEUTRAL = "talk neutrally: the code word has not been said"
    ASK_ENGINE = "let the engine answer"


@dataclass(frozen=True)
class Plan:
    """A step, the text that the engine should see, and the language that the person picked.

    The text of LANGUAGE and LANGUAGES is what was said beside the pick; it may be empty. `picks`:
    the texts that pick something, for which nothing else is to be done.
    """

    step: Step
    text: str
    language: str | None = None
    picks: frozenset[UUID] = frozenset()
    settings: Move | None = None
    call: call_back.Move | None = None


def plan(conversation: Conversation, pending: Sequence[Pending]) -> Plan:
    """Decide for all pending texts at once: a burst of short texts gets one answer."""
    wish = _wish(conversation, pending)
    return replace(_plan(conversation, pending, wish), picks=wish.messages)


def _plan(conversation: Conversation, pending: Sequence[Pending], wish: _Wish) -> Plan:
    # What is held was judged when it came.
    beside = "\n".join(
        item.text for item in pending if not item.held and item.id not in wish.messages
    )
    everything = "\n".join(item.text for item in pending)
    call = _call(conversation, pending)
    if call is not None:
        return Plan(Step.CALL, "", wish.language, call=call)
    silent = conversation.holder is not Holder.BOT or not conversation.open
    if silent or conversation.opted_out:
        return Plan(Step.STAY_SILENT, everything, wish.language)
    fresh = [item.text for item in pending if not item.held]
    answer = choice(fresh[-1], conversation.language) if fresh else None
    if answer is Choice.PERSON:
        return Plan(Step.PERSON, everything, wish.language)
    if wish.more:
        return Plan(Step.LANGUAGES, beside)
    if conversation.safety in (Safety.UNASKED, Safety.NOT_SAFE):
        return Plan(Step.OPEN, everything, wish.language)
    if conversation.safety is Safety.ASKED:
        if wish.language is not None and answer is None:
            # The check was not understood: it is asked again in the language that was picked.
            return Plan(Step.LANGUAGE, beside, wish.language)
        return _after_asking(conversation, pending, answer, wish)
    settings = _settings(conversation, pending)
    if settings is not None:
        return Plan(Step.SETTINGS, "", wish.language, settings=settings)
    if conversation.code_word is CodeWord.NOT_GIVEN:
        return Plan(Step.NEUTRAL, everything, wish.language)
    if wish.language is not None and not beside:
        return Plan(Step.LANGUAGE, beside, wish.language)
    # What was left over from before goes along, as after the check.
    said = "\n".join(item.text for item in pending if item.text and item.id not in wish.messages)
    if not said:
        # The code word alone.
        return Plan(Step.MENU, everything, wish.language)
    return Plan(Step.ASK_ENGINE, said, wish.language)


def _settings(conversation: Conversation, pending: Sequence[Pending]) -> Move | None:
    """What the newest text means to the safety settings; only who has proved themselves gets in."""
    last = pending[-1]
    if last.held or conversation.code_word is CodeWord.NOT_GIVEN:
        return None
    return move(conversation, last.text, last.sign)


def _call(conversation: Conversation, pending: Sequence[Pending]) -> call_back.Move | None:
    """What the newest text means to the call that is being asked for while the person waits."""
    last = pending[-1] if pending else None
    return None if last is None or last.held else call_back.move(conversation, last.text)


@dataclass(frozen=True)
class _Wish:
    """A language picked by its name or number, or the wish for a longer list."""

    language: str | None = None
    more: bool = False
    messages: frozenset[UUID] = frozenset()


def _wish(conversation: Conversation, pending: Sequence[Pending]) -> _Wish:
    """What the last text that names or numbers a language wants; those held are done with."""
    found: dict[UUID, str | None] = {}
    for item in pending:
        pick = picked(item.text, conversation.language, conversation.language_offer)
        if pick is not None:
            found[item.id] = pick.tag
    last = pending[-1] if pending else None
    fresh = [item for item in pending if not item.held and item.id in found]
    tag = found[fresh[-1].id] if fresh else None
    more = last is not None and not last.held and last.id in found and found[last.id] is None
    return _Wish(language=tag, more=more, messages=frozenset(found))


def _after_asking(
    conversation: Conversation, pending: Sequence[Pending], answer: Choice | None, wish: _Wish
) -> Plan:
    """The check was asked. "No" ends it; anything else is the person's choice to go on (SN5)."""
    everything = "\n".join(item.text for item in pending)
    if answer is Choice.NO:
        return Plan(Step.NOT_NOW, everything, wish.language)
    if answer is Choice.LIMITS:
        return Plan(Step.LIMITS, everything, wish.language)
    settings = _settings(conversation, pending)
    if settings is not None:
        return Plan(Step.SETTINGS, "", wish.language, settings=settings)
    if conversation.code_word is CodeWord.NOT_GIVEN:
        return Plan(Step.NEUTRAL, everything, wish.language)
    # Bare answers are not for the engine when the person had already said what they need.
    said = [
        item.text
        for item in pending
        if item.text
        and item.id not in wish.messages
        and choice(item.text, conversation.language) is None
    ]
    if not said:
        # "Yes" alone, to a check that came before any word: nothing that an engine could answer.
        return Plan(Step.MENU, everything, wish.language)
    return Plan(Step.ASK_ENGINE, "\n".join(said), wish.language)
