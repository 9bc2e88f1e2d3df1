"""Alerts to advocates outside the desk's tab: made with the call that causes them, without content.

Addresses of advocates are opened here, for the worker that sends, and nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from intake.risk import Tier
from storage.handoff_tables import AlertRow, DutyRow, PushSubscriptionRow
from storage.shelf import Shelf
from storage.tables import AdvocateRow, ConversationRow, EscalationRow
from storage.tip_tables import TipRow

PUSH_ENDPOINT = "push.endpoint"
_OPEN = ("queued", "sending")


@dataclass(frozen=True)
class Subscription:
    """A browser that takes push messages (RFC 8030, RFC 8291); never printed."""

    id: UUID
    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)


@dataclass(frozen=True)
class Call:
    """One alert as it is sent: to whom, how urgent, and nothing about whom it is for."""

    id: UUID
    advocate_id: UUID
    channel: str
    now: bool
    language: str
    address: str = field(default="", repr=False)
    subscriptions: tuple[Subscription, ...] = ()


@dataclass(frozen=True)
class Unanswered:
    """An alert for somebody who still waits, that nobody has acted on."""

    id: UUID
    conversation_id: UUID
    tier: Tier | None
    waiting_since: datetime
    advocate: str
    kind: str
    channel: str
    state: str
    error: str | None
    created_at: datetime


class AlertRepository(Shelf):
    """Alerts and the addresses that they go to."""

    async def add(
        self,
        escalation_id: UUID,
        kind: str,
        channels: dict[UUID, Sequence[str]],
        now: datetime,
    ) -> list[UUID]:
        """Put alerts for advocates, by channel; one who has none is put down as not reached.

        Returns those that are to be sent.
        """
        rows: list[dict[str, Any]] = []
        for advocate_id, ways in channels.items():
            for way in ways or ("none",):
                rows.append(
                    {
                        "id": uuid4(),
                        "escalation_id": escalation_id,
                        "advocate_id": advocate_id,
                        "kind": kind,
                        "channel": way,
                        "state": "failed" if way == "none" else "queued",
                        "error": "no_address" if way == "none" else None,
                        "created_at": now,
                    }
                )
        if rows:
            await self.session.execute(insert(AlertRow), rows)
        return [row["id"] for row in rows if row["state"] == "queued"]

    async def begin(self, alert_id: UUID) -> Call | None:
        """Start to send; None when it is over, or when nobody has to be woken any more."""
        found = (
            await self.session.execute(
                select(AlertRow, EscalationRow, ConversationRow.holder, TipRow, AdvocateRow)
                .outerjoin(EscalationRow, EscalationRow.id == AlertRow.escalation_id)
                .outerjoin(ConversationRow, ConversationRow.id == EscalationRow.conversation_id)
                .outerjoin(TipRow, TipRow.id == AlertRow.tip_id)
                .join(AdvocateRow, AdvocateRow.id == AlertRow.advocate_id)
                .where(AlertRow.id == alert_id, AlertRow.state.in_(_OPEN))
                .with_for_update(of=AlertRow)
            )
        ).first()
        if found is None:
            return None
        alert, escalation, holder, _, advocate = found
        tip: TipRow | None = found[3]
        tier: Tier | None
        if tip is not None:
            over, tier = tip.wakes_at is None, Tier(tip.tier)
        else:
            over = escalation.closed_at is not None or holder != "waiting"
            tier = Tier(escalation.tier) if escalation.tier else None
        if over or advocate.disabled_at:
            alert.state = "withdrawn"
            return None
        alert.state, alert.attempts = "sending", alert.attempts + 1
        return Call(
            id=alert.id,
            advocate_id=advocate.id,
            channel=alert.channel,
            now=tier == Tier.IMMINENT,
            language="fr"
            if "en" not in advocate.languages and "fr" in advocate.languages
            else "en",
            address=await self._address(advocate.id, alert.channel),
            subscriptions=await self._subscriptions(advocate.id, alert.channel),
        )

    async def sent(self, alert_id: UUID, now: datetime) -> None:
        """The service took it."""
        await self._set(alert_id, state="sent", sent_at=now, error=None)

    async def failed(self, alert_id: UUID, error: str) -> None:
        """It did not go out, and will not."""
        await self._set(alert_id, state="failed", error=error)

    async def later(self, alert_id: UUID, error: str) -> int:
        """It is tried again; returns how often it was tried."""
        await self._set(alert_id, state="queued", error=error)
        found = await self.session.scalar(select(AlertRow.attempts).where(AlertRow.id == alert_id))
        return found or 0

    async def acknowledge(
        self, advocate_id: UUID, now: datetime, conversation_id: UUID | None = None
    ) -> int:
        """The advocate has seen their alerts, or those of one conversation; returns how many."""
        query = update(AlertRow).where(
            AlertRow.advocate_id == advocate_id, AlertRow.acknowledged_at.is_(None)
        )
        if conversation_id is not None:
            query = query.where(
                AlertRow.escalation_id.in_(
                    select(EscalationRow.id).where(EscalationRow.conversation_id == conversation_id)
                )
            )
        rows = await self.session.scalars(query.values(acknowledged_at=now).returning(AlertRow.id))
        return len(rows.all())

    async def unanswered(self) -> list[Unanswered]:
        """Alerts for those who still wait, newest first, that nobody acknowledged."""
        rows = await self.session.execute(
            select(AlertRow, EscalationRow, AdvocateRow.name)
            .join(EscalationRow, EscalationRow.id == AlertRow.escalation_id)
            .join(ConversationRow, ConversationRow.id == EscalationRow.conversation_id)
            .join(AdvocateRow, AdvocateRow.id == AlertRow.advocate_id)
            .where(
                EscalationRow.closed_at.is_(None),
                ConversationRow.holder == "waiting",
                AlertRow.acknowledged_at.is_(None),
                AlertRow.state != "withdrawn",
            )
            .order_by(AlertRow.created_at.desc())
        )
        return [
            Unanswered(
                id=alert.id,
                conversation_id=escalation.conversation_id,
                tier=None if escalation.tier is None else Tier(escalation.tier),
                waiting_since=escalation.waiting_since,
                advocate=name,
                kind=alert.kind,
                channel=alert.channel,
                state=alert.state,
                error=alert.error,
                created_at=alert.created_at,
            )
            for alert, escalation, name in rows
        ]

    async def unsent(self, older_than: timedelta, now: datetime) -> list[UUID]:
        """Alerts that should have gone out; their job may have been lost."""
        rows = await self.session.scalars(
            select(AlertRow.id).where(
                AlertRow.state.in_(_OPEN), AlertRow.created_at < now - older_than
            )
        )
        return list(rows)

    async def set_addresses(self, advocate_id: UUID, **addresses: str | None) -> None:
        """Seal an advocate's own `phone` or `email`; None removes it."""
        values = {
            f"{name}_sealed": address and self.keyring.seal(address, f"duty.{name}:{advocate_id}")
            for name, address in addresses.items()
        }
        if values:
            await self.session.execute(
                insert(DutyRow)
                .values(id=advocate_id, **values)
                .on_conflict_do_update(index_elements=["id"], set_=values)
            )

    async def subscribe(
        self, advocate_id: UUID, endpoint: str, p256dh: str, auth: str, keep: int
    ) -> UUID:
        """Remember a browser; the same one again belongs to whoever signed in last.

        `keep`: how many browsers an advocate may have, the oldest go.
        """
        new_id = uuid4()
        sealed = self.keyring.seal(
            json.dumps({"endpoint": endpoint, "p256dh": p256dh, "auth": auth}),
            f"push_subscription.subscription:{new_id}",
        )
        mark = self.keyring.fingerprint(endpoint, PUSH_ENDPOINT)
        await self.session.execute(
            delete(PushSubscriptionRow).where(PushSubscriptionRow.fingerprint == mark)
        )
        await self.session.execute(
            insert(PushSubscriptionRow).values(
                id=new_id, advocate_id=advocate_id, fingerprint=mark, subscription_sealed=sealed
            )
        )
        kept = (
            select(PushSubscriptionRow.id)
            .where(PushSubscriptionRow.advocate_id == advocate_id)
            .order_by(PushSubscriptionRow.created_at.desc())
            .limit(keep)
        )
        await self.session.execute(
            delete(PushSubscriptionRow).where(
                PushSubscriptionRow.advocate_id == advocate_id,
                PushSubscriptionRow.id.not_in(kept),
            )
        )
        return new_id

    async def unsubscribe(self, advocate_id: UUID, endpoint: str | None = None) -> None:
        """Forget a browser of the advocate, or all of them."""
        query = delete(PushSubscriptionRow).where(PushSubscriptionRow.advocate_id == advocate_id)
        if endpoint is not None:
            mark = self.keyring.fingerprint(endpoint, PUSH_ENDPOINT)
            query = query.where(PushSubscriptionRow.fingerprint == mark)
        await self.session.execute(query)

    async def forget(self, subscription_ids: Collection[UUID]) -> None:
        """These browsers take no more push messages: their service says so."""
        if subscription_ids:
            await self.session.execute(
                delete(PushSubscriptionRow).where(PushSubscriptionRow.id.in_(subscription_ids))
            )

    async def browsers(self, advocate_id: UUID) -> int:
        """How many browsers of the advocate take push messages."""
        found = await self.session.scalar(
            select(func.count())
            .select_from(PushSubscriptionRow)
            .where(PushSubscriptionRow.advocate_id == advocate_id)
        )
        return found or 0

    async def _address(self, advocate_id: UUID, channel: str) -> str:
        name = {"sms": "phone", "email": "email"}.get(channel)
        if name is None:
            return ""
        column = DutyRow.phone_sealed if name == "phone" else DutyRow.email_sealed
        sealed = await self.session.scalar(select(column).where(DutyRow.id == advocate_id))
        return "" if sealed is None else self.keyring.open(sealed, f"duty.{name}:{advocate_id}")

    async def _subscriptions(self, advocate_id: UUID, channel: str) -> tuple[Subscription, ...]:
        if channel != "push":
            return ()
        rows = await self.session.scalars(
            select(PushSubscriptionRow).where(PushSubscriptionRow.advocate_id == advocate_id)
        )
        return tuple(
            Subscription(
                id=row.id,
                **json.loads(
                    self.keyring.open(
                        row.subscription_sealed, f"push_subscription.subscription:{row.id}"
                    )
                ),
            )
            for row in rows
        )

    async def _set(self, alert_id: UUID, **values: Any) -> None:
        await self.session.execute(update(AlertRow).where(AlertRow.id == alert_id).values(values))
