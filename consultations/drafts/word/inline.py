"""The words of one Word paragraph, and what hangs on it that is not words."""

from dataclasses import dataclass, field

from lxml import etree

from consultations.drafts.changes import ACCEPT
from consultations.drafts.word.package import is_on, w

_BREAKS = {w("br"), w("cr")}
_DELETED = {w("del"), w("moveFrom")}
_INSERTED = {w("ins"), w("moveTo")}
_CHANGES = _DELETED | _INSERTED
_INSIDE = {w("hyperlink"), w("smartTag"), w("fldSimple"), w("sdtContent"), w("customXml"), w("dir"), w("bdo"), w("sdt"),
           w("ruby"), w("rubyBase")}  # fmt: skip
_ALTERNATIVES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_NOTES = {w("footnoteReference"): "footnotes.xml", w("endnoteReference"): "endnotes.xml"}
_PICTURES = {w("drawing"), w("pict"), w("object")}


@dataclass(slots=True)
class Fields:
    """The complex fields open at this point of the document; they may span paragraphs."""

    instructions: list[str] = field(default_factory=list)

    @property
    def in_contents(self) -> bool:
        return any(words.lstrip().upper().startswith("TOC") for words in self.instructions)


@dataclass(slots=True)
class Words:
    """What a paragraph holds. A newline in `text` is a line break the writer typed."""

    text: str = ""
    changes: int = 0
    pictures: int = 0
    contents: bool = False
    notes: list[tuple[str, str, int]] = field(default_factory=list)  # part, id, place in `text`
    hidden: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)


def paragraph_words(paragraph: etree._Element, fields: Fields, changes: str = ACCEPT) -> Words:
    """Return the words of a w:p with all tracked changes accepted or rejected."""
    words = Words(contents=fields.in_contents)
    _gather(paragraph, words, fields, _DELETED if changes == ACCEPT else _INSERTED)
    words.contents = words.contents or fields.in_contents
    return words


def _gather(element: etree._Element, words: Words, fields: Fields, dropped: set[str]) -> None:
    for child in element:
        tag = child.tag
        if tag == w("r"):
            _run(child, words, fields, dropped)
        elif tag in dropped:
            words.changes += 1
        elif tag in _CHANGES:
            words.changes += 1
            _gather(child, words, fields, dropped)
        elif tag in _INSIDE:
            _gather(child, words, fields, dropped)
        elif tag == _ALTERNATIVES:
            chosen = _chosen(child)
            if chosen is not None:
                _gather(chosen, words, fields, dropped)
        elif isinstance(tag, str) and tag.startswith(_MATHS):
            formula = "".join(part.text or "" for part in child.iter(f"{_MATHS}t"))
            words.text += formula
            words.formulas.append(formula)


def _chosen(element: etree._Element) -> etree._Element | None:
    """Return one branch of an alternative: both say the same thing for different readers."""
    choice = element.find(_CHOICE)
    return choice if choice is not None else element.find(_FALLBACK)


def _run(run: etree._Element, words: Words, fields: Fields, dropped: set[str]) -> None:
    hidden = is_on(run.find(w("rPr")), "vanish")
    before = words.text
    for child in run:
        tag = child.tag
        if tag in (w("t"), w("delText")):
            words.text += child.text or ""
        elif tag == w("tab"):
            words.text += "\t"
        elif tag in _BREAKS:
            words.text += "" if child.get(w("type")) in ("page", "column") else "\n"
        elif tag == w("noBreakHyphen"):
            words.text += "-"
        elif tag == w("sym"):
            words.text += _symbol(child)
        elif tag in (w("fldChar"), w("instrText")):
            _field(child, fields, words)
        elif tag in _NOTES:
            words.notes.append((_NOTES[tag], child.get(w("id"), ""), len(words.text)))
        elif tag == w("ruby"):
            _gather(child, words, fields, dropped)
        elif tag == _ALTERNATIVES:
            chosen = _chosen(child)
            if chosen is not None:
                _drawing(chosen, words)
        elif tag in _PICTURES:
            _drawing(child, words)
    if hidden and words.text != before:
        words.hidden.append(words.text[len(before) :])
        words.text = before


def _symbol(element: etree._Element) -> str:
    """Return the character of a w:sym; those of symbol fonts have no Unicode meaning and become a box."""
    try:
        code = int(element.get(w("char"), ""), 16)
    except ValueError:
        return ""
    return chr(code) if 0x20 <= code < 0xE000 else "□"


def _field(element: etree._Element, fields: Fields, words: Words) -> None:
    kind = element.get(w("fldCharType"))
    if kind == "begin":
        fields.instructions.append("")
    elif kind == "end":
        words.contents = words.contents or fields.in_contents
        if fields.instructions:
            fields.instructions.pop()
    elif element.tag == w("instrText") and fields.instructions:
        fields.instructions[-1] += element.text or ""


def _drawing(element: etree._Element, words: Words) -> None:
    boxes = list(element.iter(w("txbxContent")))
    if not boxes:
        words.pictures += 1
    for box in boxes:
        lines = ["".join(part.text or "" for part in paragraph.iter(w("t"))) for paragraph in box.iter(w("p"))]
        text = " ".join(line.strip() for line in lines if line.strip())
        if text:
            words.boxes.append(text)
