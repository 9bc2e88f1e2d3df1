"""Files of tips: the porch adds them, the tips desk lists them, one door opens one at a time.

A file is encrypted with its tip's own key. One that is marked as a picture of the abuse of a child
moves into the vault, sealed, and is opened by nobody at the desk; it stays there for as long as it
must be preserved, whatever becomes of the tip.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from intake.tip_files import MOST_OF_A_TIP, CleanFile, FileKind
from storage.shelf import Shelf
from storage.tip_locks import DataKey
from storage.tip_tables import AttachmentRow, SealedAttachmentRow, TipRow
from storage.vault import in_vault

#: How long data is preserved for the police (domain brief, section 6, and what counsel says).
PRESERVED = timedelta(days=21)


@dataclass(frozen=True)
class Attachment:
    """A file in the list: nothing of what it shows."""

    id: UUID
    tip_id: UUID
    kind: FileKind
    size: int
    parts: int
    at: datetime
    marked: bool


class AttachmentRepository(Shelf):
    """The desk's side. Every caller writes its look on the audit log."""

    async def of(self, tip_id: UUID) -> Sequence[Attachment]:
        """The files of a tip, oldest first."""
        rows = await self.session.execute(
            select(
                AttachmentRow.id,
                AttachmentRow.tip_id,
                AttachmentRow.kind,
                AttachmentRow.size,
                AttachmentRow.parts,
                AttachmentRow.at,
                AttachmentRow.marked_at.is_not(None),
            )
            .where(AttachmentRow.tip_id == tip_id)
            .order_by(AttachmentRow.sequence)
        )
        return [
            Attachment(row_id, tip, FileKind(kind), size, parts, at, marked)
            for row_id, tip, kind, size, parts, at, marked in rows
        ]

    async def count(self, tip_id: UUID) -> int:
        """How many files a tip has."""
        return await _count(self, tip_id)

    async def content(self, tip_id: UUID, file_id: UUID) -> CleanFile | None:
        """A file whole; None where there is none such, or where it is marked."""
        row = await self._row(tip_id, file_id)
        if row is None or row.content_locked is None or row.marked_at is not None:
            return None
        opened = (await self._key(tip_id)).unlock(row.content_locked, _place(file_id))
        return CleanFile(FileKind(row.kind), opened, row.parts)

    async def mark(self, tip_id: UUID, file_id: UUID, advocate_id: UUID, at: datetime) -> bool:
        """Seal a file from everybody; False where there is none such or it is sealed."""
        row = await self._row(tip_id, file_id)
        if row is None or row.content_locked is None:
            return False
        opened = (await self._key(tip_id)).unlock(row.content_locked, _place(file_id))
        number = await self.session.scalar(select(TipRow.number).where(TipRow.id == tip_id))
        sealed = self.keyring.seal(
            base64.b64encode(opened).decode(), f"sealed_attachment.content:{file_id}"
        )
        async with in_vault(self.session):
            await self.session.execute(
                insert(SealedAttachmentRow).values(
                    id=file_id,
                    tip_number=number,
                    kind=row.kind,
                    content_sealed=sealed,
                    marked_at=at,
                    expires_at=at + PRESERVED,
                )
            )
        await self.session.execute(
            update(AttachmentRow)
            .where(AttachmentRow.id == file_id)
            .values(content_locked=None, marked_at=at, marked_by=advocate_id)
        )
        return True

    async def purge(self, now: datetime) -> int:
        """Remove marked files that need not be preserved any more; how many."""
        async with in_vault(self.session):
            result = await self.session.execute(
                delete(SealedAttachmentRow).where(SealedAttachmentRow.expires_at < now)
            )
        return cast(CursorResult[Any], result).rowcount

    async def _row(self, tip_id: UUID, file_id: UUID) -> AttachmentRow | None:
        found: AttachmentRow | None = await self.session.scalar(
            select(AttachmentRow)
            .where(AttachmentRow.id == file_id, AttachmentRow.tip_id == tip_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return found

    async def _key(self, tip_id: UUID) -> DataKey:
        sealed = await self.session.scalar(
            select(TipRow.desk_key_sealed).where(TipRow.id == tip_id)
        )
        assert sealed is not None, "a tip without its key has no files: both go together"
        return DataKey.of_desk(self.keyring, tip_id, sealed)


async def attach(
    shelf: Shelf, tip_id: UUID, key: DataKey, files: Sequence[CleanFile], at: datetime
) -> int:
    """Add files to a tip, as many as it may still have; returns how many.

    The porch does this, which may add and never read: so nothing is asked back.
    """
    if not files:
        return 0
    added = list(files[: max(0, MOST_OF_A_TIP - await _count(shelf, tip_id))])
    for one in added:
        file_id = uuid4()
        await shelf.session.execute(
            insert(AttachmentRow).values(
                id=file_id,
                tip_id=tip_id,
                kind=one.kind.value,
                size=len(one.content),
                parts=one.parts,
                content_locked=key.lock(one.content, _place(file_id)),
                at=at,
            )
        )
    return len(added)


async def _count(shelf: Shelf, tip_id: UUID) -> int:
    found = await shelf.session.scalar(
        select(func.count(AttachmentRow.tip_id)).where(AttachmentRow.tip_id == tip_id)
    )
    return found or 0


def _place(file_id: UUID) -> str:
    return f"tip_attachment.content:{file_id}"
