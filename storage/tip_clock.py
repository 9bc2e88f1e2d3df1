"""The clocks of tips: each goes at its own date, and its origin long before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from intake.tip_fields import Status
from storage.attachments import AttachmentRepository
from storage.shelf import Shelf
from storage.tip_keys import purge_posts
from storage.tip_tables import TipRow
from storage.tips import wipe
from storage.vault import KEEP as VAULT_KEEPS
from storage.vault import Vault


@dataclass(frozen=True)
class TipPurge:
    """What one run removed; `overdue_left` must be 0."""

    tips: int
    addresses: int
    overdue_left: int


async def purge_tips(shelf: Shelf, now: datetime) -> TipPurge:
    """Remove what is past its date."""
    holds_words = or_(TipRow.desk_key_sealed.is_not(None), TipRow.body_sealed.is_not(None))
    due = select(TipRow.id).where(TipRow.expires_at < now, holds_words)
    ids = list(await shelf.session.scalars(due.with_for_update(skip_locked=True)))
    for tip_id in ids:
        await wipe(shelf, tip_id, now, None)
    withdrawn = select(TipRow.id).where(
        TipRow.status == Status.WITHDRAWN.value, TipRow.changed_at > now - VAULT_KEEPS
    )
    gone = [*ids, *await shelf.session.scalars(withdrawn)]
    addresses = await Vault(shelf.session, shelf.keyring).purge(now, gone)
    await AttachmentRepository(shelf.session, shelf.keyring).purge(now)
    await purge_posts(shelf, now)
    left = await shelf.session.scalar(select(func.count()).select_from(due.subquery()))
    return TipPurge(tips=len(ids), addresses=addresses, overdue_left=left or 0)
