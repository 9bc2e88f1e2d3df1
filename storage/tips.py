"""Tips as they are taken, and as their receipt opens them again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import defer

from intake import receipts
from intake.conversation import Conversation
from intake.risk import Tier
from intake.tip_clock import RECEIVED as KEEP
from intake.tip_fields import (
    Entry,
    NewTip,
    OpenTip,
    Origin,
    Status,
    Taken,
    TipFields,
    urgency,
)
from intake.tip_files import CleanFile
from intake.tip_marks import traces
from storage.attachments import attach
from storage.crypto import CannotOpen
from storage.shelf import Shelf
from storage.tables import ConversationRow
from storage.tip_locks import DataKey, ReceiptSecret
from storage.tip_tables import AttachmentRow, TipEntryRow, TipRow, TipScrubRow, TipTraceRow
from storage.vault import Tipster, Vault

SOURCE = "tip.source"
# The kinds of entries that are the tipster's own words.
TOLD = ("words", "answer")
_SHOWN_TO_TIPSTER = (*TOLD, "question")


class TipRepository(Shelf):
    """The tipster's side of tips."""

    async def start(self, new: NewTip, receipt: str | None = None) -> Taken:
        """Open a file for a tip; `receipt` where the caller knows it beforehand."""
        tip_id, key = uuid4(), DataKey.new()
        receipt = receipt or receipts.new()
        secret = await asyncio.to_thread(ReceiptSecret.of, receipt, self.keyring)
        tier = max(new.tier or Tier.CONCERN, urgency(new.told, new.words))
        await self.session.execute(
            insert(TipRow).values(
                id=tip_id,
                origin=new.origin.value,
                language=new.language,
                tier=tier,
                fields_locked=_locked_fields(key, tip_id, new.told),
                desk_key_sealed=key.for_desk(self.keyring, tip_id),
                receipt_mark=secret.mark,
                receipt_key_locked=secret.wrap(key, tip_id),
                at=new.at,
                changed_at=new.at,
                expires_at=new.at + KEEP,
                wakes_at=new.at if _wakes(new.origin, tier) else None,
            )
        )
        await self._add_entry(tip_id, key, "words", new.words, new.at, new.source)
        await self._index(tip_id, new.words, new.told.where)
        return Taken(tip_id, receipt, await attach(self, tip_id, key, new.files, new.at))

    async def remember_origin(self, tip_id: UUID, conversation: Conversation, at: datetime) -> None:
        """Put the way back to a tipster into the vault, and nowhere else."""
        sealed = await self.session.scalar(
            select(ConversationRow.address_sealed).where(ConversationRow.id == conversation.id)
        )
        if sealed is not None:
            address = self.keyring.open(sealed, f"conversation.address:{conversation.id}")
            vault = Vault(self.session, self.keyring)
            await vault.put(tip_id, Tipster(conversation.channel, address), at)

    async def add_words(self, tip_id: UUID, text: str, at: datetime, source: str | None) -> None:
        """More of the same tipster, in the conversation in which the tip is being taken."""
        key = await self._desk_key(tip_id)
        if key is None:
            return
        kind = "answer" if await self._is_asked(tip_id) else "words"
        if await self._add_entry(tip_id, key, kind, text, at, source):
            await self._index(tip_id, text)
            await self._press(tip_id, text, at)

    async def answer_field(self, tip_id: UUID, name: str, value: str, at: datetime) -> Tier:
        """One structured field, as answered in the conversation; returns how the tip presses."""
        key = await self._desk_key(tip_id, lock=True)
        row = await self.session.get_one(TipRow, tip_id, populate_existing=True)
        if key is None:
            return Tier(row.tier)
        told = read_fields(key, row).with_field(name, value)
        tier = max(Tier(row.tier), urgency(told, value))
        await self.session.execute(
            update(TipRow)
            .where(TipRow.id == tip_id)
            .values(fields_locked=_locked_fields(key, tip_id, told), tier=tier, changed_at=at)
        )
        if name == "where":
            await self._index(tip_id, "", value)
        return tier

    async def by_receipt(self, receipt: str) -> OpenTip | None:
        """The tip that a receipt opens.

        Wrong, withdrawn and expired receipts are one case, found by one look at one index, after
        the same slow hash and with the same decryption.
        """
        secret = await asyncio.to_thread(ReceiptSecret.of, receipt, self.keyring)
        query = select(TipRow).options(defer(TipRow.body_sealed), defer(TipRow.desk_fields_locked))
        row = await self.session.scalar(query.where(TipRow.receipt_mark == secret.mark))
        if row is None or row.receipt_key_locked is None:
            _decoy(secret)
            return None
        try:
            key = secret.unwrap(row.receipt_key_locked, row.id)
        except CannotOpen:
            return None
        return OpenTip(row.id, Status(row.status), await self._entries(row, key), key.key)

    async def tipster_adds(
        self, tip: OpenTip, text: str, at: datetime, files: Sequence[CleanFile] = ()
    ) -> int:
        """More from whoever has the receipt, words being an answer where a question waits.

        Returns how many files the tip could take; nothing is added to one that was taken back
        since it was opened.
        """
        alive = select(TipRow.id).where(TipRow.id == tip.id, TipRow.receipt_mark.is_not(None))
        if await self.session.scalar(alive.with_for_update()) is None:
            return 0
        key = DataKey(tip.key)
        if text:
            kind = "answer" if tip.question is not None else "words"
            await self._add_entry(tip.id, key, kind, text, at, None)
            await self._index(tip.id, text)
        await self._press(tip.id, text, at, wakes=urgency(TipFields(), text) >= Tier.URGENT)
        return await attach(self, tip.id, key, files, at)

    async def withdraw(self, tip_id: UUID, at: datetime) -> None:
        """Take a tip back: its words, files, keys and origin are gone at once."""
        await wipe(self, tip_id, at, Status.WITHDRAWN)

    async def _press(self, tip_id: UUID, text: str, at: datetime, *, wakes: bool = False) -> None:
        """What was added may press more than what was said before; never less."""
        tier = urgency(TipFields(), text)
        if wakes:
            await self.session.execute(
                update(TipRow).where(TipRow.id == tip_id).values(wakes_at=at, paged_at=None)
            )
        await self.session.execute(
            update(TipRow)
            .where(TipRow.id == tip_id)
            .values(changed_at=at, tier=func.greatest(TipRow.tier, int(tier)))
        )

    async def _is_asked(self, tip_id: UUID) -> bool:
        """Whether a question of the desk waits for an answer."""
        last = await self.session.scalar(
            select(TipEntryRow.kind)
            .where(TipEntryRow.tip_id == tip_id, TipEntryRow.kind.in_(("question", "answer")))
            .order_by(TipEntryRow.sequence.desc())
            .limit(1)
        )
        return last == "question"

    async def _entries(self, row: TipRow, key: DataKey) -> Sequence[Entry]:
        rows = await self.session.scalars(
            select(TipEntryRow)
            .where(TipEntryRow.tip_id == row.id, TipEntryRow.kind.in_(_SHOWN_TO_TIPSTER))
            .order_by(TipEntryRow.sequence)
        )
        return [read_entry(key, one) for one in rows]

    async def _desk_key(self, tip_id: UUID, *, lock: bool = False) -> DataKey | None:
        query = select(TipRow.desk_key_sealed).where(TipRow.id == tip_id)
        sealed = await self.session.scalar(query.with_for_update() if lock else query)
        return None if sealed is None else DataKey.of_desk(self.keyring, tip_id, sealed)

    async def _add_entry(
        self, tip_id: UUID, key: DataKey, kind: str, text: str, at: datetime, source: str | None
    ) -> bool:
        """False where this source was taken before."""
        values = new_entry(key, tip_id, kind, text, at)
        mark = None if source is None else self.keyring.fingerprint(source, SOURCE)
        added = await self.session.scalar(
            insert(TipEntryRow)
            .values(**values, source_mark=mark)
            .on_conflict_do_nothing(index_elements=["source_mark"])
            .returning(TipEntryRow.id)
        )
        return added is not None

    async def _index(self, tip_id: UUID, words: str, where: str = "") -> None:
        await index_tip(self, tip_id, words, where)


async def index_tip(shelf: Shelf, tip_id: UUID, words: str, where: str = "") -> None:
    """Add to the blind index what other tips may name too."""
    for trace in sorted(traces(words, where), key=lambda one: (one.kind, one.value)):
        mark = shelf.keyring.fingerprint(f"{trace.kind}\0{trace.value}", "tip.trace")
        await shelf.session.execute(
            insert(TipTraceRow)
            .values(tip_id=tip_id, mark=mark, kind=trace.kind)
            .on_conflict_do_nothing()
        )


async def wipe(shelf: Shelf, tip_id: UUID, at: datetime, status: Status | None) -> None:
    """Leave the number and how it ended, nothing that anybody said.

    Its origin goes with the next purge: the porch, where people withdraw, cannot reach the vault.
    """
    for table in (TipEntryRow, TipTraceRow, TipScrubRow, AttachmentRow):
        await shelf.session.execute(delete(table).where(table.tip_id == tip_id))
    values: dict[str, object] = {
        "fields_locked": None,
        "desk_fields_locked": None,
        "body_sealed": None,
        "desk_key_sealed": None,
        "receipt_mark": None,
        "receipt_key_locked": None,
        "wakes_at": None,
        "changed_at": at,
    }
    if status is not None:
        values |= {"status": status.value, "status_at": at}
    await shelf.session.execute(update(TipRow).where(TipRow.id == tip_id).values(values))


def new_entry(key: DataKey, tip_id: UUID, kind: str, text: str, at: datetime) -> dict[str, object]:
    """The columns of a new entry."""
    entry_id = uuid4()
    return {
        "id": entry_id,
        "tip_id": tip_id,
        "kind": kind,
        "text_locked": key.lock(text.encode("utf-8", "replace"), f"tip_entry.text:{entry_id}"),
        "at": at,
    }


def read_entry(key: DataKey, row: TipEntryRow) -> Entry:
    """An entry in the clear."""
    text = key.unlock(row.text_locked, f"tip_entry.text:{row.id}").decode()
    return Entry(row.id, row.kind, text, row.at, row.advocate_id)


def read_desk_fields(key: DataKey, row: TipRow) -> TipFields | None:
    """The same as the desk reads it; None where the desk has changed nothing."""
    if row.desk_fields_locked is None:
        return None
    place = f"tip.desk_fields:{row.id}"
    return TipFields.read(json.loads(key.unlock(row.desk_fields_locked, place)))


def locked_desk_fields(key: DataKey, tip_id: UUID, told: TipFields) -> bytes:
    """What `read_desk_fields` reads."""
    return key.lock(json.dumps(told.as_dict()).encode(), f"tip.desk_fields:{tip_id}")


def read_fields(key: DataKey, row: TipRow) -> TipFields:
    """The structured half of a tip in the clear."""
    if row.fields_locked is None:
        return TipFields()
    return TipFields.read(json.loads(key.unlock(row.fields_locked, f"tip.fields:{row.id}")))


def _wakes(origin: Origin, tier: Tier) -> bool:
    """A conversation fetches its own human; who wrote by form waits nowhere."""
    return origin is not Origin.CONVERSATION and tier >= Tier.URGENT


def _locked_fields(key: DataKey, tip_id: UUID, told: TipFields) -> bytes:
    return key.lock(json.dumps(told.as_dict()).encode(), f"tip.fields:{tip_id}")


_NOBODY = UUID(int=0)


def _decoy(secret: ReceiptSecret) -> None:
    """Do for a receipt that opens nothing what is done for one that does."""
    key = DataKey.new()
    secret.unwrap(secret.wrap(key, _NOBODY), _NOBODY)
