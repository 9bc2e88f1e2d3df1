"""What is kept of a contact beyond a conversation: preferences, code word, duress word.

It hangs on channel, inbox and address, so that it holds when the person comes back. The words are
salted slow hashes (intake/code_words.py), sealed with a key outside the database besides.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from intake.code_words import GUESSES, PAUSE
from intake.contact import Preference, Texting, Window
from intake.zones import EASTERN, zone_of
from storage.shelf import Shelf
from storage.states import contact_place
from storage.tables import ContactPreferenceRow, ConversationRow

_KEYS = ("channel", "inbox", "address_fingerprint")
_OF_CONVERSATION = and_(
    *(getattr(ContactPreferenceRow, key) == getattr(ConversationRow, key) for key in _KEYS)
)


class ContactRepository(Shelf):
    """Contact preferences; found by the conversation that is going on."""

    async def preference(self, conversation_id: UUID) -> Preference:
        """What the person wants to be kept to; anything goes where nothing is on record."""
        row = await self._row(conversation_id)
        if row is None:
            return Preference()
        note = row.note_sealed
        return Preference(
            texting=Texting(row.texting),
            windows=tuple(read_window(one) for one in row.windows),
            zone=row.zone,
            voicemail=row.voicemail,
            phone_shared=row.phone_shared,
            note=None if note is None else self.keyring.open(note, contact_place("note", row.id)),
        )

    async def set_preference(
        self, conversation_id: UUID, preference: Preference, *, by_advocate: bool
    ) -> None:
        """Put a preference on record; code words stay as they are."""
        row_id = await self._id(conversation_id)
        note = preference.note and self.keyring.seal(preference.note, contact_place("note", row_id))
        await self._set(
            row_id,
            texting=preference.texting.value,
            windows=[plain_window(window) for window in preference.windows],
            zone=preference.zone,
            voicemail=preference.voicemail,
            phone_shared=preference.phone_shared,
            note_sealed=note or None,
            set_by="advocate" if by_advocate else "contact",
        )

    async def zone(self, conversation_id: UUID) -> str:
        """The time zone that the address tells of, else Eastern."""
        sealed = await self.session.scalar(
            select(ConversationRow.address_sealed).where(ConversationRow.id == conversation_id)
        )
        if sealed is None:
            return EASTERN
        return zone_of(self.keyring.open(sealed, f"conversation.address:{conversation_id}"))

    async def set_code_word(self, conversation_id: UUID, hashed: str) -> None:
        """A new code word; the duress word that went with an old one goes."""
        row_id = await self._id(conversation_id)
        await self._set(
            row_id,
            code_word_sealed=self.keyring.seal(hashed, contact_place("code_word", row_id)),
            duress_word_sealed=None,
            wrong_guesses=0,
            guesses_paused_until=None,
        )

    async def set_duress_word(self, conversation_id: UUID, hashed: str) -> None:
        """The word that means "not safe, play along"."""
        row_id = await self._id(conversation_id)
        sealed = self.keyring.seal(hashed, contact_place("duress_word", row_id))
        await self._set(row_id, duress_word_sealed=sealed)

    async def guessed(self, conversation_id: UUID, *, right: bool, now: datetime) -> None:
        """Count a text that was, or was not, the code word; too many wrong ones pause guessing."""
        row_id = await self._id(conversation_id)
        wrong = ContactPreferenceRow.wrong_guesses
        if right:
            await self._set(row_id, wrong_guesses=0, guesses_paused_until=None)
            return
        count = await self.session.scalar(
            update(ContactPreferenceRow)
            .where(ContactPreferenceRow.id == row_id)
            .values(wrong_guesses=wrong + 1)
            .returning(wrong)
        )
        if (count or 0) >= GUESSES:
            await self._set(row_id, wrong_guesses=0, guesses_paused_until=now + PAUSE)

    async def forget(self, conversation_id: UUID) -> None:
        """The person wants nothing kept: no words, no times."""
        row = await self._row(conversation_id)
        if row is not None:
            await self.session.delete(row)
            await self.session.flush()

    async def _row(self, conversation_id: UUID) -> ContactPreferenceRow | None:
        return await self.session.scalar(
            select(ContactPreferenceRow)
            .join(ConversationRow, _OF_CONVERSATION)
            .where(ConversationRow.id == conversation_id)
            .execution_options(populate_existing=True)
        )

    async def _id(self, conversation_id: UUID) -> UUID:
        """The id of the contact's row, made when there is none."""
        keys: list[ColumnElement[Any]] = [getattr(ConversationRow, key) for key in _KEYS]
        made = select(
            literal(uuid4()).label("id"),
            *keys,
            literal(EASTERN).label("zone"),
            literal("contact").label("set_by"),
        ).where(ConversationRow.id == conversation_id)
        await self.session.execute(
            insert(ContactPreferenceRow)
            .from_select(["id", *_KEYS, "zone", "set_by"], made)
            .on_conflict_do_nothing(index_elements=list(_KEYS))
        )
        found = await self.session.scalar(
            select(ContactPreferenceRow.id)
            .join(ConversationRow, _OF_CONVERSATION)
            .where(ConversationRow.id == conversation_id)
        )
        return cast(UUID, found)

    async def _set(self, row_id: UUID, **values: Any) -> None:
        await self.session.execute(
            update(ContactPreferenceRow)
            .where(ContactPreferenceRow.id == row_id)
            .values(updated_at=func.now(), **values)
            .execution_options(synchronize_session=False)
        )


def plain_window(window: Window) -> dict[str, Any]:
    return {"start": window.start, "end": window.end, "days": sorted(window.days)}


def read_window(plain: dict[str, Any]) -> Window:
    return Window(plain["start"], plain["end"], frozenset(plain["days"]))
