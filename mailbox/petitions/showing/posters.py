"""The poster of a petition: what it asks, and a QR code that opens it."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from engage.pages.models import Office
from mailbox.petitions.models import State
from mailbox.petitions.queries.showing import Row

_KEPT_SECONDS = 24 * 3600


def poster(row: Row) -> bytes:
    """Return the poster as a PDF (A4, embedded font) in the active language; the same words are the same file."""
    values = _words(row)
    key = f"petition-poster:{sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()}"
    kept = cache.get(key)
    if kept is None:
        kept = _drawn(values)
        cache.set(key, kept, _KEPT_SECONDS)
    return kept


def _words(row: Row) -> dict[str, Any]:
    office = Office.objects.first() or Office()
    until = date_format(timezone.localtime(row.closes_at), "DATE_FORMAT") if row.closes_at else ""
    is_open = row.standing == State.OPEN
    return {
        "language": get_language() or "",
        "site": _("Engage"),
        "office": office.name,
        "kind": _("Petition"),
        "title": row.title,
        "ask": row.action,
        "call": _("Scan to read it and sign") if is_open else _("Scan to read it"),
        "until": _("Open for signatures until %(day)s") % {"day": until} if is_open and until else "",
        "url": settings.PUBLIC_URL + row.url,
        "qr_label": _("QR code that opens this petition"),
        "reference": row.reference,
        "own": _("These are the words of the people who started it, not the government's."),
    }


def _drawn(values: dict[str, Any]) -> bytes:
    # typst's compiler costs every start a moment; only who prints a poster needs it.
    from engage.participation.pdf import qr_as_svg, render_pdf

    return render_pdf("poster", {**values, "qr": qr_as_svg(values["url"])})
