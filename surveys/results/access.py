"""Who may take answers out of the house."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

from engage.accounts.actors import Role

FORMATS: Mapping[str, tuple[str, str]] = {
    "csv": ("csv", "text/csv; charset=utf-8"),
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "sav": ("sav", "application/octet-stream"),
    "parquet": ("parquet", "application/vnd.apache.parquet"),
    "json": ("jsonl", "application/x-ndjson"),
    "personal": ("jsonl", "application/x-ndjson"),
    "codebook": ("html", "text/html; charset=utf-8"),
    "report": ("html", "text/html; charset=utf-8"),
    "report_docx": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "report_pdf": ("pdf", "application/pdf"),
}
"""Ending and media type by the name of the format. `personal` is the JSON with what says who somebody is."""
# Files without the answers of a single person, of those the figures, and files with what says who somebody is.
REPORTS = frozenset({"report", "report_docx", "report_pdf"})
# What people gave as files: each is taken by itself, by whoever may know who somebody is.
FILES = "files"
HARMLESS, PERSONAL = frozenset({"codebook"}) | REPORTS, frozenset({"personal", FILES})


def may_take(roles: Collection[str], code: str) -> bool:
    """Tell whether somebody with these roles may take a file of a format.

    Analysts take answers, administrators also what says who somebody is; whoever sees results reads the codebook
    and the report.
    """
    if code in HARMLESS or Role.ADMINISTRATOR in roles:
        return True
    return code not in PERSONAL and Role.ANALYST in roles


def kept_for(code: str) -> timedelta:
    """Return how long a file that the worker made can be fetched: a day where it says who somebody is, else three."""
    return timedelta(days=1 if code in PERSONAL else 3)
