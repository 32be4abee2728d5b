"""The words for each doubt and refusal: a sentence per code, to be translated at the edge.

This package stays free of Django, so the sentences are only marked for the catalogue here; the caller passes its own
`gettext`. Every placeholder is filled from the values of the doubt or refusal.
"""

from collections.abc import Callable, Mapping
from typing import Any


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for the message catalogue; the name is the one the extraction tool looks for."""
    return sentence


DOUBTS = {
    # The text
    "duplicate_number": gettext_noop("Number %(number)s appears again; it was first used on line %(first_line)s."),
    "number_again": gettext_noop("Number %(number)s appears again in this list."),
    "missing_numbers": gettext_noop("%(before)s is followed by %(number)s; the numbers between them are missing."),
    "out_of_order": gettext_noop("Number %(number)s comes after %(before)s."),
    "not_from_one": gettext_noop("This list begins with %(number)s."),
    "level_jump": gettext_noop("“%(label)s” stands directly under a higher level than its form suggests."),
    "too_deep": gettext_noop("“%(label)s” lies deeper than a sub-item; it is kept as a sub-item of the one above it."),
    "mixed_numbering": gettext_noop("“%(label)s” is numbered in another style than “%(before)s” at the same level."),
    "articles_restart": gettext_noop("Article numbers begin again in each chapter; clause ids name the chapter too."),
    "stray_line": gettext_noop("This line belongs to no article; it is kept as a paragraph of the heading above it."),
    "split_sentence": gettext_noop("The line before this one does not end its sentence; the two may belong together."),
    "clause_inside_line": gettext_noop("“%(label)s” stands in the middle of a line; it was not split off."),
    "number_is_a_reference": gettext_noop("This line begins with “%(label)s” and was read as a reference in the text."),
    "heading_guessed": gettext_noop("“%(heading)s” was read as the heading of the article by its shape."),
    "unnumbered_heading": gettext_noop("“%(heading)s” was read as a heading without a number; it is not counted."),
    "empty_clause": gettext_noop("“%(label)s” has no text."),
    "no_title": gettext_noop("No title was found before the first clause."),
    "no_structure": gettext_noop("No numbered clause or heading was found; each line became a paragraph."),
    "contents_skipped": gettext_noop("A table of contents of %(lines)s lines was left out."),
    "contents_unclear": gettext_noop("A table of contents seems to begin here; its end was not found."),
    "preamble_kept": gettext_noop("%(lines)s lines before the first clause are kept as a preamble and not counted."),
    "annex_kept": gettext_noop("“%(label)s” was read as an annex; what follows is kept and not counted."),
    "closing_kept": gettext_noop("The signature lines from here on are kept and not counted."),
    "more_like_this": gettext_noop("From here on one kind of doubt was met %(count)s more times; it is not repeated."),
    "lines_joined": gettext_noop("Lines broken at a fixed width were joined: %(lines)s."),
    "characters_removed": gettext_noop("Control or invisible characters were removed: %(count)s."),
    # The file
    "name_differs": gettext_noop("The file is called “%(name)s” but its content is %(kind)s."),
    "encoding_guessed": gettext_noop("The text does not say how it is encoded; it was read as %(encoding)s."),
    "front_matter_left_out": gettext_noop("The settings at the head of the file were left out (%(lines)s lines)."),
    "nested_too_deep": gettext_noop("Lists or quotations are nested too deep; the file was read as plain text."),
    "quoted_as_text": gettext_noop("Text quoted for another law was read as plain words."),
    "external_left_out": gettext_noop("A part that lies outside the file was left out: %(text)s"),
    "html_left_out": gettext_noop("HTML was left out: %(text)s"),
    "tracked_changes_accepted": gettext_noop("Tracked changes were accepted: %(count)s."),
    "tracked_changes_rejected": gettext_noop("Tracked changes were rejected: %(count)s."),
    "comments_left_out": gettext_noop("Comments in the margin were left out: %(count)s."),
    "table_as_text": gettext_noop("A table of %(rows)s rows was read as text, one paragraph a row."),
    "footnote_kept": gettext_noop("A footnote is kept with its clause: %(text)s"),
    "footnote_left_out": gettext_noop("A footnote is not part of the clause text: %(text)s"),
    "text_box_left_out": gettext_noop("A text box is not part of the clause text: %(text)s"),
    "hidden_text_left_out": gettext_noop("Hidden text was left out: %(text)s"),
    "pictures_left_out": gettext_noop("Pictures were left out: %(count)s."),
    "formula_as_text": gettext_noop("A formula was read as plain characters: %(text)s"),
    "formula_left_out": gettext_noop("A formula was left out: %(text)s"),
    "embedded_left_out": gettext_noop("An embedded document was left out."),
    "numbering_unknown": gettext_noop("The number format “%(format)s” is not known; plain numbers were used."),
}  # fmt: skip

REFUSALS = {
    "empty": gettext_noop("The file is empty. Choose the one that holds the text."),
    "no_text": gettext_noop("There is no text in this file. If it is a scan, type the text or paste it here."),
    "too_large": gettext_noop("The file is larger than %(limit_mb)s MB. Split it, or save it without pictures."),
    "zip_bomb": gettext_noop("The file unpacks to far more than a document can hold. Save it again as a new document."),
    "has_macros": gettext_noop("The file holds macros. Save it as a document without macros and try again."),
    "encrypted": gettext_noop("The file is protected by a password. Save it without one and try again."),
    "not_a_document": gettext_noop(
        "This file cannot be read as a draft; it looks like %(kind)s. Save it as Word, OpenDocument, text, "
        "Markdown, HTML or Akoma Ntoso."
    ),
    "broken_file": gettext_noop(
        "The file is damaged and cannot be read. Open it in its own program and save it again."
    ),
    "wrong_encoding": gettext_noop("The characters of this text cannot be read. Save it as UTF-8 and try again."),
    "too_complex": gettext_noop(
        "The file holds far more markup than a document has. Save it as plain text and try again."
    ),
    "unsafe_xml": gettext_noop(
        "The file declares a document type or entities, which is not accepted. Save it without."
    ),
    "akn_is_a_text": gettext_noop(
        "Akoma Ntoso holds a text of law. Give questions as Word, text or Markdown, or paste them."
    ),
    "many_questions": gettext_noop("A call has at most %(most)s questions. Leave some out."),
    "too_many_clauses": gettext_noop("The text has more than %(limit)s clauses. Import it in several texts."),
}


# What a file turned out to be; these words stand inside the sentences above.
KINDS = frozenset(
    {
        gettext_noop("plain text"),
        gettext_noop("Markdown"),
        gettext_noop("a Word document"),
        gettext_noop("an OpenDocument text"),
        gettext_noop("an Akoma Ntoso document"),
        gettext_noop("another kind of Akoma Ntoso document"),
        gettext_noop("a PDF file"),
        gettext_noop("an RTF file"),
        gettext_noop("a picture"),
        gettext_noop("a media file"),
        gettext_noop("a compressed file"),
        gettext_noop("an archive"),
        gettext_noop("a program"),
        gettext_noop("binary data"),
        gettext_noop("a web page"),
        gettext_noop("an XML file"),
        gettext_noop("a spreadsheet"),
        gettext_noop("a slide show"),
        gettext_noop("an OpenDocument file"),
        gettext_noop("an old Word file (.doc)"),
        gettext_noop("an old Office file"),
        gettext_noop("another Office file"),
    }
)


def doubt_message(code: str, values: Mapping[str, Any], translate: Callable[[str], str] = str) -> str:
    """Return the sentence for a doubt. `translate` is the caller's gettext. Raises KeyError for an unknown code."""
    return translate(DOUBTS[code]) % _shown(values, translate)


def refusal_message(code: str, values: Mapping[str, Any], translate: Callable[[str], str] = str) -> str:
    """Return the sentence for a refusal of this package. Raises KeyError for a code of another room."""
    return translate(REFUSALS[code]) % _shown(values, translate)


def _shown(values: Mapping[str, Any], translate: Callable[[str], str]) -> dict[str, Any]:
    return {name: translate(value) if value in KINDS else value for name, value in values.items()}
