"""A draft as a file to read, print or go on working with: HTML, Word and PDF. Akoma Ntoso has a room of its own."""

from consultations.drafts.exports.page import to_html
from consultations.drafts.exports.paper import to_pdf
from consultations.drafts.exports.word import to_docx

__all__ = ["to_docx", "to_html", "to_pdf"]
