"""What the line says in a turn that fetches no human: opening, list of languages, answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from intake import language_turn, tips
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
from intake.escalation import OFFER_INDIGENOUS, Cause, fetch_human
from intake.gate import Plan, Step
from intake.indigenous import says_indigenous
from intake.language_choice import PERHAPS, Decision, Move
from intake.language_hint import hint
from intake.languages import is_full
from intake.ports import Clock, Engine, Pending, Transaction, UnitOfWork
from intake.speaking import Voice, send_text


@dataclass(frozen=True)
class Line:
    """What a turn needs from the world."""

    transaction: Transaction
    engine: Engine
    voice: Voice
    now: Clock


@dataclass(frozen=True)
class Heard:
    """What the engine said, or that it failed."""

    answer: EngineAnswer | None = None
    judgement: Judgement | None = None
    failed: bool = False


@dataclass(frozen=True)
class Scene:
    """What a turn stands on: the texts that wait, what to do, what the engine said."""

    pending: Sequence[Pending]
    step: Plan
    heard: Heard
    language: Decision
    """What the texts are written in, and what follows from it."""
    before: str | None
    """The language of the conversation until now."""
    for_tip: bool = False
    """The texts are for a tip that is being taken or was opened again, not for the engine."""

    @property
    def last(self) -> UUID:
        """The newest of the texts."""
        return self.pending[-1].id

    @property
    def hint(self) -> str | None:
        """The language of fixed lines while that of the conversation is not known."""
        return hint(item.text for item in self.pending)


async def done(tx: UnitOfWork, pending: Sequence[Pending]) -> None:
    """These texts have their answer."""
    await tx.messages.mark_turn([item.id for item in pending])


async def open_up(tx: UnitOfWork, conversation: Conversation, scene: Scene, line: Line) -> None:
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


def _likeliest(scene: Scene) -> str | None:
    """The tag that the texts are most likely in, where that is a language of ours but not sure."""
    if scene.language.move is not Move.ASK or scene.heard.judgement is None:
        return None
    best = scene.heard.judgement.languages[0]
    return best.tag if is_full(best.tag) and best.confidence >= PERHAPS else None


async def _hold(tx: UnitOfWork, scene: Scene) -> None:
    """What was said waits until the person is ready; a pick is done with."""
    await done(tx, [item for item in scene.pending if item.id in scene.step.picks])
    said = [item.id for item in scene.pending if item.id not in scene.step.picks]
    await tx.messages.mark_turn(said, held=True)


async def answer_pick(tx: UnitOfWork, conversation: Conversation, scene: Scene, line: Line) -> None:
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


async def answer(
    tx: UnitOfWork, conversation: Conversation, scene: Scene, answer: EngineAnswer, line: Line
) -> None:
    """Carry out the engine's wishes, in order; a wish for a human comes last."""
    escalation: Cause | None = None
    offer = scene.language.offer if scene.language.move is Move.ASK else ()
    tip = next((one for one in answer.effects if isinstance(one, TakeTip)), None)
    if tip is not None:
        await _begin_tip(tx, conversation, scene, answer, tip, line)
        return
    wished = any(isinstance(effect, SetLanguage) for effect in answer.effects)
    if scene.language.move is Move.FOLLOW and not wished:
        conversation = await _tell_followed(tx, conversation, scene, line)
    for effect in answer.effects:
        if isinstance(effect, Escalate):
            escalation = Cause(effect.reason, effect.tier, scene.last, words=scene.step.text)
        elif isinstance(effect, AskLanguage):
            offer = language_turn.likely(conversation, scene.heard.judgement)
        else:
            conversation = await _carry_out(tx, conversation, effect)
    if escalation is None:
        if offer:
            conversation = await language_turn.show_list(tx, conversation, offer, line.voice)
        await _offer_indigenous(tx, conversation, scene, line)
    await tx.conversations.save(conversation)
    await tx.conversations.remember(conversation.id, answer.memory)
    if escalation is not None:
        await fetch_human(tx, conversation, escalation, voice=line.voice, now=line.now())


async def _begin_tip(
    tx: UnitOfWork,
    conversation: Conversation,
    scene: Scene,
    answer: EngineAnswer,
    tip: TakeTip,
    line: Line,
) -> None:
    """The engine hears a tip: from here on the fixed questions lead, and the engine's words wait.

    Its form is forgotten, so that it does not ask its own question afterwards.
    """
    wish = next((one for one in answer.effects if isinstance(one, Escalate)), None)
    for effect in answer.effects:
        if isinstance(effect, SetLanguage | Refer):
            conversation = await _carry_out(tx, conversation, effect)
    await tx.conversations.save(conversation)
    await tx.conversations.remember(conversation.id, None)
    tier = None if wish is None else wish.tier
    await tips.keep(tx, conversation, tip.text, scene.last, line.now(), tier)
    if wish is not None:
        cause = Cause(wish.reason, wish.tier, scene.last, words=scene.step.text, hint=scene.hint)
        await fetch_human(tx, conversation, cause, voice=line.voice, now=line.now())
        return
    await tips.begin(tx, conversation, line.voice, scene.hint)


async def answer_tip(tx: UnitOfWork, conversation: Conversation, scene: Scene, line: Line) -> None:
    """Texts of a tipster: an answer to a question, or a receipt and what follows it."""
    await tx.conversations.save(conversation)
    pressing = await tips.drive(tx, conversation, scene.pending, line.voice, scene.hint, line.now())
    if pressing is not None:
        cause = Cause(Reason.TIP, pressing.tier, scene.last, hint=scene.hint)
        await fetch_human(tx, conversation, cause, voice=line.voice, now=line.now())


async def _tell_followed(
    tx: UnitOfWork, conversation: Conversation, scene: Scene, line: Line
) -> Conversation:
    """The language changed: the way back, or for romanised texts the choice of script."""
    if len(scene.language.offer) > 1:
        offer = scene.language.offer
        return await language_turn.show_list(tx, conversation, offer, line.voice)
    return await language_turn.tell_switch(tx, conversation, scene.before, line.voice)


async def _offer_indigenous(
    tx: UnitOfWork, conversation: Conversation, scene: Scene, line: Line
) -> None:
    """Once, to somebody who says that they are Indigenous: a choice, never assumed (R25)."""
    if says_indigenous(scene.step.text) and not await tx.messages.has_outbound(
        conversation.id, OFFER_INDIGENOUS
    ):
        await line.voice.say(tx, conversation, OFFER_INDIGENOUS, scene.hint)


async def _carry_out(tx: UnitOfWork, conversation: Conversation, effect: Effect) -> Conversation:
    if isinstance(effect, Say):
        await send_text(tx, conversation, effect.text, effect.key)
    elif isinstance(effect, Refer):
        await tx.referrals.add(effect.services, conversation.channel)
    elif isinstance(effect, SetLanguage):
        return language_turn.pick(conversation, effect.code)
    return conversation
