"""Documents for people, as PDF: typst with fonts of our own, so that Chinese is there on any machine."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import segno
import typst
from django.utils.translation import get_language

from engage import fonts
from engage.pages.translation import HTML_LANG

_TEMPLATES = Path(__file__).parent / "pdf_templates"
_MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect x="1" y="1" width="30" height="30" rx="6" '
    'fill="#b2331d"/><path d="M9 8h14v7H9zM9 15v10M9 20h15M17 15c1 5 3 8 7 9" fill="none" stroke="#fff" '
    'stroke-width="2.4"/></svg>'
)


def render_pdf(template: str, values: Mapping[str, Any]) -> bytes:
    """Return a PDF (A4, tagged) from a template of `pdf_templates/` and JSON-able values.

    What people typed reaches the template as data and is never read as markup. Characters that neither our font nor
    the machine has show as a box.
    """
    language = get_language() or ""
    data = {"family": fonts.CJK_FAMILY, "lang": HTML_LANG.get(language, "en")[:2], "mark": _MARK, **values}
    return typst.compile(
        str(_TEMPLATES / f"{template}.typ"),
        root=str(_TEMPLATES),
        font_paths=[str(fonts.FOLDER)],
        sys_inputs={"data": json.dumps(data, ensure_ascii=False).replace("\x00", "")},
        format="pdf",
    )


def qr_as_svg(text: str) -> str:
    """Return a QR code as an SVG document."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=1, scale=4)
    return out.getvalue().decode()
