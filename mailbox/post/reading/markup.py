"""HTML of a mail: only what is allowed stays, nothing is fetched; and its words as plain text."""

from __future__ import annotations

import html
import re

import nh3

TAGS = {
    "a", "b", "blockquote", "br", "code", "div", "em", "h1", "h2", "h3", "h4", "hr", "i", "li", "ol", "p", "pre",
    "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
# Their content goes with them.
GONE = {"script", "style", "title", "head", "noscript", "template", "iframe", "object", "svg", "math"}
MOST = 2 * 1024 * 1024
DEPTH_MOST = 200
_SPACES = re.compile(r"\s+")
_OPENED = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "col", "area", "base", "wbr", "source", "embed"})
_UNSEEN = re.compile(r"(?i)<(script|style|head|title|svg|template)\b")
_BREAKS = re.compile(r"(?i)<br\s*/?>|</(?:p|div|h[1-4]|li|tr|table|blockquote|pre|ul|ol)>|<hr\s*/?>")
_CELLS = re.compile(r"(?i)</t[dh]>")
_QUOTES = re.compile(r"(?i)<(/?)blockquote[^<>]*>")
_TAGS = re.compile(r"<[^<>]*>")
_BLANKS = re.compile(r"[ \t\xa0]+")
_EMPTY = re.compile(r"\n{3,}")


def safe_html(source: str) -> str:
    """Return HTML of allowed elements only: no images, no styles, no scripts, links to the web and to mail."""
    return nh3.clean(
        source[:MOST],
        tags=TAGS,
        clean_content_tags=GONE,
        attributes={"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def words_of(source: str) -> str:
    """Return the words of HTML with its line breaks; what is quoted gets the marks of a plain mail."""
    text = source[:MOST] if "<pre" in source[:MOST].lower() else _SPACES.sub(" ", source[:MOST])
    # A tree of a hundred thousand levels costs minutes to clean; of such only the words are taken.
    text = safe_html(text) if _depth(text) <= DEPTH_MOST else _seen(text)
    pieces: list[str] = []
    depth = 0
    place = 0
    for match in _QUOTES.finditer(text):
        pieces.append(_plain(text[place : match.start()], depth))
        depth = max(0, depth - 1) if match[1] else min(9, depth + 1)
        place = match.end()
    pieces.append(_plain(text[place:], depth))
    return _EMPTY.sub("\n\n", "\n".join(piece for piece in pieces if piece)).strip()


def _seen(text: str) -> str:
    """Return a page without what no reader sees of it: scripts, styles, its head."""
    small, kept, place = text.lower(), [], 0
    while match := _UNSEEN.search(text, place):
        kept.append(text[place : match.start()])
        end = small.find(f"</{match[1].lower()}", match.end())
        if end < 0:
            return "".join(kept)
        place = end
    return "".join(kept) + text[place:]


def _depth(source: str) -> int:
    """Return how deep elements lie in one another, at most; those that need no end are counted as if they did."""
    depth = deepest = 0
    for match in _OPENED.finditer(source):
        if match[2].lower() in _VOID:
            continue
        depth = max(0, depth - 1) if match[1] else depth + 1
        if depth > deepest:
            deepest = depth
    return deepest


def _plain(source: str, depth: int) -> str:
    text = _TAGS.sub("", _CELLS.sub(" ", _BREAKS.sub("\n", source)))
    lines = [_BLANKS.sub(" ", one).strip() for one in html.unescape(text).split("\n")]
    joined = _EMPTY.sub("\n\n", "\n".join(lines)).strip("\n")
    if not depth or not joined.strip():
        return joined
    return "\n".join("> " * depth + one for one in joined.split("\n"))
