"""What a paragraph style says that matters here: a heading's rank, a list, a contents line, a title, hidden text."""

import re
from dataclasses import dataclass

from lxml import etree

from consultations.drafts.word.package import is_on, value, w

_HEADING_NAME = re.compile(r"(?:heading|标题)\s*([1-9])$", re.IGNORECASE)
_CONTENTS_NAME = re.compile(r"(?:toc|目录)\s*(?:[1-9]|heading|标题)$", re.IGNORECASE)
PLAIN_STYLE = "Clause words"  # of the documents this package writes, like the next
TOLD_STYLE = "Clause {}"  # "Clause closing": what a paragraph is, where its words do not show it
_TOLD = re.compile(r"clause (title|closing|note|part|subpart|chapter|section|article|annex)$", re.IGNORECASE)
_MAX_CHAIN = 20  # styles may build on one another; a loop must end


@dataclass(frozen=True, slots=True)
class Style:
    """`rank`: 0 for none. `num_id`, `level`: the list the style numbers by; None when it says nothing.

    `plain`: our own style for words that begin like a mark and are none; `told`: our own style that says what it is.
    """

    rank: int = 0
    num_id: str | None = None
    level: int | None = None
    contents: bool = False
    title: bool = False
    hidden: bool = False
    plain: bool = False
    told: str = ""


class Styles:
    """The paragraph styles of a document, looked up by id with what they inherit."""

    def __init__(self, root: etree._Element | None) -> None:
        self._elements: dict[str, etree._Element] = {}
        self._resolved: dict[str, Style] = {}
        self.default = ""
        for element in root.iterfind(w("style")) if root is not None else ():
            style_id = element.get(w("styleId")) or ""
            self._elements[style_id] = element
            if element.get(w("type")) == "paragraph" and element.get(w("default")) in ("1", "true", "on"):
                self.default = style_id

    def get(self, style_id: str | None) -> Style:
        """Return the style of that id (the default paragraph style for None)."""
        wanted = style_id or self.default
        if wanted not in self._resolved:
            self._resolved[wanted] = self._resolve(wanted)
        return self._resolved[wanted]

    def _resolve(self, style_id: str) -> Style:
        chain: list[etree._Element] = []
        while style_id in self._elements and len(chain) < _MAX_CHAIN:
            chain.append(self._elements[style_id])
            style_id = value(self._elements[style_id], "basedOn") or ""
        if not chain:
            return Style()
        names = [value(element, "name") or "" for element in chain]
        properties = [element.find(w("pPr")) for element in chain]
        numbering = next((num for p in properties if p is not None and (num := p.find(w("numPr"))) is not None), None)
        level = value(numbering, "ilvl")
        return Style(
            rank=_rank(names, properties),
            num_id=value(numbering, "numId"),
            level=int(level) if level and level.isdigit() else None,
            contents=any(_CONTENTS_NAME.match(name) for name in names),
            title=names[0].lower() in ("title", "标题"),
            plain=PLAIN_STYLE in names,
            told=next((found[1].lower() for name in names if (found := _TOLD.match(name))), ""),
            hidden=any(is_on(element.find(w("rPr")), "vanish") for element in chain),
        )


def _rank(names: list[str], properties: list[etree._Element | None]) -> int:
    for name, settings in zip(names, properties, strict=True):
        found = _HEADING_NAME.match(name)
        if found:
            return int(found[1])
        outline = value(settings, "outlineLvl")
        if outline and outline.isdigit() and int(outline) < 9:
            return int(outline) + 1
    return 0
