"""What a page may do: send a message, leave, ask for more time.

A message, the work that it causes and its line on the person's own page are one transaction.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace

from channels.web.session import Sessions
from intake.language_hint import hint
from intake.languages import base
from intake.messages import Author, Inbound, clean
from intake.ports import Clock
from intake.receive import Received, receive
from intake.speaking import Voice
from storage.database import Database, Transaction
from storage.mailbox import WEB


@dataclass(frozen=True, repr=False)
class Draft:
    """A message as the page hands it in."""

    text: str
    key: str
    language: str


@dataclass(frozen=True, repr=False)
class Taken:
    """What became of a message.

    `token`: the session to hand out, None when the person has left meanwhile. `fresh`: a visit
    began with this message, so that older lines on the page are not part of it.
    """

    token: str | None
    number: int | None
    fresh: bool


@dataclass(frozen=True)
class Visits:
    """The verbs of a visitor."""

    database: Database
    sessions: Sessions
    voice: Voice
    now: Clock

    async def say(self, draft: Draft, token: str | None) -> Taken:
        """Take a message in, once a key; when this returns, it is kept."""
        async with self.database.transaction() as tx:
            if token is not None:
                repeated = await tx.mailbox.message(self.sessions.provider_id(token, draft.key))
                if repeated is None and await tx.mailbox.has_left(token):
                    await self._receive(tx, draft, token)
                    return Taken(token=None, number=None, fresh=False)
                if repeated is not None or await self._goes_on(tx, token):
                    return await self._take(tx, draft, token, fresh=False)
                await tx.mailbox.end(token)
                await tx.signals.visitor(tx.mailbox.mark(token))
            return await self._take(tx, draft, self.sessions.token_for(draft.key), fresh=True)

    async def leave(self, token: str) -> None:
        """End the visit and wipe its lines; what was said stays with the team."""
        async with self.database.transaction() as tx:
            await tx.mailbox.leave(token, self.now())
            await tx.signals.visitor(tx.mailbox.mark(token))

    async def stay(self, token: str) -> None:
        """The person is still there: the idle clock starts anew."""
        async with self.database.transaction() as tx:
            await tx.mailbox.stay(token, self.now())
            await tx.signals.visitor(tx.mailbox.mark(token))

    async def _goes_on(self, tx: Transaction, token: str) -> bool:
        """A visit that is over, or whose conversation was closed, starts fresh."""
        visit = await tx.mailbox.visit(token, self.now())
        return visit is not None and await tx.mailbox.is_talking(token)

    async def _take(self, tx: Transaction, draft: Draft, token: str, *, fresh: bool) -> Taken:
        """Store the message and lay its line into the mailbox."""
        received = await self._receive(tx, draft, token)
        message_id = await tx.mailbox.message(self.sessions.provider_id(token, draft.key))
        if message_id is None:
            raise RuntimeError("a message was taken in and is not there")
        if received is Received.NEW:
            now = self.now()
            await tx.mailbox.begin(token, now)
            await tx.mailbox.put(message_id, token, Author.CONTACT, clean(draft.text), now)
            await tx.signals.visitor(tx.mailbox.mark(token))
        # A repeat whose visit is over has no line any more, and gets no session.
        number = await tx.mailbox.number_of(message_id)
        return Taken(token=None if number is None else token, number=number, fresh=fresh)

    async def _receive(self, tx: Transaction, draft: Draft, token: str) -> Received:
        """The walk of every channel, inside this transaction."""
        inbound = Inbound(
            channel=WEB,
            inbox=WEB,
            address=token,
            provider_id=self.sessions.provider_id(token, draft.key),
            text=draft.text,
            received_at=self.now(),
        )
        if await tx.mailbox.message(inbound.provider_id) is not None:
            return Received.REPEATED
        conversation = await tx.conversations.find_or_open(inbound)
        if conversation.language is None and _may_be(hint([draft.text]), draft.language):
            # Unless the words say otherwise, the first answer is in the language of the page.
            await tx.conversations.save(replace(conversation, language=draft.language))
        return await receive(
            inbound, transaction=lambda: nullcontext(tx), voice=self.voice, now=self.now
        )


def _may_be(hinted: str | None, language: str) -> bool:
    """Whether words may be in the language of the page: in any script of it."""
    return hinted is None or base(hinted) == base(language)
