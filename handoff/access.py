"""The one door to a person's words: it checks the right and writes down that somebody looked.

Nothing else in this package reads threads, notes or reasons (tests/handoff/test_door.py). The
audit line is written in the transaction that reads, so there is no look without a line; it says
which messages were shown, never what they say. A screen that follows an open conversation asks
for what is new: within the hour after a line, a look that shows no new message needs no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from handoff.auth import may_open_any, may_work_the_board
from intake.conversation import Conversation, Holder
from intake.messages import Stored
from storage.accounts import Advocate
from storage.board import BoardEntry
from storage.database import Transaction
from storage.desk import DeliveryState, Note, RiskRecord, TierChange

_LOOK_LASTS = timedelta(hours=1)


@dataclass(frozen=True)
class Opened:
    """A conversation as its advocate sees it. Never printed: it holds words.

    `messages` are those after the one asked for; everything else is whole. `names` are the shift
    names of the advocates who wrote.
    """

    conversation: Conversation
    entry: BoardEntry | None
    messages: Sequence[Stored]
    deliveries: Sequence[DeliveryState]
    risks: Sequence[RiskRecord]
    notes: Sequence[Note]
    tier_changes: Sequence[TierChange]
    names: dict[UUID, str]


@dataclass(frozen=True)
class Refused:
    """Not theirs to open. `holder`: the shift name of who has it, None when no human does."""

    holder: str | None


async def open_conversation(
    tx: Transaction, advocate: Advocate, conversation_id: UUID, now: datetime, *, after: int = 0
) -> Opened | Refused:
    """What the advocate may see of a conversation, or a refusal that is on record.

    Waiting conversations and one's own; a supervisor may open any. Raises ConversationNotFound.
    """
    conversation = await tx.conversations.get(conversation_id)
    if not _may_open(advocate, conversation):
        await tx.desk.audit(
            "open_refused", advocate_id=advocate.id, conversation_id=conversation_id
        )
        entry = await tx.board.entry(conversation_id)
        return Refused(holder=None if entry is None else entry.advocate)
    messages = await tx.desk.thread(conversation_id, after)
    await _write_down(tx, advocate, conversation, messages, now, after)
    writers = {message.advocate_id for message in messages if message.advocate_id}
    return Opened(
        conversation=conversation,
        entry=await tx.board.entry(conversation_id),
        messages=messages,
        deliveries=await tx.desk.deliveries(conversation_id),
        risks=await tx.desk.risks(conversation_id),
        notes=await tx.desk.notes(conversation_id),
        tier_changes=await tx.desk.tier_changes(conversation_id),
        names=await tx.accounts.names(writers),
    )


async def _write_down(
    tx: Transaction,
    advocate: Advocate,
    conversation: Conversation,
    messages: Sequence[Stored],
    now: datetime,
    after: int,
) -> None:
    looking = after > 0 and await tx.desk.has_looked(
        advocate.id, conversation.id, since=now - _LOOK_LASTS
    )
    if looking and not messages:
        return
    detail: dict[str, object] = {"holder": conversation.holder.value}
    if messages:
        detail |= {"from": messages[0].sequence, "to": messages[-1].sequence}
    await tx.desk.audit(
        "follow" if looking else "open",
        advocate_id=advocate.id,
        conversation_id=conversation.id,
        detail=detail,
    )


def _may_open(advocate: Advocate, conversation: Conversation) -> bool:
    if may_open_any(advocate):
        return True
    if not may_work_the_board(advocate) or not conversation.open:
        return False
    waiting = conversation.holder is Holder.WAITING
    return waiting or conversation.advocate_id == advocate.id
