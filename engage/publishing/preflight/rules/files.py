"""Files that go out: what they still carry besides what their readers see."""

from __future__ import annotations

from collections.abc import Iterator

from engage.errors import Refused
from engage.publishing.preflight.bundle import (
    Attachment,
    Bundle,
    Checked,
    Finding,
    Outside,
    ReadDocument,
    Severity,
    Trace,
)
from engage.publishing.preflight.rules.markup import cut
from engage.publishing.preflight.rules.wording import personal, personal_in

# By the kinds of engage.publishing.reading: words somebody took out, or a place, block; who made a file is told.
WEIGHTS = {
    "tracked_change": Severity.BLOCKS,
    "comment": Severity.BLOCKS,
    "hidden": Severity.BLOCKS,
    "location": Severity.BLOCKS,
    "embedded": Severity.WARNS,
    "author": Severity.WARNS,
}
LISTED = 5


def check(bundle: Bundle, outside: Outside) -> Checked:
    """Read every file: tracked changes, comments and hidden text, who made it, personal data in its text."""
    findings: list[Finding] = []
    if outside.read is None:
        return Checked("files", 0, findings)
    for attachment in bundle.attachments:
        try:
            read = outside.read(attachment.read(), attachment.name)
        except (OSError, Refused) as fault:
            code = fault.code if isinstance(fault, Refused) else "gone"
            findings.append(_found("file_unreadable", Severity.WARNS, attachment, fault=code))
        else:
            findings += list(_in_file(attachment, read))
    return Checked("files", len(bundle.attachments), findings)


def _in_file(attachment: Attachment, read: ReadDocument) -> Iterator[Finding]:
    by_kind: dict[str, list[Trace]] = {}
    for trace in read.traces:
        by_kind.setdefault(trace.kind, []).append(trace)
    for kind, traces in by_kind.items():
        excerpt = " · ".join(cut(trace.excerpt or trace.where, 60) for trace in traces[:LISTED])
        yield _found("file_trace", WEIGHTS.get(kind, Severity.WARNS), attachment, excerpt, kind=kind, n=len(traces))
    for found in list(personal_in(read.text))[:LISTED]:
        yield personal(found, read.text, attachment.label, attachment.fix_url, "")


def _found(code: str, severity: Severity, attachment: Attachment, excerpt: str = "", **values: object) -> Finding:
    return Finding(code, severity, attachment.label, cut(excerpt, 200), attachment.fix_url, values=values)
