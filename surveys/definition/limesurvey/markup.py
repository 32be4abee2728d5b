"""HTML of question texts as plain text; a definition has no markup."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

# What nobody would miss: a text says the same without it.
_LOOKS = frozenset((
    "a", "abbr", "b", "big", "blockquote", "br", "center", "code", "dd", "div", "dl", "dt", "em", "font", "h1",
    "h2", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol", "p", "pre", "s", "small", "span", "strike", "strong",
    "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
))  # fmt: skip
_LINES = frozenset((
    "blockquote", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
    "table", "tr", "ul",
))  # fmt: skip
_SILENT = {tag: re.compile(rf"</{tag}\b", re.IGNORECASE) for tag in ("script", "style")}
# Sections that Word leaves behind.
_MARKED = re.compile(r"<!\[[^>]*>?")
_MARKUP = re.compile(r"</?[a-zA-Z!]|&[#\w]+;")
# A whole element or declaration. Nothing of it gives back what it took, and quotation marks only change the state of
# the reading, one to one, so that no character is read from more than three beginnings: the time is linear.
_TAG = re.compile(
    r"""<(?:(?P<end>/?)(?P<name>[a-zA-Z][\w:.-]*+)(?P<rest>(?:[^<>"']++|"[^"]*+"|'[^']*+')*+)|[!?][^<>]*+)>"""
)
_ATTRIBUTE = re.compile(r"""(?<![^\s"'/])([^\s"'/=]++)\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"']++)""")
# Python reads no number of more than 4,300 digits; no character has one of more than seven.
_NO_CHARACTER = re.compile(r"&#[0-9]{8,}+;?")


@dataclass
class Read:
    """The text, and the elements that said more than a text can: pictures, films, scripts."""

    text: str
    lost: list[str] = field(default_factory=list)


def plain_text(html: str) -> Read:
    """Return the words of a piece of HTML, a line for each block and the address behind each link.

    What is opened and never closed (`<!--`, `<a`) is text. The time grows with the length and no faster, whatever is
    written; that of Python's own parser grows with its square for what is not closed.
    """
    if not _MARKUP.search(html):
        return Read(html.replace("\r\n", "\n").strip())
    reader = _Reader()
    reader.read(_MARKED.sub("", _without_comments(html)))
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return Read(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip(), list(dict.fromkeys(reader.lost)))


def _without_comments(html: str) -> str:
    parts, at = [], 0
    while (start := html.find("<!--", at)) >= 0 and (end := html.find("-->", start + 4)) >= 0:
        parts.append(html[at:start])
        at = end + 3
    return "".join((*parts, html[at:]))


def _unescaped(text: str) -> str:
    return unescape(_NO_CHARACTER.sub("\ufffd", text))


class _Reader:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self.lost: list[str] = []
        self.links: list[str] = []

    def read(self, html: str) -> None:
        at = 0
        while (found := _TAG.search(html, at)) is not None:
            self.words(html[at : found.start()])
            at = found.end()
            if not found["name"]:
                continue
            tag, rest = found["name"].lower(), found["rest"]
            if found["end"]:
                self.end(tag)
                continue
            self.start(tag, rest)
            if rest.endswith("/"):
                self.end(tag)
            elif tag in _SILENT:
                closed = _SILENT[tag].search(html, at)
                at = closed.start() if closed else len(html)
        self.words(html[at:])

    def start(self, tag: str, rest: str) -> None:
        if tag not in _LOOKS:
            self.lost.append(tag)
        if tag in _LINES:
            self.parts.append("\n- " if tag == "li" else "\n")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag == "a":
            self.links.append(_attribute(rest, "href"))
        elif tag == "img":
            self.parts.append(f" {_attribute(rest, 'alt')} ")

    def end(self, tag: str) -> None:
        if tag == "a" and self.links:
            address = self.links.pop()
            if address and address not in self.parts[-1:]:
                self.parts.append(f" ({address})")
        elif tag in _LINES and tag not in ("br", "hr", "li"):
            self.parts.append("\n")

    def words(self, text: str) -> None:
        if text:
            # Line breaks of the source are spaces; those of the text come from its elements.
            self.parts.append(re.sub(r"\s+", " ", _unescaped(text)))


def _attribute(rest: str, name: str) -> str:
    """Return an attribute of a start tag, "" for none."""
    for found in _ATTRIBUTE.finditer(rest):
        if found[1].lower() == name:
            value = found[2]
            return _unescaped(value[1:-1] if value[0] in "\"'" else value)
    return ""
