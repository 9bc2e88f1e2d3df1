"""The tips desk's side of tips: the queue, one file whole, and what is decided about it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import and_, case, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from intake.consent import Detail
from intake.risk import Tier
from intake.tip_clock import keep_until
from intake.tip_fields import Entry, Label, Origin, Status, TipFields, urgency
from storage.shelf import Shelf
from storage.tip_locks import DataKey
from storage.tip_tables import (
    TipEntryRow,
    TipRow,
    TipScrubRow,
    TipTraceRow,
)
from storage.tips import (
    TOLD,
    index_tip,
    locked_desk_fields,
    new_entry,
    read_desk_fields,
    read_entry,
    read_fields,
)

_OVER = (Status.CLOSED.value, Status.WITHDRAWN.value)


@dataclass(frozen=True)
class QueueEntry:
    """A tip in the list: never a word of it."""

    id: UUID
    number: int
    origin: Origin
    language: str | None
    tier: Tier
    status: Status
    label: Label | None
    at: datetime
    changed_at: datetime
    expires_at: datetime
    answered: bool = False


@dataclass(frozen=True)
class Match:
    """Another tip names the same thing; which thing is not said."""

    number: int
    id: UUID
    kind: str


@dataclass(frozen=True, repr=False)
class Scrub:
    """What a human accepted for others to read, by kind of detail."""

    facts: Mapping[Detail, str]
    covers: int
    advocate_id: UUID
    at: datetime


@dataclass(frozen=True, repr=False)
class TipFile:
    """A tip whole, as the tips desk reads it. Never printed: it holds words.

    `told`: as the tipster answered; `fields`: as the desk reads it.
    """

    entry: QueueEntry
    told: TipFields
    entries: Sequence[Entry]
    matches: Sequence[Match]
    fields: TipFields
    scrub: Scrub | None = None

    @property
    def said(self) -> Sequence[Entry]:
        """The tipster's own pieces, in order."""
        return [one for one in self.entries if one.kind in TOLD]

    @property
    def words(self) -> str:
        """What the tipster said, in order."""
        return "\n\n".join(one.text for one in self.said)

    @property
    def accepted(self) -> Mapping[Detail, str] | None:
        """What may be passed on; None where nobody accepted it, or more was told since."""
        if self.scrub is None or self.scrub.covers != len(self.said):
            return None
        return self.scrub.facts


class TipsDeskRepository(Shelf):
    """Reads and decides. Every caller writes its look on the audit log."""

    async def queue(self, *, over: bool = False) -> Sequence[QueueEntry]:
        """Open tips, the most urgent first and the oldest of them on top; or those that are over.

        Where an answer came in, the tip counts as changed, not as new.
        """
        # Past its date nothing of a tip is left but its number: there is nothing to work on.
        gone = and_(TipRow.desk_key_sealed.is_(None), TipRow.body_sealed.is_(None))
        ended = or_(TipRow.status.in_(_OVER), gone)
        wanted = ended if over else ~ended
        last = (
            select(TipEntryRow.kind)
            .where(TipEntryRow.tip_id == TipRow.id, TipEntryRow.kind != "note")
            .order_by(TipEntryRow.sequence.desc())
            .limit(1)
            .correlate(TipRow)
            .scalar_subquery()
        )
        unread = case((TipRow.status == Status.RECEIVED.value, 0), else_=1)
        rows = await self.session.execute(
            select(TipRow, last).where(wanted).order_by(TipRow.tier.desc(), unread, TipRow.at)
        )
        return [_queue_entry(row, kind == "answer") for row, kind in rows]

    async def file(self, tip_id: UUID) -> TipFile | None:
        """One tip whole; None when there is no such tip."""
        row = await self.session.get(TipRow, tip_id, populate_existing=True)
        if row is None:
            return None
        key = self._key(row)
        entries: list[Entry] = []
        if row.body_sealed is not None:
            old = self.keyring.open(row.body_sealed, f"tip.body:{tip_id}")
            entries.append(Entry(tip_id, "words", old, row.at))
        if key is not None:
            found = await self.session.scalars(
                select(TipEntryRow)
                .where(TipEntryRow.tip_id == tip_id)
                .order_by(TipEntryRow.sequence)
            )
            entries += [read_entry(key, one) for one in found]
        told = TipFields() if key is None else read_fields(key, row)
        return TipFile(
            entry=_queue_entry(row, False),
            told=told,
            entries=entries,
            matches=await self._matches(tip_id),
            fields=(None if key is None else read_desk_fields(key, row)) or told,
            scrub=None if key is None else await self._scrub(key, tip_id),
        )

    async def number(self, tip_id: UUID) -> int | None:
        """What the desk calls a tip; None when there is no such tip."""
        found: int | None = await self.session.scalar(
            select(TipRow.number).where(TipRow.id == tip_id)
        )
        return found

    async def set_fields(self, tip_id: UUID, fields: TipFields, at: datetime) -> bool:
        """The structured half as the desk reads it. It may make a tip press more, never less."""
        row = await self.session.get(TipRow, tip_id, populate_existing=True, with_for_update=True)
        key = None if row is None else self._key(row)
        if row is None or key is None:
            return False
        await index_tip(self, tip_id, "", fields.where)
        tier = max(Tier(row.tier), urgency(fields, ""))
        locked = locked_desk_fields(key, tip_id, fields)
        return await self._set(tip_id, at, desk_fields_locked=locked, tier=int(tier))

    async def accept(
        self,
        tip_id: UUID,
        facts: Mapping[Detail, str],
        covers: int,
        advocate_id: UUID,
        at: datetime,
    ) -> bool:
        """Keep what a human accepted for others to read; False where the tip is gone."""
        key = await self._key_of(tip_id)
        if key is None:
            return False
        row_id = uuid4()
        words = json.dumps({detail.value: text for detail, text in facts.items()})
        await self.session.execute(
            insert(TipScrubRow).values(
                id=row_id,
                tip_id=tip_id,
                facts_locked=key.lock(words.encode(), f"tip_scrub.facts:{row_id}"),
                covers=covers,
                advocate_id=advocate_id,
                at=at,
            )
        )
        return True

    async def add(
        self, tip_id: UUID, kind: str, text: str, advocate_id: UUID, at: datetime
    ) -> bool:
        """A question to the tipster, or a note for the desk; False where the tip is gone."""
        key = await self._key_of(tip_id)
        if key is None:
            return False
        values = new_entry(key, tip_id, kind, text, at)
        await self.session.execute(insert(TipEntryRow).values(**values, advocate_id=advocate_id))
        return True

    async def set_status(self, tip_id: UUID, status: Status, at: datetime) -> bool:
        """Where the tip stands; a withdrawn one stays withdrawn."""
        row = await self.session.get(TipRow, tip_id, populate_existing=True)
        if row is None:
            return False
        label = None if row.label is None else Label(row.label)
        until = keep_until(row.at, status, at, label, row.label_at)
        return await self._set(tip_id, at, status=status.value, status_at=at, expires_at=until)

    async def set_label(self, tip_id: UUID, label: Label | None, at: datetime) -> bool:
        """What the desk makes of the tip, and with it how long it is kept."""
        row = await self.session.get(TipRow, tip_id, populate_existing=True)
        if row is None:
            return False
        until = keep_until(row.at, Status(row.status), row.status_at, label, at)
        value = None if label is None else label.value
        return await self._set(tip_id, at, label=value, label_at=at, expires_at=until)

    async def _scrub(self, key: DataKey, tip_id: UUID) -> Scrub | None:
        row = await self.session.scalar(
            select(TipScrubRow)
            .where(TipScrubRow.tip_id == tip_id)
            .order_by(TipScrubRow.sequence.desc())
            .limit(1)
        )
        if row is None:
            return None
        words = json.loads(key.unlock(row.facts_locked, f"tip_scrub.facts:{row.id}"))
        facts = {Detail(name): text for name, text in words.items()}
        return Scrub(facts, row.covers, row.advocate_id, row.at)

    async def _matches(self, tip_id: UUID) -> Sequence[Match]:
        other = aliased(TipTraceRow)
        rows = await self.session.execute(
            select(TipRow.number, TipRow.id, TipTraceRow.kind)
            .select_from(TipTraceRow)
            .join(other, (other.mark == TipTraceRow.mark) & (other.tip_id != TipTraceRow.tip_id))
            .join(TipRow, TipRow.id == other.tip_id)
            .where(TipTraceRow.tip_id == tip_id)
            .distinct()
            .order_by(TipRow.number)
        )
        return [Match(*one) for one in rows]

    async def _key_of(self, tip_id: UUID) -> DataKey | None:
        row = await self.session.get(TipRow, tip_id)
        return None if row is None else self._key(row)

    def _key(self, row: TipRow) -> DataKey | None:
        if row.desk_key_sealed is None:
            return None
        return DataKey.of_desk(self.keyring, row.id, row.desk_key_sealed)

    async def _set(self, tip_id: UUID, at: datetime, **values: object) -> bool:
        found = await self.session.scalar(
            update(TipRow)
            .where(TipRow.id == tip_id, TipRow.status != Status.WITHDRAWN.value)
            .values(changed_at=at, **values)
            .returning(TipRow.id)
        )
        return found is not None


def _queue_entry(row: TipRow, answered: bool) -> QueueEntry:
    return QueueEntry(
        id=row.id,
        number=row.number,
        origin=Origin(row.origin),
        language=row.language,
        tier=Tier(row.tier),
        status=Status(row.status),
        label=None if row.label is None else Label(row.label),
        at=row.at,
        changed_at=row.changed_at,
        expires_at=row.expires_at,
        answered=answered,
    )
