"""The key with which the line proves itself to push services (VAPID, RFC 8292).

It is made from the key file, so that desk and worker have the same one without another secret to
keep; rotating the sealing keys leaves it as it is.
"""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from storage.crypto import Keyring

# The order of P-256 (FIPS 186-5); 16 bytes more than it has leave no bias.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_BYTES = 48


def vapid_key(keyring: Keyring) -> ec.EllipticCurvePrivateKey:
    """The private key of this line."""
    material = HKDF(algorithm=SHA256(), length=_BYTES, salt=None, info=b"hotline vapid").derive(
        keyring.fingerprint_key
    )
    return ec.derive_private_key(int.from_bytes(material) % (_ORDER - 1) + 1, ec.SECP256R1())


def application_server_key(keyring: Keyring) -> str:
    """The public key as a browser's `pushManager.subscribe` takes it."""
    point = (
        vapid_key(keyring).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    )
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()
