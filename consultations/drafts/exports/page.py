"""A draft as one HTML file that needs nothing else: for reading, mailing and pasting."""

from collections.abc import Sequence
from html import escape

from consultations.drafts.exports.printed import CLOSING, WORDS, Line, printed_lines
from consultations.drafts.labels import CHINESE
from consultations.drafts.tree import Note, ParsedDraft

_STYLE = """
body{margin:2rem auto;max-width:46rem;padding:0 1rem;line-height:1.8;color:#1b2a2f;background:#fff;
font-family:"Noto Serif","Times New Roman",serif}
:lang(zh){font-family:"Noto Serif CJK SC","Songti SC",SimSun,serif}
h1,h2,h3,h4,h5,h6{line-height:1.4;margin:1.6em 0 .6em}h1{text-align:center}.doc-note{text-align:center}
p{margin:.5em 0}.depth-1{margin-inline-start:2em}.depth-2{margin-inline-start:4em}.depth-3{margin-inline-start:6em}
footer,section[role=doc-endnotes]{font-size:.875em;border-top:1px solid #cfdadc;margin-top:2em}
@media print{body{margin:0;max-width:none}}
"""


def to_html(draft: ParsedDraft, *, about: Sequence[str] = ()) -> bytes:
    """Return a whole page, UTF-8. `about`: lines for its foot, such as version, date and address."""
    page = _Page()
    body = "\n".join(page.line(line) for line in printed_lines(draft))
    language = "zh-Hans" if draft.language == CHINESE else "en"
    foot = "".join(f"<p>{escape(line)}</p>" for line in about)
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(draft.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n"
        f"{page.endnotes()}</main>\n{f'<footer>{foot}</footer>' if foot else ''}\n</body>\n</html>\n"
    ).encode("utf-8", "replace")


class _Page:
    def __init__(self) -> None:
        self._notes: list[Note] = []

    def line(self, line: Line) -> str:
        tag = f"h{min(line.rank, 6)}" if line.rank else "p"
        attributes = f' id="{escape(line.clause)}"' if line.clause else ""
        classes = "doc-title" if line.rank == 1 else "doc-note" if not line.clause else (
            f"depth-{min(line.depth, 3)}" if line.depth else ""
        )  # fmt: skip
        attributes += f' class="{classes}"' if classes else ""
        attributes += f' data-clause="{escape(line.told)}"' if line.told else ""
        if line.told.partition(" ")[0] not in ("", WORDS, CLOSING, "note", "title"):
            attributes += f' data-heading="{escape(line.heading)}"'
        elif line.told == WORDS and line.lead:
            attributes += f' data-label="{escape(line.text[: line.lead])}"'
        return f"<{tag}{attributes}>{self._words(line)}</{tag}>"

    def _words(self, line: Line) -> str:
        pieces, start = [], 0
        for cut in [*sorted({line.lead, *(note.at for note in line.notes)}), len(line.text)]:
            words = escape(line.text[start:cut]).replace("\n", "<br>")
            pieces.append(f"<strong>{words}</strong>" if words and start < line.lead and not line.rank else words)
            start = max(start, cut)
            pieces += [self._reference(note) for note in line.notes if note.at == cut]
        return "".join(pieces)

    def _reference(self, note: Note) -> str:
        if any(note is other for other in self._notes):
            return ""
        self._notes.append(note)
        number = len(self._notes)
        mark = escape(note.mark or str(number))
        return f'<sup><a id="ref-{number}" href="#note-{number}" role="doc-noteref">{mark}</a></sup>'

    def endnotes(self) -> str:
        if not self._notes:
            return ""
        items = "".join(
            f'<li id="note-{number}" value="{number}">{escape(note.text)} <a href="#ref-{number}" '
            f'role="doc-backlink">↩</a></li>'
            for number, note in enumerate(self._notes, 1)
        )
        return f'<section role="doc-endnotes"><ol>{items}</ol></section>\n'
