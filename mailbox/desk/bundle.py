"""A whole case as one ZIP file, written while it is read: papers, words, files, days, and the hash of every part.

What a person may not see on the page is not in it either: name and address stand where the page shows them, drafts are
there for who works on the answer, other cases only where the person may open them.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.files.storage import Storage
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from engage.accounts.models import User
from engage.journal import actions as journal
from engage.participation import timeline
from engage.participation.models import Attachment
from engage.spreadsheets import csv_text
from mailbox import queries
from mailbox.actions import clocks as counting
from mailbox.counter.models import Entry
from mailbox.desk.board import Board
from mailbox.desk.papers import WRITERS, case_pdf
from mailbox.desk.show import happened
from mailbox.desk.words import why_counted
from mailbox.letterbox.papers import notice_pdf
from mailbox.models import Case, Draft, Notice

CHUNK = 64 * 1024
# The same file for the same case: a ZIP's own dates tell nothing.
EPOCH = (1980, 1, 1, 0, 0, 0)
_UNSAFE = re.compile(r"[^\w.\-]+")
# Windows opens none of these, whatever their ending.
_RESERVED = re.compile(r"(?i)\A(con|prn|aux|nul|com\d|lpt\d)(\.|\Z)")


@dataclass
class Part:
    """One file of the export: where it comes from when it is its turn."""

    path: str
    what: str
    open: Callable[[], Iterator[bytes]]


@dataclass
class _Written:
    """What was written, for the manifest."""

    rows: list[dict[str, Any]] = field(default_factory=list)


class _Pipe(io.RawIOBase):
    """Where the ZIP is written to: it cannot go back, so nothing of it is kept."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """Return what was written since the last call."""
        taken, self._parts = b"".join(self._parts), []
        return taken


def safe_name(name: str, number: int) -> str:
    """Return a file's name that no system stumbles over, with its number in front so that none is there twice."""
    cleaned = _UNSAFE.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip("._")[-100:] or "file"
    return f"{number:03d}-{'_' if _RESERVED.match(cleaned) else ''}{cleaned}"


def exported(board: Board, *, actor: User, now: datetime) -> Iterator[bytes]:
    """Return the ZIP file of a case, piece by piece. That it was taken is in the journal before the first byte."""
    export = uuid4()
    parts = list(_parts(board, actor))
    journal.record(actor, "case.exported", board.case, export=str(export), parts=len(parts))
    return _stream(board, parts, export, actor, now, translation.get_language() or "en")


def _stream(
    board: Board, parts: list[Part], export: UUID, actor: User, now: datetime, language: str
) -> Iterator[bytes]:
    pipe, written = _Pipe(), _Written()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        for part in parts:
            yield from _write(archive, pipe, part, written, language)
        yield from _write(archive, pipe, _sums(written), None, language)
        yield from _write(archive, pipe, _manifest(board.case, written, export, actor, now), None, language)
    yield pipe.take()


def _write(
    archive: zipfile.ZipFile, pipe: _Pipe, part: Part, written: _Written | None, language: str
) -> Iterator[bytes]:
    entry = zipfile.ZipInfo(part.path, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    digest, size = hashlib.sha256(), 0
    with archive.open(entry, "w", force_zip64=True) as target:
        for piece in _spoken(part.open(), language):
            digest.update(piece)
            size += len(piece)
            target.write(piece)
            yield pipe.take()
    if written is not None:
        written.rows.append({"path": part.path, "what": part.what, "bytes": size, "sha256": digest.hexdigest()})


def _spoken(pieces: Iterator[bytes], language: str) -> Iterator[bytes]:
    """Make each piece in the language of who asked, and leave no language behind: others are served between two."""
    while True:
        with translation.override(language):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def _whole(make: Callable[[], bytes]) -> Callable[[], Iterator[bytes]]:
    def pieces() -> Iterator[bytes]:
        yield make()

    return pieces


def _text(text: str) -> Callable[[], Iterator[bytes]]:
    return _whole(lambda: text.encode())


def _sums(written: _Written) -> Part:
    lines = "".join(f"{row['sha256']}  {row['path']}\n" for row in written.rows)
    return Part("SHA256SUMS", "", _text(lines))


def _manifest(case: Case, written: _Written, export: UUID, actor: User, now: datetime) -> Part:
    content = {
        "reference": case.reference,
        "export": export,
        "made_at": now.astimezone(UTC),
        "made_by": str(actor),
        "parts": written.rows,
    }
    return Part("manifest.json", "", _whole(lambda: _json(content)))


def _json(content: Any) -> bytes:
    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()


# --- what is in it --------------------------------------------------------------------------------------------------


def _parts(board: Board, actor: User) -> Iterator[Part]:
    case = board.case
    yield Part("case.pdf", "case", _whole(lambda: case_pdf(board, actor=actor)))
    yield Part("case.json", "case", _whole(lambda: _json(_facts(board, actor))))
    yield Part("thread.txt", "thread", _whole(lambda: _thread(board).encode()))
    yield Part("timeline.csv", "timeline", _whole(lambda: _timeline(case)))
    yield Part("steps.csv", "steps", _whole(lambda: _steps(board)))
    for notice in case.notices.select_related("department").order_by("pk"):
        yield from _notice(notice)
    for badge in board.clocks:
        badge.clock.case = case
        name = safe_name(f"{badge.clock.target}.csv", badge.clock.pk)
        yield Part(f"clocks/{name}", "clock", _whole(lambda clock=badge.clock: _days(clock)))
    for number, file in enumerate(board.files, start=1):
        yield Part(f"files/{safe_name(file.name, number)}", "file", _stored(file))
    if board.standing & WRITERS:
        for draft in _drafts(case):
            yield Part(f"drafts/{draft.pk:06d}.json", "draft", _whole(lambda one=draft: _json(_draft(one))))


def _notice(notice: Notice) -> Iterator[Part]:
    name = f"notices/{notice.year}-{notice.department_id}-{notice.number:06d}"
    yield Part(f"{name}.html", "notice", _text(notice.html))
    yield Part(f"{name}.pdf", "notice", _whole(lambda: notice_pdf(notice)))


def _stored(file: Attachment) -> Callable[[], Iterator[bytes]]:
    def pieces() -> Iterator[bytes]:
        storage: Storage = file.file.storage
        with storage.open(file.file.name or "", "rb") as content:
            yield from iter(lambda: content.read(CHUNK), b"")

    return pieces


def _drafts(case: Case) -> list[Draft]:
    """The shared ones only: a private draft is its writer's alone."""
    return list(case.drafts.filter(shared=True).prefetch_related("versions", "approvals").order_by("pk"))


def _draft(draft: Draft) -> dict[str, Any]:
    return {
        **draft.words,
        "state": draft.state,
        "round": draft.round,
        "sha256": draft.sha256,
        "sent_at": draft.sent_at,
        "versions": [
            {"round": one.round, "words": one.words, "sha256": one.sha256, "at": one.at} for one in draft.versions.all()
        ],
        "approvals": [
            {
                "round": one.round,
                "place": one.position,
                "decision": one.decision,
                "by": str(one.by or ""),
                "instead_of": str(one.assignee) if one.assignee_id not in (None, one.by_id) and one.by_id else "",
                "at": one.at,
                "note": one.note,
            }
            for one in draft.approvals.all()
        ],
    }


def _facts(board: Board, actor: User) -> dict[str, Any]:
    """The case for a program: every row the page shows, in the words of the database."""
    case, sent = board.case, board.case.submission
    known = Case.objects.visible_to(actor).filter(pk__in=[other.pk for _link, other in board.links])
    seen = set(known.values_list("pk", flat=True))
    return {
        "reference": case.reference,
        "kind": case.kind,
        "state": case.state,
        "title": case.title,
        "received_at": case.received_at,
        "zone": case.zone,
        "channel": sent.channel,
        "language": sent.language,
        "counter": _entry(case),
        "may_publish": case.may_publish,
        "people": case.people,
        "result": case.result,
        "answered_at": case.answered_at,
        "closed_at": case.closed_at,
        "units": {
            "receiving": str(case.triage or ""),
            "in_charge": str(case.lead or ""),
            "reviewing": str(case.reviewer or ""),
        },
        "sender": _sender(board),
        "messages": [
            {"at": one.at, "direction": one.direction, "text": one.text, "noted_by": str(one.by or "")}
            for one in board.messages
        ],
        "notices": [
            {
                "number": one.content["number"],
                "title": one.title,
                "form": one.form,
                "language": one.language,
                "made_at": one.made_at,
                "sha256": one.sha256,
            }
            for one in board.notices
        ],
        "clocks": [
            {
                "target": one.clock.target,
                "profile": one.clock.profile_id,
                "start": one.clock.start,
                "events": one.clock.events,
                "state": one.clock.state,
                "due": one.clock.due,
                "result": one.clock.result,
                "stopped_at": one.clock.stopped_at,
                "may_move": one.clock.may_move,
            }
            for one in board.clocks
        ],
        "opinions": [
            {
                "unit": str(one.department),
                "question": one.question,
                "co_author": one.co_author,
                "due": one.due,
                "state": one.state,
                "note": one.note,
                "opinion": one.opinion.text if hasattr(one, "opinion") else "",
            }
            for one in board.consultations
        ],
        "questions": [
            {"number": one.number, "text": one.text, "state": one.state, "because": one.because}
            for one in board.questions
        ],
        "ratings": list(case.ratings.values("round", "score", "reasons", "text", "at")),
        "groups": [one.name for one in board.tags],
        "links": [{"kind": link.kind, "reference": other.reference} for link, other in board.links if other.pk in seen],
        "files": [
            {"name": one.name, "media_type": one.media_type, "bytes": one.size, "sha256_as_sent": one.sha256}
            for one in board.files
        ],
    }


def _entry(case: Case) -> dict[str, Any] | None:
    """How it came to the counter, where it did."""
    entry = Entry.objects.filter(case=case).first()
    return {"way": entry.way, "received_on": entry.received_on, "identity": entry.identity} if entry else None


def _sender(board: Board) -> dict[str, Any] | None:
    """Name and address where the page shows them; None where it does not."""
    contact = board.case.submission.contact
    if contact is None or not board.shows_contact:
        return None
    return {
        "name": contact.name,
        "email": contact.email,
        "phone": contact.phone,
        "representatives": [one.contact.name for one in board.parties if one.contact],
    }


def _thread(board: Board) -> str:
    """Letters and notices as one text, oldest first."""
    said: list[tuple[datetime, str, str]] = [(one.at, _("The sender"), one.text) for one in board.messages]
    for notice in board.notices:
        content = notice.content
        words = [content["opening"], *content["words"], *content["basis"], *content["cites"], content["closing"]]
        text = "\n\n".join(part for part in words if part)
        said.append((notice.made_at, f"{content['number']} {notice.title}", text))
    return "\n\n".join(f"{_moment(at)} · {title}\n\n{text}" for at, title, text in sorted(said, key=lambda one: one[0]))


def _timeline(case: Case) -> bytes:
    lines = [[entry.at.isoformat(), timeline.sentence(entry)] for entry in case.submission.timeline.all()]
    return _table(["at", "told"], lines)


def _steps(board: Board) -> bytes:
    rows = [[one.at.isoformat(), one.label, one.state, one.by, one.reason, one.note] for one in happened(board)]
    return _table(["at", "step", "state", "by", "reason", "note"], rows)


def _days(clock: Any) -> bytes:
    """Every day that a clock counted or left out, and why; its profile and events stand in case.json."""
    days = queries.date_proof(clock)
    return _table(["day", "number", "why"], [[one.day.isoformat(), one.number, why_counted(one)] for one in days])


def _table(head: list[str], rows: list[list[Any]]) -> bytes:
    return csv_text(rows, head=head).encode("utf-8", "replace")


def _moment(at: datetime) -> str:
    return date_format(localtime(at), "DATETIME_FORMAT")


def file_name(case: Case, day: date) -> str:
    """Return the name of the export."""
    return f"{case.reference}-{day.isoformat()}.zip"


def day_of(board: Board) -> date:
    """Return the day of the export where the case lies."""
    return counting.today_of(board.case, board.now)
