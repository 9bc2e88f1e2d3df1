"""What every repository stands on."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from storage.crypto import Keyring

#: What the fingerprints of addresses are made for.
ADDRESS = "address"


class Shelf:
    """What every repository stands on: the session of the transaction and the keys."""

    def __init__(self, session: AsyncSession, keyring: Keyring) -> None:
        self.session = session
        self.keyring = keyring

    def open_body(self, message_id: UUID, sealed: bytes | None) -> str | None:
        """The words of a message, or None once they are purged."""
        return None if sealed is None else self.keyring.open(sealed, f"message.body:{message_id}")
