"""Pure decisions about receipts, limits and what a sender may do; no ORM, no request, no clock reading."""

import hmac
import re
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

# 23 letters (a prime number of them) without I, O and Q: a weighted sum modulo a prime finds every single
# wrong character and every swap of two neighbours.
CHECK_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
# Crockford's base 32: no I, L, O, U, so that a code survives being read out on the telephone.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12
_RFC_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_TO_CROCKFORD = str.maketrans(_RFC_ALPHABET, CODE_ALPHABET)
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})
_REFERENCE = re.compile(r"([A-Z])-?(\d{4})-?(\d{6,12})-?([A-Z])")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－ー", "-"))
MAX_TYPED = 64


@dataclass(frozen=True)
class Reference:
    """The public name of a submission: kind letter, year of receipt, running number."""

    letter: str
    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.letter}-{self.year}-{self.number:06d}-{check_letter(self.letter, self.year, self.number)}"


def check_letter(letter: str, year: int, number: int) -> str:
    """Return the letter that closes a reference.

    Weights run 2, 3, 4 ... from the right and repeat below 23, so neighbours never share one.
    """
    symbols = [ord(letter) - 64, *map(int, f"{year:04d}{number:06d}")]
    total = sum(value * (2 + place % 21) for place, value in enumerate(reversed(symbols)))
    return CHECK_LETTERS[total % 23]


def parse_reference(typed: str) -> Reference | None:
    """Read a reference as people type it (spaces, lower case, full width, any dash); None if it cannot be one."""
    if len(typed) > MAX_TYPED:
        return None
    text = re.sub(r"\s+", "", typed.translate(_FULL_WIDTH).translate(_DASHES)).upper()
    found = _REFERENCE.fullmatch(text)
    if not found:
        return None
    letter, year, number, check = found[1], int(found[2]), int(found[3]), found[4]
    return Reference(letter, year, number) if check == check_letter(letter, year, number) else None


def tracking_code(token: bytes, key: str) -> str:
    """Derive the 12-character tracking code (60 bits) from a submission's one-time token.

    Deriving instead of drawing lets a repeated POST show the first receipt again although only a keyed hash of
    the code is stored: without the sender's 122-bit random token nobody can compute it.
    """
    digest = hmac.digest(key.encode(), b"tracking-code:" + token, sha256)
    return b32encode(digest).decode().translate(_TO_CROCKFORD)[:CODE_LENGTH]


def code_digest(code: str, key: str) -> str:
    """Return the keyed hash of a code, the only form of it that is stored (hex, 64 characters)."""
    return hmac.digest(key.encode(), b"code-digest:" + code.encode(), sha256).hex()


def token_digest(token: bytes, key: str) -> str:
    """Return the keyed hash of a one-time token: unique per submission, useless without the token itself."""
    return hmac.digest(key.encode(), b"token-digest:" + token, sha256).hex()


def external_token(scope: str, external_id: str, key: str) -> bytes:
    """Derive the one-time token (16 bytes) of something that came on another way and has a name of its own there.

    The same name in the same scope is the same submission, so a second import finds the first. Keyed, because a
    token that strangers could compute would let them claim the receipt or take its place beforehand.
    """
    named = f"{len(scope)}:{scope}:{external_id}".encode()
    return hmac.digest(key.encode(), b"external-token:" + named, sha256)[:16]


def parse_code(typed: str) -> str:
    """Fold a typed code to its canonical form; whatever cannot be a code comes back as it can never match."""
    text = typed[:MAX_TYPED].translate(_FULL_WIDTH).translate(_DASHES).upper()
    return re.sub(r"[\s-]+", "", text).translate(_MISREAD)


def format_code(code: str) -> str:
    """Write a code in groups of four, as receipts show it."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


@dataclass(frozen=True)
class Window:
    """At most `limit` events in any `seconds`."""

    limit: int
    seconds: int


def sliding_count(previous: int, current: int, elapsed: float, seconds: int) -> float:
    """Estimate the events of the last `seconds` from two fixed buckets.

    The previous bucket counts by the share of it that the window still covers. `elapsed` is seconds into the
    current bucket.
    """
    return previous * max(0.0, 1 - elapsed / seconds) + current


def retry_after(previous: int, current: int, elapsed: float, window: Window) -> int:
    """Return whole seconds until one more event would fit into the window."""
    if previous and current < window.limit:
        share = (window.limit - current - 1) / previous
        return max(1, round((1 - share) * window.seconds - elapsed + 0.5))
    return max(1, round(window.seconds - elapsed + 0.5))


def looks_automatic(*, honeypot: str, opened_at: datetime | None, now: datetime, minimum: timedelta) -> bool:
    """Tell whether a form was filled by a program: the hidden field has text, or it came back too soon.

    Such a submission is kept for a moderator and never refused: a person with a fast hand must not be lost.
    """
    return bool(honeypot) or opened_at is None or now - opened_at < minimum


def retention_end(received_at: datetime, days: int) -> datetime:
    """Return when contact data of a submission is deleted, `days` after its receipt."""
    return received_at + timedelta(days=days)
