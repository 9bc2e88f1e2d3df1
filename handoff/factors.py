"""The second factor beside a password: six digits of a code app (RFC 6238), a recovery code."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import pyotp
import segno

from storage.accounts import Advocate
from storage.database import Transaction

ISSUER = "Desk"
_STEP_SECONDS = 30
# One step to either side: clocks of phones differ.
_DRIFT = 1
_RECOVERY_CODES = 10
# Without letters and digits that look alike; 24 of 30 signs are 117 bits.
_SIGNS = "abcdefghjkmnpqrstuvwxyz2345679"
_RECOVERY_LENGTH = 24


class SecondFactor(StrEnum):
    """Whether the desk asks for one."""

    OFF = "off"
    OPTIONAL = "optional"
    REQUIRED = "required"


def new_secret() -> str:
    """160 random bits in base 32."""
    return pyotp.random_base32()


def new_recovery_codes() -> list[str]:
    """Codes to be written down, shown this once."""
    return [
        "".join(secrets.choice(_SIGNS) for _ in range(_RECOVERY_LENGTH))
        for _ in range(_RECOVERY_CODES)
    ]


def picture(secret: str, name: str) -> str:
    """The QR code as an SVG element drawn here; it carries no style and no script."""
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)
    return segno.make(address, error="m").svg_inline(
        scale=5, border=4, dark="#000", light="#fff", svgclass=None, lineclass=None, omitsize=True
    )


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step that a code belongs to; None when it is not right now."""
    digits = "".join(code.split())
    app = pyotp.TOTP(secret)
    current = int(now.timestamp()) // _STEP_SECONDS
    found = None
    # Every step is compared, so that the time taken tells nothing.
    for step in range(current - _DRIFT, current + _DRIFT + 1):
        if pyotp.utils.strings_equal(digits, app.generate_otp(step)):
            found = step
    return found


async def passes(tx: Transaction, advocate: Advocate, code: str, now: datetime) -> bool:
    """Whether a code opens the account; it is used up by that. True where none is asked for.

    An account with passkeys and no code app is opened by a passkey, or a password with a recovery
    code: a stolen password alone would be what passkeys are there against.
    """
    app = await tx.factors.code_app(advocate.id)
    if app is not None and app.on:
        step = step_of(app.secret, code, now)
        if step is not None:
            return await tx.factors.use_step(advocate.id, step)
    elif not await tx.passkeys.count(advocate.id):
        return True
    spelled = "".join(sign for sign in code.lower() if sign in _SIGNS)
    return await tx.factors.use_recovery(advocate.id, spelled, now)


async def forget_factors(tx: Transaction, advocate_id: UUID) -> None:
    """Forget whatever an account has besides its password, and sign its browsers out."""
    await tx.factors.turn_off(advocate_id)
    await tx.passkeys.remove_all(advocate_id)
    await tx.factors.forget_codes(advocate_id)
    await tx.accounts.close_sessions(advocate_id)
