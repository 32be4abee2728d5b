"""Redaction of a file: look for what is to go, take it out, prove that it is gone. Parsers run confined.

survey = find(content, "letter.pdf", marks)
redacted = redact(content, "letter.pdf", marks, title="Reply", language="zh-Hans")
redacted.content, redacted.name, redacted.proof
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from engage.errors import Refused
from engage.participation import personal_data
from engage.participation.attachments import confined, plain_text
from engage.participation.attachments.naming import safe_name
from engage.publishing.documents import read_here
from engage.publishing.reading.found import Trace
from engage.publishing.reading.kinds import OFFICE, OPEN_DOCUMENT, kind_of
from engage.publishing.redaction import marks as marking
from engage.publishing.redaction.marks import BOX, PERSONAL, PICTURE, Mark
from engage.publishing.redaction.places import Place, around
from engage.publishing.redaction.texts import redact_text

SECONDS = 300
MOST_PLACES = 2_000
PAGE_SIDE = 1_100

_MODULE = "engage.publishing.redaction.engine"
_ENDINGS = {"text": "txt", "html": "html", "jpeg": "jpg", "heic": "jpg", "gif": "png"}
KINDS = frozenset(["pdf", *OFFICE, *OPEN_DOCUMENT, "text", "html", "jpeg", "png", "webp", "gif", "heic"])
# Their parsers are bounded by what they read, so they need no program of their own.
IN_THIS_PROGRAM = frozenset(["text", "jpeg", "png", "webp", "gif"])
# In these a place is a part of a picture of a page.
DRAWN = frozenset(["pdf", "jpeg", "png", "webp", "gif", "heic"])


@dataclass(frozen=True)
class Sheet:
    """A page as it is shown: its measure in points or pixels, and whether it has words that can be found."""

    number: int
    width: float
    height: float
    has_text: bool


@dataclass
class Survey:
    """What was found in a file. `personal` are places of personal data, `mark` is the place of its kind in KINDS.

    `pictures` are the names of the pictures inside an office file; `traces` is what goes in any case.
    """

    kind: str
    sheets: list[Sheet] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    personal: list[Place] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    traces: list[Trace] = field(default_factory=list)
    title: str = ""


@dataclass(frozen=True)
class Redacted:
    """The new file, its name, and the proof as JSON-able values, in which none of the words stands."""

    content: bytes
    name: str
    proof: dict[str, Any]


def kind_to_redact(content: bytes, name: str) -> str:
    """Return the kind of a file that can be redacted. Raises Refused("not_redactable") and as `kind_of`."""
    kind = kind_of(content, name)
    if kind not in KINDS:
        raise Refused("not_redactable")
    return kind


def find(content: bytes, name: str, marks: Sequence[Mark]) -> Survey:
    """Look for marks and for personal data.

    Raises Refused: "not_redactable", what `documents.read_document` raises, "too_many_pages" (most), "has_macros",
    "active_content", "embedded_files", and what `marks.check` raises.
    """
    kind = kind_to_redact(content, name)
    if marks:
        marking.check(marks)
    if kind in IN_THIS_PROGRAM:
        return find_here(content, name, marks)
    said = json.loads(_ask("answer_find", content, name=name, marks=[mark.plain() for mark in marks]))
    return survey_of(said)


def survey_of(said: dict[str, Any]) -> Survey:
    """Return a survey from its JSON-able values."""
    return Survey(
        kind=said["kind"],
        sheets=[Sheet(**sheet) for sheet in said["sheets"]],
        places=[_place(place) for place in said["places"]],
        personal=[_place(place) for place in said["personal"]],
        pictures=said["pictures"],
        traces=[Trace(**trace) for trace in said["traces"]],
        title=said["title"],
    )


def _place(said: dict[str, Any]) -> Place:
    return Place(**{**said, "boxes": tuple(tuple(box) for box in said["boxes"])})


def redact(content: bytes, name: str, marks: Sequence[Mark], *, title: str = "", language: str = "zh-Hans") -> Redacted:
    """Take the marks out and prove it. `title` and `language` are those of the new file (PDF).

    Raises Refused: as `find`, "nothing_found", "still_there" (check).
    """
    kind = kind_to_redact(content, name)
    marking.check(marks)
    if kind in IN_THIS_PROGRAM:
        return redact_here(content, name, marks, title=title, language=language)
    made = _ask(
        "answer_redact",
        content,
        name=name,
        marks=[mark.plain() for mark in marks],
        title=title,
        language=language,
    )
    head, _newline, result = made.partition(b"\n")
    said = json.loads(head)
    return Redacted(result, said["name"], said["proof"])


def page_picture(content: bytes, name: str, page: int, *, side: int = PAGE_SIDE) -> bytes:
    """Return a page, or a picture, as PNG. Raises Refused: "no_page", and as `find`."""
    if kind_to_redact(content, name) in IN_THIS_PROGRAM:
        return picture_here(content, name, page, side)
    return _ask("answer_picture", content, name=name, page=page, side=side)


def _ask(function: str, content: bytes, **request: Any) -> bytes:
    head = json.dumps(request).encode() + b"\n"
    return confined.run(f"{_MODULE}:{function}", head + content, seconds=SECONDS)


# --- in the confined program ----------------------------------------------------------------------------------------


def _request(request: bytes) -> tuple[dict[str, Any], bytes]:
    head, _newline, content = request.partition(b"\n")
    said = json.loads(head)
    if "marks" in said:
        said["marks"] = [Mark(**mark) for mark in said["marks"]]
    return said, content


def answer_find(request: bytes) -> bytes:
    """Answer `find`."""
    said, content = _request(request)
    return json.dumps(asdict(find_here(content, said["name"], said["marks"]))).encode()


def answer_redact(request: bytes) -> bytes:
    """Answer `redact`."""
    said, content = _request(request)
    made = redact_here(content, said["name"], said["marks"], title=said["title"], language=said["language"])
    return json.dumps({"name": made.name, "proof": made.proof}).encode() + b"\n" + made.content


def answer_picture(request: bytes) -> bytes:
    """Answer `page_picture`."""
    said, content = _request(request)
    return picture_here(content, said["name"], said["page"], said["side"])


def find_here(content: bytes, name: str, marks: Sequence[Mark]) -> Survey:
    """Look for marks and personal data, in this program."""
    kind = kind_to_redact(content, name)
    personal = [Mark(PERSONAL, personal_kind) for personal_kind in personal_data.KINDS]
    survey = Survey(kind, traces=read_here(content, name).traces)
    if kind == "pdf":
        _find_in_pages(content, marks, personal, survey)
    elif kind in DRAWN:
        from engage.publishing.redaction import pictures

        width, height = pictures.size(content, kind)
        survey.sheets = [Sheet(1, width, height, False)]
        survey.places = pictures.redact(content, kind, marks)[1]
    else:
        # What is hidden or struck goes in any case, so it is not asked about.
        survey.places = _taken_out(content, kind, marks)[1]
        survey.personal = _taken_out(content, kind, personal)[1]
        if kind in (*OFFICE, *OPEN_DOCUMENT):
            survey.pictures = _pictures_in(content)
    survey.places = survey.places[:MOST_PLACES]
    survey.personal = survey.personal[:MOST_PLACES]
    return survey


def _find_in_pages(content: bytes, marks: Sequence[Mark], personal: Sequence[Mark], survey: Survey) -> None:
    from engage.publishing.redaction import pdf
    from engage.publishing.redaction.pages import Pages

    with Pages(content) as pages:
        survey.title = pages.title
        texts = list(pages.texts())
    beyond = pdf.over_page_ends(texts, marks)
    for text in texts:
        survey.sheets.append(Sheet(text.number, text.width, text.height, bool(text.text.strip())))
        survey.places += pdf.places(text, pdf.blacks(text, marks, beyond.get(text.number, ())))
        survey.personal += pdf.places(text, pdf.blacks(text, personal))


def _taken_out(content: bytes, kind: str, marks: Sequence[Mark]) -> tuple[bytes, list[Place]]:
    """Return the new file of every kind but PDF and pictures, and the places."""
    from engage.publishing.redaction import markup, office, opendocument

    if kind in OFFICE:
        return office.redact(content, marks)
    if kind in OPEN_DOCUMENT:
        return opendocument.redact(content, marks)
    if kind == "html":
        return markup.redact(content, marks)
    text = plain_text.clean(content).decode("utf-8")
    found = marking.spans(text, marks)
    return redact_text(text, marks).text.encode(), [around(text, span, "") for span in found]


def _pictures_in(content: bytes) -> list[str]:
    from engage.participation.attachments.packages import Package
    from engage.publishing.reading.pictures import is_picture

    package = Package(content)
    return [name for name in package.names if "thumbnail" not in name.lower() and is_picture(package.read(name)[:16])]


def redact_here(content: bytes, name: str, marks: Sequence[Mark], *, title: str, language: str) -> Redacted:
    """Take the marks out and prove it, in this program."""
    from engage.publishing.redaction import pdf, pictures
    from engage.publishing.redaction.checks import prove

    kind = kind_to_redact(content, name)
    if kind == "pdf":
        made, places = pdf.redact(content, marks, title=redact_text(title, marks).text, language=language)
    elif kind in DRAWN:
        made, places = pictures.redact(content, kind, marks)
    else:
        made, places = _taken_out(content, kind, marks)
    if not places:
        raise Refused("nothing_found")
    new_name = result_name(name, kind, marks)
    checks = prove(content, made, kind=kind, name=name, after_name=new_name, marks=marks, places=places)
    proof = {
        "kind": kind,
        "file": new_name,
        "before": {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)},
        "after": {"sha256": hashlib.sha256(made).hexdigest(), "bytes": len(made)},
        "marks": [_told(number, mark, places) for number, mark in enumerate(marks)],
        "places": len(places),
        "checks": [asdict(check) for check in checks],
        "hits": sum(check.hits for check in checks),
        "tools": _tools(),
    }
    return Redacted(made, new_name, proof)


def result_name(name: str, kind: str, marks: Sequence[Mark]) -> str:
    """Return the name of the result: the words that go do not stay in it.

    What a box covers has no words to look for, so nothing of the old name stays then.
    """
    if any(mark.kind in (BOX, PICTURE) for mark in marks):
        return safe_name("redacted.x", _ENDINGS.get(kind, kind))
    stem = name.rpartition(".")[0] or name
    return safe_name(f"{redact_text(stem, marks).text.replace('■', '_')}_redacted.x", _ENDINGS.get(kind, kind))


def _told(number: int, mark: Mark, places: Sequence[Place]) -> dict[str, Any]:
    """Return what the proof says of a mark: what it was and where it stood, never the words."""
    own = [place for place in places if place.mark == number]
    pages: dict[str, int] = {}
    for place in own:
        pages[str(place.page)] = pages.get(str(place.page), 0) + 1
    return {
        "number": number + 1,
        "kind": mark.kind,
        "what": mark.value if mark.kind == PERSONAL else "",
        "basis": mark.basis,
        "note": mark.note,
        "places": len(own),
        "hidden": sum(place.hidden for place in own),
        "pages": pages,
    }


def _tools() -> dict[str, str]:
    from importlib.metadata import version

    return {name: version(name) for name in ("pypdfium2", "pypdf", "pillow", "lxml")}


def picture_here(content: bytes, name: str, page: int, side: int) -> bytes:
    """Draw a page, in this program."""
    from engage.publishing.redaction import pictures
    from engage.publishing.redaction.pages import Pages

    kind = kind_to_redact(content, name)
    if kind == "pdf":
        with Pages(content) as pages:
            if not 1 <= page <= len(pages):
                raise Refused("no_page")
            width, height = pages.size(page)
            picture = pages.picture(page, 72 * side / max(width, height, 1))
    elif kind in DRAWN and page == 1:
        picture = pictures.shown(content, kind, side)
    else:
        raise Refused("no_page")
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()
