"""Reads Akoma Ntoso: what this package wrote comes back exactly, what others wrote becomes a tree by its structure."""

from lxml import etree

from consultations.drafts.akomantoso.foreign import read_foreign
from consultations.drafts.akomantoso.own import read_own
from consultations.drafts.archive import parse_xml
from consultations.drafts.changes import ACCEPT
from consultations.drafts.tree import ParsedDraft
from engage.errors import Refused


def read_akoma_ntoso(
    source: bytes | etree._Element, *, language: str | None = None, changes: str = ACCEPT
) -> ParsedDraft:
    """Return the draft in an Akoma Ntoso file, given as its bytes or its root.

    A clause's line is that of its element in the XML. `language` overrides what the file says.
    `changes`: whether <ins> and <del> are accepted or rejected.
    Raises Refused: unsafe_xml, broken_file, not_a_document, too_complex, too_many_clauses, no_text.
    """
    root = parse_xml(source, unsafe="unsafe_xml") if isinstance(source, bytes) else source
    if not is_akoma_ntoso(root):
        raise Refused("not_a_document", kind="an XML file")
    own = read_own(root) if language is None else None
    return own or read_foreign(root, language=language, changes=changes)


def is_akoma_ntoso(root: etree._Element) -> bool:
    """Tell whether a root element is that of Akoma Ntoso, of whatever version."""
    return etree.QName(root).localname == "akomaNtoso"
