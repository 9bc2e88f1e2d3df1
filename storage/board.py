"""The board: who waits for a human and who has one. No words of people pass through here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, and_, case, exists, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from intake.conversation import Holder, Safety
from intake.effects import Reason
from intake.risk import Tier
from storage.handoff_tables import JoinedRow, OfferRow
from storage.shelf import Shelf
from storage.tables import (
    AdvocateRow,
    ConversationRow,
    EscalationRow,
    MessageRow,
    OptOutRow,
    RiskAssessmentRow,
)

# Highest tier first, then longest wait; the id settles what the clock cannot.
_IN_ORDER = (
    EscalationRow.tier.desc().nulls_last(),
    EscalationRow.waiting_since,
    EscalationRow.id,
)


@dataclass(frozen=True)
class BoardEntry:
    """One line of the waiting list or of an advocate's own list.

    `categories`: rows of the risk model that the judges saw, the gravest first. `last_reply_at`:
    when an advocate last wrote; older than `last_inbound_at` means that the person waits.
    """

    conversation_id: UUID
    channel: str
    language: str | None
    holder: Holder
    advocate_id: UUID | None
    advocate: str | None
    tier: Tier | None
    reason: Reason
    waiting_since: datetime
    last_inbound_at: datetime
    last_reply_at: datetime | None
    safety: Safety
    opted_out: bool
    categories: tuple[int, ...]
    needs: tuple[str, ...] = ()
    """What an advocate should be good at for this person (intake/competencies.py)."""
    widened: tuple[str, ...] = ()
    """What the one to whom it was last offered lacks (intake/routing.py)."""
    wants: UUID | None = None
    """The colleague to whom it was handed over."""
    wants_supervisor: bool = False
    offered_to: UUID | None = None
    offered_until: datetime | None = None
    paged_at: datetime | None = None
    lead_paged_at: datetime | None = None
    joined: tuple[UUID, ...] = ()
    """Colleagues who were asked in."""


@dataclass(frozen=True)
class EarlierContact:
    """An earlier conversation with the same address, by facts alone."""

    opened_at: datetime
    closed_at: datetime | None
    tier: Tier | None
    with_human: bool
    messages: int


class BoardRepository(Shelf):
    """What every screen of the desk shows at all times."""

    async def entries(self, only: Collection[UUID] | None = None) -> list[BoardEntry]:
        """Everybody who waits for a human or has one: highest tier first, then longest wait.

        `only`: look at these conversations alone; those that are not on the board are missing.
        """
        query = (
            select(
                ConversationRow,
                EscalationRow,
                AdvocateRow.name,
                _opted_out(),
                _last_reply(),
                _joined(),
                OfferRow.advocate_id,
                OfferRow.lease_until,
            )
            .join(
                EscalationRow,
                and_(
                    EscalationRow.conversation_id == ConversationRow.id,
                    EscalationRow.closed_at.is_(None),
                ),
            )
            .outerjoin(AdvocateRow, AdvocateRow.id == ConversationRow.advocate_id)
            .outerjoin(
                OfferRow,
                and_(
                    OfferRow.escalation_id == EscalationRow.id,
                    OfferRow.ended_at.is_(None),
                    ConversationRow.holder == "waiting",
                ),
            )
            .where(ConversationRow.closed_at.is_(None), ConversationRow.holder != "bot")
            .order_by(*_IN_ORDER)
        )
        if only is not None:
            query = query.where(ConversationRow.id.in_(only))
        rows = (await self.session.execute(query)).all()
        categories = await self._categories([conversation.id for conversation, *_ in rows])
        return [
            BoardEntry(
                conversation_id=conversation.id,
                channel=conversation.channel,
                language=conversation.language,
                holder=Holder(conversation.holder),
                advocate_id=conversation.advocate_id,
                advocate=name,
                tier=None if escalation.tier is None else Tier(escalation.tier),
                reason=Reason(escalation.reason),
                waiting_since=escalation.waiting_since,
                last_inbound_at=conversation.last_inbound_at,
                last_reply_at=last_reply,
                safety=Safety(conversation.safety),
                opted_out=blocked,
                categories=categories.get(conversation.id, ()),
                needs=tuple(escalation.needs),
                widened=tuple(escalation.widened),
                wants=escalation.wants_advocate_id,
                wants_supervisor=escalation.wants_supervisor,
                offered_to=offered_to,
                offered_until=until,
                paged_at=escalation.paged_at,
                lead_paged_at=escalation.lead_paged_at,
                joined=tuple(joined),
            )
            for (
                conversation,
                escalation,
                name,
                blocked,
                last_reply,
                joined,
                offered_to,
                until,
            ) in rows
        ]

    async def entry(self, conversation_id: UUID) -> BoardEntry | None:
        """One line of the board; None when the bot has the conversation or it is over."""
        found = await self.entries([conversation_id])
        return found[0] if found else None

    async def earlier(self, conversation_id: UUID, most: int = 10) -> list[EarlierContact]:
        """Earlier conversations with the address of this one, the newest first.

        The address is compared by its keyed fingerprint; no word and no number is read.
        """
        this = aliased(ConversationRow)
        count = (
            select(func.count())
            .where(MessageRow.conversation_id == ConversationRow.id)
            .correlate(ConversationRow)
            .scalar_subquery()
        )
        rows = await self.session.execute(
            select(
                ConversationRow.opened_at,
                ConversationRow.closed_at,
                func.max(EscalationRow.tier),
                func.bool_or(EscalationRow.claimed_at.is_not(None)),
                count,
            )
            .join(
                this,
                and_(
                    this.id == conversation_id,
                    this.id != ConversationRow.id,
                    this.channel == ConversationRow.channel,
                    this.inbox == ConversationRow.inbox,
                    this.address_fingerprint == ConversationRow.address_fingerprint,
                ),
            )
            .outerjoin(EscalationRow, EscalationRow.conversation_id == ConversationRow.id)
            .group_by(ConversationRow.id)
            .order_by(ConversationRow.opened_at.desc())
            .limit(most)
        )
        return [
            EarlierContact(
                opened, closed, None if tier is None else Tier(tier), bool(human), number
            )
            for opened, closed, tier, human, number in rows
        ]

    async def taken_since(self, advocate_id: UUID, since: datetime) -> dict[Tier | None, int]:
        """How many conversations an advocate took since then, by tier."""
        rows = await self.session.execute(
            select(EscalationRow.tier, func.count())
            .where(EscalationRow.claimed_by == advocate_id, EscalationRow.claimed_at >= since)
            .group_by(EscalationRow.tier)
        )
        return {None if tier is None else Tier(tier): number for tier, number in rows}

    async def next_waiting(self) -> UUID | None:
        """The conversation that needs a human most: highest tier, then longest wait."""
        return await self.session.scalar(
            select(ConversationRow.id)
            .join(EscalationRow, EscalationRow.conversation_id == ConversationRow.id)
            .where(
                ConversationRow.closed_at.is_(None),
                ConversationRow.holder == "waiting",
                EscalationRow.closed_at.is_(None),
            )
            .order_by(*_IN_ORDER)
            .limit(1)
        )

    async def place_in_line(self, conversation_id: UUID) -> int | None:
        """How far a waiting conversation is from its turn: 1 is next. None when it does not wait.

        The order in which `next_waiting` hands them out. A place is no promise: whoever is in
        more danger goes first, so it may rise as well as fall.
        """
        place = func.row_number().over(order_by=_IN_ORDER).label("place")
        line = (
            select(ConversationRow.id, place)
            .join(EscalationRow, EscalationRow.conversation_id == ConversationRow.id)
            .where(
                ConversationRow.closed_at.is_(None),
                ConversationRow.holder == "waiting",
                EscalationRow.closed_at.is_(None),
            )
            .subquery()
        )
        return await self.session.scalar(select(line.c.place).where(line.c.id == conversation_id))

    async def _categories(self, conversation_ids: Collection[UUID]) -> dict[UUID, tuple[int, ...]]:
        cue = func.jsonb_array_elements(RiskAssessmentRow.cues, type_=JSONB).column_valued(
            "cue", joins_implicitly=True
        )
        category = cue["category"].astext.cast(Integer)
        # The model's cues have no tier of their own; the judgement's stands for them.
        tier = case(
            *[(cue["tier"].astext == tier.label, int(tier)) for tier in Tier],
            else_=RiskAssessmentRow.tier,
        )
        rows = await self.session.execute(
            select(RiskAssessmentRow.conversation_id, category)
            .where(
                RiskAssessmentRow.conversation_id.in_(conversation_ids),
                RiskAssessmentRow.tier.is_not(None),
            )
            .group_by(RiskAssessmentRow.conversation_id, category)
            .order_by(func.max(tier).desc(), category)
        )
        found: dict[UUID, tuple[int, ...]] = {}
        for conversation_id, number in rows:
            found[conversation_id] = (*found.get(conversation_id, ()), number)
        return found


def _opted_out() -> ColumnElement[bool]:
    return exists().where(
        OptOutRow.channel == ConversationRow.channel,
        OptOutRow.inbox == ConversationRow.inbox,
        OptOutRow.address_fingerprint == ConversationRow.address_fingerprint,
    )


def _last_reply() -> ColumnElement[datetime]:
    return (
        select(func.max(MessageRow.created_at))
        .where(MessageRow.conversation_id == ConversationRow.id, MessageRow.author == "advocate")
        .correlate(ConversationRow)
        .scalar_subquery()
    )


def _joined() -> ColumnElement[list[UUID]]:
    """Who helps, in a fixed order."""
    return func.array(
        select(JoinedRow.advocate_id)
        .where(JoinedRow.conversation_id == ConversationRow.id)
        .order_by(JoinedRow.advocate_id)
        .correlate(ConversationRow)
        .scalar_subquery()
    )
