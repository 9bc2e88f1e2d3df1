"""Calls that people asked for while they waited: number, safe times, message or none, sealed.

The number is opened on behalf of `handoff/access.py` alone, which writes the audit; it goes when
the call was made or is not wanted any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from intake.call_back import CALLABLE
from intake.contact import Preference, Texting, opens_at
from intake.conversation import Safety
from intake.risk import Tier
from intake.zones import EASTERN
from storage.contacts import plain_window, read_window
from storage.handoff_tables import CallBackRow, LineSwitchRow
from storage.shelf import Shelf
from storage.switches import SURGE
from storage.tables import AdvocateRow, ConversationRow, EscalationRow, OptOutRow


@dataclass(frozen=True)
class CallBack:
    """One call to make; the number is not here."""

    id: UUID
    conversation_id: UUID
    language: str | None
    tier: Tier | None
    asked_at: datetime
    due_at: datetime
    times: Preference
    message: bool
    tries: int
    last_try_by: str | None
    safety: Safety
    opted_out: bool
    held: bool
    """Whether an advocate has the conversation by now."""

    def is_safe(self, now: datetime) -> bool:
        """Whether the person may be called at this moment."""
        return self.safety is not Safety.NOT_SAFE and opens_at(self.times, now) == now


class CallBackRepository(Shelf):
    """The calls of the line."""

    async def to_offer(self) -> list[UUID]:
        """Who waits in a surge and was never asked whether a call would do."""
        rows = await self.session.scalars(
            select(ConversationRow.id)
            .join(EscalationRow, EscalationRow.conversation_id == ConversationRow.id)
            .where(
                ConversationRow.closed_at.is_(None),
                ConversationRow.holder == "waiting",
                ConversationRow.channel.in_(CALLABLE),
                EscalationRow.closed_at.is_(None),
                EscalationRow.told_place_at.is_not(None),
                EscalationRow.tier.is_distinct_from(int(Tier.IMMINENT)),
                ~exists().where(CallBackRow.conversation_id == ConversationRow.id),
                exists().where(LineSwitchRow.off_at.is_(None), LineSwitchRow.kind == SURGE),
            )
            .order_by(EscalationRow.waiting_since)
        )
        return list(rows)

    async def begin(self, conversation_id: UUID, now: datetime, *, offered: bool) -> None:
        """Note that it was offered, or that it must not be: in this conversation not again."""
        await self.session.execute(
            insert(CallBackRow).values(
                id=uuid4(),
                conversation_id=conversation_id,
                state="asking" if offered else "dropped",
                zone=EASTERN,
                asked_at=now,
                ended_at=None if offered else now,
            )
        )

    async def set_number(self, conversation_id: UUID, number: str | None) -> None:
        """The number to call; None stands for the one that the person writes from."""
        if number is None:
            sealed = await self.session.scalar(
                select(ConversationRow.address_sealed).where(ConversationRow.id == conversation_id)
            )
            if sealed is None:
                return
            address = self.keyring.open(sealed, f"conversation.address:{conversation_id}")
            number = address.removeprefix("whatsapp:")
        row_id = await self._asking(conversation_id)
        await self._set(row_id, number_sealed=self.keyring.seal(number, _place(row_id)))

    async def set_times(self, conversation_id: UUID, times: Preference) -> None:
        """When it is safe to call."""
        await self._set(
            await self._asking(conversation_id),
            windows=[plain_window(one) for one in times.windows],
            zone=times.zone,
        )

    async def ask(self, conversation_id: UUID, message: bool, now: datetime) -> Preference:
        """The last answer came: the call is on the list. Returns when it is safe."""
        row_id = await self._asking(conversation_id)
        row = await self.session.get_one(CallBackRow, row_id)
        times = _times(row)
        due = opens_at(times, now) or now
        await self._set(row_id, message=message, state="open", asked_at=now, due_at=due)
        return times

    async def drop(self, conversation_id: UUID, now: datetime) -> None:
        """The person wants no call."""
        await self._set(
            await self._asking(conversation_id), state="dropped", number_sealed=None, ended_at=now
        )

    async def open(self, only: UUID | None = None) -> Sequence[CallBack]:
        """Every call that is to be made, the one that is due first."""
        tier = (
            select(func.max(EscalationRow.tier))
            .where(EscalationRow.conversation_id == ConversationRow.id)
            .correlate(ConversationRow)
            .scalar_subquery()
        )
        opted_out = exists().where(
            OptOutRow.channel == ConversationRow.channel,
            OptOutRow.inbox == ConversationRow.inbox,
            OptOutRow.address_fingerprint == ConversationRow.address_fingerprint,
        )
        query = (
            select(CallBackRow, ConversationRow, tier, opted_out, AdvocateRow.name)
            .join(ConversationRow, ConversationRow.id == CallBackRow.conversation_id)
            .outerjoin(AdvocateRow, AdvocateRow.id == CallBackRow.tried_by)
            .where(CallBackRow.state == "open")
            .order_by(CallBackRow.due_at, CallBackRow.id)
        )
        if only is not None:
            query = query.where(CallBackRow.id == only)
        return [
            CallBack(
                id=row.id,
                conversation_id=row.conversation_id,
                language=conversation.language,
                tier=None if grave is None else Tier(grave),
                asked_at=row.asked_at,
                due_at=row.due_at or row.asked_at,
                times=_times(row),
                message=bool(row.message),
                tries=row.tries,
                last_try_by=name,
                safety=Safety(conversation.safety),
                opted_out=blocked,
                held=conversation.holder == "advocate" and conversation.closed_at is None,
            )
            for row, conversation, grave, blocked, name in await self.session.execute(query)
        ]

    async def number(self, call_id: UUID) -> str | None:
        """The number of a call that is to be made."""
        sealed = await self.session.scalar(
            select(CallBackRow.number_sealed).where(
                CallBackRow.id == call_id, CallBackRow.state == "open"
            )
        )
        return None if sealed is None else self.keyring.open(sealed, _place(call_id))

    async def end(self, call_id: UUID, state: str, advocate_id: UUID, now: datetime) -> bool:
        """Done, or not wanted any more: the number goes. False when it was ended before."""
        ended = await self.session.scalar(
            update(CallBackRow)
            .where(CallBackRow.id == call_id, CallBackRow.state == "open")
            .values(
                state=state, number_sealed=None, tried_at=now, tried_by=advocate_id, ended_at=now
            )
            .returning(CallBackRow.id)
        )
        return ended is not None

    async def missed(
        self, call_id: UUID, advocate_id: UUID, now: datetime, due_at: datetime
    ) -> bool:
        """Nobody picked up: it is due again. False when it was ended before."""
        tried = await self.session.scalar(
            update(CallBackRow)
            .where(CallBackRow.id == call_id, CallBackRow.state == "open")
            .values(tries=CallBackRow.tries + 1, tried_at=now, tried_by=advocate_id, due_at=due_at)
            .returning(CallBackRow.id)
        )
        return tried is not None

    async def _asking(self, conversation_id: UUID) -> UUID:
        return (
            await self.session.scalars(
                select(CallBackRow.id).where(
                    CallBackRow.conversation_id == conversation_id, CallBackRow.state == "asking"
                )
            )
        ).one()

    async def _set(self, row_id: UUID, **values: object) -> None:
        await self.session.execute(
            update(CallBackRow).where(CallBackRow.id == row_id).values(**values)
        )


def _times(row: CallBackRow) -> Preference:
    windows = tuple(read_window(one) for one in row.windows)
    return Preference(Texting.WINDOWS if windows else Texting.ANY, windows, row.zone)


def _place(row_id: UUID) -> str:
    return f"call_back.number:{row_id}"
