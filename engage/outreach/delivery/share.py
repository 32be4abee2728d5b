"""Share images: what other sites show beside a link to one of our pages, drawn from what everybody may see."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from django.core.cache import cache
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from engage import fonts
from engage.accounts.actors import ANYONE
from engage.outreach import subjects
from engage.outreach.subjects import Shown
from engage.pages.models import Office

WIDTH, HEIGHT = 1200, 630
TITLE_MOST = 110
KEPT_SECONDS = 24 * 3600
_TEMPLATES = Path(__file__).parent / "share_templates"
_MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect x="1" y="1" width="30" height="30" rx="6" '
    'fill="#b2331d"/><path d="M9 8h14v7H9zM9 15v10M9 20h15M17 15c1 5 3 8 7 9" fill="none" stroke="#fff" '
    'stroke-width="2.4"/></svg>'
)


def image_of(kind: str, id: str, language: str) -> bytes | None:
    """Return the share image of a public thing as PNG; None for what not everybody may see.

    The same words give the same picture, which is kept; what is hidden or changed is another question to the page.
    """
    with override(language):
        shown = subjects.find(kind, id, language, ANYONE)
        if shown is None:
            return None
        data = card(shown, language)
    key = f"share-image:{sha256(data.encode()).hexdigest()}"
    kept = cache.get(key)
    if kept is None:
        kept = draw(data)
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def card(shown: Shown, language: str) -> str:
    """Return what stands on the picture, as JSON, in the active language."""
    title = shown.title if len(shown.title) <= TITLE_MOST else f"{shown.title[:TITLE_MOST]}…"
    wide = sum(2 if ord(sign) > 0x2E7F else 1 for sign in title)
    office = Office.objects.first() or Office()
    data = {
        "family": fonts.CJK_FAMILY,
        "lang": "zh" if language.startswith("zh") else "en",
        "mark": _MARK,
        "site": _("Engage"),
        "title": title,
        "size": 68 if wide <= 56 else 54 if wide <= 100 else 44,
        "department": shown.department or office.name,
        "dated": date_format(timezone.localtime(shown.dated), "DATE_FORMAT") if shown.dated else "",
    }
    return json.dumps(data, ensure_ascii=False, sort_keys=True).replace("\\u0000", "")


def draw(data: str) -> bytes:
    """Draw a picture. typst's compiler costs every start a moment: only this needs it here."""
    import typst

    return typst.compile(
        str(_TEMPLATES / "card.typ"),
        root=str(_TEMPLATES),
        font_paths=[str(fonts.FOLDER)],
        sys_inputs={"data": data},
        format="png",
        ppi=72.0,
    )
