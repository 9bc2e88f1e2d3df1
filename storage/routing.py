"""What routing reads and writes: who waits, who is there, offers with a lease, who is woken.

Whoever routes holds one lock for the length of a transaction, so that two workers never offer
the same conversation twice; what a killed one had begun is rolled back and done by the next.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, CursorResult, and_, exists, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from intake.competencies import Competency
from intake.risk import Tier
from intake.routing import Colleague, Offer, Presence, Waiting
from storage.handoff_tables import (
    DutyRow,
    LineSwitchRow,
    OfferRow,
    PushSubscriptionRow,
    ShiftRow,
)
from storage.shelf import Shelf
from storage.tables import AdvocateRow, ConversationRow, EscalationRow

# A screen gives a sign every 15 s; without one for this long nobody sits there.
SCREEN_LIVES = timedelta(seconds=45)
# Roles that work with conversations (handoff/rights.py), and the one that leads.
_ON_THE_BOARD = ("advocate", "supervisor")
_LEADS = ("supervisor",)
_LOCK = 4_217_002

_WAITS = (
    EscalationRow.closed_at.is_(None),
    ConversationRow.closed_at.is_(None),
    ConversationRow.holder == "waiting",
)


class RoutingRepository(Shelf):
    """Offers, and who may get them."""

    async def alone(self) -> None:
        """Nobody else routes until this transaction ends."""
        await self.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})

    async def sweep(self, now: datetime) -> list[UUID]:
        """End the offers that nobody took in time or that are void; returns conversations."""
        ended: list[UUID] = []
        for outcome, condition in (
            ("taken", ConversationRow.advocate_id == OfferRow.advocate_id),
            ("withdrawn", ~and_(*_WAITS)),
            ("expired", OfferRow.lease_until <= now),
        ):
            rows = await self.session.scalars(
                update(OfferRow)
                .where(
                    OfferRow.ended_at.is_(None),
                    OfferRow.escalation_id == EscalationRow.id,
                    EscalationRow.conversation_id == ConversationRow.id,
                    condition,
                )
                .values(ended_at=now, outcome=outcome)
                .returning(EscalationRow.conversation_id)
                .execution_options(synchronize_session=False)
            )
            ended.extend(rows)
        return ended

    async def waiting(self) -> list[Waiting]:
        """Everybody who waits without an open offer."""
        asked = (
            select(func.array_agg(OfferRow.advocate_id))
            .where(
                OfferRow.escalation_id == EscalationRow.id,
                OfferRow.offered_at >= EscalationRow.round_at,
            )
            .correlate(EscalationRow)
            .scalar_subquery()
        )
        rows = await self.session.execute(
            select(EscalationRow, ConversationRow.language, asked)
            .join(ConversationRow, ConversationRow.id == EscalationRow.conversation_id)
            .where(*_WAITS, ~_open_offer())
        )
        return [
            Waiting(
                escalation_id=row.id,
                conversation_id=row.conversation_id,
                tier=None if row.tier is None else Tier(row.tier),
                language=language,
                needs=frozenset(map(Competency, row.needs)),
                since=row.waiting_since,
                asked=frozenset(before or ()),
                wants=row.wants_advocate_id,
                supervisor=row.wants_supervisor,
                paged_at=row.paged_at,
                lead_paged_at=row.lead_paged_at,
            )
            for row, language, before in rows
        ]

    async def offered(self) -> list[Waiting]:
        """Everybody who waits while an offer lies open: others may have to be woken too."""
        rows = await self.session.execute(
            select(EscalationRow, ConversationRow.language)
            .join(ConversationRow, ConversationRow.id == EscalationRow.conversation_id)
            .where(*_WAITS, _open_offer())
        )
        return [
            Waiting(
                escalation_id=row.id,
                conversation_id=row.conversation_id,
                tier=None if row.tier is None else Tier(row.tier),
                language=language,
                needs=frozenset(),
                since=row.waiting_since,
                paged_at=row.paged_at,
                lead_paged_at=row.lead_paged_at,
            )
            for row, language in rows
        ]

    async def colleagues(self, now: datetime) -> list[Colleague]:
        """Every account that may work with conversations, as routing sees it."""
        load = (
            select(func.count())
            .where(
                ConversationRow.advocate_id == AdvocateRow.id, ConversationRow.closed_at.is_(None)
            )
            .correlate(AdvocateRow)
            .scalar_subquery()
        )
        tier = func.coalesce(EscalationRow.tier, 0)
        deciding = (
            select(func.array_agg(aggregate_order_by(tier, tier)))
            .select_from(OfferRow)
            .join(EscalationRow, EscalationRow.id == OfferRow.escalation_id)
            .where(OfferRow.advocate_id == AdvocateRow.id, OfferRow.ended_at.is_(None))
            .correlate(AdvocateRow)
            .scalar_subquery()
        )
        last = (
            select(func.max(OfferRow.offered_at))
            .where(OfferRow.advocate_id == AdvocateRow.id)
            .correlate(AdvocateRow)
            .scalar_subquery()
        )
        rows = await self.session.execute(
            select(
                AdvocateRow,
                DutyRow,
                load,
                deciding,
                last,
                _on_shift(now, on_call=False),
                _on_shift(now, on_call=True),
            )
            .outerjoin(DutyRow, DutyRow.id == AdvocateRow.id)
            .where(AdvocateRow.disabled_at.is_(None), AdvocateRow.role.in_(_ON_THE_BOARD))
        )
        return [
            Colleague(
                id=account.id,
                languages=frozenset(account.languages),
                competencies=frozenset(map(Competency, duty.competencies if duty else ())),
                load=held,
                most=duty.most if duty else 3,
                presence=presence_of(duty, now),
                on_shift=shift,
                on_call=call,
                quiet=is_quiet(duty, now),
                supervisor=account.role in _LEADS,
                deciding=tuple(tiers or ()),
                idle_since=offered_at,
            )
            for account, duty, held, tiers, offered_at, shift, call in rows
        ]

    async def offer(self, waiting: Waiting, offered: Offer, now: datetime, until: datetime) -> UUID:
        """Show a conversation to one advocate first, and keep what that advocate lacks."""
        offer_id = uuid4()
        widened = [step.value for step in offered.widened]
        await self.session.execute(
            insert(OfferRow).values(
                id=offer_id,
                escalation_id=waiting.escalation_id,
                advocate_id=offered.colleague,
                widened=widened,
                offered_at=now,
                lease_until=until,
            )
        )
        await self.session.execute(
            update(EscalationRow)
            .where(EscalationRow.id == waiting.escalation_id)
            .values(widened=widened)
        )
        return offer_id

    async def decline(self, conversation_id: UUID, advocate_id: UUID, now: datetime) -> UUID | None:
        """The advocate passes; returns the escalation, None when nothing was offered to them."""
        return await self.session.scalar(
            update(OfferRow)
            .where(
                OfferRow.advocate_id == advocate_id,
                OfferRow.ended_at.is_(None),
                OfferRow.escalation_id.in_(
                    select(EscalationRow.id).where(EscalationRow.conversation_id == conversation_id)
                ),
            )
            .values(ended_at=now, outcome="declined")
            .returning(OfferRow.escalation_id)
        )

    async def called(self, escalation_id: UUID, now: datetime, *, lead: bool, anew: bool) -> None:
        """People were woken. `anew`: from here on those who were asked are asked again."""
        values: dict[str, Any] = {"lead_paged_at" if lead else "paged_at": now}
        if anew:
            values["round_at"] = now
        await self.session.execute(
            update(EscalationRow).where(EscalationRow.id == escalation_id).values(values)
        )

    async def seen(self, advocate_id: UUID, now: datetime) -> None:
        """The advocate's screen is alive."""
        await self.session.execute(
            insert(DutyRow)
            .values(id=advocate_id, seen_at=now)
            .on_conflict_do_update(index_elements=["id"], set_={"seen_at": now})
        )

    async def set_duty(self, advocate_id: UUID, values: dict[str, Any]) -> None:
        """Change how an advocate works; columns of DutyRow."""
        if values:
            await self.session.execute(
                insert(DutyRow)
                .values(id=advocate_id, **values)
                .on_conflict_do_update(index_elements=["id"], set_=values)
            )

    async def duty(self, advocate_id: UUID) -> DutyRow | None:
        """How an advocate works; None before anything was said of it."""
        query = select(DutyRow).where(DutyRow.id == advocate_id)
        return await self.session.scalar(query.execution_options(populate_existing=True))

    async def leave(self, advocate_id: UUID, now: datetime) -> None:
        """The advocate signed out: nobody sits there, and what lay with them goes on."""
        await self.session.execute(
            update(DutyRow).where(DutyRow.id == advocate_id).values(seen_at=None)
        )
        await self.session.execute(
            update(OfferRow)
            .where(OfferRow.advocate_id == advocate_id, OfferRow.ended_at.is_(None))
            .values(ended_at=now, outcome="expired")
        )

    async def add_shift(
        self, advocate_id: UUID, starts_at: datetime, ends_at: datetime, *, on_call: bool
    ) -> UUID:
        """Plan a shift."""
        shift_id = uuid4()
        await self.session.execute(
            insert(ShiftRow).values(
                id=shift_id,
                advocate_id=advocate_id,
                starts_at=starts_at,
                ends_at=ends_at,
                on_call=on_call,
            )
        )
        return shift_id

    async def drop_shift(self, shift_id: UUID) -> bool:
        """Take a shift out of the plan; False when it is not there."""
        result = await self.session.execute(
            text("DELETE FROM shift WHERE id = :id"), {"id": shift_id}
        )
        return cast(CursorResult[Any], result).rowcount > 0

    async def shifts(self, since: datetime, until: datetime) -> list[tuple[ShiftRow, str]]:
        """The plan between two moments, with shift names."""
        rows = await self.session.execute(
            select(ShiftRow, AdvocateRow.name)
            .join(AdvocateRow, AdvocateRow.id == ShiftRow.advocate_id)
            .where(ShiftRow.ends_at > since, ShiftRow.starts_at < until)
            .order_by(ShiftRow.starts_at, AdvocateRow.name)
        )
        return [(row, name) for row, name in rows]

    async def reachable(self, advocate_ids: Collection[UUID]) -> dict[UUID, tuple[str, ...]]:
        """By which channels each advocate can be alerted; most have none."""
        found: dict[UUID, list[str]] = {one: [] for one in advocate_ids}
        rows = await self.session.execute(
            select(DutyRow.id, DutyRow.phone_sealed, DutyRow.email_sealed).where(
                DutyRow.id.in_(advocate_ids)
            )
        )
        pushed = await self.session.scalars(
            select(PushSubscriptionRow.advocate_id)
            .where(PushSubscriptionRow.advocate_id.in_(advocate_ids))
            .distinct()
        )
        for one in pushed:
            found[one].append("push")
        for one, phone, email in rows:
            found[one] += ["sms"] * (phone is not None) + ["email"] * (email is not None)
        return {one: tuple(channels) for one, channels in found.items()}

    async def untold_places(self, now: datetime, after: timedelta) -> list[UUID]:
        """Who waits and was not told their place; sooner in a surge. Web pages show it anyway."""
        rows = await self.session.scalars(
            select(ConversationRow.id)
            .join(EscalationRow, EscalationRow.conversation_id == ConversationRow.id)
            .where(
                *_WAITS,
                EscalationRow.told_place_at.is_(None),
                ConversationRow.channel != "web",
                or_(EscalationRow.waiting_since <= now - after, _surge()),
            )
            .order_by(EscalationRow.waiting_since)
        )
        return list(rows)

    async def told_place(self, conversation_id: UUID, now: datetime) -> bool:
        """Note that the place was told; False when it was already."""
        found = await self.session.scalar(
            update(EscalationRow)
            .where(
                EscalationRow.conversation_id == conversation_id,
                EscalationRow.closed_at.is_(None),
                EscalationRow.told_place_at.is_(None),
            )
            .values(told_place_at=now)
            .returning(EscalationRow.id)
        )
        return found is not None

    async def hand_over(
        self,
        conversation_id: UUID,
        *,
        advocate_id: UUID | None = None,
        needs: Collection[Competency] = (),
        supervisor: bool = False,
    ) -> UUID | None:
        """The open escalation waits anew, for this colleague, skill or a supervisor first."""
        values: dict[str, Any] = {
            "wants_advocate_id": advocate_id,
            "wants_supervisor": supervisor,
        }
        if needs:
            values["needs"] = sorted(one.value for one in needs)
        return await self.session.scalar(
            update(EscalationRow)
            .where(
                EscalationRow.conversation_id == conversation_id, EscalationRow.closed_at.is_(None)
            )
            .values(values)
            .returning(EscalationRow.id)
        )


def _surge() -> ColumnElement[bool]:
    return exists().where(LineSwitchRow.off_at.is_(None), LineSwitchRow.kind == "surge")


def presence_of(duty: DutyRow | None, now: datetime) -> Presence:
    """What an advocate said of themselves, as long as their screen lives."""
    if duty is None or duty.seen_at is None or duty.seen_at < now - SCREEN_LIVES:
        return Presence.AWAY
    return Presence(duty.presence)


def is_quiet(duty: DutyRow | None, now: datetime) -> bool:
    """Whether it is within the advocate's quiet hours, which may pass midnight."""
    if duty is None or duty.quiet_from is None or duty.quiet_until is None:
        return False
    there = now.astimezone(ZoneInfo(duty.timezone)).time()
    if duty.quiet_from <= duty.quiet_until:
        return duty.quiet_from <= there < duty.quiet_until
    return there >= duty.quiet_from or there < duty.quiet_until


def _open_offer() -> ColumnElement[bool]:
    return exists().where(OfferRow.escalation_id == EscalationRow.id, OfferRow.ended_at.is_(None))


def _on_shift(now: datetime, *, on_call: bool) -> ColumnElement[bool]:
    return exists().where(
        ShiftRow.advocate_id == AdvocateRow.id,
        ShiftRow.starts_at <= now,
        ShiftRow.ends_at > now,
        ShiftRow.on_call.is_(on_call),
    )
