"""Code and duress words as they come in: recognised before anything is stored, never kept as text.

Rules R8 and R12. Runs in the transaction that takes a text in, so that a duress word reaches the
board without engine or worker.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from intake import code_words, safety_settings
from intake.code_words import Sign, Words
from intake.conversation import CodeWord, Conversation, Holder, Question
from intake.effects import Reason
from intake.escalation import PHONE_WATCHED, Cause, fetch_human
from intake.messages import Inbound, InboundKind
from intake.ports import UnitOfWork
from intake.risk import VERSION, Assessment, Cue, Tier
from intake.speaking import Voice

#: What is stored in place of a word.
HIDDEN = "***"


def wanted(conversation: Conversation, words: Words) -> Conversation:
    """Whoever begins, or comes back after a gap, has the code word still to say."""
    if words.code is None:
        return replace(conversation, code_word=CodeWord.NONE)
    if conversation.code_word is CodeWord.NONE:
        return replace(conversation, code_word=CodeWord.NOT_GIVEN)
    return conversation


async def sign_of(inbound: Inbound, words: Words, now: datetime) -> Sign | None:
    """Which word a text is. The hashing runs in a thread: others must not wait for it."""
    if inbound.kind is not InboundKind.TEXT or inbound.keyword is not None:
        return None
    if words.code is None and words.duress is None:
        return None
    return await asyncio.to_thread(words.heard, inbound.text, now)


def is_new(conversation: Conversation, inbound: Inbound, assessment: Assessment) -> bool:
    """Whether a text is the word that was asked for. A sign of risk is not a word."""
    calm = assessment.tier is None and not assessment.asks_for_person
    ours = conversation.holder is Holder.BOT and inbound.keyword is None
    return calm and ours and safety_settings.takes_word(conversation, inbound.text)


async def heed(
    tx: UnitOfWork,
    conversation: Conversation,
    inbound: Inbound,
    sign: Sign | None,
    now: datetime,
) -> Conversation:
    """Take in what a text means as a word, or that it was none; returns the state, not saved."""
    locked = conversation.code_word is CodeWord.NOT_GIVEN
    if sign is Sign.CODE and locked:
        await tx.contacts.guessed(conversation.id, right=True, now=now)
        return replace(conversation, code_word=CodeWord.GIVEN)
    if sign is Sign.NEW:
        hashed = await asyncio.to_thread(code_words.hashed, inbound.text)
        if conversation.question is Question.DURESS_WORD:
            await tx.contacts.set_duress_word(conversation.id, hashed)
            return conversation
        await tx.contacts.set_code_word(conversation.id, hashed)
        return replace(conversation, code_word=CodeWord.GIVEN)
    if sign is None and locked and code_words.fit(inbound.text):
        await tx.contacts.guessed(conversation.id, right=False, now=now)
    return conversation


async def alert(
    tx: UnitOfWork, conversation: Conversation, message_id: UUID, voice: Voice, now: datetime
) -> Conversation:
    """The duress word: one neutral line outward, the highest tier inward."""
    cue = Cue(PHONE_WATCHED, "duress_word", Tier.IMMINENT, conversation.language or "en", 0, 0)
    told = Assessment(Tier.IMMINENT, (cue,), False, VERSION)
    await tx.risks.add_rules(conversation.id, message_id, told)
    cause = Cause(Reason.DURESS, Tier.IMMINENT, message_id, rows=frozenset({PHONE_WATCHED}))
    return await fetch_human(tx, conversation, cause, voice=voice, now=now)
