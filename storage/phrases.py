"""Phrases that supervisors keep for the desk, and how an advocate wants their screen."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from storage.shelf import Shelf
from storage.tables import LocalPhraseRow, ScreenChoiceRow


@dataclass(frozen=True)
class LocalPhrase:
    """A phrase by name and language; staff wrote it, it is about nobody."""

    id: UUID
    name: str
    language: str
    text: str


@dataclass(frozen=True)
class ScreenChoice:
    """How an advocate wants the screen; all quiet unless they ask.

    `cover`: heavy words are covered until asked. `sound`: a quiet tone for a new imminent one.
    `breaks`: a word about rest after a hard conversation.
    """

    cover: bool = False
    sound: bool = False
    breaks: bool = True


class PhraseRepository(Shelf):
    """Local phrases and choices of screens."""

    async def all(self) -> list[LocalPhrase]:
        """Every local phrase, by language and name."""
        rows = await self.session.scalars(
            select(LocalPhraseRow).order_by(LocalPhraseRow.language, LocalPhraseRow.name)
        )
        return [LocalPhrase(row.id, row.name, row.language, row.text) for row in rows]

    async def keep(self, name: str, language: str, text: str, by: UUID) -> None:
        """Write a phrase, or replace the one of this name and language."""
        statement = insert(LocalPhraseRow).values(
            id=uuid4(), name=name, language=language, text=text, written_by=by
        )
        await self.session.execute(
            statement.on_conflict_do_update(
                index_elements=["language", "name"],
                set_={"text": statement.excluded.text, "written_by": by},
            )
        )

    async def remove(self, phrase_id: UUID) -> None:
        """Take a local phrase away; the house's phrase of its name shows again."""
        await self.session.execute(delete(LocalPhraseRow).where(LocalPhraseRow.id == phrase_id))

    async def choice(self, advocate_id: UUID) -> ScreenChoice:
        """How an advocate wants the screen."""
        row = await self.session.get(ScreenChoiceRow, advocate_id)
        return ScreenChoice() if row is None else ScreenChoice(row.cover, row.sound, row.breaks)

    async def choose(self, advocate_id: UUID, choice: ScreenChoice) -> None:
        """Keep how an advocate wants the screen."""
        wanted = {"cover": choice.cover, "sound": choice.sound, "breaks": choice.breaks}
        await self.session.execute(
            insert(ScreenChoiceRow)
            .values(advocate_id=advocate_id, **wanted)
            .on_conflict_do_update(index_elements=["advocate_id"], set_=wanted)
        )
