"""How clauses are named in Akoma Ntoso: elements, and eIds after the OASIS Akoma Ntoso Naming Convention 1.0.

Our own ids are close to eIds but speak of items and sub-items, which Akoma Ntoso calls points and indents, and of
annexes, which it calls attachments. `eid_of` and `id_of` translate between the two, segment by segment.
"""

import re

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
ENGAGE = "urn:engage:draft:1"  # of what only this package reads, inside meta/proprietary

# Our kind of clause -> element. "closing" and "preamble" are lines that do not stand where theirs belong.
ELEMENTS = {
    "part": "part", "subpart": "subpart", "chapter": "chapter", "section": "section", "article": "article",
    "paragraph": "paragraph", "item": "point", "subitem": "indent",
}  # fmt: skip
KINDS = {element: kind for kind, element in ELEMENTS.items()}

_TO_EID = {"item": "point", "subitem": "indent", "subpt": "subpart", "annex": "att"}
_FROM_EID = {element: own for own, element in _TO_EID.items()}
_SEGMENT = re.compile(r"([a-z]+)(?:_(n)?(.*))?$", re.DOTALL)
_EID_SEGMENT = re.compile(r"([a-z]+)(?:_(nn_)?(.*))?$", re.DOTALL)


_LINES = {"preamble_": "preamble__p_", "closing_": "conclusions__p_"}  # lines outside the clauses


def eid_of(clause_id: str) -> str:
    """Return the eId of a clause: art_15.1__para_n1 is art_15-1__para_nn_1."""
    for own, outside in _LINES.items():
        if clause_id.startswith(own):
            return outside + clause_id.removeprefix(own)
    return "__".join(_to_eid(segment) for segment in clause_id.split("__"))


def id_of(eid: str) -> str:
    """Return the id that `eid_of` made an eId of; for other eIds something of the same form."""
    for own, outside in _LINES.items():
        if eid.startswith(outside):
            return own + eid.removeprefix(outside)
    return "__".join(_from_eid(segment) for segment in eid.split("__"))


def _to_eid(segment: str) -> str:
    found = _SEGMENT.match(segment)
    if not found:
        return "".join(character if character.isalnum() or character in "_-" else "-" for character in segment)
    name, unnumbered, number = found.groups()
    name = _TO_EID.get(name, name)
    if number is None:
        return name
    if unnumbered and number.isdecimal():
        return f"{name}_nn_{number}"
    number = "".join(
        character if character.isalnum() or character == "_" else "-" for character in f"{unnumbered or ''}{number}"
    )
    return f"{name}_{number}"


def _from_eid(segment: str) -> str:
    found = _EID_SEGMENT.match(segment)
    if not found:
        return segment
    name, unnumbered, number = found.groups()
    name = _FROM_EID.get(name, name)
    if number is None:
        return name
    return f"{name}_n{number}" if unnumbered else f"{name}_{number.replace('-', '.')}"


def number_in(clause_id: str) -> str:
    """Return the number that an id ends in; "" for an unnumbered clause or line."""
    if clause_id.startswith(tuple(_LINES)):
        return ""
    found = _SEGMENT.match(clause_id.rpartition("__")[2])
    if not found or found[3] is None or (found[2] and found[3].isdecimal()):
        return ""
    return f"{found[2] or ''}{found[3]}"
