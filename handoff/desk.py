"""The verbs of an advocate: claim, reply, release, close, lower the tier, note.

Each runs in the caller's transaction, writes its audit line and wakes the screens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from intake.conversation import Conversation, close, release
from intake.errors import LineError, NotHolder, NotWaiting
from intake.messages import clean
from intake.risk import Tier
from intake.speaking import Voice
from storage.accounts import Advocate
from storage.database import Transaction

# The screen renews the lease every LEASE / 4; an advocate who vanishes gives back after LEASE.
LEASE = timedelta(seconds=60)
LONGEST_REPLY = 1_600


class UnfitReply(LineError):
    """The reply is empty or longer than a provider takes."""


class NeedsReason(LineError):
    """A tier is lowered by a human only, and only with a reason."""


@dataclass(frozen=True)
class Desk:
    """One advocate at work in one transaction."""

    tx: Transaction
    advocate: Advocate
    voice: Voice
    now: datetime

    async def claim(self, conversation_id: UUID) -> Conversation:
        """Take a waiting conversation. Raises NotWaiting when another was faster."""
        taken = await self.tx.desk.claim(
            conversation_id, self.advocate.id, self.now + LEASE, self.now
        )
        if not taken:
            raise NotWaiting("somebody has this conversation already, or it is over")
        conversation = await self.tx.conversations.lock(conversation_id)
        await self.voice.say(self.tx, conversation, "advocate.joined")
        await self._written("claim", conversation_id)
        return conversation

    async def reply(self, conversation_id: UUID, text: str) -> UUID:
        """Send words to the person. Raises NotHolder or UnfitReply."""
        conversation = await self._held(conversation_id)
        words = clean(text)
        if not 0 < len(words) <= LONGEST_REPLY:
            raise UnfitReply(f"a reply has 1 to {LONGEST_REPLY} characters")
        message_id = await self.tx.messages.add_outgoing(
            conversation, words, key=None, advocate_id=self.advocate.id
        )
        await self.tx.jobs.send(conversation_id)
        await self._written("reply", conversation_id)
        return message_id

    async def release(self, conversation_id: UUID) -> None:
        """Hand the conversation to the bot, and say so to the person. Raises NotHolder."""
        conversation = release(await self._held(conversation_id), self.advocate.id)
        await self.tx.conversations.save(conversation)
        await self.tx.desk.close_escalation(conversation_id, "released", self.now)
        await self.voice.say(self.tx, conversation, "bot.back")
        await self._written("release", conversation_id)

    async def close(self, conversation_id: UUID) -> None:
        """End the conversation; the retention clock starts. Raises NotHolder."""
        held = await self._held(conversation_id)
        await self.voice.say(self.tx, held, "closed.bye")
        await self.tx.conversations.save(close(held, self.advocate.id, self.now))
        await self.tx.desk.close_escalation(conversation_id, "closed", self.now)
        await self._written("close", conversation_id)

    async def lower_tier(self, conversation_id: UUID, tier: Tier | None, reason: str) -> None:
        """Lower the tier, with a reason on record. Raises NotHolder or NeedsReason."""
        await self._held(conversation_id)
        if not clean(reason):
            raise NeedsReason("say why the tier is lowered; the reason is kept")
        await self.tx.desk.lower_tier(conversation_id, tier, self.advocate.id, clean(reason))
        await self._written("lower_tier", conversation_id)

    async def note(self, conversation_id: UUID, text: str) -> UUID:
        """Keep a note that only staff can read. Raises NotHolder or UnfitReply."""
        await self._held(conversation_id)
        if not clean(text):
            raise UnfitReply("the note is empty")
        note_id = await self.tx.desk.add_note(conversation_id, self.advocate.id, clean(text))
        await self._written("note", conversation_id)
        return note_id

    async def _held(self, conversation_id: UUID) -> Conversation:
        conversation = await self.tx.conversations.lock(conversation_id)
        if not conversation.open or conversation.advocate_id != self.advocate.id:
            raise NotHolder("you do not hold this conversation; claim it first")
        return conversation

    async def _written(self, action: str, conversation_id: UUID) -> None:
        await self.tx.desk.audit(
            action, advocate_id=self.advocate.id, conversation_id=conversation_id
        )
        await self.tx.signals.desk(conversation_id)
