"""A draft as an Akoma Ntoso 3.0 bill: valid against the OASIS schema, and read back as the very same draft.

What the standard has no place for (our id or number where it does not follow from the eId) stands in the element that
it keeps for such things, meta/proprietary. Every text is set exactly as it is: no element is indented.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lxml import etree

from consultations.drafts.akomantoso.names import (
    ELEMENTS,
    ENGAGE,
    NAMESPACE,
    eid_of,
    id_of,
    number_in,
)  # fmt: skip
from consultations.drafts.labels import CHINESE
from consultations.drafts.tree import HEADING_LEVELS, Note, ParsedClause, ParsedDraft

_LANGUAGES = {CHINESE: "zho"}  # ISO 639-2, as the naming convention asks
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ANNEX = re.compile(r"annex(?:_|$)")
_LOOSE = {"preamble_": "preamble", "rec_": "recital", "closing_": "closing"}


@dataclass(frozen=True, slots=True)
class Publication:
    """Who published which draft when: the FRBR metadata of the file.

    `name`: names the work in its address, as ASCII ("elderly-care"). `country`: ISO 3166-1. `work_date`: of the first
    version, `version_date`: of this one. `author`: the authority's name, `author_code`: its name in an address.
    """

    name: str
    work_date: date
    version_date: date
    author: str
    author_code: str = "authority"
    country: str = "cn"
    version: int = 1

    def work(self) -> str:
        """Return the address of the work (naming convention, section 4.4)."""
        return f"/akn/{self.country}/bill/{self.work_date.isoformat()}/{_token(self.name)}"

    def expression(self, language: str) -> str:
        """Return the address of this version in one language."""
        return f"{self.work()}/{language}@{self.version_date.isoformat()}"


def to_akoma_ntoso(draft: ParsedDraft, about: Publication) -> bytes:
    """Return the XML of a draft, UTF-8. Characters that XML cannot hold become U+FFFD."""
    return _Writer(draft, about).write()


class _Writer:
    def __init__(self, draft: ParsedDraft, about: Publication) -> None:
        self._draft = draft
        self._about = about
        self._code = _LANGUAGES.get(draft.language, "eng")
        self._elements: dict[str, etree._Element] = {}
        self._eids: set[str] = set()
        self._exceptions: list[tuple[str, str, str]] = []  # (eId, id, number)
        self._attachments: etree._Element | None = None
        self._recitals: etree._Element | None = None

    def write(self) -> bytes:
        root = etree.Element(_q("akomaNtoso"), nsmap={None: NAMESPACE, "engage": ENGAGE})
        self._bill = _child(root, "bill", name="draft", contains="originalVersion")
        meta = self._meta(self._bill, "main")
        self._preface()
        self._clauses()
        self._write_exceptions(meta)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

    # Metadata

    def _meta(self, parent: etree._Element, component: str) -> etree._Element:
        about, work = self._about, self._about.work()
        expression = about.expression(self._code)
        meta = _child(parent, "meta")
        identification = _child(meta, "identification", source="#engage")
        level = _child(identification, "FRBRWork")
        self._level(level, work, component, about.work_date)
        _child(level, "FRBRcountry", value=about.country)
        _child(level, "FRBRname", value=_legal(about.name))
        _child(level, "FRBRprescriptive", value="false")
        _child(level, "FRBRauthoritative", value="false")
        level = _child(identification, "FRBRExpression")
        self._level(level, expression, component, about.version_date)
        _child(level, "FRBRversionNumber", value=str(about.version))
        _child(level, "FRBRlanguage", language=self._code)
        level = _child(identification, "FRBRManifestation")
        self._level(level, f"{expression}.akn", component, about.version_date)
        _child(level, "FRBRformat", value="application/akn+xml")
        if component == "main":
            references = _child(meta, "references", source="#engage")
            for eid, code, shown in (("engage", "engage", "Engage"), ("author", about.author_code, about.author)):
                href = f"/akn/ontology/organization/{about.country}/{_token(code)}"
                _child(references, "TLCOrganization", eId=eid, href=href, showAs=_legal(shown))
        return meta

    def _level(self, level: etree._Element, uri: str, component: str, day: date) -> None:
        _child(level, "FRBRthis", value=f"{uri}/!{component}")
        _child(level, "FRBRuri", value=uri)
        _child(level, "FRBRdate", date=day.isoformat(), name="generation")
        _child(level, "FRBRauthor", href="#author")

    def _write_exceptions(self, meta: etree._Element) -> None:
        proprietary = _child(meta, "proprietary", source="#engage")
        draft = etree.SubElement(proprietary, f"{{{ENGAGE}}}draft", language=self._draft.language)
        for eid, clause_id, number in self._exceptions:
            etree.SubElement(draft, f"{{{ENGAGE}}}clause", eId=eid, id=clause_id, number=number)

    def _preface(self) -> None:
        if not self._draft.title and not self._draft.note:
            return
        preface = _child(self._bill, "preface", eId="preface")
        if self._draft.title:
            line = _child(_child(preface, "longTitle", eId="preface__longTitle"), "p", eId="preface__longTitle__p_1")
            self._fill(_child(line, "docTitle"), self._draft.title)
        if self._draft.note:
            self._fill(_child(preface, "p", eId="preface__p_1", **{"class": "note"}), self._draft.note)

    # Clauses

    def _clauses(self) -> None:
        """Set each clause where it belongs: lines before the first into the preamble, after the last into the end."""
        clauses = self._draft.clauses
        annexed = _annexed(clauses)
        loose = [_loose_kind(clause) for clause in clauses]
        first = next((index for index, kind in enumerate(loose) if kind not in ("preamble", "recital")), len(clauses))
        proper = [index for index, clause in enumerate(clauses) if not loose[index] and clause.id not in annexed]
        last = max(proper, default=-1)
        if first:
            preamble = _child(self._bill, "preamble", eId="preamble")
            for clause, kind in zip(clauses[:first], loose[:first], strict=True):
                self._preamble_line(preamble, clause, kind)
        self._body = _child(self._bill, "body", eId="body")
        conclusions: etree._Element | None = None
        for index in range(first, len(clauses)):
            clause, kind = clauses[index], loose[index]
            if kind == "closing" and index > last and self._attachments is None and not clause.heading:
                if conclusions is None:
                    conclusions = _child(self._bill, "conclusions", eId="conclusions")
                self._line(conclusions, clause)
            elif kind:
                self._misplaced(clause, kind)
            elif clause.parent is None and clause.id in annexed:
                self._annex(clause)
            else:
                self._clause(clause)
        self._fill_empty(self._body)
        for body in self._bill.iter(_q("mainBody")):
            self._fill_empty(body)

    def _fill_empty(self, body: etree._Element) -> None:
        """The schema wants something in every body."""
        if not len(body):
            empty = _child(body, "hcontainer", name="empty", eId=self._unique("hcontainer_1"))
            _child(empty, "content")

    def _preamble_line(self, preamble: etree._Element, clause: ParsedClause, kind: str) -> None:
        if kind == "preamble":
            self._recitals = None
            if clause.heading:
                self._fill(_child(preamble, "p", **{"class": "heading"}), clause.heading)
            self._line(preamble, clause)
            return
        if self._recitals is None or clause.heading:
            self._recitals = _child(preamble, "recitals", eId=self._unique("recs_1"))
            if clause.heading:
                self._fill(_child(self._recitals, "heading"), clause.heading)
        recital = _child(self._recitals, "recital", eId=self._eid(clause))
        if clause.label:
            self._fill(_child(recital, "num"), clause.label)
        self._fill(_child(recital, "p"), clause.text, clause.notes)

    def _line(self, parent: etree._Element, clause: ParsedClause) -> None:
        line = _child(parent, "p", eId=self._eid(clause))
        if clause.label:
            line.set("title", _legal(clause.label))
        self._fill(line, clause.text, clause.notes)

    def _misplaced(self, clause: ParsedClause, kind: str) -> None:
        """Set a line of preamble or end that stands among the clauses, where its own place could not show it."""
        holder = _child(self._body, "hcontainer", name=kind, eId=self._eid(clause))
        self._num_and_heading(holder, clause)
        self._fill(_child(_child(holder, "content"), "p"), clause.text, clause.notes)

    def _clause(self, clause: ParsedClause) -> None:
        parent = self._elements[clause.parent] if clause.parent else self._body
        before = parent[-1] if len(parent) else None
        if before is not None and before.tag == _q("content"):  # it has clauses below it after all
            if len(before[0]) or before[0].text:
                before.tag = _q("intro")
            else:
                parent.remove(before)
        own = clause.id.rpartition("__")[2]
        name = "subpart" if own.startswith("subpt_") and clause.level == "part" else ELEMENTS[clause.level]
        element = _child(parent, name, eId=self._eid(clause))
        self._elements[clause.id] = element
        self._num_and_heading(element, clause)
        if clause.text or clause.level not in HEADING_LEVELS or any(note.at >= 0 for note in clause.notes):
            self._fill(_child(_child(element, "content"), "p"), clause.text, clause.notes)

    def _annex(self, clause: ParsedClause) -> None:
        if self._attachments is None:
            self._attachments = _child(self._bill, "attachments")
        attachment = _child(self._attachments, "attachment", eId=self._eid(clause))
        self._num_and_heading(attachment, clause)
        document = _child(attachment, "doc", name="annex")
        self._meta(document, f"annex_{len(self._attachments)}")
        body = _child(document, "mainBody")
        if clause.text:
            self._fill(_child(body, "p"), clause.text, clause.notes)
        self._elements[clause.id] = body

    def _num_and_heading(self, element: etree._Element, clause: ParsedClause) -> None:
        if clause.label:
            self._fill(_child(element, "num"), clause.label)
        notes = [note for note in clause.notes if note.at < 0]
        if clause.heading or notes:
            heading = _child(element, "heading")
            self._fill(heading, clause.heading)
            for note in notes:
                self._note(heading, note)

    def _eid(self, clause: ParsedClause) -> str:
        eid = self._unique(eid_of(clause.id))
        if id_of(eid) != clause.id or number_in(clause.id) != clause.number:
            self._exceptions.append((eid, clause.id, clause.number))
        return eid

    def _unique(self, wanted: str) -> str:
        eid, count = wanted, 1
        while eid in self._eids:
            count += 1
            eid = f"{wanted}_{count}"
        self._eids.add(eid)
        return eid

    # Words

    def _fill(self, element: etree._Element, text: str, notes: Sequence[Note] = ()) -> None:
        """Set words with their notes at their places; a line break inside them is an eol."""
        start = 0
        for note in sorted((note for note in notes if note.at >= 0), key=lambda note: note.at):
            self._append(element, text[start : note.at])
            self._note(element, note)
            start = max(start, note.at)
        self._append(element, text[start:])

    def _append(self, element: etree._Element, text: str) -> None:
        for step, part in enumerate(_legal(text).split("\n")):
            if step:
                _child(element, "eol")
            if not part:
                continue
            if len(element):
                element[-1].tail = (element[-1].tail or "") + part
            else:
                element.text = (element.text or "") + part

    def _note(self, element: etree._Element, note: Note) -> None:
        holder = _child(element, "authorialNote", marker=_legal(note.mark), placement="bottom")
        self._append(_child(holder, "p"), note.text)


def _annexed(clauses: Sequence[ParsedClause]) -> set[str]:
    """Return the ids of the annexes and all that lies in them."""
    found: set[str] = set()
    for clause in clauses:
        if clause.parent in found or (clause.parent is None and clause.level == "part" and _ANNEX.match(clause.id)):
            found.add(clause.id)
    return found


def _loose_kind(clause: ParsedClause) -> str:
    if clause.parent is not None or clause.level != "paragraph":
        return ""
    return next((kind for prefix, kind in _LOOSE.items() if clause.id.startswith(prefix)), "")


def _q(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _child(parent: etree._Element, element: str, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, _q(element), dict(attributes))


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)


def _token(name: str) -> str:
    """Return a name fit for an address: lower-case ASCII letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "nn"
