"""The proof for people: on the screen and as PDF."""

from __future__ import annotations

from typing import Any

from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, ngettext, pgettext

from engage.participation.pdf import render_pdf
from engage.publishing.redaction.models import Basis, Redaction
from engage.publishing.redaction.words import PERSONAL_KINDS, check_name, mark_name


def proof_for_reader(proof: dict[str, Any]) -> dict[str, Any]:
    """Return a proof with its codes in words."""
    if not proof:
        return {}
    names = {basis.code: basis for basis in Basis.objects.all()}
    marks = [
        {
            "number": mark["number"],
            "what": str(PERSONAL_KINDS.get(mark["what"], "")) or mark_name(mark["kind"]),
            "basis": str(names.get(mark["basis"], mark["basis"])),
            "law": names[mark["basis"]].law if mark["basis"] in names else "",
            "note": mark["note"],
            "places": mark["places"],
            "hidden": mark["hidden"],
            "pages": ", ".join(page for page in mark["pages"] if page != "0"),
        }
        for mark in proof["marks"]
    ]
    checks = [
        {"name": check_name(check["code"]), "looked_at": check["looked_at"], "hits": check["hits"]}
        for check in proof["checks"]
    ]
    return proof | {
        "marks": marks,
        "checks": checks,
        "made": _moment(proof.get("made_at", "")),
        "confirmed": _moment(proof.get("confirmed_at", "")),
    }


def _moment(said: str) -> str:
    moment = parse_datetime(said) if said else None
    return formats.date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else ""


def proof_as_pdf(redaction: Redaction) -> bytes:
    """Return the proof as a document, in the reader's language."""
    proof = proof_for_reader(redaction.proof or {})
    facts = [
        (gettext("File"), proof["file"]),
        (gettext("Made"), gettext("%(when)s by %(who)s") % {"when": proof["made"], "who": proof["made_by"]}),
    ]
    if proof["confirmed"]:
        said = gettext("%(when)s by %(who)s") % {"when": proof["confirmed"], "who": proof["confirmed_by"]}
        facts.append((pgettext("a redaction", "Confirmed"), said))
    facts += [
        (gettext("SHA-256 before"), proof["before"]["sha256"]),
        (gettext("SHA-256 after"), proof["after"]["sha256"]),
        (gettext("Programs"), ", ".join(f"{name} {version}" for name, version in sorted(proof["tools"].items()))),
    ]
    values = {
        "heading": gettext("Proof of redaction"),
        "site": gettext("Engage"),
        "facts": facts,
        "marks_label": gettext("What was taken out"),
        "marks_head": [gettext("Mark"), gettext("Legal basis"), gettext("Places"), pgettext("of a file", "Pages")],
        "marks": [
            [
                f"{mark['number']}. {mark['what']}",
                " ".join(filter(None, [mark["basis"], mark["law"], mark["note"]])),
                _places(mark),
                mark["pages"],
            ]
            for mark in proof["marks"]
        ],
        "checks_label": gettext("What was looked at in the result"),
        "checks_head": [pgettext("of a redacted file", "Check"), gettext("Looked at"), pgettext("by a check", "Found")],
        "checks": [[check["name"], str(check["looked_at"]), str(check["hits"])] for check in proof["checks"]],
        "note": gettext(
            "The words themselves stand nowhere in this proof. A check that finds anything refuses the result."
        ),
    }
    return render_pdf("redaction_proof", values)


def _places(mark: dict[str, Any]) -> str:
    said = ngettext("%(n)d place", "%(n)d places", mark["places"]) % {"n": mark["places"]}
    if mark["hidden"]:
        said = gettext("%(places)s, %(hidden)d of them hidden") % {"places": said, "hidden": mark["hidden"]}
    return said
