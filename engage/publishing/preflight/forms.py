"""From the forms of the release gate to a bundle."""

from __future__ import annotations

from collections.abc import Sequence

from engage.publishing.preflight.bundle import Attachment, Bundle, Form
from engage.publishing.registry import Form as OutgoingForm

_HTML = ("text/html", "application/xhtml+xml")
_PICTURES = ("image/",)
_ENDINGS = {
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "image/svg+xml": ".svg",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
}


def bundle_of_forms(title: str, forms: Sequence[OutgoingForm], *, fix_url: str = "") -> Bundle:
    """Return what the checks can look at in the forms that go out: pages, texts, files and pictures.

    Forms whose names differ only in their language (`page:en`, `page:zh-hans`) are compared. JSON and feeds say again
    what the others say, for machines, and are left out.
    """
    shown, files, pictures = [], [], []
    for form in forms:
        kind = form.media_type.partition(";")[0].strip().lower()
        if kind in _HTML or kind == "text/plain":
            shown.append(_form(form, is_html=kind in _HTML, fix_url=fix_url))
        elif kind.startswith(_PICTURES):
            pictures.append(_attachment(form, kind, fix_url))
        elif kind in _ENDINGS:
            files.append(_attachment(form, kind, fix_url))
    return Bundle(title, forms=shown, attachments=files, pictures=pictures)


def _form(form: OutgoingForm, *, is_html: bool, fix_url: str) -> Form:
    words = form.content.decode("utf-8", errors="replace")
    language = form.language
    group = form.name.replace(f":{language}", "") if language else form.name
    return Form(
        name=form.name,
        label=str(form.label),
        language=language,
        html=words if is_html else "",
        text="" if is_html else words,
        group=group,
        fix_url=fix_url,
    )


def _attachment(form: OutgoingForm, kind: str, fix_url: str) -> Attachment:
    name = form.name.rpartition("/")[2]
    ending = _ENDINGS.get(kind, "")
    named = name if name.lower().endswith(ending) else f"{name}{ending}"
    return Attachment(named, str(form.label), lambda: form.content, fix_url)
