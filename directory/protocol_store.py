"""Protocols in PostgreSQL: versions, approvals by two organizations, steps taken.

What a version is worth follows from what was added to it: nothing here is ever changed.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from directory.protocol_match import Candidate
from directory.protocol_tables import ProtocolEventRow, ProtocolStepRow, ProtocolVersionRow
from directory.protocols import Protocol, State, from_data, to_data
from intake.consent import Subject
from intake.errors import LineError

APPROVALS_NEEDED = 2
# Two processes that fill at once take turns (4217001 and 4217002 are the neighbours').
_LOCK = 4_217_011


class StaleDraft(LineError):
    """Somebody saved another version meanwhile; look at it before saving yours."""


class NotInThatState(LineError):
    """The version cannot be proposed, approved or withdrawn as it is."""


class SameVoice(LineError):
    """This person, or this organization, has approved already: it takes two of each."""


class Outcome(enum.StrEnum):
    """What came of a step."""

    DONE = "done"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True)
class Approval:
    """One organization's approval, by an account."""

    organization: str
    advocate_id: UUID
    at: datetime


@dataclass(frozen=True)
class Version:
    """One version and how far it has come."""

    id: UUID
    number: int
    protocol: Protocol
    state: State
    origin: str
    saved_by: UUID | None
    at: datetime
    proposed_by: UUID | None
    approvals: Sequence[Approval]


@dataclass(frozen=True)
class Taken:
    """A step that was taken for somebody."""

    version_id: UUID
    step: str
    outcome: Outcome
    advocate_id: UUID
    at: datetime


async def versions(session: AsyncSession, key: str | None = None) -> list[Version]:
    """Every version, or those of one protocol: by key, the newest first."""
    query = select(ProtocolVersionRow).order_by(
        ProtocolVersionRow.key, ProtocolVersionRow.number.desc()
    )
    if key is not None:
        query = query.where(ProtocolVersionRow.key == key)
    rows = (await session.scalars(query)).all()
    events: dict[UUID, list[ProtocolEventRow]] = {}
    known = await session.scalars(
        select(ProtocolEventRow)
        .where(ProtocolEventRow.version_id.in_([row.id for row in rows]))
        .order_by(ProtocolEventRow.at)
    )
    for event in known:
        events.setdefault(event.version_id, []).append(event)
    return [_version(row, events.get(row.id, [])) for row in rows]


async def version(session: AsyncSession, version_id: UUID) -> Version | None:
    """One version."""
    row = await session.get(ProtocolVersionRow, version_id)
    if row is None:
        return None
    found = await versions(session, row.key)
    return next((one for one in found if one.id == version_id), None)


async def candidates(session: AsyncSession) -> list[Candidate]:
    """What may be shown to an advocate: of each protocol the newest approved version, else a seed.

    A withdrawn version takes the protocol back to what was approved before it.
    """
    found: dict[str, Candidate] = {}
    for one in await versions(session):
        key = one.protocol.key
        candidate = Candidate(one.id, one.number, one.state is State.APPROVED, one.protocol)
        if one.state is State.APPROVED and not (key in found and found[key].approved):
            found[key] = candidate
        elif one.state is State.SEED:
            found.setdefault(key, candidate)
    return list(found.values())


async def save(
    session: AsyncSession,
    protocol: Protocol,
    *,
    origin: str,
    saved_by: UUID | None,
    at: datetime,
    base: int | None = None,
) -> UUID:
    """Add a version. `base`: the newest number that its writer saw. Raises StaleDraft."""
    await session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    newest = await session.scalar(
        select(func.max(ProtocolVersionRow.number)).where(ProtocolVersionRow.key == protocol.key)
    )
    if base is not None and base != (newest or 0):
        raise StaleDraft("another version was saved meanwhile; look at it first")
    row_id = uuid4()
    await session.execute(
        insert(ProtocolVersionRow).values(
            id=row_id,
            key=protocol.key,
            number=(newest or 0) + 1,
            content=to_data(protocol),
            origin=origin,
            saved_by=saved_by,
            at=at,
        )
    )
    return row_id


async def save_all(
    session: AsyncSession,
    protocols: Iterable[Protocol],
    *,
    origin: str,
    at: datetime,
    saved_by: UUID | None = None,
) -> tuple[int, int]:
    """Add those that differ from their newest version: how many were added, how many were there."""
    newest: dict[str, Protocol] = {}
    for one in await versions(session):
        newest.setdefault(one.protocol.key, one.protocol)
    added = same = 0
    for protocol in protocols:
        if newest.get(protocol.key) == protocol:
            same += 1
        else:
            await save(session, protocol, origin=origin, saved_by=saved_by, at=at)
            added += 1
    return added, same


async def propose(session: AsyncSession, version_id: UUID, advocate_id: UUID, at: datetime) -> None:
    """Put a draft before the organizations. Raises NotInThatState."""
    found = await _newest_in(session, version_id, State.DRAFT, State.SEED)
    await _event(session, found.id, "proposed", advocate_id, at)


async def approve(
    session: AsyncSession, version_id: UUID, advocate_id: UUID, organization: str, at: datetime
) -> State:
    """Approve for an organization; the second one makes it count.

    Raises NotInThatState, or SameVoice when person or organization has approved already.
    """
    found = await _newest_in(session, version_id, State.PROPOSED)
    key = _organization_key(organization)
    for one in found.approvals:
        if one.advocate_id == advocate_id or _organization_key(one.organization) == key:
            raise SameVoice("it takes two organizations, and a person of each")
    await _event(session, found.id, "approved", advocate_id, at, organization.strip())
    done = len(found.approvals) + 1 >= APPROVALS_NEEDED
    return State.APPROVED if done else State.PROPOSED


async def withdraw(
    session: AsyncSession, version_id: UUID, advocate_id: UUID, at: datetime
) -> None:
    """Take a version out of use; what was approved before it counts again."""
    await session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    found = await version(session, version_id)
    if found is None or found.state is State.WITHDRAWN:
        raise NotInThatState("there is nothing to withdraw")
    await _event(session, found.id, "withdrawn", advocate_id, at)


async def take_step(
    session: AsyncSession,
    subject: Subject,
    version_id: UUID,
    step: str,
    outcome: Outcome,
    advocate_id: UUID,
    at: datetime,
) -> None:
    """Write down that a step was taken."""
    await session.execute(
        insert(ProtocolStepRow).values(
            id=uuid4(),
            subject_kind=subject.kind.value,
            subject_id=subject.id,
            version_id=version_id,
            step=step,
            outcome=outcome.value,
            advocate_id=advocate_id,
            at=at,
        )
    )


async def steps_taken(session: AsyncSession, subject: Subject) -> list[Taken]:
    """Every step taken for a subject, oldest first; of one step the last row counts."""
    rows = await session.scalars(
        select(ProtocolStepRow)
        .where(
            ProtocolStepRow.subject_kind == subject.kind.value,
            ProtocolStepRow.subject_id == subject.id,
        )
        .order_by(ProtocolStepRow.sequence)
    )
    return [
        Taken(row.version_id, row.step, Outcome(row.outcome), row.advocate_id, row.at)
        for row in rows
    ]


async def _newest_in(session: AsyncSession, version_id: UUID, *states: State) -> Version:
    """The version, if it is its protocol's newest and in one of these states."""
    await session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    found = await version(session, version_id)
    if found is None or found.state not in states:
        raise NotInThatState("the version is not in a state in which this can be done")
    if (await versions(session, found.protocol.key))[0].id != version_id:
        raise NotInThatState("there is a newer version; this one stays as it is")
    return found


async def _event(
    session: AsyncSession,
    version_id: UUID,
    kind: str,
    advocate_id: UUID,
    at: datetime,
    organization: str | None = None,
) -> None:
    await session.execute(
        insert(ProtocolEventRow).values(
            id=uuid4(),
            version_id=version_id,
            kind=kind,
            organization=organization,
            organization_key=None if organization is None else _organization_key(organization),
            advocate_id=advocate_id,
            at=at,
        )
    )


def _organization_key(name: str) -> str:
    return " ".join(name.casefold().split())


def _version(row: ProtocolVersionRow, events: Sequence[ProtocolEventRow]) -> Version:
    approvals = [
        Approval(one.organization or "", one.advocate_id, one.at)
        for one in events
        if one.kind == "approved"
    ]
    proposed = next((one.advocate_id for one in events if one.kind == "proposed"), None)
    if any(one.kind == "withdrawn" for one in events):
        state = State.WITHDRAWN
    elif len(approvals) >= APPROVALS_NEEDED:
        state = State.APPROVED
    elif proposed is not None:
        state = State.PROPOSED
    else:
        state = State.SEED if row.origin == "seed" else State.DRAFT
    return Version(
        id=row.id,
        number=row.number,
        protocol=from_data(row.content),
        state=state,
        origin=row.origin,
        saved_by=row.saved_by,
        at=row.at,
        proposed_by=proposed,
        approvals=approvals,
    )
