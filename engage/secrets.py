"""Secrets: generated once for the embedded default, demanded from the environment in production."""

import json
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def embedded_secrets(folder: Path) -> dict[str, Any]:
    """Return the installation's secrets, making them at the first call.

    Each file is created exclusively with mode 0600: of two processes that start together one writes, both read.
    """
    return _made_once(folder / "secrets.json", _secrets) | _made_once(folder / "push.json", _push_key)


def _secrets() -> dict[str, Any]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "CONTACT_KEYS": [urlsafe_b64encode(secrets.token_bytes(32)).decode()],
        "INDEX_KEY": secrets.token_urlsafe(32),
        "TRACKING_KEY": secrets.token_urlsafe(32),
    }


def _push_key() -> dict[str, Any]:
    """Make the private key by which push services know this site (RFC 8292): a number below the order of P-256."""
    number = 1 + secrets.randbelow(P256_ORDER - 1)
    return {"PUSH_KEY": urlsafe_b64encode(number.to_bytes(32, "big")).decode().rstrip("=")}


def _made_once(path: Path, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_suffix(f".{os.getpid()}.tmp")
        scratch.touch(mode=0o600)
        scratch.write_text(json.dumps(make()))
        try:
            os.link(scratch, path)
        except FileExistsError:
            pass  # another process was first; its secrets count
        finally:
            scratch.unlink()
    return json.loads(path.read_text())


def _is_contact_key(value: str) -> bool:
    try:
        return len(urlsafe_b64decode(value)) == 32
    except ValueError:
        return False


def production_faults(settings: Mapping[str, Any], environ: Mapping[str, str]) -> list[str]:
    """Name, in plain sentences, each production setting that is missing or unsafe."""
    faults = []
    for name, setting in (
        ("SECRET_KEY", "SECRET_KEY"),
        ("ENGAGE_INDEX_KEY", "INDEX_KEY"),
        ("ENGAGE_TRACKING_KEY", "TRACKING_KEY"),
    ):
        if len(settings[setting]) < 32:
            faults.append(f"{name} must be set to a random text of 32 characters or more.")
    keys = settings["CONTACT_KEYS"]
    if not keys or not all(_is_contact_key(key) for key in keys):
        faults.append("ENGAGE_CONTACT_KEYS must hold one or more urlsafe base64 keys of 32 bytes, newest first.")
    if not settings["ALLOWED_HOSTS"] or "*" in settings["ALLOWED_HOSTS"]:
        faults.append("ALLOWED_HOSTS must name the host names of the site, without *.")
    if not settings["PUBLIC_URL"].startswith("https://"):
        faults.append("PUBLIC_URL must be the https:// address of the site.")
    if settings["DATABASES"]["default"]["ENGINE"].endswith("sqlite3"):
        faults.append("DATABASE_URL must point to PostgreSQL.")
    if not settings["REDIS_URL"]:
        faults.append("REDIS_URL must point to Redis.")
    if not environ.get("EMAIL_URL"):
        faults.append("EMAIL_URL must point to the mail server.")
    if environ.get("DEBUG", "").lower() in {"1", "true", "yes", "on"}:
        faults.append("DEBUG must not be set.")
    if settings["DEMO"]:
        faults.append("ENGAGE_DEMO must not be set: the demo sign-in page would let anyone in.")
    return faults
