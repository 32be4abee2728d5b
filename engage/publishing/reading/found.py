"""What reading a file gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

TRACKED_CHANGE, COMMENT, HIDDEN, EMBEDDED = "tracked_change", "comment", "hidden", "embedded"
AUTHOR, LOCATION = "author", "location"
TRACES = (TRACKED_CHANGE, COMMENT, HIDDEN, EMBEDDED, AUTHOR, LOCATION)

EXCERPT_CHARACTERS = 200
# Of one kind in one file; a thesis with ten thousand changes is told as well by the first of them.
MOST_TRACES = 500
MOST_CHARACTERS = 20_000_000


@dataclass(frozen=True)
class Trace:
    """Something in a file that its reader does not see at once. `kind` is one of TRACES.

    `where` names the page, the sheet or the part of the file.
    """

    kind: str
    where: str
    excerpt: str


@dataclass
class DocumentText:
    """Everything a file says: `text` by lines, hidden words among them; `metadata` by name; `traces`."""

    text: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    traces: list[Trace] = field(default_factory=list)


class Gathering:
    """A DocumentText while it is being read."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._size = 0
        self.metadata: dict[str, str] = {}
        self._traces: dict[Trace, None] = {}
        self._counts: dict[str, int] = {}

    def say(self, *lines: str) -> None:
        """Add lines of text."""
        for line in lines:
            if line and line.strip() and self._size < MOST_CHARACTERS:
                self._lines.append(line)
                self._size += len(line)

    def tell(self, name: str, value: object) -> None:
        """Add metadata; a name that comes twice keeps both values."""
        said = " ".join(str(value).replace("\0", "").split())
        if not said:
            return
        known = self.metadata.get(name)
        if known is None:
            self.metadata[name] = said
        elif said not in known:
            self.metadata[name] = f"{known}; {said}"

    def trace(self, kind: str, where: str, excerpt: str) -> None:
        """Add a trace; the same one is told once."""
        self._counts[kind] = self._counts.get(kind, 0) + 1
        if self._counts[kind] <= MOST_TRACES:
            words = " ".join(excerpt.replace("\0", "").split())
            self._traces[Trace(kind, where, words[:EXCERPT_CHARACTERS])] = None

    def take(self, inner: DocumentText, *, within: str) -> None:
        """Add what a file inside the file says."""
        self.say(inner.text)
        for name, value in inner.metadata.items():
            self.tell(f"{within}: {name}", value)
        for trace in inner.traces:
            self.trace(trace.kind, f"{within}: {trace.where}" if trace.where else within, trace.excerpt)

    def done(self) -> DocumentText:
        """Return what was gathered."""
        return DocumentText("\n".join(self._lines), self.metadata, list(self._traces))


def joined(words: Iterable[str]) -> str:
    """Return pieces of a text as one line."""
    return " ".join(" ".join(words).split())
