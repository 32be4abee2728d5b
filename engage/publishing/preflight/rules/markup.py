"""HTML as the checks see it: the part that is somebody's content, its text with the language each piece stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from lxml import etree
from lxml import html as markup

Element: TypeAlias = Any  # lxml brings no types
# The frame around the words: nobody wrote it for this content.
_FRAME = frozenset({"nav", "form", "button", "script", "style", "template", "noscript", "head"})
_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "dd", "div", "dl", "dt", "figcaption",
        "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "li", "main", "ol", "p", "pre", "section",
        "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    }
)  # fmt: skip
# Told apart by space or by style, though no space is written.
_APART = frozenset({"br", "span", "time", "a"})
_SPACE = re.compile(r"\s+")


def squeezed(text: str) -> str:
    """Return text with single spaces."""
    return _SPACE.sub(" ", text).strip()


def cut(text: str, most: int = 80) -> str:
    """Return the beginning of a text, as an excerpt."""
    text = squeezed(text)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


@dataclass(frozen=True)
class Words:
    """A run of text and the language it stands in, as its nearest `lang` says (empty: the page's own)."""

    text: str
    lang: str


@dataclass(frozen=True)
class Document:
    """One parsed form. `whole`: it is a page, with a main part and one first heading, not a piece of one."""

    root: Element
    main: Element
    whole: bool

    def each(self, *tags: str) -> Iterator[Element]:
        """Return elements of the main part that are no frame, in their order."""
        yield from (element for element in self.main.iter(*tags) if not is_frame(element))

    @property
    def ids(self) -> frozenset[str]:
        """The places that a `#name` can lead to."""
        named = self.root.xpath("//@id | //a/@name")
        return frozenset(str(name) for name in named)

    @property
    def words(self) -> list[Words]:
        """The text of the main part, a block at a time, without its frame."""
        return list(_words(self.main))

    @property
    def text(self) -> str:
        """The same as plain text, a block a line."""
        return "\n".join(words.text for words in self.words)


@lru_cache(maxsize=16)
def parse(html: str) -> Document | None:
    """Parse a form; None when there is nothing in it. Every check asks for the same few, and none changes them."""
    if not html.strip():
        return None
    try:
        root = markup.document_fromstring(html)
    except (etree.ParserError, ValueError):
        return None
    etree.strip_tags(root, etree.Comment)
    mains = root.xpath("//main")
    body = root.find("body")
    main = mains[0] if mains else (body if body is not None else root)
    return Document(root, main, whole=bool(mains))


def is_frame(element: Element) -> bool:
    """Tell whether an element belongs to the frame around the content."""
    return any(above.tag in _FRAME for above in (element, *element.iterancestors()))


def is_hidden(element: Element) -> bool:
    """Tell whether assistive technology passes an element over."""
    return any(
        above.get("aria-hidden") == "true" or above.get("hidden") is not None
        for above in (element, *element.iterancestors())
    )


def text_of(element: Element) -> str:
    """Return the text below an element."""
    return squeezed("".join(element.itertext()))


def name_of(element: Element) -> str:
    """Return what a link or picture is called when it is read out."""
    if label := squeezed(element.get("aria-label") or element.get("title") or ""):
        return label
    if element.tag == "img":
        return squeezed(element.get("alt") or "")
    pictures = " ".join(found.get("alt") or "" for found in element.iter("img"))
    drawn = " ".join(text_of(found) for found in element.iter("{*}title"))
    return squeezed(f"{text_of(element)} {pictures} {drawn}")


def _words(main: Element) -> Iterator[Words]:
    """Gather runs of text; a block or another language begins a new one."""
    run: list[str] = []
    spoken, langs = "", [""]
    walker = etree.iterwalk(main, events=("start", "end"))
    for event, node in walker:
        if event == "start":
            langs.append(node.get("lang") or langs[-1])
            if node.tag in _FRAME:
                walker.skip_subtree()
        else:
            langs.pop()
        if node.tag in _BLOCKS or langs[-1] != spoken:
            if text := squeezed("".join(run)):
                yield Words(text, spoken)
            run, spoken = [], langs[-1]
        elif node.tag in _APART:
            run.append(" ")
        if event == "start" and node.tag not in _FRAME:
            run.append(node.text or "")
        elif event == "end" and node is not main:
            run.append(node.tail or "")
    if text := squeezed("".join(run)):
        yield Words(text, spoken)
