"""Keep the directory: change a record field by field on record, verify it, say a call failed.

Every change writes one line of HSDS metadata a field: what it was, what it is, who, when. A sealed
record takes two people: the change of the first waits until another agrees.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from directory.hsds.mapping import plain
from directory.tables import (
    DirectoryChangeRow,
    MetadataRow,
    OrganizationRow,
    PhoneRow,
    ServiceRow,
)
from directory.vocabulary import (
    CrisisGrade,
    ServiceStatus,
    ShareBy,
    Verification,
    VerificationMethod,
    Visibility,
)

CLOSED: Mapping[str, type[Enum]] = {
    "status": ServiceStatus,
    "visibility": Visibility,
    "share_by_channel": ShareBy,
    "crisis_grade": CrisisGrade,
}
TEXTS = ("name", "discreet_name", "description", "url", "alert", "sobriety_rule")
AGES = ("minimum_age", "maximum_age")
ANSWERS = (
    "accepts_women", "accepts_men", "accepts_trans_women", "accepts_trans_men",
    "accepts_non_binary", "accepts_two_spirit", "accepts_no_status", "accepts_with_children",
    "accepts_pets", "serves_sex_trafficking", "serves_labour_trafficking", "interpretation",
    "safe_to_text", "police_affiliated",
)  # fmt: skip
"""Yes, no, or not known."""
FIELDS = (*TEXTS, *CLOSED, *AGES, *ANSWERS)
_NEEDED = frozenset({"name", "status", "visibility", "share_by_channel"})
_CRISIS = frozenset({CrisisGrade.LIVE_24_7.value, CrisisGrade.LIVE_HOURS.value})
_LONGEST = 4_000


class UnfitField(ValueError):
    """A value does not fit its field; nothing was changed."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} cannot take this value")
        self.field = field


class Missing(LookupError):
    """No such record, or a change that waits no more."""


class SamePerson(Exception):
    """Who proposed a change of a sealed record cannot agree to it."""


class Kept(Enum):
    """What became of a change."""

    NOTHING = "nothing"
    SAVED = "saved"
    WAITS = "waits"
    """For a second person: the record is sealed."""


@dataclass(frozen=True)
class Line:
    """One record in a list."""

    service: ServiceRow
    due: datetime | None
    """By when somebody has to check it; None: nobody ever did."""


class Editor:
    """One editor's work in one transaction."""

    def __init__(self, session: AsyncSession, who: str, now: datetime) -> None:
        self._session = session
        self._who = who
        self._now = now

    async def find(self, text: str, limit: int = 100) -> list[Line]:
        """Records by name, organization or number."""
        statement = _loaded().order_by(ServiceRow.name, ServiceRow.id).limit(limit)
        if text:
            digits = "".join(letter for letter in text if letter.isdigit())
            names = (ServiceRow.name, ServiceRow.discreet_name, OrganizationRow.name)
            hits = [name.icontains(text, autoescape=True) for name in names]
            if len(digits) > 2:
                plain_number = func.regexp_replace(PhoneRow.number, "[^0-9]", "", "g")
                hits.append(ServiceRow.phones.any(plain_number.contains(digits)))
            statement = statement.where(or_(*hits))
        return [_line(one) for one in (await self._session.scalars(statement)).unique()]

    async def work_list(self, limit: int = 100) -> list[Line]:
        """What has to be checked: reported wrong first, then the longest overdue."""
        crisis = ServiceRow.crisis_grade.in_(_CRISIS)
        valid = case((crisis, timedelta(days=90)), else_=timedelta(days=180))
        disputed = ServiceRow.verification == Verification.DISPUTED
        statement = (
            _loaded()
            .where(
                ServiceRow.status != ServiceStatus.DEFUNCT,
                or_(
                    ServiceRow.verification != Verification.VERIFIED,
                    ServiceRow.verified_at + valid <= self._now,
                ),
            )
            .order_by(
                disputed.desc(), crisis.desc().nulls_last(),
                ServiceRow.verified_at.nulls_first(), ServiceRow.name,
            )
            .limit(limit)
        )  # fmt: skip
        return [_line(one) for one in (await self._session.scalars(statement)).unique()]

    async def duplicates(self, limit: int = 50) -> list[tuple[str, list[str]]]:
        """(number, names) where one public number stands at several active services."""
        number = func.right(func.regexp_replace(PhoneRow.number, "[^0-9]", "", "g"), 10)
        statement = (
            select(number, func.array_agg(ServiceRow.name.distinct()))
            .join(ServiceRow, ServiceRow.id == PhoneRow.service_id)
            .where(
                PhoneRow.visibility == Visibility.PUBLIC, ServiceRow.status == ServiceStatus.ACTIVE
            )
            .group_by(number)
            .having(func.count(ServiceRow.id.distinct()) > 1)
            .order_by(number)
            .limit(limit)
        )
        found = await self._session.execute(statement)
        return [(str(digits), sorted(names)) for digits, names in found]

    async def record(self, service_id: UUID) -> ServiceRow:
        """One record with its organization and numbers. Raises Missing."""
        statement = _loaded().where(ServiceRow.id == service_id)
        found: ServiceRow | None = (await self._session.scalars(statement)).unique().one_or_none()
        if found is None:
            raise Missing("no such record")
        return found

    async def history(self, service_id: UUID) -> Sequence[MetadataRow]:
        """Every change of a record, the newest first."""
        return (
            await self._session.scalars(
                select(MetadataRow)
                .where(MetadataRow.resource_type == "service",
                       MetadataRow.resource_id == service_id)
                .order_by(MetadataRow.last_action_date.desc(), MetadataRow.field_name)
            )
        ).all()  # fmt: skip

    async def change(self, service_id: UUID, written: Mapping[str, str]) -> Kept:
        """Change the fields that read differently now. Raises Missing or UnfitField."""
        service = await self.record(service_id)
        wanted = {name: _read(name, written[name]) for name in FIELDS if name in written}
        phones = {
            str(phone.id): written[f"phone_{phone.id}"].strip()
            for phone in service.phones
            if f"phone_{phone.id}" in written
        }
        low = wanted.get("minimum_age", service.minimum_age)
        high = wanted.get("maximum_age", service.maximum_age)
        if low is not None and high is not None and low > high:
            raise UnfitField("maximum_age")
        if not all(phones.values()):
            raise UnfitField("phone")
        changed = {n: v for n, v in wanted.items() if plain(getattr(service, n)) != plain(v)}
        numbers = {
            str(phone.id): phones[str(phone.id)]
            for phone in service.phones
            if phones.get(str(phone.id), phone.number) != phone.number
        }
        if not changed and not numbers:
            return Kept.NOTHING
        sealed = Visibility.SEALED in (service.visibility, service.organization.visibility)
        if sealed:
            fields = {name: plain(value) for name, value in changed.items()}
            self._session.add(
                DirectoryChangeRow(
                    service_id=service_id,
                    fields={"fields": fields, "phones": numbers},
                    proposed_by=self._who,
                    proposed_at=self._now,
                )
            )
            return Kept.WAITS
        self._apply(service, changed, numbers, self._who)
        return Kept.SAVED

    async def waiting(self) -> Sequence[DirectoryChangeRow]:
        """Changes of sealed records that wait for a second person."""
        statement = select(DirectoryChangeRow).where(DirectoryChangeRow.decided_at.is_(None))
        return (
            await self._session.scalars(statement.order_by(DirectoryChangeRow.proposed_at))
        ).all()

    async def decide(self, change_id: UUID, agrees: bool) -> None:
        """Agree to a waiting change, or drop it. Raises Missing or SamePerson."""
        change = await self._session.get(DirectoryChangeRow, change_id, with_for_update=True)
        if change is None or change.decided_at is not None:
            raise Missing("no such change waits")
        if change.proposed_by == self._who and agrees:
            raise SamePerson("another person has to agree")
        change.decided_by, change.decided_at, change.agreed = self._who, self._now, agrees
        if agrees:
            service = await self.record(change.service_id)
            given = change.fields["fields"]
            wanted = {name: _read(name, _written(value)) for name, value in given.items()}
            self._apply(
                service, wanted, change.fields["phones"], f"{change.proposed_by}, {self._who}"
            )

    async def verify(self, service_id: UUID, method: VerificationMethod) -> None:
        """Somebody checked the whole record with the service. Raises Missing."""
        service = await self.record(service_id)
        self._note(service_id, "verification", service.verification, Verification.VERIFIED.value)
        service.verification = Verification.VERIFIED
        service.verified_at, service.verified_by = self._now, self._who
        service.verified_method = method
        service.unconfirmed = []
        for phone in service.phones:
            phone.unconfirmed = []

    async def call_failed(self, service_id: UUID) -> None:
        """An advocate could not reach it: lower in every answer until it is checked."""
        service = await self.record(service_id)
        self._note(service_id, "verification", service.verification, Verification.DISPUTED.value)
        service.verification = Verification.DISPUTED

    def _apply(
        self,
        service: ServiceRow,
        changed: Mapping[str, Any],
        numbers: Mapping[str, str],
        who: str,
    ) -> None:
        for name, value in changed.items():
            self._note(service.id, name, _written(getattr(service, name)), _written(value), who)
            setattr(service, name, value)
        service.unconfirmed = [one for one in service.unconfirmed if one not in changed]
        for phone in service.phones:
            if str(phone.id) in numbers:
                self._note(service.id, "phone", phone.number, numbers[str(phone.id)], who)
                phone.number, phone.unconfirmed = numbers[str(phone.id)], []

    def _note(self, service_id: UUID, name: str, was: str, now: str, who: str = "") -> None:
        self._session.add(
            MetadataRow(
                resource_id=service_id,
                resource_type="service",
                last_action_date=self._now,
                last_action_type="update",
                field_name=name,
                previous_value=was,
                replacement_value=now,
                updated_by=who or self._who,
            )
        )


def _loaded() -> Any:
    return (
        select(ServiceRow)
        .join(ServiceRow.organization)
        .options(joinedload(ServiceRow.organization), selectinload(ServiceRow.phones))
    )


def _line(service: ServiceRow) -> Line:
    if service.verified_at is None or service.verification != Verification.VERIFIED:
        return Line(service, None)
    days = 90 if service.crisis_grade in _CRISIS else 180
    return Line(service, service.verified_at + timedelta(days=days))


def _read(name: str, written: str) -> Any:
    """A field of the form as its column takes it; empty is not known. Raises UnfitField."""
    text = written.strip()
    if not text:
        if name in _NEEDED:
            raise UnfitField(name)
        return None
    if len(text) > _LONGEST:
        raise UnfitField(name)
    if name in ANSWERS:
        if text not in {"yes", "no", "True", "False"}:
            raise UnfitField(name)
        return text in {"yes", "True"}
    if name in AGES:
        try:
            age = Decimal(text)
        except InvalidOperation:
            raise UnfitField(name) from None
        if not age.is_finite() or not 0 <= age <= 130:
            raise UnfitField(name)
        return age
    if name in CLOSED and text not in {one.value for one in CLOSED[name]}:
        raise UnfitField(name)
    return text


def _written(value: Any) -> str:
    """A value as the history shows it."""
    return "" if value is None else str(plain(value))
