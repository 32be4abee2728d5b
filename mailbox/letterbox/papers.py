"""A notice as a PDF, from the same frozen words as its page."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from engage.pages.models import Office
from mailbox.models import Notice


def notice_pdf(notice: Notice) -> bytes:
    """Return a notice as a PDF (A4, embedded font) in the language it was written in."""
    # typst's compiler costs every start a moment; only who saves a notice needs it.
    from engage.participation.pdf import render_pdf

    content = notice.content
    office = Office.objects.first() or Office()
    with translation.override(notice.language):
        return render_pdf(
            "notice",
            {
                "site": _("Engage"),
                "office": office.name,
                "heading": content["title"],
                "number": content["number"],
                "opening": content["opening"],
                "words": content["words"],
                "basis_label": _("Basis"),
                "basis": content["basis"],
                "cites_label": _("Published already"),
                "cites": content["cites"],
                "closing": content["closing"],
                "department": content["department"],
                "day": content["day"],
            },
        )
