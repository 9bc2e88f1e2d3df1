"""What happens to a message before its provider gets an answer: all of it in one transaction."""

from __future__ import annotations

import enum
from dataclasses import replace
from datetime import datetime

from intake import proof, receipts, risk, tips
from intake.code_words import Sign
from intake.conversation import Conversation, Holder, after_gap, hear
from intake.effects import Reason
from intake.escalation import Cause, fetch_human
from intake.language_hint import hint
from intake.languages import tag_of
from intake.messages import Inbound, InboundKind, Keyword, clean
from intake.ports import Clock, Keeping, Transaction, UnitOfWork
from intake.speaking import Voice


class Received(enum.Enum):
    """What became of a message."""

    NEW = "new"
    REPEATED = "repeated"


async def receive(
    inbound: Inbound, *, transaction: Transaction, voice: Voice, now: Clock
) -> Received:
    """Store the message, judge it, fetch a human if there is any risk, and queue the turn.

    When this returns, everything is committed. Nothing here asks the engine or another service.
    """
    inbound = replace(inbound, text=clean(inbound.text))
    receipt = receipts.read(inbound.text)
    if receipt is not None:
        # Whoever reads the thread, or the database, must not be able to open the tip.
        inbound = replace(inbound, text=receipts.MASK)
    at = now()
    async with transaction() as tx:
        met = await tx.arrivals.meet(inbound)
        if met is None:
            return Received.REPEATED
        conversation, memory = met.conversation, met.memory
        sign = await proof.sign_of(inbound, met.words, at)
        if after_gap(conversation, inbound.received_at):
            # Somebody else may write: no sentence goes over from before.
            memory = replace(memory, words=())
        conversation = proof.wanted(hear(conversation, inbound.received_at), met.words)
        # A word that proves who writes says nothing else, and nothing of it is kept.
        assessment, left = risk.follow("" if sign else inbound.text, memory)
        if sign is None and proof.is_new(conversation, inbound, assessment):
            sign, left = Sign.NEW, memory
        conversation = await proof.heed(tx, conversation, inbound, sign, at)
        duress = sign is Sign.DURESS
        message_id = await tx.arrivals.keep(
            Keeping(
                conversation,
                replace(inbound, text=proof.HIDDEN) if sign else inbound,
                sign,
                left,
                assessment=None if duress else assessment,
                turn=bool(inbound.text) and inbound.keyword is None and not duress,
                # Somebody waits for a human or has one: the desk shows every text. What a new
                # escalation brings to the screen, fetch_human announces.
                tell=conversation.holder is not Holder.BOT,
            )
        )
        if message_id is None:
            return Received.REPEATED
        if duress:
            await proof.alert(tx, conversation, message_id, voice, at)
            return Received.NEW
        if receipt is not None and sign is None and conversation.holder is Holder.BOT:
            await tips.hold_receipt(tx, conversation.id, receipt, at)
        conversation = await _obey_keyword(tx, conversation, inbound, voice, at)
        if assessment.tier is not None or assessment.asks_for_person:
            cause = Cause(
                reason=Reason.RISK if assessment.tier else Reason.ASKS_FOR_PERSON,
                tier=assessment.tier,
                message_id=message_id,
                rows=frozenset(cue.category for cue in assessment.cues),
                words=inbound.text,
                silent=inbound.answered_by_provider,
                hint=hint([*memory.words, inbound.text]) or _language_of(assessment),
            )
            await fetch_human(tx, conversation, cause, voice=voice, now=at)
        if inbound.kind is InboundKind.MEDIA:
            await voice.say(tx, conversation, "media.refused")
    return Received.NEW


def _language_of(assessment: risk.Assessment) -> str | None:
    """The language in which danger was read, where that was one; as written in Latin letters.

    What other scripts say, the words themselves have shown.
    """
    codes = {cue.language for cue in assessment.cues}
    return tag_of(codes.pop(), "Latn") if len(codes) == 1 else None


async def _obey_keyword(
    tx: UnitOfWork, conversation: Conversation, inbound: Inbound, voice: Voice, at: datetime
) -> Conversation:
    """STOP, START and INFO as carriers demand; an open alert stays open (risk row 28)."""
    if inbound.keyword is None:
        return conversation
    guessed = hint([inbound.text])
    if inbound.keyword is Keyword.STOP:
        if not inbound.answered_by_provider:
            await voice.say(tx, conversation, "keyword.stop", guessed)
        await tx.conversations.opt_out(conversation.id, at)
        return replace(conversation, opted_out=True)
    if inbound.keyword is Keyword.START:
        await tx.conversations.opt_out(conversation.id, None)
        conversation = replace(conversation, opted_out=False)
    if not inbound.answered_by_provider:
        await voice.say(tx, conversation, f"keyword.{inbound.keyword.value}", guessed)
    return conversation
