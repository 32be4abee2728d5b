"""Decisions of the gate. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping

from engage.errors import Refused

# Working days a reviewer has unless the request says otherwise; at most so many.
DAYS_USUAL, DAYS_MOST = 3, 30
# Working days in which the reviews that an emergency skipped are made up for.
DAYS_AFTERWARDS = 2
COMMENT_MOST, BASIS_MOST, REASON_LEAST = 2_000, 300, 10


def manifest_hash(forms: Mapping[str, str]) -> str:
    """Return the SHA-256 over all form names and their hashes (name to hex digest), whatever their order."""
    canonical = json.dumps(dict(sorted(forms.items())), ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def changed_forms(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Name the forms that were added, taken away or have other bytes."""
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def check_request(*, days: int, emergency: str, is_emergency: bool) -> None:
    """Refuse with "release_days_wrong" (most) or "release_reason_missing" (least)."""
    if not 1 <= days <= DAYS_MOST:
        raise Refused("release_days_wrong", most=DAYS_MOST)
    if is_emergency and not REASON_LEAST <= len(emergency.strip()) <= COMMENT_MOST:
        raise Refused("release_reason_missing", least=REASON_LEAST)


def check_decision(decision: str, *, basis: str, comment: str, allowed: Iterable[str]) -> None:
    """Check what a decision needs: whoever keeps words from the public says by which law, whoever returns says why.

    Refuses with "review_unknown_decision", "review_basis_missing", "review_comment_missing", "review_too_long" (most).
    """
    if decision not in set(allowed):
        raise Refused("review_unknown_decision")
    if decision in ("redact", "withhold") and not basis.strip():
        raise Refused("review_basis_missing")
    if decision in ("redact", "return") and not comment.strip():
        raise Refused("review_comment_missing")
    if len(comment) > COMMENT_MOST or len(basis) > BASIS_MOST:
        raise Refused("review_too_long", most=COMMENT_MOST)


def check_signer(signer: int | None, *, writers: Collection[int], signed_before: Collection[int]) -> None:
    """Nobody reviews what they wrote, and nobody turns two keys of one release.

    Refuses with "sign_off_own" or "review_second_key".
    """
    if signer is not None and signer in writers:
        raise Refused("sign_off_own")
    if signer is not None and signer in signed_before:
        raise Refused("review_second_key")
