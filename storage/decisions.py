"""The decisions about reporting, on PostgreSQL. Added to, never changed."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from intake.consent import Subject
from intake.disclosure import Danger, Decision, Option, Wish
from storage.ledger_tables import DecisionRow
from storage.shelf import Shelf


class DecisionRepository(Shelf):
    """How each decision about a subject came about."""

    async def record(self, subject: Subject, decision: Decision) -> None:
        """Write a decision down."""
        row_id = uuid4()
        sealed = None
        if decision.reason is not None:
            sealed = self.keyring.seal(decision.reason, f"decision.reason:{row_id}")
        await self.session.execute(
            insert(DecisionRow).values(
                id=row_id,
                subject_kind=subject.kind.value,
                subject_id=subject.id,
                danger=decision.danger.value,
                province=decision.province,
                age=decision.age,
                duty=decision.duty,
                duty_basis=decision.duty_basis,
                wish=decision.wish.value,
                option=decision.option.value,
                protocol_version_id=decision.protocol_version_id,
                reason_sealed=sealed,
                decided_by=decision.decided_by,
                at=decision.at,
            )
        )

    async def of(self, subject: Subject) -> list[Decision]:
        """Every decision about a subject, oldest first."""
        rows = await self.session.scalars(
            select(DecisionRow)
            .where(
                DecisionRow.subject_kind == subject.kind.value,
                DecisionRow.subject_id == subject.id,
            )
            .order_by(DecisionRow.sequence)
        )
        return [
            Decision(
                danger=Danger(row.danger),
                province=row.province,
                age=row.age,
                duty=row.duty,
                duty_basis=row.duty_basis,
                wish=Wish(row.wish),
                option=Option(row.option),
                protocol_version_id=row.protocol_version_id,
                reason=(
                    None
                    if row.reason_sealed is None
                    else self.keyring.open(row.reason_sealed, f"decision.reason:{row.id}")
                ),
                decided_by=row.decided_by,
                at=row.at,
            )
            for row in rows
        ]
