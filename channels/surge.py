"""Offers a call to somebody who waits while the switch `surge` is on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from intake.call_back import may_offer
from intake.conversation import Question
from intake.speaking import Voice
from storage.database import Database

HUNTING_LINE = "hunting.no_confirm"


async def offer_call(
    database: Database, voice: Voice, conversation_id: UUID, now: datetime
) -> None:
    """Ask once; who must not be asked is noted as well, so that no round asks again."""
    async with database.transaction() as tx:
        conversation = await tx.conversations.lock(conversation_id)
        entry = await tx.board.entry(conversation_id)
        if entry is None or conversation_id not in await tx.call_backs.to_offer():
            return
        # Whoever hunts a person learns nothing, not even that somebody would call (R15).
        hunts = await tx.messages.has_outbound(conversation_id, HUNTING_LINE)
        offered = not hunts and may_offer(conversation, entry.tier, frozenset(entry.categories))
        await tx.call_backs.begin(conversation_id, now, offered=offered)
        if offered:
            asked = replace(conversation, question=Question.CALL_NUMBER)
            await tx.conversations.save(asked)
            await voice.say(tx, asked, "call.offer")
