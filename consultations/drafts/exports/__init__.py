"""A draft as a file to read, print or go on working with: HTML, Word and PDF. Akoma Ntoso has a room of its own."""

from __future__ import annotations

from collections.abc import Sequence

from consultations.drafts.exports.page import to_html
from consultations.drafts.exports.paper import to_pdf
from consultations.drafts.tree import ParsedDraft

__all__ = ["to_docx", "to_html", "to_pdf"]


def to_docx(draft: ParsedDraft, *, about: Sequence[str] = ()) -> bytes:
    """Return the bytes of a .docx. `about`: lines for the foot of every page, such as version, date and address."""
    # python-docx is for whoever asks for Word; this room is read by every process that starts.
    from consultations.drafts.exports.word import to_docx as written

    return written(draft, about=about)
