"""Reads draft laws, rules and policies from files into a tree of clauses. Pure: no Django, no database.

`parse_file`, `parse_text` and `parse_html` are the way in; `tree` says what comes out, `messages` words its doubts
and refusals.
"""

from consultations.drafts.reader import MAX_BYTES, parse_file, parse_html, parse_text
from consultations.drafts.tree import LEVELS, Doubt, Note, ParsedClause, ParsedDraft

__all__ = [
    "LEVELS", "MAX_BYTES", "Doubt", "Note", "ParsedClause", "ParsedDraft", "parse_file", "parse_html", "parse_text",
]  # fmt: skip
