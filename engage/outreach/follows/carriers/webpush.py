"""Web Push: what a push service is sent. RFC 8291 (encryption), RFC 8188 (its coding), RFC 8292 (who we are).

Pure: bytes in, bytes out; no request leaves from here.
"""

from __future__ import annotations

import hmac
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from engage.errors import Refused

RECORD = 4096
# One record: its header, the tag of 16 bytes and the delimiter leave this much for the words.
PAYLOAD_MOST = RECORD - 86 - 17
TOKEN_SECONDS = 12 * 3600


def unpadded(data: bytes) -> str:
    """Return urlsafe base64 without padding, as all of Web Push writes it."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def padded(text: str) -> bytes:
    """Read urlsafe base64 with or without padding; raises ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def read_keys(key: str, auth: str) -> tuple[ec.EllipticCurvePublicKey, bytes]:
    """Read a browser's public key and its secret; raises Refused("push_keys_wrong")."""
    try:
        point, secret = padded(key[:200]), padded(auth[:100])
        if len(point) != 65 or len(secret) != 16:
            raise ValueError("wrong length")
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point), secret
    except ValueError as exc:
        raise Refused("push_keys_wrong") from exc


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    """Extract and expand once (RFC 5869), which gives at most 32 bytes."""
    extracted = hmac.digest(salt, secret, sha256)
    return hmac.digest(extracted, info + b"\x01", sha256)[:length]


def encrypt(
    payload: bytes,
    key: str,
    auth: str,
    *,
    salt: bytes | None = None,
    private: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """Return the body of a push, as one record of aes128gcm; `salt` and `private` are for the RFC's own example."""
    receiver, secret = read_keys(key, auth)
    salt = salt or os.urandom(16)
    own = private or ec.generate_private_key(ec.SECP256R1())
    shared = own.exchange(ec.ECDH(), receiver)
    own_point = _point(own.public_key())
    material = _hkdf(secret, shared, b"WebPush: info\x00" + _point(receiver) + own_point, 32)
    content_key = _hkdf(salt, material, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _hkdf(salt, material, b"Content-Encoding: nonce\x00", 12)
    sealed = AESGCM(content_key).encrypt(nonce, payload + b"\x02", None)
    return salt + RECORD.to_bytes(4, "big") + bytes([len(own_point)]) + own_point + sealed


@lru_cache(maxsize=4)
def _signer(key: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(padded(key), "big"), ec.SECP256R1())


def public_key(key: str) -> str:
    """Return what the browser asks for as applicationServerKey."""
    return unpadded(_point(_signer(key).public_key()))


def authorization(endpoint: str, key: str, contact: str, now: datetime) -> str:
    """Return the header by which a push service knows who sends (RFC 8292); it holds for one origin and 12 hours."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int(now.timestamp()) + TOKEN_SECONDS, "sub": contact}
    head = unpadded(json.dumps({"typ": "JWT", "alg": "ES256"}).encode())
    signed = f"{head}.{unpadded(json.dumps(claims).encode())}"
    r, s = decode_dss_signature(_signer(key).sign(signed.encode(), ec.ECDSA(SHA256())))
    signature = unpadded(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{signature}, k={public_key(key)}"
