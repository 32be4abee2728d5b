"""The sentences of redaction: refusals by code, names of kinds and checks, why a file is not taken."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.errors import Refused
from engage.pages.messages import Sentence, refusal_message, refusal_status, registered_codes

REFUSALS: dict[str, tuple[Sentence, int] | Sentence] = {
    "no_marks": _("Mark at least one thing"),
    "too_many_marks": _("A file takes at most %(most)d marks. Use a pattern for what is alike"),
    "mark_too_short": _("Write at least %(least)d characters; a single one would be found everywhere"),
    "mark_too_long": _("A word or pattern has at most %(most)d characters"),
    "mark_unknown": _("This cannot be looked for. In a pattern # is a digit, ? one character, * up to 20 of them"),
    "mark_known": _("This is marked already"),
    "box_outside": _("The box lies outside the page. Left and top are from 0 to 99, width and height at least 1"),
    "box_page": _("This file has %(most)d pages that boxes can be drawn on"),
    "basis_missing": _("Choose the legal basis"),
    "note_missing_for_basis": _("This basis needs words: write why it may be kept from the public"),
    "note_too_long": _("The reason has at most %(most)d characters"),
    "nothing_found": _("It is nowhere in this file. Look at the pictures of the pages: words in pictures need a box"),
    "still_there": (
        _(
            "The result was thrown away because a check found something in it (%(check)s). Print the file to PDF and "
            "redact that"
        ),
        422,
    ),
    "not_redactable": _("Files of this kind are not redacted. Save it as docx, xlsx, pptx or PDF"),
    "too_many_pages": _("A PDF of more than %(most)d pages is not redacted at once. Part it"),
    "file_too_large": _("The file is too large: at most %(most)d MB"),
    "file_gone": (_("This file is no longer there"), 404),
    "no_page": (_("There is no such page"), 404),
    "redaction_gone": (_("There is no such redaction"), 404),
    "redaction_closed": (_("This was confirmed or is being looked at, so nothing in it changes"), 409),
    "redaction_changed": (_("Somebody changed this meanwhile. Look at it again"), 409),
    "keep_days": _("The original is kept from %(least)d to %(most)d days"),
    "result_differs": (_("The stored result is not the one that was proven. Redact the file anew"), 409),
    "replaced_already": (_("The new document is in the Studio already"), 409),
}

# Why a file cannot be read, by the codes of engage.publishing.documents.
FILE_FAULTS = {
    "empty": _("The file is empty. Choose another one"),
    "too_large": _("The file is too large to be read"),
    "unknown_type": _("This file cannot be read; take PDF, pictures, office documents or text"),
    "type_mismatch": _("The file is not what its name says. Save it again under the right name"),
    "encrypted": _("The file is locked with a password. Save it without one"),
    "old_office": _("This is an old Office file. Save it as docx, xlsx or pptx"),
    "has_macros": _("The file holds macros. Save it without them"),
    "active_content": _("The file holds something that runs by itself or fetches from outside. Print it to PDF"),
    "embedded_files": _("The file holds other files. Take them out, or print it to PDF"),
    "zip_bomb": _("The file unpacks to far more than a document can hold"),
    "pixel_bomb": _("The picture has too many pixels. Save it smaller"),
    "entity_bomb": _("The file is built to overwhelm who reads it"),
    "too_complex": _("Reading this file takes too long. Part it, or print it to PDF"),
}
FILE_FAULT = _("This file cannot be read whole. Save it again, or print it to PDF")


def sentence(refusal: Refused) -> str:
    """Return the sentence for a refusal, of this room or of a file that cannot be read."""
    if refusal.code in FILE_FAULTS or refusal.code not in registered_codes():
        return str(FILE_FAULTS.get(refusal.code, FILE_FAULT))
    if refusal.code == "still_there":
        refusal = Refused("still_there", check=check_name(refusal.values["check"]))
    return refusal_message(refusal)


def status(refusal: Refused) -> int:
    """Return the HTTP status of a refusal."""
    return refusal_status(refusal.code) if refusal.code in REFUSALS or refusal.code == "not_allowed" else 422


MARK_KINDS: dict[str, str | Promise] = {
    "word": pgettext_lazy("redaction", "words"),
    "pattern": pgettext_lazy("redaction", "pattern"),
    "personal": pgettext_lazy("redaction", "personal data"),
    "range": pgettext_lazy("redaction", "one place"),
    "box": pgettext_lazy("redaction", "box"),
    "picture": pgettext_lazy("redaction", "picture"),
}
PERSONAL_KINDS: dict[str, str | Promise] = {
    "email": pgettext_lazy("redaction", "e-mail address"),
    "resident_id": pgettext_lazy("redaction", "identity number"),
    "bank_card": pgettext_lazy("redaction", "bank card"),
    "passport": pgettext_lazy("redaction", "passport or permit"),
    "mobile": pgettext_lazy("redaction", "mobile telephone"),
    "landline": pgettext_lazy("redaction", "telephone"),
    "plate": pgettext_lazy("redaction", "number plate"),
    "address": pgettext_lazy("redaction", "address"),
}
TRACE_KINDS: dict[str, str | Promise] = {
    "tracked_change": pgettext_lazy("redaction", "tracked change"),
    "comment": pgettext_lazy("redaction", "comment"),
    "hidden": pgettext_lazy("redaction", "hidden"),
    "embedded": pgettext_lazy("redaction", "file inside"),
    "author": pgettext_lazy("redaction", "author"),
    "location": pgettext_lazy("redaction", "place of a photograph"),
}
CHECKS: dict[str, str | Promise] = {
    "text": _("all words that can be read out"),
    "metadata": _("properties: author, title, program"),
    "traces": _("comments, changes, hidden things, files inside"),
    "name": _("name of the file"),
    "streams": _("every part of the file, unpacked"),
    "raw": _("the bytes as they are stored: UTF-8, UTF-16, GB18030, hexadecimal"),
    "pixels": _("pixels of the marked places are black"),
    "structure": _("nothing of the old file: no layers, forms, notes, older states"),
    "pdftotext": _("the program pdftotext"),
    "pdfimages": _("the program pdfimages: one picture for each page"),
}


def check_name(code: str) -> str:
    """Return the name of a check."""
    return str(CHECKS.get(code, code))


def mark_name(kind: str) -> str:
    """Return the name of a kind of mark."""
    return str(MARK_KINDS.get(kind, kind))
