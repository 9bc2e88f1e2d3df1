"""Safety plans: one to a conversation, sealed, replaced as a whole.

Read on behalf of `handoff/access.py` alone, which writes the audit.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from intake.safety_plan import Part, Plan
from storage.handoff_tables import SafetyPlanRow
from storage.shelf import Shelf
from storage.tables import AdvocateRow


@dataclass(frozen=True)
class KeptPlan:
    """A plan as it was written last, and by whom (a shift name)."""

    plan: Plan
    advocate: str
    at: datetime


class SafetyPlanRepository(Shelf):
    """The plan of a conversation."""

    async def plan(self, conversation_id: UUID) -> KeptPlan | None:
        """The plan; None where none was written, or its date has passed."""
        found = (
            await self.session.execute(
                select(SafetyPlanRow, AdvocateRow.name)
                .join(AdvocateRow, AdvocateRow.id == SafetyPlanRow.advocate_id)
                .where(SafetyPlanRow.id == conversation_id)
            )
        ).first()
        if found is None:
            return None
        row, name = found
        parts = json.loads(self.keyring.open(row.body_sealed, _place(conversation_id)))
        kept = {Part(part): words for part, words in parts.items()}
        return KeptPlan(Plan(kept), name, row.at)

    async def write(
        self,
        conversation_id: UUID,
        plan: Plan,
        advocate_id: UUID,
        now: datetime,
        *,
        shown_at: datetime | None,
    ) -> bool:
        """Put a plan in place of the one that `shown_at` names; False when another is there."""
        body = json.dumps({part.value: words for part, words in plan.parts.items()})
        values = {
            "advocate_id": advocate_id,
            "body_sealed": self.keyring.seal(body, _place(conversation_id)),
            "at": now,
        }
        statement = insert(SafetyPlanRow).values(id=conversation_id, **values)
        written = await self.session.scalar(
            statement.on_conflict_do_update(
                index_elements=["id"],
                set_=values,
                where=SafetyPlanRow.at == shown_at,
            ).returning(SafetyPlanRow.id)
        )
        return written is not None


def _place(conversation_id: UUID) -> str:
    return f"safety_plan.body:{conversation_id}"
