"""HTML of question texts as plain text; a definition has no markup."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

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
_SILENT = frozenset(("script", "style"))
# Sections that Word leaves behind; the parser takes few of them.
_MARKED = re.compile(r"<!\[[^>]*>?")
_MARKUP = re.compile(r"</?[a-zA-Z!]|&[#\w]+;")


@dataclass
class Read:
    """The text, and the elements that said more than a text can: pictures, films, scripts."""

    text: str
    lost: list[str] = field(default_factory=list)


def plain_text(html: str) -> Read:
    """Return the words of a piece of HTML, a line for each block and the address behind each link."""
    if not _MARKUP.search(html):
        return Read(html.replace("\r\n", "\n").strip())
    reader = _Reader()
    reader.feed(_MARKED.sub("", html))
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return Read(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip(), list(dict.fromkeys(reader.lost)))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.lost: list[str] = []
        self.silent = ""
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent = tag
        if tag not in _LOOKS:
            self.lost.append(tag)
        if tag in _LINES:
            self.parts.append("\n- " if tag == "li" else "\n")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag == "a":
            self.links.append(dict(attrs).get("href") or "")
        elif tag == "img":
            self.parts.append(f" {dict(attrs).get('alt') or ''} ")

    def handle_endtag(self, tag: str) -> None:
        if tag == self.silent:
            self.silent = ""
        elif tag == "a" and self.links:
            address = self.links.pop()
            if address and address not in self.parts[-1:]:
                self.parts.append(f" ({address})")
        elif tag in _LINES and tag not in ("br", "hr", "li"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            # Line breaks of the source are spaces; those of the text come from its elements.
            self.parts.append(re.sub(r"\s+", " ", data))
