"""One turn of dialogue: what the line answers to the texts that wait.

The engine is asked with no transaction open. Afterwards a second transaction locks the
conversation and looks again at who holds it, so that no line of the bot lands once a human has
it. Any failure of the engine fetches a human.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from intake import language_turn, tips
from intake.answering import (
    Heard,
    Line,
    Scene,
    answer,
    answer_pick,
    answer_tip,
    done,
    open_up,
)
from intake.call_turn import go_on_with_call
from intake.conversation import Conversation, Safety
from intake.effects import Reason, Say, TakeTip
from intake.errors import EngineFailure
from intake.escalation import Cause, fetch_human
from intake.gate import Plan, Step, plan
from intake.language_choice import Decision, Move
from intake.language_hint import hint
from intake.languages import OFFICIAL, is_full
from intake.ports import Engine, EngineRequest, Pending, UnitOfWork
from intake.safety_settings import offered
from intake.settings_turn import go_on_with_settings, talk_neutrally
from intake.speaking import send_text
from intake.tips import TipState

__all__ = ["Line", "give_up_on_turn", "take_turn"]

# Earlier texts that the engine sees; older ones add little and cost time.
HISTORY = 12
# Says with which services an advocate is to call; it stands in the packet of the handoff.
CALL_TOGETHER = "utter_call_together"
# Steps at which nothing was said that a model could judge.
_NOTHING_SAID = (Step.NOT_NOW, Step.LIMITS, Step.MENU, Step.SETTINGS, Step.CALL)
_PICKS = (Step.LANGUAGE, Step.LANGUAGES)
# What the bot answers by itself, and does not where people alone answer.
_BOT_ANSWERS = (Step.OPEN, Step.MENU, Step.ASK_ENGINE)


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
        tip = await tips.state_of(tx, conversation_id)
    intended = plan(conversation, pending)
    request = EngineRequest(
        conversation=str(conversation_id),
        text=intended.text,
        language=intended.language or conversation.language or _guess(history, intended.text),
        language_chosen=conversation.language_chosen or intended.language is not None,
        history=history,
        memory=memory,
    )
    heard = await _ask(line.engine, intended, request, tip)
    async with line.transaction() as tx:
        conversation = await tx.conversations.lock(conversation_id)
        current = plan(conversation, pending)
        await _settle(tx, conversation, pending, current, heard, line, tip.takes_the_turn)
        await tips.keep_origin(tx, conversation, line.now())


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
                tx, conversation, pending, plan(conversation, pending), Heard(failed=True), line
            )


async def _ask(engine: Engine, intended: Plan, request: EngineRequest, tip: TipState) -> Heard:
    """Ask for a turn where the engine is to answer, else only for its judgement."""
    if tip.typed and intended.step is Step.ASK_ENGINE:
        # A receipt: digits, in which no engine could read anything.
        return Heard()
    if intended.step in _NOTHING_SAID or (intended.step in _PICKS and not intended.text):
        return Heard()
    try:
        if intended.step is Step.ASK_ENGINE and not tip.takes_the_turn:
            answered = await engine.turn(request)
            return Heard(answer=answered, judgement=answered.judgement)
        return Heard(judgement=await engine.judge(request))
    except EngineFailure:
        return Heard(failed=True)


async def _settle(
    tx: UnitOfWork,
    conversation: Conversation,
    pending: Sequence[Pending],
    step: Plan,
    heard: Heard,
    line: Line,
    for_tip: bool = False,
) -> None:
    before = conversation.language
    conversation, language = await _record(tx, conversation, pending, step, heard)
    for_tip = for_tip and step.step is Step.ASK_ENGINE
    scene = Scene(pending, step, heard, language, before, for_tip)
    cause = _cause(scene)
    if cause is None and step.step in _BOT_ANSWERS:
        cause = await _human_only(tx, conversation, scene, line)
        if cause is not None and step.step is Step.OPEN:
            # The opening is all that the bot says here; what was said waits for a person.
            await open_up(tx, conversation, scene, line)
            conversation = await tx.conversations.lock(conversation.id)
    if cause is not None and conversation.open:
        await _fetch(tx, conversation, scene, cause, line)
    elif step.step is Step.OPEN:
        await open_up(tx, conversation, scene, line)
        return
    elif step.step in _PICKS:
        await answer_pick(tx, conversation, scene, line)
        return
    elif step.step is Step.NOT_NOW:
        conversation = replace(conversation, safety=Safety.NOT_SAFE)
        await line.voice.say(tx, conversation, "safety.not_now", scene.hint)
        await tx.conversations.save(conversation)
    elif step.step is Step.MENU:
        conversation = replace(conversation, safety=Safety.OK)
        await line.voice.say(tx, conversation, "utter_menu", scene.hint)
        await tx.conversations.save(conversation)
    elif step.settings is not None:
        await go_on_with_settings(tx, conversation, scene, step.settings, line)
        return
    elif step.call is not None:
        await go_on_with_call(tx, conversation, scene, step.call, line)
        return
    elif step.step is Step.NEUTRAL:
        await talk_neutrally(tx, conversation, scene, line)
        return
    elif step.step is Step.LIMITS:
        await line.voice.say(tx, conversation, "privacy.limits", scene.hint)
        if offered(conversation):
            await line.voice.say(tx, conversation, "settings.offer", scene.hint)
        await tx.messages.mark_turn([item.id for item in pending[:-1]], held=True)
        await done(tx, pending[-1:])
        return
    elif scene.for_tip:
        await answer_tip(tx, replace(conversation, safety=Safety.OK), scene, line)
    elif step.step is Step.ASK_ENGINE and heard.answer is not None:
        await answer(tx, replace(conversation, safety=Safety.OK), scene, heard.answer, line)
    else:
        await tx.conversations.save(conversation)
    await done(tx, pending)


async def _record(
    tx: UnitOfWork,
    conversation: Conversation,
    pending: Sequence[Pending],
    step: Plan,
    heard: Heard,
) -> tuple[Conversation, Decision]:
    """Keep the model's judgement, and the language: as picked, else as the texts show it."""
    before, judgement = conversation, heard.judgement
    if step.step not in (Step.SETTINGS, Step.CALL):
        conversation = replace(conversation, question=None)
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
    tx: UnitOfWork, conversation: Conversation, scene: Scene, cause: Cause, line: Line
) -> None:
    for effect in scene.heard.answer.effects if scene.heard.answer else ():
        if isinstance(effect, TakeTip):
            # The engine's words are dropped, what the person reported is not.
            await tips.keep(tx, conversation, effect.text, scene.last, line.now())
        elif isinstance(effect, Say) and effect.key == CALL_TOGETHER:
            # "Call for me" is a wish for a person too; with which service is not lost.
            await send_text(tx, conversation, effect.text, effect.key)
    cause = replace(cause, hint=scene.hint)
    await fetch_human(tx, conversation, cause, voice=line.voice, now=line.now())


async def _human_only(
    tx: UnitOfWork, conversation: Conversation, scene: Scene, line: Line
) -> Cause | None:
    """A person is fetched where the bot is switched off (channel, language, hour)."""
    language = conversation.language or scene.hint
    if not await tx.switches.human_only(conversation.channel, language, line.now()):
        return None
    return Cause(Reason.HUMAN_ONLY, None, scene.last, words=scene.step.text)


def _cause(scene: Scene) -> Cause | None:
    """Whether this turn fetches a human before anything is said."""
    judgement, step, last = scene.heard.judgement, scene.step, scene.last
    if judgement is not None and judgement.tier is not None:
        if scene.language.move is Move.INTERPRETER:
            # The model never learnt this language: that it sees risk counts, what it believes to
            # see must not choose the words. The one sentence that the person can read goes out.
            return Cause(Reason.LANGUAGE, judgement.tier, last, words=step.text)
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
    if step.step is Step.ASK_ENGINE and scene.heard.answer is None and not scene.for_tip:
        # The plan changed while the engine thought (the check was passed meanwhile): a person
        # answers rather than nobody.
        return Cause(Reason.UNSURE, None, last)
    return None
