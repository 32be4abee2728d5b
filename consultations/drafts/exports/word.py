"""A draft as a Word document: outline headings, fonts for both scripts, real footnotes, numbers as they are printed."""

import io
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from consultations.drafts.exports.printed import CLOSING, WORDS, Line, printed_lines
from consultations.drafts.labels import CHINESE
from consultations.drafts.tree import Note, ParsedDraft
from consultations.drafts.word.package import W
from consultations.drafts.word.styles import PLAIN_STYLE, TOLD_STYLE

_LATIN, _SONG, _HEI = "Times New Roman", "SimSun", "SimHei"
_NOTES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_NOTES_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_INDENT = 480  # twentieths of a point a level: two characters
_SIZES = {1: 18, 2: 16, 3: 14, 4: 12, 5: 12, 6: 12}


def to_docx(draft: ParsedDraft, *, about: Sequence[str] = ()) -> bytes:
    """Return the bytes of a .docx. `about`: lines for the foot of every page, such as version, date and address."""
    return _Writer(draft, about).write()


class _Writer:
    def __init__(self, draft: ParsedDraft, about: Sequence[str]) -> None:
        self._draft = draft
        self._about = about
        self._document: DocumentType = Document()
        self._notes: list[Note] = []
        self._styles: dict[str, str | None] = {}
        self._prepare()

    def write(self) -> bytes:
        paragraphs = "".join(self._line(line) for line in printed_lines(self._draft))
        body = self._document.element.body
        for paragraph in list(parse_xml(f'<w:body xmlns:w="{W}">{paragraphs}</w:body>')):
            body.insert(len(body) - 1, paragraph)  # the last element holds the page's size
        if self._notes:
            self._add_footnotes()
        out = io.BytesIO()
        self._document.save(out)
        return out.getvalue()

    def _prepare(self) -> None:
        document, chinese = self._document, self._draft.language == CHINESE
        document.core_properties.title = _legal(self._draft.title)[:255]
        document.core_properties.author = ""
        document.core_properties.comments = ""
        document.core_properties.language = "zh-CN" if chinese else "en-GB"
        section = document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.6)
        normal = document.styles["Normal"]
        normal.font.size = Pt(12 if chinese else 11)
        _fonts(normal, _SONG)
        normal.paragraph_format.line_spacing = 1.5
        for rank in range(1, 7):
            style = document.styles["Title" if rank == 1 else f"Heading {rank - 1}"]
            style.font.size, style.font.bold, style.font.color.rgb = Pt(_SIZES[rank]), True, RGBColor(0, 0, 0)
            _fonts(style, _HEI)
            border = style.element.find(f"{qn('w:pPr')}/{qn('w:pBdr')}")
            if border is not None:
                border.getparent().remove(border)
        document.styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for name in (PLAIN_STYLE, TOLD_STYLE.format(CLOSING), TOLD_STYLE.format("note")):
            added = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            added.base_style = normal
        self._foot(section.footer.paragraphs[0])

    def _foot(self, paragraph: Paragraph) -> None:
        paragraph.text = _legal("  ".join(self._about))
        paragraph.add_run("    " if self._about else "")
        for kind, words in (("begin", ""), ("", "PAGE"), ("end", "")):
            run = paragraph.add_run()
            element = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                element.set(qn("w:fldCharType"), kind)
            else:
                element.text = words
            run._r.append(element)

    def _line(self, line: Line) -> str:
        """Return the XML of one paragraph: python-docx takes a second for a hundred, a law has thousands."""
        style = self._style_id(line)
        properties = f'<w:pStyle w:val="{escape(style)}"/>' if style else ""
        if line.depth:
            properties += f'<w:ind w:left="{_INDENT * min(line.depth, 4)}"/>'
        elif not line.clause and not line.rank:
            properties += '<w:jc w:val="center"/>'
        runs, start = "", 0
        for cut in [*sorted({line.lead, *(note.at for note in line.notes)}), len(line.text)]:
            runs += _run(line.text[start:cut], bold=start < line.lead and not line.rank)
            if line.told == WORDS and line.lead and cut == line.lead:
                runs += "<w:r><w:tab/></w:r>"
            start = max(start, cut)
            runs += "".join(self._reference(note) for note in line.notes if note.at == cut)
        return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"

    def _style_id(self, line: Line) -> str | None:
        kind = line.told.partition(" ")[0]
        if line.told == WORDS:
            name = PLAIN_STYLE
        elif kind and not line.told.partition(" ")[2]:
            name = TOLD_STYLE.format(kind)
        else:
            name = "Title" if line.rank == 1 else f"Heading {min(line.rank - 1, 9)}" if line.rank else "Normal"
        if name not in self._styles:
            known = {style.name for style in self._document.styles}
            if name not in known:
                added = self._document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
                base = f"Heading {line.rank - 1}" if line.rank > 1 else "Title" if line.rank else "Normal"
                added.base_style = self._document.styles[base]
            self._styles[name] = self._document.styles[name].style_id if name != "Normal" else None
        return self._styles[name]

    def _reference(self, note: Note) -> str:
        if any(note is other for other in self._notes):
            return ""
        self._notes.append(note)
        reference = f'<w:footnoteReference w:id="{len(self._notes) + 1}"/>'
        return f'<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr>{reference}</w:r>'

    def _add_footnotes(self) -> None:
        """python-docx knows no footnotes: write the part they live in. Ids 0 and 1 are Word's two separators."""
        notes = "".join(
            f'<w:footnote w:id="{number}"><w:p><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteRef/>'
            f'</w:r><w:r><w:t xml:space="preserve"> {escape(_legal(note.text))}</w:t></w:r></w:p></w:footnote>'
            for number, note in enumerate(self._notes, 2)
        )
        separators = "".join(
            f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>'
            for number, kind in enumerate(("separator", "continuationSeparator"))
        )
        xml = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:footnotes xmlns:w="{W}">{separators}{notes}'
        blob = f"{xml}</w:footnotes>".encode()
        package = self._document.part.package
        part = Part(PackURI("/word/footnotes.xml"), _NOTES_TYPE, blob, package)
        self._document.part.relate_to(part, _NOTES_LINK)


def _fonts(style: Any, east_asian: str) -> None:
    """Set the font of each script; a style of the template may name a theme font, which would win."""
    style.font.name = _LATIN
    fonts = style.element.rPr.rFonts
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)
    fonts.set(qn("w:eastAsia"), east_asian)


def _run(text: str, *, bold: bool) -> str:
    if not text:
        return ""
    parts = [f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in _legal(text).split("\n")]
    return f"<w:r>{'<w:rPr><w:b/></w:rPr>' if bold else ''}{'<w:br/>'.join(parts)}</w:r>"


def _legal(text: str) -> str:
    return "".join(
        character if character in "\t\n" or " " <= character <= "\ud7ff" or "\ue000" <= character <= "\ufffd"
        or character >= "\U00010000" else "\ufffd"
        for character in text
    )  # fmt: skip
