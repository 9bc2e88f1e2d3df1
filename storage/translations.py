"""What advocates wrote before a machine put it into the person's language; sealed.

Read on behalf of `handoff/access.py` alone, which writes the audit.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from storage.handoff_tables import TranslatedRow
from storage.shelf import Shelf
from storage.tables import MessageRow


@dataclass(frozen=True)
class Original:
    """The words as they were written, and their language. Never printed."""

    language: str
    text: str


class TranslationRepository(Shelf):
    """Originals of machine-translated replies."""

    async def originals(self, conversation_id: UUID) -> dict[UUID, Original]:
        """By message, of one conversation."""
        rows = await self.session.scalars(
            select(TranslatedRow)
            .join(MessageRow, MessageRow.id == TranslatedRow.id)
            .where(MessageRow.conversation_id == conversation_id)
        )
        return {
            row.id: Original(row.language, self.keyring.open(row.original_sealed, _place(row.id)))
            for row in rows
        }

    async def keep(self, message_id: UUID, original: Original) -> None:
        """Keep what a reply was translated from."""
        await self.session.execute(
            insert(TranslatedRow).values(
                id=message_id,
                language=original.language,
                original_sealed=self.keyring.seal(original.text, _place(message_id)),
            )
        )


def _place(message_id: UUID) -> str:
    return f"translated.original:{message_id}"
