"""The signature under answers to organizations: Ed25519, as a compact JWS, with a published key.

The key follows from the key file, so every porch of the line signs alike and it outlives a change
of the sealing key. The same answer has the same signature.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.jwk import OKPKey

from storage.crypto import Keyring

# As RFC 9864 names it; it deprecates "EdDSA", which does not say the curve.
ALGORITHM = "Ed25519"


@dataclass(frozen=True, repr=False)
class Signature:
    """Signs, and tells how to check."""

    keyring: Keyring

    @cached_property
    def _key(self) -> OKPKey:
        seed = self.keyring.fingerprint("", "tip.api.signing")
        public = Ed25519PrivateKey.from_private_bytes(seed).public_key()
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        key = OKPKey.import_key(
            {"kty": "OKP", "crv": "Ed25519", "x": _base64url(raw), "d": _base64url(seed)}
        )
        key.ensure_kid()
        return key

    @property
    def public(self) -> dict[str, str]:
        """The key to check with, as a JWK (RFC 8037)."""
        found = self._key.as_dict(private=False)
        shown = {name: str(found[name]) for name in ("kty", "crv", "x", "kid")}
        return {**shown, "use": "sig", "alg": ALGORITHM}

    def sign(self, claims: Mapping[str, str]) -> str:
        """Claims as a compact JWS."""
        header = {"alg": ALGORITHM, "kid": str(self._key.kid)}
        content = json.dumps(dict(claims), sort_keys=True)
        return jws.serialize_compact(header, content, self._key, algorithms=[ALGORITHM])


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
