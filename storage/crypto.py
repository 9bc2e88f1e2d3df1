"""Encryption at rest: authenticated sealing of texts and keyed fingerprints for look-up.

A sealed value is `version (1 byte) | key id (4) | nonce (12) | AES-256-GCM ciphertext`. The place
where it is kept (table, column, row) is bound in as associated data, so that a value moved to
another row does not open. Keys live in a file outside the database (`storage/keys.py`).
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = b"\x01"
KEY_BYTES = 32
KEY_ID_BYTES = 4
NONCE_BYTES = 12
_HEADER_BYTES = len(VERSION) + KEY_ID_BYTES + NONCE_BYTES


class CannotOpen(Exception):
    """A sealed value does not open: its key is missing, or the value was changed or moved."""


@dataclass(frozen=True, repr=False)
class Keyring:
    """The keys of the line; new values are sealed with the primary, old ones still open."""

    primary: str
    keys: Mapping[str, bytes]
    fingerprint_key: bytes

    def seal(self, text: str, place: str) -> bytes:
        """Encrypt a text for one place, for example `message.body:<id>`."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self.keys[self.primary]).encrypt(
            nonce, text.encode("utf-8", "surrogatepass"), place.encode()
        )
        return VERSION + bytes.fromhex(self.primary) + nonce + sealed

    def open(self, sealed: bytes, place: str) -> str:
        """Decrypt what `seal` made for the same place. Raises CannotOpen."""
        key = self.keys.get(self.key_of(sealed))
        if sealed[:1] != VERSION or key is None:
            raise CannotOpen(f"no key opens {place}; is the key file complete?")
        nonce = sealed[_HEADER_BYTES - NONCE_BYTES : _HEADER_BYTES]
        try:
            text = AESGCM(key).decrypt(nonce, sealed[_HEADER_BYTES:], place.encode())
        except InvalidTag:
            raise CannotOpen(f"{place} was changed or moved since it was sealed") from None
        return text.decode("utf-8", "surrogatepass")

    def fingerprint(self, value: str, kind: str) -> bytes:
        """A keyed fingerprint: equal values meet, and nobody without the key can try numbers."""
        return hmac.digest(self.fingerprint_key, f"{kind}\0{value}".encode(), sha256)

    @property
    def audit_key(self) -> bytes:
        """The key of the audit log's chain; it does not change when the sealing key does."""
        return hmac.digest(self.fingerprint_key, b"audit chain\0", sha256)

    @staticmethod
    def key_of(sealed: bytes) -> str:
        """The id of the key that a sealed value was made with."""
        return sealed[len(VERSION) : len(VERSION) + KEY_ID_BYTES].hex()
