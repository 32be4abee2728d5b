"""From the parts of a variant to the exact bytes that go out. No Django: the same parts always give the same bytes."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass

from engage.outreach.delivery import rules

# WeChat and mail programs drop style sheets and classes: what remains is written onto each element.
_STYLES = {
    "p": "margin:0 0 1em;line-height:1.75;font-size:16px;color:#1d2b30",
    "h2": "margin:1.4em 0 .6em;font-size:19px;line-height:1.4;color:#0b3f48",
    "h3": "margin:1.2em 0 .5em;font-size:17px;line-height:1.4;color:#0b3f48",
    "ul": "margin:0 0 1em;padding-left:1.4em",
    "ol": "margin:0 0 1em;padding-left:1.6em",
    "li": "margin:0 0 .4em;line-height:1.75;font-size:16px;color:#1d2b30",
    "blockquote": "margin:0 0 1em;padding:.2em 0 .2em 1em;border-left:3px solid #b2331d;color:#475a61",
    "a": "color:#0b5f78;text-decoration:underline",
    "strong": "color:#0b3f48",
    "hr": "border:0;border-top:1px solid #cfdadc;margin:1.4em 0",
}
_TAGS = {*_STYLES, "em", "br", "section"}
_PROPERTIES = {
    "margin", "padding", "padding-left", "line-height", "font-size", "color", "text-decoration", "border",
    "border-left", "border-top", "max-width",
}  # fmt: skip
SUFFIXES = {"text/plain": "txt", "text/html": "html", "application/json": "json"}
_OPENING = re.compile(r"<(" + "|".join(sorted(_STYLES, key=len, reverse=True)) + r")(?=[\s>/])")


@dataclass(frozen=True)
class Rendered:
    """What goes out. `text` is what a person can read in it."""

    media_type: str
    content: bytes
    text: str


def render(form: str, parts: rules.Parts, *, language: str) -> Rendered:
    """Return the bytes of a variant."""
    if form in rules.LINK_INSIDE:
        return Rendered("text/plain", parts.body.encode(), parts.body)
    read = "\n\n".join(part for part in (parts.title, parts.body, parts.url) if part)
    if form == rules.ARTICLE:
        return Rendered("text/html", article_html(parts, language).encode(), read)
    if form == rules.MAIL:
        told = {"subject": one_line(parts.title), "text": mail_text(parts), "html": mail_html(parts, language)}
        return Rendered("application/json", _json(told), read)
    told = {"title": one_line(parts.title), "body": parts.body, "url": parts.url, "language": language}
    return Rendered("application/json", _json(told), read)


def _json(told: dict[str, str]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def one_line(text: str) -> str:
    """Return a title without line breaks: it becomes the header of a mail."""
    return " ".join(text.split())


def mail_text(parts: rules.Parts) -> str:
    """Return the plain body of a mail."""
    return f"{parts.body.strip()}\n\n{parts.url}\n" if parts.url else f"{parts.body.strip()}\n"


def styled(text: str) -> str:
    """Return HTML with its styles written onto the elements, from a text with the light marks of Markdown.

    What was typed as HTML is shown as it was typed and never interpreted; nothing but the listed elements remains.
    """
    import nh3
    from markdown_it import MarkdownIt

    made = MarkdownIt("zero", {"html": False, "breaks": True}).enable(
        ["heading", "list", "blockquote", "hr", "emphasis", "link", "newline", "escape", "entity", "balance_pairs"]
    )
    body = re.sub(r"<(/?)h1>", r"<\1h2>", made.render(text))
    body = re.sub(r"<(/?)h[4-6]>", r"<\1h3>", body)
    body = _OPENING.sub(lambda found: f'<{found[1]} style="{_STYLES[found[1]]}"', body)
    return nh3.clean(
        body,
        tags=_TAGS,
        attributes={"*": {"style"}, "a": {"href", "style"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        filter_style_properties=_PROPERTIES,
    )


def article_html(parts: rules.Parts, language: str) -> str:
    """Return an article as editors of other platforms take it: a section with inline styles, without scripts."""
    title = f'<h2 style="{_STYLES["h2"]}">{html.escape(one_line(parts.title))}</h2>\n'
    return f'<section lang="{_html_lang(language)}">\n{title}{styled(parts.body)}{_link(parts.url)}</section>\n'


def mail_html(parts: rules.Parts, language: str) -> str:
    """Return the HTML body of a mail."""
    return (
        f'<!doctype html>\n<html lang="{_html_lang(language)}"><head><meta charset="utf-8">'
        f"<title>{html.escape(one_line(parts.title))}</title></head>\n"
        f'<body><section style="max-width:640px">\n{styled(parts.body)}{_link(parts.url)}</section></body></html>\n'
    )


def _link(url: str) -> str:
    if not url:
        return ""
    escaped = html.escape(url)
    return f'<p style="{_STYLES["p"]}"><a href="{escaped}" style="{_STYLES["a"]}">{escaped}</a></p>\n'


def _html_lang(language: str) -> str:
    return "zh-Hans" if language.startswith("zh") else language
