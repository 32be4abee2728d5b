"""Reads back what `writer` wrote, to the letter. A file that was changed since may fail here and is read as foreign."""

import re

from lxml import etree

from consultations.drafts.akomantoso.names import ENGAGE, KINDS, NAMESPACE, id_of, number_in
from consultations.drafts.builder import MAX_CLAUSES
from consultations.drafts.labels import CHINESE, ENGLISH
from consultations.drafts.tree import Note, ParsedClause, ParsedDraft, counted

_ID = re.compile(r"[\w.]{1,120}$")
_BREAKS = re.compile(r"[ \t]*[\r\n][ \t\r\n]*")
_LONGEST_NUMBER, _LONGEST_LABEL = 24, 60


def read_own(root: etree._Element) -> ParsedDraft | None:
    """Return the draft; None when the file is not ours, or not any more."""
    bill = root.find(_q("bill"))
    draft = root.find(f"{_q('bill')}/{_q('meta')}/{_q('proprietary')}/{{{ENGAGE}}}draft")
    if bill is None or draft is None or draft.get("language") not in (CHINESE, ENGLISH):
        return None
    try:
        reader = _Own(draft)
        reader.read(bill)
        return reader.draft(draft.get("language") or "")
    except _NotOurs:
        return None


class _NotOurs(Exception):
    """Something stands here that `writer` does not write."""


class _Own:
    def __init__(self, draft: etree._Element) -> None:
        self._exceptions = {
            clause.get("eId") or "": (clause.get("id") or "", clause.get("number") or "")
            for clause in draft.iterfind(f"{{{ENGAGE}}}clause")
        }
        self._clauses: list[ParsedClause] = []
        self._ids: set[str] = set()
        self._title = self._note = ""

    def read(self, bill: etree._Element) -> None:
        for part in bill:
            name = _name(part)
            if name == "preface":
                self._preface(part)
            elif name == "preamble":
                self._preamble(part)
            elif name == "body":
                self._clauses_in(part, None)
            elif name == "conclusions":
                for line in part:
                    self._line(line, "")
            elif name == "attachments":
                for attachment in part:
                    self._attachment(attachment)
            elif name != "meta":
                raise _NotOurs

    def draft(self, language: str) -> ParsedDraft:
        clauses = tuple(self._clauses)
        return ParsedDraft(self._title, self._note, language, clauses, (), counted(clauses))

    def _preface(self, preface: etree._Element) -> None:
        for part in preface:
            if _name(part) == "longTitle" and len(part) == 1 and len(part[0]) == 1 and _name(part[0][0]) == "docTitle":
                self._title = _words(part[0][0])[0]
            elif _name(part) == "p" and part.get("class") == "note":
                self._note = _words(part)[0]
            else:
                raise _NotOurs

    def _preamble(self, preamble: etree._Element) -> None:
        heading = ""
        for part in preamble:
            if _name(part) == "p" and part.get("class") == "heading":
                heading = _words(part)[0]
            elif _name(part) == "p":
                self._line(part, heading)
                heading = ""
            elif _name(part) == "recitals":
                heading = self._recitals(part)
            else:
                raise _NotOurs

    def _recitals(self, recitals: etree._Element) -> str:
        heading = ""
        for part in recitals:
            if _name(part) == "heading":
                heading = _words(part)[0]
            elif _name(part) == "recital":
                num = part.find(_q("num"))
                text, notes = _words(_only(part, "p"))
                self._add(part, "paragraph", "" if num is None else _words(num)[0], heading, None, text, notes)
                heading = ""
            else:
                raise _NotOurs
        return heading

    def _line(self, line: etree._Element, heading: str) -> None:
        if _name(line) != "p":
            raise _NotOurs
        text, notes = _words(line)
        self._add(line, "paragraph", line.get("title") or "", heading, None, text, notes)

    def _attachment(self, attachment: etree._Element) -> None:
        label, heading, notes = _num_and_heading(attachment)
        body = attachment.find(f"{_q('doc')}/{_q('mainBody')}")
        if body is None:
            raise _NotOurs
        own = body[0] if len(body) and _name(body[0]) == "p" else None
        text, text_notes = _words(own) if own is not None else ("", ())
        annex = self._add(attachment, "part", label, heading, None, text, (*notes, *text_notes))
        self._clauses_in(body, annex)

    def _clauses_in(self, parent: etree._Element, parent_id: str | None) -> None:
        for element in parent:
            name = _name(element)
            if name in ("num", "heading", "intro", "content") or (name == "p" and _name(parent) == "mainBody"):
                continue
            if name == "hcontainer" and element.get("name") == "empty":
                continue
            if name == "hcontainer" and element.get("name") in ("preamble", "recital", "closing"):
                level = "paragraph"
            elif name in KINDS:
                level = "part" if name == "subpart" else KINDS[name]
            else:
                raise _NotOurs
            label, heading, notes = _num_and_heading(element)
            text, text_notes = _own_words(element)
            clause_id = self._add(element, level, label, heading, parent_id, text, (*notes, *text_notes))
            self._clauses_in(element, clause_id)

    def _add(
        self, element: etree._Element, level: str, label: str, heading: str, parent: str | None, text: str,
        notes: tuple[Note, ...],
    ) -> str:  # fmt: skip
        eid = element.get("eId") or ""
        clause_id, number = self._exceptions.get(eid) or (id_of(eid), number_in(id_of(eid)))
        if not _ID.match(clause_id) or clause_id in self._ids or len(self._clauses) >= MAX_CLAUSES:
            raise _NotOurs
        if len(number) > _LONGEST_NUMBER or len(label) > _LONGEST_LABEL:
            raise _NotOurs
        self._ids.add(clause_id)
        line = element.sourceline or 1
        self._clauses.append(ParsedClause(clause_id, level, number, label, heading, parent, text, line, notes))
        return clause_id


def _num_and_heading(element: etree._Element) -> tuple[str, str, tuple[Note, ...]]:
    num, heading = element.find(_q("num")), element.find(_q("heading"))
    words, notes = _words(heading) if heading is not None else ("", ())
    label = _words(num)[0] if num is not None else ""
    return label, words, tuple(Note(-1, note.mark, note.text) for note in notes)


def _own_words(element: etree._Element) -> tuple[str, tuple[Note, ...]]:
    """Return the words of a clause itself: its content, or what introduces the clauses below it."""
    for name in ("content", "intro"):
        holder = element.find(_q(name))
        if holder is not None:
            return _words(_only(holder, "p"))
    return "", ()


def _only(holder: etree._Element, name: str) -> etree._Element:
    found = holder.findall(_q(name))
    others = [child for child in holder if _name(child) not in (name, "num")]
    if len(found) != 1 or others:
        raise _NotOurs
    return found[0]


def _words(element: etree._Element) -> tuple[str, tuple[Note, ...]]:
    text, notes = _unwrapped(element.text), []
    for child in element:
        if _name(child) == "authorialNote":
            notes.append(Note(len(text), child.get("marker") or "", _words(_only(child, "p"))[0]))
        elif _name(child) == "eol":
            text += "\n"
        else:
            raise _NotOurs
        text += _unwrapped(child.tail)
    return text, tuple(notes)


def _unwrapped(text: str | None) -> str:
    """Undo what an editor's line wrapping did."""
    return _BREAKS.sub(" ", text or "")


def _name(element: etree._Element) -> str:
    name = etree.QName(element)
    if name.namespace != NAMESPACE:
        raise _NotOurs
    return name.localname


def _q(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
