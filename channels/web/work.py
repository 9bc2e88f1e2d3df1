"""A little work that a browser does before it sends a report, so that floods cost who makes them.

Challenges and their checking are altcha's (v2, PBKDF2); our own script solves them (static/
report.js, static/solver.js). A challenge is signed, lasts two hours, counts once, and says nothing
about who asked for it. Without a script there is none; then the turnstile slows floods down.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field

import altcha

from storage.crypto import Keyring

LASTS = 2 * 3600
_ALGORITHM = "PBKDF2/SHA-256"
# Rounds of one try; some 256 tries find a key that starts with a byte of zeros: half a second on
# a desk, a few on a small phone. Four times as much for each step that a network is over its share.
COST = 500
_PREFIX = "00"
_LONGEST = 4096


@dataclass(frozen=True)
class Work:
    """The challenges of the line; every porch with the same key file takes them."""

    keyring: Keyring
    _spent: dict[bytes, float] = field(default_factory=dict)

    def challenge(self, level: int = 0) -> str:
        """A new challenge as JSON; `level`: 0 to 3, how crowded the asker's network is."""
        made = altcha.create_challenge(
            _ALGORITHM,
            COST * 4**level,
            key_prefix=_PREFIX,
            expires_at=int(time.time()) + LASTS,
            hmac_secret=self._secret,
        )
        return json.dumps(made.to_dict())

    def accepts(self, payload: str, level: int = 0) -> bool:
        """Whether work was done that the line asked for, enough of it, and never shown before."""
        if not payload or len(payload) > _LONGEST:
            return False
        if not altcha.verify_solution(payload, self._secret).verified:
            return False
        challenge = altcha.Payload.from_base64(payload).challenge
        now = time.time()
        for mark in [mark for mark, until in self._spent.items() if until < now]:
            del self._spent[mark]
        mark = hashlib.sha256(str(challenge.signature).encode()).digest()
        if mark in self._spent or challenge.parameters.cost < COST * 4**level:
            return False
        self._spent[mark] = now + LASTS
        return True

    @property
    def _secret(self) -> bytes:
        return hmac.digest(self.keyring.fingerprint_key, b"report.work\0", "sha256")
