"""Conversations that somebody opened who had no right to them: who, why, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.account_tables import BreakGlassRow
from storage.shelf import Shelf
from storage.tables import ConversationRow

_BITS = 128


@dataclass(frozen=True, repr=False)
class BrokenGlass:
    """One opening. Never printed: the reason may hold words."""

    id: UUID
    advocate_id: UUID
    conversation_id: UUID
    reason: str
    at: datetime
    until: datetime
    reviewed_at: datetime | None


class BreakGlassRepository(Shelf):
    """Openings with a reason."""

    async def add(
        self,
        advocate_id: UUID,
        conversation_id: UUID,
        reason: str,
        now: datetime,
        until: datetime,
    ) -> None:
        """Put an opening on record; from now on it gives the right to look."""
        row_id = uuid4()
        await self.session.execute(
            insert(BreakGlassRow).values(
                id=row_id,
                advocate_id=advocate_id,
                conversation_id=conversation_id,
                reason_sealed=self.keyring.seal(reason, _place(row_id)),
                at=now,
                until=until,
            )
        )

    async def is_open(self, advocate_id: UUID, conversation_id: UUID, now: datetime) -> bool:
        """Whether an advocate's opening of a conversation still lasts."""
        return bool(
            await self.session.scalar(
                select(
                    exists().where(
                        BreakGlassRow.advocate_id == advocate_id,
                        BreakGlassRow.conversation_id == conversation_id,
                        BreakGlassRow.at <= now,
                        BreakGlassRow.until > now,
                    )
                )
            )
        )

    async def live(self, conversation_id: UUID, now: datetime) -> list[BrokenGlass]:
        """The openings of a conversation that last now."""
        rows = await self.session.scalars(
            select(BreakGlassRow)
            .where(BreakGlassRow.conversation_id == conversation_id, BreakGlassRow.until > now)
            .order_by(BreakGlassRow.at)
        )
        return [self._open(row) for row in rows]

    async def recent(self, most: int) -> list[BrokenGlass]:
        """The newest openings, those that nobody looked at first."""
        rows = await self.session.scalars(
            select(BreakGlassRow)
            .order_by(BreakGlassRow.reviewed_at.is_not(None), BreakGlassRow.at.desc())
            .limit(most)
        )
        return [self._open(row) for row in rows]

    async def review(self, row_id: UUID, reviewer: UUID, now: datetime) -> UUID | None:
        """Remember that the privacy officer looked; the conversation, or None if seen before."""
        return await self.session.scalar(
            update(BreakGlassRow)
            .where(BreakGlassRow.id == row_id, BreakGlassRow.reviewed_at.is_(None))
            .values(reviewed_at=now, reviewed_by=reviewer)
            .returning(BreakGlassRow.conversation_id)
        )

    async def newest_with(self, prefix: int, bits: int) -> UUID | None:
        """The newest conversation whose id begins with these bits: what its short name says."""
        low = prefix << (_BITS - bits)
        high = low + (1 << (_BITS - bits)) - 1
        return await self.session.scalar(
            select(ConversationRow.id)
            .where(ConversationRow.id.between(UUID(int=low), UUID(int=high)))
            .order_by(ConversationRow.opened_at.desc())
            .limit(1)
        )

    def _open(self, row: BreakGlassRow) -> BrokenGlass:
        return BrokenGlass(
            id=row.id,
            advocate_id=row.advocate_id,
            conversation_id=row.conversation_id,
            reason=self.keyring.open(row.reason_sealed, _place(row.id)),
            at=row.at,
            until=row.until,
            reviewed_at=row.reviewed_at,
        )


def _place(row_id: UUID) -> str:
    return f"break_glass.reason:{row_id}"
