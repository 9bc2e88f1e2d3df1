"""One turn of dialogue: what the line answers to the texts that wait.

The engine is asked with no transaction open. Afterwards a second transaction locks the
conversation and looks again at who holds it, so that no line of the bot lands once a human has
it. Any failure of the engine fetches a human.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from intake import language_turn
from intake.conversation import Conversation, Safety
from intake.effects import (
    AskLanguage,
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
from intake.escalation import OFFER_INDIGENOUS, Cause, fetch_human
from intake.gate import Plan, Step, plan
from intake.indigenous import says_indigenous
from intake.language_choice import PERHAPS, Decision, Move
from intake.language_hint import hint
from intake.languages import OFFICIAL, is_full
from intake.ports import Clock, Engine, EngineRequest, Pending, Transaction, UnitOfWork
from intake.receive import HISTORY
from intake.speaking import Voice, send_text

# Steps at which nothing was said that a model could judge.
_NOTHING_SAID = (Step.NOT_NOW, Step.LIMITS)
_PICKS = (Step.LANGUAGE, Step.LANGUAGES)


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


@dataclass(frozen=True)
class _Scene:
    """What a turn stands on: the texts that wait, what to do, what the engine said."""

    pending: Sequence[Pending]
    step: Plan
    heard: _Heard
    language: Decision
    """What the texts are written in, and what follows from it."""
    before: str | None
    """The language of the conversation until now."""

    @property
    def last(self) -> UUID:
        """The newest of the texts."""
        return self.pending[-1].id

    @property
    def hint(self) -> str | None:
        """The language of fixed lines while that of the conversation is not known."""
        return hint(item.text for item in self.pending)


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
        language=intended.language or conversation.language or _guess(history, intended.text),
        language_chosen=conversation.language_chosen or intended.language is not None,
        history=history,
        memory=memory,
    )
    heard = await _ask(line.engine, intended, request)
    async with line.transaction() as tx:
        conversation = await tx.conversations.lock(conversation_id)
        current = plan(conversation, pending)
        await _settle(tx, conversation, pending, current, heard, line)


def _guess(history: Sequence[str], text: str) -> str | None:
    """English or French, which the engine weighs against what the text itself says."""
    guessed = hint((*history, text))
    return guessed if guessed in OFFICIAL else None


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
    if intended.step in _NOTHING_SAID or (intended.step in _PICKS and not intended.text):
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
    before = conversation.language
    conversation, language = await _record(tx, conversation, pending, step, heard)
    scene = _Scene(pending, step, heard, language, before)
    cause = _cause(scene)
    if cause is not None and conversation.open:
        await _fetch(tx, conversation, scene, cause, line)
    elif step.step is Step.OPEN:
        await _open(tx, conversation, scene, line)
        return
    elif step.step in _PICKS:
        await _answer_pick(tx, conversation, scene, line)
        return
    elif step.step is Step.NOT_NOW:
        conversation = replace(conversation, safety=Safety.NOT_SAFE)
        await line.voice.say(tx, conversation, "safety.not_now", scene.hint)
        await tx.conversations.save(conversation)
    elif step.step is Step.LIMITS:
        await line.voice.say(tx, conversation, "privacy.limits", scene.hint)
        await tx.messages.mark_turn([item.id for item in pending[:-1]], held=True)
        await _done(tx, pending[-1:])
        return
    elif step.step is Step.ASK_ENGINE and heard.answer is not None:
        await _answer(tx, replace(conversation, safety=Safety.OK), scene, heard.answer, line)
    else:
        await tx.conversations.save(conversation)
    await _done(tx, pending)


async def _done(tx: UnitOfWork, pending: Sequence[Pending]) -> None:
    await tx.messages.mark_turn([item.id for item in pending])


async def _record(
    tx: UnitOfWork,
    conversation: Conversation,
    pending: Sequence[Pending],
    step: Plan,
    heard: _Heard,
) -> tuple[Conversation, Decision]:
    """Keep the model's judgement, and the language: as picked, else as the texts show it."""
    before, judgement = conversation, heard.judgement
    decided = Decision(Move.STAY, conversation.language)
    if judgement is not None:
        await tx.risks.add_model(conversation.id, pending[-1].id, judgement)
    if step.language is not None:
        conversation = language_turn.pick(conversation, step.language)
        move = Move.STAY if is_full(step.language) else Move.INTERPRETER
        decided = Decision(move, step.language)
    elif judgement is not None:
        conversation, decided = language_turn.hear(conversation, judgement, pending)
    if conversation != before:
        await tx.conversations.save(conversation)
        await tx.signals.desk(conversation.id)
    return conversation, decided


async def _fetch(
    tx: UnitOfWork, conversation: Conversation, scene: _Scene, cause: Cause, line: Line
) -> None:
    for effect in scene.heard.answer.effects if scene.heard.answer else ():
        if isinstance(effect, TakeTip):
            # The engine's words are dropped, what the person reported is not.
            await tx.tips.add(conversation.id, effect.text, scene.last)
    cause = replace(cause, hint=scene.hint)
    await fetch_human(tx, conversation, cause, voice=line.voice, now=line.now())


def _cause(scene: _Scene) -> Cause | None:
    """Whether this turn fetches a human before anything is said."""
    judgement, step, last = scene.heard.judgement, scene.step, scene.last
    if judgement is not None and judgement.tier is not None:
        rows = frozenset(cue.category for cue in judgement.cues)
        return Cause(Reason.RISK, judgement.tier, last, rows, step.text)
    if step.step is Step.PERSON:
        return Cause(Reason.ASKS_FOR_PERSON, None, last, words=step.text)
    if step.step is Step.STAY_SILENT:
        return None
    if scene.heard.failed:
        return Cause(Reason.ENGINE_FAILURE, None, last)
    if judgement is not None and judgement.asks_for_person:
        return Cause(Reason.ASKS_FOR_PERSON, None, last, words=step.text)
    if scene.language.move is Move.INTERPRETER:
        return Cause(Reason.LANGUAGE, None, last, words=step.text)
    if step.step is Step.ASK_ENGINE and scene.heard.answer is None:
        # The plan changed while the engine thought (the check was passed meanwhile): a person
        # answers rather than nobody.
        return Cause(Reason.UNSURE, None, last)
    return None


async def _open(tx: UnitOfWork, conversation: Conversation, scene: _Scene, line: Line) -> None:
    """Ask whether texting is safe; the texts wait for the answer.

    When nobody can tell the language, it is said in the likeliest and in English, and asked for.
    """
    again = await tx.messages.has_outbound(conversation.id)
    asked = replace(conversation, safety=Safety.ASKED)
    key = "open.again" if again else "open.first"
    await line.voice.say(tx, asked, key, scene.hint or _likeliest(scene))
    if scene.language.move is Move.ASK and not scene.hint and _likeliest(scene):
        await line.voice.say(tx, asked, key, "en")
    if scene.language.offer:
        asked = await language_turn.show_list(tx, asked, scene.language.offer, line.voice)
    await tx.conversations.save(asked)
    await _hold(tx, scene)


def _likeliest(scene: _Scene) -> str | None:
    """The tag that the texts are most likely in, where that is a language of ours but not sure."""
    if scene.language.move is not Move.ASK or scene.heard.judgement is None:
        return None
    best = scene.heard.judgement.languages[0]
    return best.tag if is_full(best.tag) and best.confidence >= PERHAPS else None


async def _hold(tx: UnitOfWork, scene: _Scene) -> None:
    """What was said waits until the person is ready; a pick is done with."""
    await _done(tx, [item for item in scene.pending if item.id in scene.step.picks])
    said = [item.id for item in scene.pending if item.id not in scene.step.picks]
    await tx.messages.mark_turn(said, held=True)


async def _answer_pick(
    tx: UnitOfWork, conversation: Conversation, scene: _Scene, line: Line
) -> None:
    """A language was picked, or more of them are wanted; what else was said waits."""
    if scene.step.step is Step.LANGUAGES:
        conversation = await language_turn.show_more(tx, conversation, line.voice, scene.hint)
    elif conversation.safety is Safety.OK:
        conversation = await language_turn.tell_pick(tx, conversation, line.voice)
    else:
        # The check was not understood: it is asked again in the language that was picked.
        await line.voice.say(tx, conversation, "open.first")
    await tx.conversations.save(conversation)
    await _hold(tx, scene)


async def _answer(
    tx: UnitOfWork, conversation: Conversation, scene: _Scene, answer: EngineAnswer, line: Line
) -> None:
    """Carry out the engine's wishes, in order; a wish for a human comes last."""
    escalation: Cause | None = None
    offer = scene.language.offer if scene.language.move is Move.ASK else ()
    if scene.language.move is Move.FOLLOW:
        conversation = await _tell_followed(tx, conversation, scene, line)
    for effect in answer.effects:
        if isinstance(effect, Escalate):
            escalation = Cause(effect.reason, effect.tier, scene.last, words=scene.step.text)
        elif isinstance(effect, AskLanguage):
            offer = language_turn.likely(conversation, scene.heard.judgement)
        else:
            conversation = await _carry_out(tx, conversation, effect, scene.last)
    if escalation is None:
        if offer:
            conversation = await language_turn.show_list(tx, conversation, offer, line.voice)
        await _offer_indigenous(tx, conversation, scene, line)
    await tx.conversations.save(conversation)
    await tx.conversations.remember(conversation.id, answer.memory)
    if escalation is not None:
        await fetch_human(tx, conversation, escalation, voice=line.voice, now=line.now())


async def _tell_followed(
    tx: UnitOfWork, conversation: Conversation, scene: _Scene, line: Line
) -> Conversation:
    """The language changed: the way back, or for romanised texts the choice of script."""
    if len(scene.language.offer) > 1:
        offer = scene.language.offer
        return await language_turn.show_list(tx, conversation, offer, line.voice)
    return await language_turn.tell_switch(tx, conversation, scene.before, line.voice)


async def _offer_indigenous(
    tx: UnitOfWork, conversation: Conversation, scene: _Scene, line: Line
) -> None:
    """Once, to somebody who says that they are Indigenous: a choice, never assumed (R25)."""
    if says_indigenous(scene.step.text) and not await tx.messages.has_outbound(
        conversation.id, OFFER_INDIGENOUS
    ):
        await line.voice.say(tx, conversation, OFFER_INDIGENOUS, scene.hint)


async def _carry_out(
    tx: UnitOfWork, conversation: Conversation, effect: Effect, message_id: UUID
) -> Conversation:
    if isinstance(effect, Say):
        await send_text(tx, conversation, effect.text, effect.key)
    elif isinstance(effect, Refer):
        await tx.referrals.add(effect.services, conversation.channel)
    elif isinstance(effect, SetLanguage):
        return language_turn.pick(conversation, effect.code)
    elif isinstance(effect, TakeTip):
        await tx.tips.add(conversation.id, effect.text, message_id)
    return conversation
