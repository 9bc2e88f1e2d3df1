"""The one way in which a human is fetched; runs inside the transaction of its cause."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from intake import tips
from intake.competencies import needed
from intake.conversation import Conversation, Safety, escalate
from intake.effects import Reason
from intake.indigenous import says_indigenous
from intake.languages import is_indigenous
from intake.ports import UnitOfWork
from intake.risk import Tier
from intake.speaking import Voice

# Rows of the risk model that change what the person is told (domain brief, section 1).
SUICIDE, SELF_HARM, MINOR, PHONE_WATCHED, THIRD_PARTY, HUNTING = 5, 6, 7, 8, 23, 24
OFFER_INDIGENOUS = "offer.indigenous"


@dataclass(frozen=True)
class Cause:
    """Why a human is needed, and how the person may be told.

    `rows`: rows of the risk model that were seen; `words`: the text in which they were seen.
    `silent`: the provider has answered already.
    `hint`: the language of the first line while that of the conversation is not known.
    """

    reason: Reason
    tier: Tier | None = None
    message_id: UUID | None = None
    rows: frozenset[int] = frozenset()
    words: str = field(default="", repr=False)
    silent: bool = False
    hint: str | None = None

    @property
    def discreet(self) -> bool:
        """Somebody else may read the phone: nothing but a neutral line may go out (R11)."""
        return PHONE_WATCHED in self.rows


async def fetch_human(
    tx: UnitOfWork, conversation: Conversation, cause: Cause, *, voice: Voice, now: datetime
) -> Conversation:
    """Open an escalation, or raise the tier of the open one, and tell the person once.

    The caller holds the lock on the conversation. Returns its new state, already saved.
    """
    after = escalate(conversation, cause.tier)
    existing = await tx.escalations.open_for(conversation.id)
    needs = needed(cause.rows, cause.words, conversation.language)
    if existing is None:
        escalation_id = await tx.escalations.add(
            conversation.id,
            reason=cause.reason,
            tier=after.tier,
            message_id=cause.message_id,
            at=now,
            needs=needs,
        )
        await tx.jobs.check_waiting(escalation_id)
        await tx.jobs.route()
        if not cause.silent:
            for key in await _lines(tx, after, cause):
                await voice.say(tx, after, key, cause.hint)
    else:
        await tx.escalations.add_needs(existing, needs)
        if after.tier is not None and (existing.tier is None or after.tier > existing.tier):
            await tx.escalations.raise_tier(existing, after.tier)
            await tx.jobs.route()
    if existing is not None and cause.reason is Reason.DURESS:
        await tx.escalations.give_reason(existing, cause.reason)
    if THIRD_PARTY in cause.rows:
        await tips.keep(tx, conversation, cause.words, cause.message_id, now, after.tier)
    await tips.keep_answer(tx, conversation.id, cause.words, cause.message_id, now)
    if existing is None and not cause.silent and _speaks_of_a_tip(cause):
        await tips.tell_receipt(tx, after, voice, cause.hint)
    if cause.discreet:
        after = replace(after, safety=Safety.NOT_SAFE)
    await tx.conversations.save(after)
    await tx.signals.desk(conversation.id)
    return after


def _speaks_of_a_tip(cause: Cause) -> bool:
    """Where the line says that it takes a report, the receipt gives no more away."""
    return not cause.discreet and (cause.reason is Reason.TIP or THIRD_PARTY in cause.rows)


async def _lines(tx: UnitOfWork, conversation: Conversation, cause: Cause) -> list[str]:
    """What the person is told, once, before the bot falls silent."""
    if cause.discreet or conversation.safety is Safety.NOT_SAFE:
        return ["wait.discreet"]
    if cause.rows == {HUNTING}:
        # The same words whoever is asked for, and nothing about who will read this (R15).
        return ["hunting.no_confirm"]
    if cause.reason is Reason.ENGINE_FAILURE:
        return ["wait.engine_failure"]
    if THIRD_PARTY in cause.rows:
        return ["wait.tip"]
    if cause.reason is Reason.TIP:
        return ["utter_tip_urgent"]
    if cause.reason is Reason.LANGUAGE:
        lines = ["language.interpreter"]
    else:
        spoken = await tx.messages.has_outbound(conversation.id)
        lines = ["wait.later" if spoken else "wait.first"]
    if cause.rows & {SUICIDE, SELF_HARM}:
        lines.append("also.988")
    if MINOR in cause.rows:
        # Before anybody asks a young person anything more (R3, R29).
        lines.append("privacy.limits")
    says_so = is_indigenous(conversation.language) or says_indigenous(cause.words)
    if says_so and not await tx.messages.has_outbound(conversation.id, OFFER_INDIGENOUS):
        # A choice, and only for those who say so or write an Indigenous language (R25).
        lines.append(OFFER_INDIGENOUS)
    return lines
