"""Links: where they lead, and what they are called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from engage.publishing.preflight.bundle import Bundle, Checked, Finding, Form, Outside, Severity
from engage.publishing.preflight.rules.markup import Document, cut, is_hidden, name_of, parse

# Said out of their sentence, as a screen reader lists links, these say nothing (WCAG 2.2, 2.4.4 and 2.4.9).
VAGUE = frozenset(
    {
        "click here", "here", "read more", "more", "link", "this link", "this page", "learn more", "details",
        "see here", "click", "this", "download", "website",
        "点击这里", "点这里", "点击此处", "点此", "此处", "这里", "点击", "详情", "更多", "链接", "查看", "点击查看",
        "查看详情",
        "阅读更多", "了解更多", "下载", "点击下载", "网址", "网站", "看这里", "在这里",
    }
)  # fmt: skip
_TRIMMED = " .。,，:：;；!！?？…>»›→[]()（）【】“”\"'"
_ADDRESS = re.compile(r"https?://[^\s<>\"'，。；、）)\]】”]+", re.IGNORECASE)
_RUNS_SCRIPT = frozenset({"javascript", "vbscript", "data", "file"})


@dataclass(frozen=True)
class Link:
    """A link of a form: its address and what it is called; `name` None for an address that is only written out."""

    href: str
    name: str | None


def links_of(form: Form, document: Document | None) -> list[Link]:
    """Return the links of a form: those of its HTML, or the addresses written in its text."""
    if document is not None:
        return [
            Link((element.get("href") or "").strip(), name_of(element))
            for element in document.each("a")
            if element.get("href") is not None and not is_hidden(element)
        ]
    return [Link(found.group().rstrip(".,:;!?"), None) for found in _ADDRESS.finditer(form.text)]


def external_links(form: Form) -> set[str]:
    """Return the addresses of other sites that a form leads to, for the background check."""
    return {address for link in links_of(form, parse(form.html)) if (address := _elsewhere_of(link.href))}


def _elsewhere_of(href: str) -> str:
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    return parts._replace(fragment="").geturl() if parts.scheme in ("http", "https") and parts.netloc else ""


def check(bundle: Bundle, outside: Outside) -> Checked:
    """Look at every link of every form once."""
    looked_at, findings = 0, list[Finding]()
    untried: set[str] = set()
    for form in bundle.forms:
        document = parse(form.html)
        seen = set()
        for link in links_of(form, document):
            if (link.href, link.name) in seen:
                continue
            seen.add((link.href, link.name))
            looked_at += 1
            findings += list(_named(form, link))
            findings += list(_leads(form, link, document, outside, untried))
    if untried:
        values = {"n": len(untried)}
        shown = cut(", ".join(sorted(untried)))
        findings.append(Finding("links_untried", Severity.TELLS, excerpt=shown, values=values))
    return Checked("links", looked_at, findings)


def _found(code: str, severity: Severity, form: Form, link: Link, **values: object) -> Finding:
    shown = link.href if not link.name else f"{cut(link.name, 40)} ({cut(link.href, 60)})"
    return Finding(code, severity, form.label, shown, form.fix_url, form.language, values, needle=link.href)


def _named(form: Form, link: Link) -> Iterator[Finding]:
    if link.name is None:
        return
    if not link.name:
        yield _found("link_empty", Severity.BLOCKS, form, link)
    elif link.name.lower().strip(_TRIMMED) in VAGUE:
        yield _found("link_vague", Severity.WARNS, form, link)


def _leads(form: Form, link: Link, document: Document | None, outside: Outside, untried: set[str]) -> Iterator[Finding]:
    try:
        parts = urlsplit(link.href)
        host = parts.netloc.lower()
    except ValueError:
        yield _found("link_broken", Severity.BLOCKS, form, link)
        return
    if parts.scheme in _RUNS_SCRIPT:
        yield _found("link_script", Severity.BLOCKS, form, link)
    elif parts.scheme in ("http", "https") and host not in outside.hosts:
        yield from _elsewhere(form, link, parts.scheme, parts._replace(fragment="").geturl(), outside, untried)
    elif parts.scheme in ("", "http", "https"):
        yield from _here(form, link, document, parts.path, unquote(parts.fragment), outside)


def _elsewhere(form: Form, link: Link, scheme: str, url: str, outside: Outside, untried: set[str]) -> Iterator[Finding]:
    if scheme == "http":
        yield _found("link_not_https", Severity.WARNS, form, link)
    state = outside.external(url)
    if state is None:
        untried.add(url)
    elif state:
        yield _found("link_dead", Severity.WARNS, form, link, state=state)


def _here(
    form: Form, link: Link, document: Document | None, path: str, fragment: str, outside: Outside
) -> Iterator[Finding]:
    if not path:
        # A piece of a page may lead to a place that the page around it has.
        if fragment and fragment != "top" and document is not None and document.whole and fragment not in document.ids:
            yield _found("link_no_place", Severity.WARNS, form, link, place=fragment)
        elif not fragment and not link.href.startswith("?"):
            yield _found("link_nowhere", Severity.BLOCKS, form, link)
    elif outside.internal(path):
        yield _found("link_broken", Severity.BLOCKS, form, link)
    elif fragment and not outside.anchor(path, fragment):
        yield _found("link_no_place", Severity.WARNS, form, link, place=fragment)
