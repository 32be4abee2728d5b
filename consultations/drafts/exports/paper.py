"""A draft as a PDF, tagged and with bookmarks, in fonts of our own. What people wrote is data, never markup."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typst

from consultations.drafts.exports.printed import Line, printed_lines
from consultations.drafts.tree import Note, ParsedDraft
from engage import fonts

_FOLDER = Path(__file__).parent


def to_pdf(draft: ParsedDraft, *, about: Sequence[str] = ()) -> bytes:
    """Return an A4 PDF. `about`: lines for the foot of every page, such as version, date and address."""
    data = {
        "family": fonts.CJK_FAMILY,
        "lang": draft.language[:2],
        "title": draft.title,
        "about": list(about),
        "lines": [_as_data(line) for line in printed_lines(draft)],
    }
    return typst.compile(
        str(_FOLDER / "draft.typ"),
        root=str(_FOLDER),
        font_paths=[str(fonts.FOLDER)],
        sys_inputs={"data": json.dumps(data, ensure_ascii=False).encode("utf-8", "replace").decode()},
        format="pdf",
    )


def _as_data(line: Line) -> dict[str, Any]:
    pieces: list[dict[str, Any]] = []
    start = 0
    told: list[Note] = []
    for cut in [*sorted({line.lead, *(note.at for note in line.notes)}), len(line.text)]:
        bold = start < line.lead and not line.rank
        here = [note for note in line.notes if note.at == cut and not any(note is other for other in told)]
        told += here
        pieces.append({"text": line.text[start:cut], "bold": bold, "notes": [note.text for note in here]})
        start = max(start, cut)
    return {"rank": line.rank, "depth": min(line.depth, 4), "front": not line.clause, "pieces": pieces}
