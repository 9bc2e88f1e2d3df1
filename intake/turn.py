"""One turn of dialogue: what the line answers to the texts that wait.

The engine is asked with no transaction open. Afterwards a second transaction locks the
conversation and looks again at who holds it, so that no line of the bot lands once a human has
it. Any failure of the engine fetches a human.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from intake.conversation import Conversation, Safety
from intake.effects import (
    Effect,
    EngineAnswer,
    Escalate,
    Judgement,
    Reason,
    Refer,
    Say,
    SetLanguage,
    TakeTip,
)
from intake.errors import EngineFailure
from intake.escalation import Cause, fetch_human
from intake.gate import Plan, Step, plan
from intake.language_hint import hint
from intake.ports import Clock, Engine, EngineRequest, Pending, Transaction, UnitOfWork
from intake.receive import HISTORY
from intake.speaking import Voice, send_text

# Below this the language of a text is not clear enough to change what the person reads.
SURE_OF_LANGUAGE = 0.7


@dataclass(frozen=True)
class Line:
    """What a turn needs from the world."""

    transaction: Transaction
    engine: Engine
    voice: Voice
    now: Clock


@dataclass(frozen=True)
class _Heard:
    """What the engine said, or that it failed."""

    answer: EngineAnswer | None = None
    judgement: Judgement | None = None
    failed: bool = False


async def take_turn(conversation_id: UUID, line: Line) -> None:
    """Answer everything that waits in a conversation; does nothing when nothing does.

    Raises ConversationNotFound when the conversation is gone.
    """
    async with line.transaction() as tx:
        conversation = await tx.conversations.get(conversation_id)
        pending = await tx.messages.pending(conversation_id)
        if not any(not item.held for item in pending):
            return
        history = await tx.messages.texts_before(conversation_id, pending[0].id, HISTORY)
        memory = await tx.conversations.memory(conversation_id)
    intended = plan(conversation, pending)
    request = EngineRequest(
        conversation=str(conversation_id),
        text=intended.text,
        # A guess is better than none: the engine weighs it against what the text itself says.
        language=conversation.language or hint((*history, intended.text)),
        language_chosen=conversation.language_chosen,
        history=history,
        memory=memory,
    )
    heard = await _ask(line.engine, intended, request)
    async with line.transaction() as tx:
        conversation = await tx.conversations.lock(conversation_id)
        current = plan(conversation, pending)
        await _settle(tx, conversation, pending, current, heard, line)


async def give_up_on_turn(conversation_id: UUID, line: Line) -> None:
    """The turn cannot be taken, whatever the cause: a human answers instead."""
    async with line.transaction() as tx:
        conversation = await tx.conversations.lock(conversation_id)
        pending = await tx.messages.pending(conversation_id)
        if pending:
            await _settle(
                tx, conversation, pending, plan(conversation, pending), _Heard(failed=True), line
            )


async def _ask(engine: Engine, intended: Plan, request: EngineRequest) -> _Heard:
    """Ask for a turn where the engine is to answer, else only for its judgement."""
    if intended.step in (Step.NOT_NOW, Step.LIMITS):
        return _Heard()
    try:
        if intended.step is Step.ASK_ENGINE:
            answer = await engine.turn(request)
            return _Heard(answer=answer, judgement=answer.judgement)
        return _Heard(judgement=await engine.judge(request))
    except EngineFailure:
        return _Heard(failed=True)


async def _settle(
    tx: UnitOfWork,
    conversation: Conversation,
    pending: Sequence[Pending],
    step: Plan,
    heard: _Heard,
    line: Line,
) -> None:
    last = pending[-1].id
    conversation = await _record(tx, conversation, pending, heard)
    guessed = hint(item.text for item in pending)
    cause = _cause(step, heard, last)
    if cause is not None and conversation.open:
        cause = replace(cause, hint=guessed)
        for effect in heard.answer.effects if heard.answer else ():
            if isinstance(effect, TakeTip):
                # The engine's words are dropped, what the person reported is not.
                await tx.tips.add(conversation.id, effect.text, last)
        await fetch_human(tx, conversation, cause, voice=line.voice, now=line.now())
    elif step.step is Step.OPEN:
        await _open(tx, conversation, pending, line)
        return
    elif step.step is Step.NOT_NOW:
        conversation = replace(conversation, safety=Safety.NOT_SAFE)
        await line.voice.say(tx, conversation, "safety.not_now", guessed)
        await tx.conversations.save(conversation)
    elif step.step is Step.LIMITS:
        await line.voice.say(tx, conversation, "privacy.limits", guessed)
        await tx.messages.mark_turn([item.id for item in pending[:-1]], held=True)
        await _done(tx, pending[-1:])
        return
    elif step.step is Step.ASK_ENGINE and heard.answer is not None:
        await _apply(tx, replace(conversation, safety=Safety.OK), heard.answer, last, line)
    else:
        await tx.conversations.save(conversation)
    await _done(tx, pending)


async def _done(tx: UnitOfWork, pending: Sequence[Pending]) -> None:
    await tx.messages.mark_turn([item.id for item in pending])


async def _record(
    tx: UnitOfWork, conversation: Conversation, pending: Sequence[Pending], heard: _Heard
) -> Conversation:
    """Keep the model's judgement, and the language that it is sure of unless one was chosen."""
    judgement = heard.judgement
    if judgement is None:
        return conversation
    last = pending[-1]
    await tx.risks.add_model(conversation.id, last.id, judgement)
    sure = judgement.language is not None and judgement.language_confidence >= SURE_OF_LANGUAGE
    if sure and not conversation.language_chosen:
        conversation = replace(conversation, language=judgement.language)
        await tx.conversations.save(conversation)
        await tx.signals.desk(conversation.id)
    return conversation


def _cause(step: Plan, heard: _Heard, message_id: UUID) -> Cause | None:
    """Whether this turn fetches a human before anything is said."""
    judgement = heard.judgement
    if judgement is not None and judgement.tier is not None:
        rows = frozenset(cue.category for cue in judgement.cues)
        return Cause(Reason.RISK, judgement.tier, message_id, rows, step.text)
    if step.step is Step.PERSON:
        return Cause(Reason.ASKS_FOR_PERSON, None, message_id)
    if step.step is Step.STAY_SILENT:
        return None
    if heard.failed:
        return Cause(Reason.ENGINE_FAILURE, None, message_id)
    if judgement is not None and judgement.asks_for_person:
        return Cause(Reason.ASKS_FOR_PERSON, None, message_id)
    if step.step is Step.ASK_ENGINE and heard.answer is None:
        # The plan changed while the engine thought (the check was passed meanwhile): a person
        # answers rather than nobody.
        return Cause(Reason.UNSURE, None, message_id)
    return None


async def _open(
    tx: UnitOfWork, conversation: Conversation, pending: Sequence[Pending], line: Line
) -> None:
    """Ask whether texting is safe; the texts wait for the answer."""
    again = await tx.messages.has_outbound(conversation.id)
    asked = replace(conversation, safety=Safety.ASKED)
    key = "open.again" if again else "open.first"
    await line.voice.say(tx, asked, key, hint(item.text for item in pending))
    await tx.conversations.save(asked)
    await tx.messages.mark_turn([item.id for item in pending], held=True)


async def _apply(
    tx: UnitOfWork, conversation: Conversation, answer: EngineAnswer, last: UUID, line: Line
) -> None:
    """Carry out the engine's wishes, in order; a wish for a human comes last."""
    escalation: Cause | None = None
    for effect in answer.effects:
        if isinstance(effect, Escalate):
            escalation = Cause(effect.reason, effect.tier, last)
        else:
            conversation = await _carry_out(tx, conversation, effect, last)
    await tx.conversations.save(conversation)
    await tx.conversations.remember(conversation.id, answer.memory)
    if escalation is not None:
        await fetch_human(tx, conversation, escalation, voice=line.voice, now=line.now())


async def _carry_out(
    tx: UnitOfWork, conversation: Conversation, effect: Effect, message_id: UUID
) -> Conversation:
    if isinstance(effect, Say):
        await send_text(tx, conversation, effect.text, effect.key)
    elif isinstance(effect, Refer):
        await tx.referrals.add(effect.services, conversation.channel)
    elif isinstance(effect, SetLanguage):
        return replace(conversation, language=effect.code, language_chosen=True)
    elif isinstance(effect, TakeTip):
        await tx.tips.add(conversation.id, effect.text, message_id)
    return conversation
