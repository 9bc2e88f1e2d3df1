"""Signs what the webhook sends, as Standard Webhooks asks (https://www.standardwebhooks.com)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

PREFIX = "whsec_"
#: Bytes of a secret, as the specification asks.
SHORTEST_SECRET, LONGEST_SECRET = 24, 64


def secrets_in(given: str) -> tuple[bytes, ...]:
    """The secrets of a setting, with spaces between them. Raises ValueError for what is none."""
    found = []
    for one in given.split():
        try:
            secret = base64.b64decode(one.removeprefix(PREFIX), validate=True)
        except binascii.Error:
            secret = b""
        if not SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET:
            raise ValueError(
                f"WEBHOOK_SECRET: a secret is {PREFIX} and {SHORTEST_SECRET} to {LONGEST_SECRET} "
                "random bytes in base64; make one with: "
                'python -c "import base64,os;'
                "print('whsec_'+base64.b64encode(os.urandom(32)).decode())\""
            )
        found.append(secret)
    return tuple(found)


def signature(secrets: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: one for each secret, so that they can be exchanged."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    digests = (hmac.new(secret, signed, hashlib.sha256).digest() for secret in secrets)
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)
