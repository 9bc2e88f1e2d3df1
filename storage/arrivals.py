"""Takes texts in: two statements look up what a new text meets, one keeps all that comes of it.

Every text passes here while its provider waits, so the statements are written out
(storage/wire.py) and each does as much as it can.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from psycopg.rows import TupleRow

from intake.code_words import Words
from intake.conversation import Conversation
from intake.messages import Inbound
from intake.ports import Arrival, Keeping
from intake.remembered import Memory
from intake.risk import Assessment
from storage import states
from storage.jobs import DEFER, turn_job
from storage.notify import DESK
from storage.shelf import ADDRESS, Shelf
from storage.wire import run

_OF_ADDRESS = "channel = %(channel)s AND inbox = %(inbox)s AND address_fingerprint = %(mark)s"
# Waits for whoever else is busy with this conversation: texts of one person come one by one.
_LOCK = f"""
SELECT {", ".join(states.COLUMNS)}, past_cues, past_words_sealed FROM conversation
WHERE {_OF_ADDRESS} AND closed_at IS NULL FOR NO KEY UPDATE
"""
_OPEN = """
INSERT INTO conversation
    (id, channel, inbox, address_fingerprint, address_sealed, opened_at, last_inbound_at)
VALUES (%(id)s, %(channel)s, %(inbox)s, %(mark)s, %(sealed)s, %(at)s, %(at)s)
ON CONFLICT (channel, inbox, address_fingerprint) WHERE closed_at IS NULL DO NOTHING
"""
# A statement of its own: it must see what the text that held the lock before has written.
_LOOK = f"""
SELECT EXISTS (SELECT FROM opt_out WHERE {_OF_ADDRESS}),
    EXISTS (SELECT FROM message WHERE channel = %(channel)s AND provider_id = %(provider_id)s),
    contact.id, contact.code_word_sealed, contact.duress_word_sealed, contact.guesses_paused_until
FROM (SELECT) AS one LEFT JOIN contact_preference AS contact ON {_OF_ADDRESS}
"""
_KEEP = f"""
WITH new AS (
    INSERT INTO message (id, conversation_id, direction, author, channel, provider_id,
        body_sealed, turn, key, created_at)
    VALUES (%(message)s, %(conversation)s, 'in', 'contact', %(channel)s, %(provider_id)s,
        %(body)s, %(turn)s, %(key)s, %(at)s)
    ON CONFLICT (channel, provider_id) WHERE provider_id IS NOT NULL DO NOTHING
    RETURNING id
), state AS (
    UPDATE conversation
    SET {{columns}}, past_cues = %(past_cues)s, past_words_sealed = %(past_words)s
    WHERE id = %(conversation)s AND EXISTS (SELECT FROM new)
), judged AS (
    INSERT INTO risk_assessment (id, conversation_id, message_id, judge, tier, cues, version)
    SELECT %(assessment)s::uuid, %(conversation)s::uuid, new.id, 'rules', %(risk_tier)s::smallint,
        %(cues)s::jsonb, %(version)s::text
    FROM new WHERE %(assessment)s::uuid IS NOT NULL
)
SELECT new.id,
    CASE WHEN %(turn)s = 'pending' THEN {DEFER} END,
    CASE WHEN %(tell)s THEN pg_notify('{DESK}', %(conversation)s::text) END
FROM new
"""


@dataclass(frozen=True, repr=False)
class _Contact:
    """What is kept of an address, and whether the text is known."""

    opted_out: bool
    known: bool
    id: UUID | None
    code_word: bytes | None
    duress_word: bytes | None
    paused_until: datetime | None


class ArrivalRepository(Shelf):
    """What a text that comes in meets, and what is kept of it."""

    async def meet(self, inbound: Inbound) -> Arrival | None:
        """The open conversation with this address, locked; None when the text is known already."""
        values = self._values(inbound)
        found = await self._locked(values)
        if found is None:
            # A repeat of what belongs to a closed conversation opens none.
            if (await self._look(values)).known:
                return None
            found = await self._opened(inbound, values)
        contact = await self._look(values)
        if contact.known:
            return None
        *_, cues, sealed = found
        conversation = _read(found, contact)
        return Arrival(
            conversation, self._words(contact), self._memory(conversation.id, cues, sealed)
        )

    async def conversation(self, inbound: Inbound) -> Conversation:
        """The open conversation with this address, locked until the transaction ends."""
        values = self._values(inbound)
        found = await self._locked(values) or await self._opened(inbound, values)
        return _read(found, await self._look(values))

    async def keep(self, keeping: Keeping) -> UUID | None:
        """Store a text with all that follows from it. None when its id is known after all."""
        message_id, conversation, inbound = uuid4(), keeping.conversation, keeping.inbound
        changed = states.changes(conversation)
        values = {
            "message": message_id,
            "conversation": conversation.id,
            "channel": inbound.channel,
            "provider_id": inbound.provider_id,
            "body": self.keyring.seal(inbound.text, f"message.body:{message_id}"),
            "turn": "pending" if keeping.turn else "done",
            "key": keeping.sign and keeping.sign.value,
            "at": inbound.received_at,
            "tell": keeping.tell,
            **{f"to_{column}": value for column, value in changed.items()},
            **self._remembered(conversation.id, keeping.memory),
            **_judged(keeping.assessment),
            **turn_job(conversation.id),
        }
        statement = _keep(tuple(changed))
        found = await (await run(self.session, statement, values)).fetchone()
        return None if found is None else message_id

    def _values(self, inbound: Inbound) -> dict[str, Any]:
        return {
            "channel": inbound.channel,
            "inbox": inbound.inbox,
            "mark": self.keyring.fingerprint(inbound.address, ADDRESS),
            "provider_id": inbound.provider_id,
        }

    async def _locked(self, values: dict[str, Any]) -> TupleRow | None:
        return await (await run(self.session, _LOCK, values)).fetchone()

    async def _opened(self, inbound: Inbound, values: dict[str, Any]) -> TupleRow:
        new_id = uuid4()
        sealed = self.keyring.seal(inbound.address, f"conversation.address:{new_id}")
        more = {"id": new_id, "sealed": sealed, "at": inbound.received_at}
        await run(self.session, _OPEN, values | more)
        found = await self._locked(values)
        # Nothing where it was opened and closed by others in between: open the next one.
        return found or await self._opened(inbound, values)

    async def _look(self, values: dict[str, Any]) -> _Contact:
        found = await (await run(self.session, _LOOK, values)).fetchone()
        assert found is not None
        return _Contact(*found)

    def _words(self, contact: _Contact) -> Words:
        if contact.id is None:
            return Words()
        place, open_ = states.contact_place, self.keyring.open
        code, duress = contact.code_word, contact.duress_word
        return Words(
            None if code is None else open_(code, place("code_word", contact.id)),
            None if duress is None else open_(duress, place("duress_word", contact.id)),
            contact.paused_until,
        )

    def _memory(self, conversation_id: UUID, cues: str | None, sealed: bytes | None) -> Memory:
        place = states.past_words(conversation_id)
        words = json.loads(self.keyring.open(sealed, place)) if sealed else ()
        return Memory(cues or "", tuple(words))

    def _remembered(self, conversation_id: UUID, memory: Memory) -> dict[str, Any]:
        words = json.dumps(memory.words) if memory.words else None
        place = states.past_words(conversation_id)
        return {
            "past_cues": memory.cues or None,
            "past_words": words and self.keyring.seal(words, place),
        }


def _read(found: TupleRow, contact: _Contact) -> Conversation:
    columns = dict(zip(states.COLUMNS, found, strict=False))
    return states.read(columns, opted_out=contact.opted_out)


def _judged(assessment: Assessment | None) -> dict[str, Any]:
    if assessment is None:
        return dict.fromkeys(("assessment", "risk_tier", "cues", "version"))
    return {
        "assessment": uuid4(),
        "risk_tier": assessment.tier and int(assessment.tier),
        "cues": json.dumps(states.cues(assessment)),
        "version": assessment.version,
    }


@cache
def _keep(columns: tuple[str, ...]) -> str:
    """The statement that keeps a text and changes these columns of its conversation."""
    return _KEEP.format(columns=", ".join(f"{one} = %(to_{one})s" for one in columns))
