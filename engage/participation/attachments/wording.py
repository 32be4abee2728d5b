"""Takes people, machines and fetched content out of the elements of an office document (ECMA-376)."""

import re

from lxml import etree

# The word that Word itself writes when it is told to remove personal information.
NOBODY = "Author"

_RELATIONSHIPS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_NAMED = etree.XPath(
    "//*[@*[local-name()='author' or local-name()='initials' or local-name()='userId' or local-name()='providerId'"
    " or local-name()='userName' or local-name()='lastModifiedBy' or local-name()='ed']]"
)
_NOBODY_BY_ATTRIBUTE = {
    "author": NOBODY,
    "initials": "A",
    "userId": NOBODY,
    "providerId": "None",
    "userName": NOBODY,
    "lastModifiedBy": NOBODY,
    "ed": NOBODY,
}
# Elements whose plain attributes name a person: authors of comments in presentations and spreadsheets.
_PERSONS = {"cmAuthor": "name", "author": "name", "person": "displayName"}
_REMOVED = ("absPath", "attachedTemplate", "mailMerge", "docVars", "rsids", "docId", "dataBinding", "saveThroughXslt")
_DATES = etree.XPath("//*[@*[local-name()='date' or local-name()='dateUtc']]")
_WORD_NAMESPACE = re.compile(r"wordprocessingml|/word/")
_PATH = re.compile(r"(?:[A-Za-z]:[\\/]|\\\\|/Users/|/home/|file:)")
_FETCHING_FIELD = re.compile(
    r"\s*(?:DDE|DDEAUTO|INCLUDE|INCLUDEPICTURE|INCLUDETEXT|IMPORT|LINK|DATABASE|RD|MACROBUTTON)\b", re.IGNORECASE
)


def anonymise(root: etree._Element) -> None:
    """Empty, in place, every attribute and element of a part that names a person, a path or something to fetch."""
    for element in _NAMED(root):
        for name in element.attrib:
            if _local(name) in _NOBODY_BY_ATTRIBUTE:
                element.set(name, _NOBODY_BY_ATTRIBUTE[_local(name)])
    for element in root.iter(*(f"{{*}}{name}" for name in _PERSONS)):
        attribute = _PERSONS[_local(element.tag)]
        if attribute in element.attrib:
            element.set(attribute, NOBODY)
    for element in list(root.iter(*(f"{{*}}{name}" for name in _REMOVED))):
        remove(element)
    _without_dates(root)
    _without_paths(root)
    _without_fetching_fields(root)
    _without_names_in_notes(root)


def without_relations(root: etree._Element, cut: frozenset[str]) -> None:
    """Remove, in place, what refers to relationships that are gone: a page set-up loses its printer, others go."""
    if not cut:
        return
    for namespace in _RELATIONSHIPS:
        attribute = f"{{{namespace}}}id"
        for element in root.xpath("//*[@r:id]", namespaces={"r": namespace}):
            if element.get(attribute) not in cut:
                continue
            if _local(element.tag) == "pageSetup":
                del element.attrib[attribute]
            else:
                remove(element)


def remove(element: etree._Element) -> None:
    """Take an element out of its tree; the text behind it stays."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if element.tail:
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _without_dates(root: etree._Element) -> None:
    """Take the moment out of tracked changes and comments; only there is `date` such a moment."""
    for element in _DATES(root):
        for name in list(element.attrib):
            if _local(name) in {"date", "dateUtc"} and _WORD_NAMESPACE.search(name):
                del element.attrib[name]


def _without_paths(root: etree._Element) -> None:
    """Old programs wrote the path of a picture on its author's disk into the alternative text."""
    for element in root.xpath("//*[@descr]"):
        if _PATH.match(element.get("descr")):
            element.set("descr", "")


def _without_fetching_fields(root: etree._Element) -> None:
    for field in root.iter("{*}fldSimple"):
        for name in field.attrib:
            if _local(name) == "instr" and _FETCHING_FIELD.match(field.get(name)):
                field.set(name, " ")
    open_fields: list[list[etree._Element]] = []
    for element in root.iter("{*}fldChar", "{*}instrText"):
        if _local(element.tag) == "instrText":
            if open_fields:
                open_fields[-1].append(element)
            continue
        step = next((element.get(name) for name in element.attrib if _local(name) == "fldCharType"), "")
        if step == "begin":
            open_fields.append([])
        elif open_fields:
            _empty_if_fetching(open_fields[-1])
            if step == "end":
                open_fields.pop()


def _empty_if_fetching(pieces: list[etree._Element]) -> None:
    """The instruction of one field may be spread over several runs."""
    if _FETCHING_FIELD.match("".join(piece.text or "" for piece in pieces)):
        for piece in pieces:
            piece.text = " "


def _without_names_in_notes(root: etree._Element) -> None:
    """Spreadsheets list authors of notes and begin each note with the author's name."""
    if _local(root.tag) != "comments":
        return
    names = set()
    for author in root.iter("{*}author"):
        if author.text:
            names |= {f"{author.text.strip()}:", f"{author.text.strip()}："}
            author.text = NOBODY
    for text in root.iter("{*}t"):
        if text.text and text.text.strip() in names:
            text.text = f"{NOBODY}:"
