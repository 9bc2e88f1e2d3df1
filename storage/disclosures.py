"""The records of what left the line, on PostgreSQL. Added to, never changed."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from intake.consent import (
    Basis,
    Consent,
    Detail,
    Purpose,
    Recipient,
    RecipientKind,
    Subject,
    SubjectKind,
)
from intake.disclosure import Added, Addition, Disclosure, Occasion, TakenBy, Telling, Way
from storage.ledger import FORGOTTEN
from storage.ledger_tables import (
    ConsentOverrideRow,
    ConsentSignOffRow,
    DisclosureAdditionRow,
    DisclosureRow,
)
from storage.shelf import Shelf


class DisclosureRepository(Shelf):
    """What was told to whom, on what basis."""

    async def record(self, telling: Telling, basis: Basis, *, made_by: UUID, at: datetime) -> UUID:
        """Write a record down. That the basis allows it is the caller's to check."""
        row_id = uuid4()
        by_consent = isinstance(basis, Consent)
        await self.session.execute(
            insert(DisclosureRow).values(
                id=row_id,
                subject_kind=telling.subject.kind.value,
                subject_id=telling.subject.id,
                occasion=telling.occasion.value,
                consent_id=basis.id if by_consent else None,
                override_id=None if by_consent else basis.id,
                basis=_in_words(basis),
                purpose=telling.purpose.value,
                recipient_kind=telling.recipient.kind.value,
                recipient_sealed=self._sealed(telling.recipient.name, "recipient", row_id),
                taken_by_sealed=self._sealed(
                    json.dumps(asdict(telling.taken_by)), "taken_by", row_id
                ),
                channel=telling.way.value,
                details=sorted(detail.value for detail in telling.facts),
                shared_sealed=self._sealed(
                    json.dumps({detail.value: text for detail, text in telling.facts.items()}),
                    "shared",
                    row_id,
                ),
                withheld=sorted(detail.value for detail in telling.withheld),
                told_sealed=self._sealed(telling.person_told, "told", row_id),
                follow_up_sealed=self._sealed(telling.follow_up, "follow_up", row_id),
                protocol_version_id=telling.protocol_version_id,
                protocol_step=telling.protocol_step,
                made_at=telling.made_at,
                made_by=made_by,
                at=at,
            )
        )
        return row_id

    async def add(
        self, disclosure_id: UUID, kind: Addition, text: str, *, added_by: UUID, at: datetime
    ) -> UUID:
        """Add what became known later."""
        row_id = uuid4()
        await self.session.execute(
            insert(DisclosureAdditionRow).values(
                id=row_id,
                disclosure_id=disclosure_id,
                kind=kind.value,
                text_sealed=self.keyring.seal(text, f"disclosure_addition.text:{row_id}"),
                added_by=added_by,
                at=at,
            )
        )
        return row_id

    async def has(self, subject: Subject, disclosure_id: UUID) -> bool:
        """Whether a record is about this subject."""
        found = await self.session.scalar(
            select(DisclosureRow.id).where(
                DisclosureRow.id == disclosure_id,
                DisclosureRow.subject_kind == subject.kind.value,
                DisclosureRow.subject_id == subject.id,
            )
        )
        return found is not None

    async def of(self, subject: Subject) -> list[Disclosure]:
        """Every record about a subject, oldest first."""
        rows = await self.session.execute(
            select(DisclosureRow, ConsentOverrideRow.decided_by, ConsentSignOffRow.advocate_id)
            .outerjoin(ConsentOverrideRow, ConsentOverrideRow.id == DisclosureRow.override_id)
            .outerjoin(ConsentSignOffRow, ConsentSignOffRow.override_id == ConsentOverrideRow.id)
            .where(
                DisclosureRow.subject_kind == subject.kind.value,
                DisclosureRow.subject_id == subject.id,
            )
            .order_by(DisclosureRow.sequence)
        )
        found = [(row, _deciders(first, second)) for row, first, second in rows]
        additions = await self._additions([row.id for row, _ in found])
        return [self._disclosure(row, who, additions.get(row.id, [])) for row, who in found]

    async def _additions(self, ids: list[UUID]) -> dict[UUID, list[Added]]:
        rows = await self.session.scalars(
            select(DisclosureAdditionRow)
            .where(DisclosureAdditionRow.disclosure_id.in_(ids))
            .order_by(DisclosureAdditionRow.at)
        )
        found: dict[UUID, list[Added]] = {}
        for row in rows:
            text = self._opened(row.text_sealed, "disclosure_addition.text", row.id)
            found.setdefault(row.disclosure_id, []).append(
                Added(Addition(row.kind), text, row.added_by, row.at)
            )
        return found

    def _disclosure(
        self, row: DisclosureRow, deciders: tuple[UUID, ...], additions: list[Added]
    ) -> Disclosure:
        def opened(sealed: bytes | None, column: str) -> str | None:
            return self._opened(sealed, f"disclosure.{column}", row.id)

        facts = json.loads(opened(row.shared_sealed, "shared") or "{}")
        telling = Telling(
            subject=Subject(SubjectKind(row.subject_kind), row.subject_id),
            occasion=Occasion(row.occasion),
            purpose=Purpose(row.purpose),
            recipient=Recipient(
                RecipientKind(row.recipient_kind),
                opened(row.recipient_sealed, "recipient") or FORGOTTEN,
            ),
            taken_by=TakenBy(**json.loads(opened(row.taken_by_sealed, "taken_by") or "{}")),
            way=Way(row.channel),
            facts={Detail(one): facts.get(one, "") for one in row.details},
            withheld=frozenset(Detail(one) for one in row.withheld),
            person_told=opened(row.told_sealed, "told") or "",
            follow_up=opened(row.follow_up_sealed, "follow_up") or "",
            made_at=row.made_at,
            protocol_version_id=row.protocol_version_id,
            protocol_step=row.protocol_step,
        )
        return Disclosure(
            id=row.id,
            telling=telling,
            basis=row.basis,
            consent_id=row.consent_id,
            override_id=row.override_id,
            decided_by=deciders or (row.made_by,),
            made_by=row.made_by,
            at=row.at,
            additions=additions,
        )

    def _sealed(self, text: str, column: str, row_id: UUID) -> bytes:
        return self.keyring.seal(text, f"disclosure.{column}:{row_id}")

    def _opened(self, sealed: bytes | None, place: str, row_id: UUID) -> str | None:
        return None if sealed is None else self.keyring.open(sealed, f"{place}:{row_id}")


def _deciders(*who: UUID | None) -> tuple[UUID, ...]:
    return tuple(one for one in who if one is not None)


def _in_words(basis: Basis) -> str:
    """The consent text with its version, or the law, as it stood."""
    if isinstance(basis, Consent):
        return f"consent, text {basis.text_version}"
    return f"{basis.ground.value}: {basis.rule}"
