"""The consent ledger on PostgreSQL. Rows are added, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from intake.consent import (
    CONSENT_TEXT,
    Act,
    Consent,
    Detail,
    Ground,
    How,
    Identified,
    Override,
    Purpose,
    Recipient,
    RecipientKind,
    Subject,
    SubjectKind,
    Terms,
)
from storage.ledger_tables import ConsentOverrideRow, ConsentRow, ConsentSignOffRow
from storage.shelf import Shelf
from storage.tables import MessageRow
from storage.tip_tables import TipEntryRow
from storage.tips import SOURCE as TIP_SOURCE
from storage.tips import TOLD

# A recipient whose name is past its date: it can match no other.
FORGOTTEN = "-"


class LedgerRepository(Shelf):
    """What each subject agreed to, and what was decided without them."""

    async def record(
        self,
        subject: Subject,
        act: Act,
        terms: Terms,
        *,
        how: How,
        recorded_by: UUID,
        at: datetime,
        message_id: UUID | None = None,
        words: str | None = None,
        revokes: UUID | None = None,
    ) -> UUID:
        """Add a row; the checks are the caller's, the shape is the table's."""
        row_id = uuid4()
        await self.session.execute(
            insert(ConsentRow).values(
                id=row_id,
                subject_kind=subject.kind.value,
                subject_id=subject.id,
                act=act.value,
                recipient_kind=terms.recipient.kind.value,
                recipient_sealed=self._sealed(terms.recipient.name, "consent.recipient", row_id),
                purpose=terms.purpose.value,
                details=sorted(detail.value for detail in terms.details),
                identified=terms.identified.value,
                call_back=terms.call_back,
                until=terms.until,
                how=how.value,
                message_id=message_id,
                words_sealed=self._sealed(words, "consent.words", row_id),
                text_version=CONSENT_TEXT,
                revokes=revokes,
                recorded_by=recorded_by,
                at=at,
            )
        )
        return row_id

    async def consents(self, subject: Subject) -> list[Consent]:
        """Every row about a subject, oldest first."""
        rows = await self.session.scalars(
            select(ConsentRow)
            .where(
                ConsentRow.subject_kind == subject.kind.value, ConsentRow.subject_id == subject.id
            )
            .order_by(ConsentRow.sequence)
        )
        return [self._consent(row) for row in rows]

    async def override(
        self,
        subject: Subject,
        recipient: Recipient,
        *,
        ground: Ground,
        rule: str,
        details: frozenset[Detail],
        reason: str,
        no_time: bool,
        decided_by: UUID,
        until: datetime,
        at: datetime,
    ) -> UUID:
        """Write down a decision to tell somebody without consent."""
        row_id = uuid4()
        await self.session.execute(
            insert(ConsentOverrideRow).values(
                id=row_id,
                subject_kind=subject.kind.value,
                subject_id=subject.id,
                recipient_kind=recipient.kind.value,
                recipient_sealed=self._sealed(recipient.name, "consent_override.recipient", row_id),
                ground=ground.value,
                rule=rule,
                details=sorted(detail.value for detail in details),
                reason_sealed=self._sealed(reason, "consent_override.reason", row_id),
                no_time=no_time,
                decided_by=decided_by,
                until=until,
                at=at,
            )
        )
        return row_id

    async def sign(
        self, override_id: UUID, advocate_id: UUID, *, agrees: bool, at: datetime
    ) -> bool:
        """The second person's answer; False when there is one already."""
        added = await self.session.scalar(
            insert(ConsentSignOffRow)
            .values(override_id=override_id, advocate_id=advocate_id, agrees=agrees, at=at)
            .on_conflict_do_nothing()
            .returning(ConsentSignOffRow.override_id)
        )
        return added is not None

    async def overrides(self, subject: Subject) -> list[Override]:
        """Every decision about a subject, oldest first, with its second person's answer."""
        return await self._overrides(
            ConsentOverrideRow.subject_kind == subject.kind.value,
            ConsentOverrideRow.subject_id == subject.id,
        )

    async def override_by_id(self, override_id: UUID) -> Override | None:
        """One decision."""
        found = await self._overrides(ConsentOverrideRow.id == override_id)
        return found[0] if found else None

    async def unsigned(self, now: datetime) -> list[Override]:
        """Decisions that wait for a second person and still stand, oldest first."""
        found = await self._overrides(
            ConsentOverrideRow.until > now, ConsentSignOffRow.override_id.is_(None)
        )
        return found

    async def has(self, subject: Subject, consent_id: UUID) -> bool:
        """Whether a row is about this subject."""
        found = await self.session.scalar(
            select(ConsentRow.id).where(
                ConsentRow.id == consent_id,
                ConsentRow.subject_kind == subject.kind.value,
                ConsentRow.subject_id == subject.id,
            )
        )
        return found is not None

    async def wrote(self, message_id: UUID, subject: Subject) -> bool:
        """Whether the person behind this conversation or tip wrote this message."""
        query = select(MessageRow.id).where(
            MessageRow.id == message_id, MessageRow.direction == "in"
        )
        if subject.kind is SubjectKind.TIP:
            # The desk knows a tip's own pieces; of where it came from a tip knows but the marks
            # of the messages that it was taken from.
            piece = select(TipEntryRow.id).where(
                TipEntryRow.id == message_id,
                TipEntryRow.tip_id == subject.id,
                TipEntryRow.kind.in_(TOLD),
            )
            if await self.session.scalar(piece) is not None:
                return True
            query = query.join(
                TipEntryRow,
                TipEntryRow.source_mark == self.keyring.fingerprint(str(message_id), TIP_SOURCE),
            ).where(TipEntryRow.tip_id == subject.id)
        else:
            query = query.where(MessageRow.conversation_id == subject.id)
        return await self.session.scalar(query) is not None

    async def _overrides(self, *conditions: Any) -> list[Override]:
        rows = await self.session.execute(
            select(ConsentOverrideRow, ConsentSignOffRow)
            .outerjoin(ConsentSignOffRow, ConsentSignOffRow.override_id == ConsentOverrideRow.id)
            .where(*conditions)
            .order_by(ConsentOverrideRow.sequence)
        )
        return [self._override(row, answer) for row, answer in rows]

    def _sealed(self, text: str | None, place: str, row_id: UUID) -> bytes | None:
        return None if text is None else self.keyring.seal(text, f"{place}:{row_id}")

    def _opened(self, sealed: bytes | None, place: str, row_id: UUID) -> str | None:
        return None if sealed is None else self.keyring.open(sealed, f"{place}:{row_id}")

    def _recipient(self, kind: str, sealed: bytes | None, place: str, row_id: UUID) -> Recipient:
        return Recipient(RecipientKind(kind), self._opened(sealed, place, row_id) or FORGOTTEN)

    def _consent(self, row: ConsentRow) -> Consent:
        return Consent(
            id=row.id,
            sequence=row.sequence,
            subject=Subject(SubjectKind(row.subject_kind), row.subject_id),
            act=Act(row.act),
            terms=Terms(
                recipient=self._recipient(
                    row.recipient_kind, row.recipient_sealed, "consent.recipient", row.id
                ),
                purpose=Purpose(row.purpose),
                details=frozenset(Detail(one) for one in row.details),
                identified=Identified(row.identified),
                call_back=row.call_back,
                until=row.until,
            ),
            how=How(row.how),
            message_id=row.message_id,
            words=self._opened(row.words_sealed, "consent.words", row.id),
            text_version=row.text_version,
            recorded_by=row.recorded_by,
            at=row.at,
            revokes=row.revokes,
        )

    def _override(self, row: ConsentOverrideRow, answer: ConsentSignOffRow | None) -> Override:
        return Override(
            id=row.id,
            sequence=row.sequence,
            subject=Subject(SubjectKind(row.subject_kind), row.subject_id),
            recipient=self._recipient(
                row.recipient_kind, row.recipient_sealed, "consent_override.recipient", row.id
            ),
            ground=Ground(row.ground),
            rule=row.rule,
            details=frozenset(Detail(one) for one in row.details),
            reason=self._opened(row.reason_sealed, "consent_override.reason", row.id),
            no_time=row.no_time,
            decided_by=row.decided_by,
            until=row.until,
            at=row.at,
            signed_by=answer.advocate_id if answer is not None and answer.agrees else None,
            refused_by=answer.advocate_id if answer is not None and not answer.agrees else None,
        )
