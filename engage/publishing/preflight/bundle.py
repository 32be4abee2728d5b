"""What is looked at before it is handed in, and what is found: plain values, without Django."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol


class Severity(StrEnum):
    """What a finding means for handing in."""

    BLOCKS = "blocks"
    WARNS = "warns"
    TELLS = "tells"


@dataclass(frozen=True)
class Form:
    """One form that goes out, in one language.

    `html` or `text` is what a person gets. Forms of the same `group` say the same in other languages. `is_rule_text`:
    words of a law, whose style is not ours to judge. `fix_url`: where it is written.
    """

    name: str
    label: str
    language: str
    html: str = ""
    text: str = ""
    group: str = "page"
    fix_url: str = ""
    is_rule_text: bool = False


@dataclass(frozen=True)
class Block:
    """One part that an author fills: language to its words, and to where they are written.

    `html` is searched too, for the place of a link or a picture. `missing`: what it means when it is empty in all
    languages; None when it may be.
    """

    code: str
    label: str
    texts: Mapping[str, str]
    fix_urls: Mapping[str, str] = field(default_factory=dict)
    html: Mapping[str, str] = field(default_factory=dict)
    missing: Severity | None = None


@dataclass(frozen=True)
class Attachment:
    """A file or picture that goes out beside the words; `read` gives its bytes.

    `address`: where readers will get it; until it goes out a stranger finds nothing there, rightly.
    """

    name: str
    label: str
    read: Callable[[], bytes]
    fix_url: str = ""
    address: str = ""


@dataclass(frozen=True)
class Period:
    """How long people can take part: days as the law counts, the least it asks for, whether a reason is published."""

    days: int
    shortest: int
    has_reason: bool
    fix_url: str = ""


@dataclass(frozen=True)
class Bundle:
    """All that goes out with one content. `languages`: those it must have, each missing one blocks.

    `opens`: how the addresses begin that open with it; until then a stranger finds nothing there, rightly.
    """

    title: str
    forms: Sequence[Form] = ()
    blocks: Sequence[Block] = ()
    attachments: Sequence[Attachment] = ()
    pictures: Sequence[Attachment] = ()
    periods: Sequence[Period] = ()
    languages: Sequence[str] = ()
    opens: Sequence[str] = ()


@dataclass(frozen=True)
class Finding:
    """One thing found. `code` and `values` make the sentence (`words.sentence`); `where` names the form or part.

    `language` is that of the excerpt; `needle` is searched in the parts to find where it is written.
    """

    code: str
    severity: Severity
    where: str = ""
    excerpt: str = ""
    fix_url: str = ""
    language: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    needle: str = ""


class Trace(Protocol):
    """Something left in a file that its readers do not see at first."""

    @property
    def kind(self) -> str: ...
    @property
    def where(self) -> str: ...
    @property
    def excerpt(self) -> str: ...


class ReadDocument(Protocol):
    """A file as it was read."""

    @property
    def text(self) -> str: ...
    @property
    def metadata(self) -> Mapping[str, str]: ...
    @property
    def traces(self) -> Sequence[Trace]: ...


@dataclass(frozen=True)
class Outside:
    """What the checks may ask about the world; none of it reaches the network.

    `internal(path)`: "" when the address leads somewhere, else "gone"; `anchor(path, name)` whether it has that place.
    `external(url)`: what the background check last saw: None for never tried, "" for well, else how it failed.
    `read(content, name)` reads a file; raises Refused when it cannot. `hosts`: our own names.
    """

    internal: Callable[[str], str] = lambda path: ""
    anchor: Callable[[str, str], bool] = lambda path, name: True
    external: Callable[[str], str | None] = lambda url: ""
    read: Callable[[bytes, str], ReadDocument] | None = None
    hosts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Checked:
    """What one check looked at, and found. `looked_at` 0: there was nothing of its kind."""

    code: str
    looked_at: int
    findings: Sequence[Finding] = ()


@dataclass(frozen=True)
class Report:
    """All checks of one content, in their order."""

    checks: Sequence[Checked]

    @property
    def findings(self) -> list[Finding]:
        """All findings, the weightiest first."""
        order = list(Severity)
        found = [finding for check in self.checks for finding in check.findings]
        return sorted(found, key=lambda finding: order.index(finding.severity))

    def of(self, severity: Severity) -> list[Finding]:
        """Return the findings of one weight."""
        return [finding for finding in self.findings if finding.severity == severity]

    @property
    def clean(self) -> list[Checked]:
        """The checks that looked at something and found nothing."""
        return [check for check in self.checks if check.looked_at and not check.findings]

    @property
    def not_asked(self) -> list[Checked]:
        """The checks for which there was nothing to look at."""
        return [check for check in self.checks if not check.looked_at and not check.findings]
