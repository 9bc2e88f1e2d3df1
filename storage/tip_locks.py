"""The locks of a tip: a data key of its own, wrapped for the tips desk and for the receipt.

The desk's wrap opens with the key file, the receipt's with what scrypt makes of the receipt and of
a secret of the key file (RFC 7914; 16 MiB a try). Whoever has the database alone opens neither.
Throwing both wraps away makes every word and file of the tip unreadable at once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.crypto import KEY_BYTES, NONCE_BYTES, CannotOpen, Keyring

_N, _R, _P = 2**14, 8, 1
_SCRYPT_MEMORY = 64 * 1024 * 1024


@dataclass(frozen=True, repr=False)
class DataKey:
    """The key of one tip."""

    key: bytes

    @classmethod
    def new(cls) -> DataKey:
        """A fresh one."""
        return cls(os.urandom(KEY_BYTES))

    def lock(self, content: bytes, place: str) -> bytes:
        """Encrypt for one place, for example `tip_entry.text:<id>`."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.key).encrypt(nonce, content, place.encode())

    def unlock(self, locked: bytes, place: str) -> bytes:
        """Decrypt what `lock` made for the same place. Raises CannotOpen."""
        try:
            return AESGCM(self.key).decrypt(
                locked[:NONCE_BYTES], locked[NONCE_BYTES:], place.encode()
            )
        except InvalidTag:
            raise CannotOpen(f"{place} was changed, moved or locked by another key") from None

    def for_desk(self, keyring: Keyring, tip_id: UUID) -> bytes:
        """The wrap that the key file opens."""
        return keyring.seal(base64.b64encode(self.key).decode(), _desk_place(tip_id))

    @classmethod
    def of_desk(cls, keyring: Keyring, tip_id: UUID, sealed: bytes) -> DataKey:
        """Open the desk's wrap. Raises CannotOpen."""
        return cls(base64.b64decode(keyring.open(sealed, _desk_place(tip_id))))


@dataclass(frozen=True, repr=False)
class ReceiptSecret:
    """What a receipt turns into: a mark to find the tip by, and a key that opens its wrap."""

    mark: bytes
    key: bytes

    @classmethod
    def of(cls, receipt: str, keyring: Keyring) -> ReceiptSecret:
        """Slow on purpose (some 40 ms): call it in a thread."""
        salt = keyring.fingerprint("", "tip.receipt.salt")
        slow = hashlib.scrypt(
            receipt.encode(), salt=salt, n=_N, r=_R, p=_P, maxmem=_SCRYPT_MEMORY, dklen=KEY_BYTES
        )
        return cls(
            mark=hmac.digest(keyring.fingerprint_key, b"tip.receipt.mark\0" + slow, "sha256"),
            key=hmac.digest(keyring.fingerprint_key, b"tip.receipt.key\0" + slow, "sha256"),
        )

    def wrap(self, key: DataKey, tip_id: UUID) -> bytes:
        """The wrap that only this receipt opens."""
        return DataKey(self.key).lock(key.key, _receipt_place(tip_id))

    def unwrap(self, locked: bytes, tip_id: UUID) -> DataKey:
        """The tip's key. Raises CannotOpen."""
        return DataKey(DataKey(self.key).unlock(locked, _receipt_place(tip_id)))


def _desk_place(tip_id: UUID) -> str:
    return f"tip.desk_key:{tip_id}"


def _receipt_place(tip_id: UUID) -> str:
    return f"tip.receipt_key:{tip_id}"
