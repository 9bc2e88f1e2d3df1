"""The verbs of an advocate: claim, reply, release, close, lower the tier, note.

Each runs in the caller's transaction, writes its audit line and wakes the screens. What could
end a conversation or lower its tier says what the screen showed, and is refused when something
has happened since: nobody closes a conversation over a cry for help that they have not seen.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from handoff.errors import (
    NewMessage,
    NotLower,
    NotSafe,
    OnceUsed,
    OptedOut,
    PlanMoved,
    TierMoved,
    UnfitText,
    UnfitValue,
)
from intake.competencies import Competency
from intake.contact import Preference
from intake.conversation import Conversation, Holder, Safety, close, give_back, release
from intake.errors import ConversationNotFound, NotHolder, NotWaiting
from intake.messages import MAX_CHARACTERS, clean
from intake.risk import Tier
from intake.safety_plan import LONGEST_PART, Plan
from intake.speaking import Voice
from storage.accounts import Advocate
from storage.database import Transaction
from storage.translations import Original

# The screen renews the lease every LEASE / 4; an advocate who vanishes gives back after LEASE.
LEASE = timedelta(seconds=60)
LONGEST_REPLY = 1_600
LONGEST_REASON = 500
# Each miss means that somebody else took one, so a long run of misses is no failure of ours.
_CLAIM_TRIES = 50


@dataclass(frozen=True)
class Desk:
    """One advocate at work in one transaction."""

    tx: Transaction
    advocate: Advocate
    voice: Voice
    now: datetime

    async def claim(self, conversation_id: UUID) -> Conversation:
        """Take a waiting conversation; one that is mine already stays mine.

        Raises NotWaiting when another was faster, ConversationNotFound.
        """
        taken = await self.tx.desk.claim(
            conversation_id, self.advocate.id, self.now + LEASE, self.now
        )
        conversation = await self.tx.conversations.lock(conversation_id)
        if not taken:
            if conversation.open and conversation.advocate_id == self.advocate.id:
                return conversation
            raise NotWaiting("somebody has this conversation already, or it is over")
        await self.voice.say(self.tx, conversation, "advocate.joined")
        await self.tx.alerts.acknowledge(self.advocate.id, self.now, conversation_id)
        await self.tx.jobs.route()
        await self._written("claim", conversation_id)
        return conversation

    async def claim_next(self) -> Conversation | None:
        """Take the conversation that needs a human most; None when nobody waits."""
        for _ in range(_CLAIM_TRIES):
            conversation_id = await self.tx.board.next_waiting()
            if conversation_id is None:
                return None
            try:
                return await self.claim(conversation_id)
            except NotWaiting:
                continue  # another advocate was faster: the next one, then
        return None

    async def reply(
        self,
        conversation_id: UUID,
        text: str,
        once: UUID,
        *,
        confirmed: bool = False,
        original: Original | None = None,
    ) -> UUID:
        """Send words to the person; the same `once` twice sends them once.

        `confirmed`: the advocate saw that the person said texting is not safe, and has a reason.
        Outside the person's safe times the words wait (intake/contact.py). `original`: what she
        wrote, where the text is a machine's; the person is told so. Raises NotHolder,
        OptedOut, NotSafe, UnfitText or OnceUsed.
        """
        conversation = await self.taking_part(conversation_id)
        known = await self.tx.desk.author_of(once)
        if known is not None:
            if known != (conversation_id, self.advocate.id):
                raise OnceUsed("this once-only key belongs to another message")
            return once
        if conversation.opted_out:
            raise OptedOut("the person asked for no more texts; only their START reopens")
        not_safe = conversation.safety is Safety.NOT_SAFE
        if not_safe and not confirmed:
            raise NotSafe("the person said that texting is not safe now; wait, or confirm")
        words = _fit(text, LONGEST_REPLY, "reply")
        if original is not None:
            note = self.voice.words("translated.note", conversation.language)
            words = f"{words}\n{note}"
        message_id = await self.tx.messages.add_outgoing(
            conversation,
            words,
            key=None,
            advocate_id=self.advocate.id,
            message_id=once,
            confirmed=not_safe,
        )
        if original is not None:
            await self.tx.translations.keep(
                message_id, replace(original, text=_fit(original.text, LONGEST_REPLY, "reply"))
            )
        await self.tx.jobs.send(conversation_id)
        marks = {"not_safe": not_safe, "translated": original is not None}
        detail = {name: True for name, holds in marks.items() if holds}
        await self._written("reply", conversation_id, **detail)
        return message_id

    async def transfer(
        self,
        conversation_id: UUID,
        seen: int,
        *,
        advocate_id: UUID | None = None,
        competencies: Collection[Competency] = (),
        supervisor: bool = False,
        note: str | None = None,
    ) -> None:
        """Hand the conversation to a colleague, a skill or a supervisor: it waits for them first.

        With its tier, and a line to the person. Anybody may still claim it, so it is never stuck.
        Raises NotHolder, NewMessage, UnfitText or UnfitValue.
        """
        if (advocate_id is not None) + bool(competencies) + supervisor != 1:
            raise UnfitValue("name one: a colleague, competencies, or a supervisor")
        if advocate_id == self.advocate.id:
            raise UnfitValue("you have it already")
        held = await self._seen(conversation_id, seen)
        if note:
            await self.tx.desk.add_note(
                conversation_id, self.advocate.id, _fit(note, MAX_CHARACTERS, "note")
            )
        waiting = give_back(held)
        await self.tx.conversations.save(waiting)
        await self.tx.desk.wait_again(conversation_id, self.now)
        await self.tx.routing.hand_over(
            conversation_id,
            advocate_id=advocate_id,
            needs=competencies,
            supervisor=supervisor,
        )
        await self.voice.say(self.tx, waiting, "wait.later")
        await self.tx.jobs.route()
        await self._written("transfer", conversation_id)

    async def invite(self, conversation_id: UUID, advocate_id: UUID) -> None:
        """Ask a colleague in: they read and write along, and I keep the conversation.

        Raises NotHolder.
        """
        await self._held(conversation_id)
        await self.tx.desk.join(conversation_id, advocate_id)
        await self._written("invite", conversation_id, of=str(advocate_id))

    async def leave(self, conversation_id: UUID) -> None:
        """Stop helping in a conversation that another holds; does nothing for who does not."""
        await self.tx.desk.part(conversation_id, self.advocate.id)
        await self._written("leave", conversation_id)

    async def whisper(self, conversation_id: UUID, text: str) -> UUID:
        """A word to the advocate who holds the conversation; the person never sees it.

        Raises NotHolder when no human holds it, or UnfitText.
        """
        conversation = await self.tx.conversations.lock(conversation_id)
        if not conversation.open or conversation.advocate_id is None:
            raise NotHolder("nobody holds this conversation")
        note_id = await self.tx.desk.add_note(
            conversation_id,
            self.advocate.id,
            _fit(text, LONGEST_REASON, "note"),
            whisper_to=conversation.advocate_id,
        )
        await self._written("whisper", conversation_id)
        return note_id

    async def read_whisper(self, conversation_id: UUID, note_id: UUID) -> None:
        """I have read a word for me. Raises ConversationNotFound when there is none."""
        if not await self.tx.desk.read_whisper(note_id, self.advocate.id, self.now):
            raise ConversationNotFound("no such word for you")
        await self._written("whisper_read", conversation_id)

    async def typing(self, conversation_id: UUID) -> None:
        """Say to a web visitor that words are on their way; keeps nothing. Raises NotHolder."""
        await self.taking_part(conversation_id)
        await self.tx.signals.writing(conversation_id)

    async def release(self, conversation_id: UUID, seen: int) -> None:
        """Hand the conversation to the bot, and say so to the person.

        `seen`: the newest message that the screen showed. Raises NotHolder or NewMessage.
        """
        held = await self._seen(conversation_id, seen)
        await self.tx.conversations.save(release(held, self.advocate.id))
        await self.tx.desk.close_escalation(conversation_id, "released", self.now)
        await self.voice.say(self.tx, held, "bot.back")
        await self._written("release", conversation_id)

    async def close(self, conversation_id: UUID, seen: int) -> None:
        """End the conversation; the retention clock starts. Raises NotHolder or NewMessage."""
        held = await self._seen(conversation_id, seen)
        await self.voice.say(self.tx, held, "closed.bye")
        await self.tx.conversations.save(close(held, self.advocate.id, self.now))
        await self.tx.desk.close_escalation(conversation_id, "closed", self.now)
        await self._written("close", conversation_id)

    async def lower_tier(
        self, conversation_id: UUID, *, shown: Tier | None, tier: Tier | None, reason: str
    ) -> None:
        """Lower the tier that the screen showed, with a reason on record.

        Raises NotHolder, TierMoved, NotLower or UnfitText.
        """
        await self._held(conversation_id)
        words = _fit(reason, LONGEST_REASON, "reason")
        escalation = await self.tx.escalations.open_for(conversation_id)
        if escalation is None or escalation.tier != shown:
            raise TierMoved("the tier is not what the screen showed; look again")
        if (tier or 0) >= (shown or 0):
            raise NotLower("choose a tier below the present one")
        await self.tx.desk.lower_tier(conversation_id, tier, self.advocate.id, words)
        await self._written("lower_tier", conversation_id, before=_label(shown), after=_label(tier))

    async def note(self, conversation_id: UUID, text: str) -> UUID:
        """Keep a note that only staff can read. Raises NotHolder or UnfitText."""
        await self.taking_part(conversation_id)
        words = _fit(text, MAX_CHARACTERS, "note")
        note_id = await self.tx.desk.add_note(conversation_id, self.advocate.id, words)
        await self._written("note", conversation_id)
        return note_id

    async def zone_of(self, conversation_id: UUID) -> str:
        """The time zone that the person's number tells of. Raises NotHolder."""
        await self._held(conversation_id)
        return await self.tx.contacts.zone(conversation_id)

    async def set_contact_preference(
        self, conversation_id: UUID, preference: Preference
    ) -> Preference:
        """Put on record when and how the person may be reached. Raises NotHolder or UnfitText."""
        await self._held(conversation_id)
        note = clean(preference.note or "") or None
        if note is not None:
            _fit(note, LONGEST_REASON, "note")
        kept = replace(preference, note=note)
        await self.tx.contacts.set_preference(conversation_id, kept, by_advocate=True)
        # What is held may leave by now.
        await self.tx.jobs.send(conversation_id)
        await self._written("contact_preference", conversation_id, texting=preference.texting.value)
        return kept

    async def write_plan(
        self, conversation_id: UUID, plan: Plan, shown_at: datetime | None
    ) -> None:
        """Write the safety plan anew, in place of the one on the screen.

        Raises NotHolder, UnfitText, or PlanMoved when a colleague wrote it meanwhile.
        """
        await self.taking_part(conversation_id)
        kept = {part: _fit(words, LONGEST_PART, "part") for part, words in plan.parts.items()}
        if not await self.tx.plans.write(
            conversation_id, Plan(kept), self.advocate.id, self.now, shown_at=shown_at
        ):
            raise PlanMoved("a colleague wrote the plan anew; look again")
        await self._written("safety_plan", conversation_id, parts=len(kept))

    async def _held(self, conversation_id: UUID) -> Conversation:
        conversation = await self.tx.conversations.lock(conversation_id)
        if not conversation.open or conversation.advocate_id != self.advocate.id:
            raise NotHolder("you do not hold this conversation; claim it first")
        return conversation

    async def taking_part(self, conversation_id: UUID) -> Conversation:
        """Held by me, or held by another whom I help. Raises NotHolder."""
        conversation = await self.tx.conversations.lock(conversation_id)
        if conversation.open and conversation.holder is Holder.ADVOCATE:
            joined = await self.tx.desk.joined(conversation_id)
            if self.advocate.id in joined | {conversation.advocate_id}:
                return conversation
        raise NotHolder("you do not hold this conversation; claim it first")

    async def _seen(self, conversation_id: UUID, seen: int) -> Conversation:
        conversation = await self._held(conversation_id)
        if await self.tx.desk.last_inbound(conversation_id) > seen:
            raise NewMessage("the person wrote again; read it first")
        return conversation

    async def _written(self, action: str, conversation_id: UUID, **detail: Any) -> None:
        await self.tx.desk.audit(
            action, advocate_id=self.advocate.id, conversation_id=conversation_id, detail=detail
        )
        await self.tx.signals.desk(conversation_id)


def _fit(text: str, longest: int, what: str) -> str:
    words = clean(text)
    if not 0 < len(words) <= longest:
        raise UnfitText(f"a {what} has 1 to {longest} characters")
    return words


def _label(tier: Tier | None) -> str | None:
    return None if tier is None else tier.label
