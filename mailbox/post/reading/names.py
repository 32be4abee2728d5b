"""Names of attachments, made safe: what a stranger calls a file decides nothing here."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]+')
_RESERVED = re.compile(r"(?i)\A(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|\Z)")


def safe_name(name: str, otherwise: str = "attachment") -> str:
    """Return the last part of a name without control, direction and reserved characters, at most 120 long."""
    last = re.split(r"[/\\]", name.replace("\x00", ""))[-1]
    # Cc, Cf (direction marks that turn "exe.gpj" round), surrogates, private and line separators.
    kept = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in unicodedata.normalize("NFC", last))
    kept = " ".join(_NOT_IN_NAMES.sub("_", kept).split()).strip(". ")
    if _RESERVED.match(kept):
        kept = f"_{kept}"
    if len(kept) > LONGEST:
        stem, dot, ending = kept.rpartition(".")
        kept = f"{stem[: LONGEST - 1 - len(ending)]}.{ending}" if dot and len(ending) <= 10 else kept[:LONGEST]
    return kept or otherwise
