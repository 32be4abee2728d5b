"""Finds in a page what the strict Content-Security-Policy would stop."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

DATA_TYPES = {"application/json", "application/ld+json", "importmap"}
LINKS = {"src", "href", "action", "formaction", "srcset", "poster", "data"}


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and "src" not in given and given.get("type") not in DATA_TYPES:
            self.found.append("inline script")
        if tag == "style":
            self.found.append("style element")
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.found.append(f"{tag} {name}")
            if name in LINKS and tag not in {"a"}:
                address = urlsplit(value or "")
                if address.netloc or address.scheme not in {"", "data"}:
                    self.found.append(f"{tag} {name}={value}")
            if (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"{tag} {name}={value}")


def inline_code(html: str) -> list[str]:
    """List inline scripts, styles, event attributes and foreign hosts."""
    finder = _Finder()
    finder.feed(html)
    return finder.found
