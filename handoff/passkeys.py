"""Passkeys (WebAuthn level 3): registering one, and signing in with one instead of a password.

A passkey signs for the desk's own address only, so a false page gets nothing that opens this one;
its device makes sure who holds it (user verification), so it is two factors in one.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    options_to_json_dict,
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from handoff.factors import ISSUER
from storage.accounts import Advocate
from storage.database import Transaction
from storage.passkeys import Passkey

#: How long a browser may take to answer a challenge.
ANSWER_WITHIN = timedelta(minutes=5)
#: No account needs more devices; a thief's is easier to see in a short list.
MOST = 10
LONGEST_NAME = 40
_CHALLENGE_BYTES = 32
_TOKEN_BYTES = 32
_NEW, _USE = "passkey_new", "passkey_use"


@dataclass(frozen=True)
class Asked:
    """What a browser is asked. `token`: goes into its cookie, and comes back with the answer."""

    token: str
    options: dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """Whose passkey signed, or why it does not count.

    `copied`: the signature is right, its count is not above the last one: two devices hold it.
    """

    passkey: Passkey | None
    copied: bool = False


@dataclass(frozen=True)
class Passkeys:
    """Asks browsers for passkeys of the desk at `origin`, and judges what they answer."""

    origin: str

    @property
    def place(self) -> str:
        """The name that passkeys are bound to: the host of the desk."""
        return urlsplit(self.origin).hostname or ""

    @property
    def possible(self) -> bool:
        """Browsers bind passkeys to names, never to numeric addresses."""
        try:
            ip_address(self.place)
        except ValueError:
            return bool(self.place)
        return False

    async def offer(self, tx: Transaction, advocate: Advocate, now: datetime) -> Asked:
        """Ask the browser to make a passkey for who is signed in; not on a device that has one."""
        challenge, token = _fresh()
        options = generate_registration_options(
            rp_id=self.place,
            rp_name=ISSUER,
            user_id=advocate.id.bytes,
            user_name=advocate.name,
            challenge=challenge,
            timeout=_milliseconds(ANSWER_WITHIN),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=known.credential_id)
                for known in await tx.passkeys.of(advocate.id)
            ],
        )
        await tx.passkeys.begin(
            _NEW, _hashed(token), challenge, now, now + ANSWER_WITHIN, advocate_id=advocate.id
        )
        return Asked(token, options_to_json_dict(options))

    async def register(
        self, tx: Transaction, advocate: Advocate, token: str, given: str, name: str, now: datetime
    ) -> bool:
        """Keep the passkey that the browser made; False when it is none that counts."""
        asked = await tx.passkeys.end(_NEW, _hashed(token), now)
        if asked is None or asked.advocate_id != advocate.id:
            return False
        if await tx.passkeys.count(advocate.id) >= MOST:
            return False
        made = _judged(
            lambda: verify_registration_response(
                credential=parse_registration_credential_json(given),
                expected_challenge=asked.challenge,
                expected_rp_id=self.place,
                expected_origin=self.origin,
                require_user_verification=True,
            )
        )
        if made is None:
            return False
        return await tx.passkeys.add(
            advocate.id, made.credential_id, made.credential_public_key, made.sign_count, name, now
        )

    async def ask(self, tx: Transaction, now: datetime) -> Asked:
        """Ask the browser for any passkey of the desk that its owner picks."""
        challenge, token = _fresh()
        options = generate_authentication_options(
            rp_id=self.place,
            challenge=challenge,
            timeout=_milliseconds(ANSWER_WITHIN),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        await tx.passkeys.begin(_USE, _hashed(token), challenge, now, now + ANSWER_WITHIN)
        return Asked(token, options_to_json_dict(options))

    async def answer(
        self, tx: Transaction, token: str, given: dict[str, Any], now: datetime
    ) -> Answer:
        """Whose passkey signed this browser's challenge. The challenge is used up either way."""
        asked = await tx.passkeys.end(_USE, _hashed(token), now)
        credential = _judged(lambda: parse_authentication_credential_json(json.dumps(given)))
        if asked is None or credential is None:
            return Answer(None)
        known = await tx.passkeys.by_credential(credential.raw_id)
        # The device keeps whose passkey it is; both sides have to say the same.
        if known is None or credential.response.user_handle != known.advocate_id.bytes:
            return Answer(None)
        proved = _judged(
            lambda: verify_authentication_response(
                credential=credential,
                expected_challenge=asked.challenge,
                expected_rp_id=self.place,
                expected_origin=self.origin,
                credential_public_key=known.public_key,
                # The count is compared below: a copy is worth a line of its own.
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        )
        if proved is None:
            return Answer(None)
        count = proved.new_sign_count
        if (count or known.sign_count) and count <= known.sign_count:
            return Answer(known, copied=True)
        await tx.passkeys.used(known.id, count, now)
        return Answer(known)


def _judged[T](judge: Callable[[], T]) -> T | None:
    """What the library made of an answer; None whatever is wrong with it.

    Browsers send anything: besides its own errors the library lets those of base64, CBOR and
    keys through. None of them may become a failure of the desk, nor a line with what was sent.
    """
    try:
        return judge()
    except Exception:
        return None


def _fresh() -> tuple[bytes, str]:
    return secrets.token_bytes(_CHALLENGE_BYTES), secrets.token_urlsafe(_TOKEN_BYTES)


def _hashed(token: str) -> bytes:
    return sha256(token.encode()).digest()


def _milliseconds(length: timedelta) -> int:
    return int(length.total_seconds() * 1_000)
