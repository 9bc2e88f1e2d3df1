"""What the supervisor's wall counts: waits, arrivals and who is on. No word of a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from intake.risk import Tier
from storage.shelf import Shelf
from storage.tables import AdvocateRow, ConversationRow, DeskSessionRow, EscalationRow


@dataclass(frozen=True)
class Arrival:
    """One escalation: when it came, and how long until a human took it (None: not yet)."""

    at: datetime
    tier: Tier | None
    waited: timedelta | None
    language: str | None = None
    channel: str = "sms"


@dataclass(frozen=True)
class OnShift:
    """Somebody with a live screen, and how many conversations they hold."""

    name: str
    role: str
    languages: tuple[str, ...]
    held: int
    seen_at: datetime


class WallRepository(Shelf):
    """Counts for the wall; the board itself is `BoardRepository.entries`."""

    async def arrivals(self, since: datetime) -> list[Arrival]:
        """Every escalation opened since then, oldest first."""
        rows = await self.session.execute(
            select(
                EscalationRow.opened_at,
                EscalationRow.tier,
                EscalationRow.claimed_at,
                ConversationRow.language,
                ConversationRow.channel,
            )
            .join(ConversationRow, ConversationRow.id == EscalationRow.conversation_id)
            .where(EscalationRow.opened_at >= since)
            .order_by(EscalationRow.opened_at)
        )
        return [
            Arrival(
                at=opened,
                tier=None if tier is None else Tier(tier),
                waited=None if claimed is None else max(claimed - opened, timedelta()),
                language=language,
                channel=channel,
            )
            for opened, tier, claimed, language, channel in rows
        ]

    async def on_shift(self, now: datetime, idle_since: datetime) -> list[OnShift]:
        """Everybody with a session that lives, by name."""
        held = (
            select(func.count())
            .where(
                ConversationRow.advocate_id == AdvocateRow.id, ConversationRow.closed_at.is_(None)
            )
            .correlate(AdvocateRow)
            .scalar_subquery()
        )
        rows = await self.session.execute(
            select(
                AdvocateRow.name,
                AdvocateRow.role,
                AdvocateRow.languages,
                held,
                func.max(DeskSessionRow.seen_at),
            )
            .join(DeskSessionRow, DeskSessionRow.advocate_id == AdvocateRow.id)
            .where(
                DeskSessionRow.expires_at > now,
                DeskSessionRow.seen_at > idle_since,
                AdvocateRow.disabled_at.is_(None),
            )
            .group_by(AdvocateRow.id)
            .order_by(AdvocateRow.name)
        )
        return [
            OnShift(n, role, tuple(tongues), count, seen) for n, role, tongues, count, seen in rows
        ]
