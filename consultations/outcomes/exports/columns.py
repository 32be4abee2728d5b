"""The columns of the tables, the same in every format."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from consultations.coding.models import Decision
from consultations.models import Comment
from consultations.outcomes.channels import channel_label
from consultations.outcomes.queries.rows import CONFIDENTIAL, KEPT, PUBLISHED, ExportRow

Value = str | int | None


def columns() -> list[tuple[str, str, Callable[[ExportRow], Value]]]:
    """Return (key, heading in the active language, value of a row)."""
    stances = {code: str(label) for code, label in Comment.Stance.choices}
    decisions = {code: str(label) for code, label in Decision.Disposition.choices}
    reasons = {code: str(label) for code, label in Decision.Reason.choices}
    publications = {
        PUBLISHED: _("published"),
        CONFIDENTIAL: _("confidential: counted, not shown"),
        KEPT: _("read, not published"),
    }
    return [
        ("number", _("Line"), lambda row: row.number),
        ("comment", _("Comment"), lambda row: row.comment),
        ("clause_key", _("Clause (code)"), lambda row: row.clause_key),
        ("clause", _("Clause"), lambda row: row.clause or _("The whole draft")),
        ("stance", _("View"), lambda row: stances[row.stance]),
        ("channel", _("Channel"), lambda row: channel_label(row.channel)),
        ("language", _("Language"), lambda row: row.language),
        ("received", _("Received on"), lambda row: row.received.isoformat()),
        ("text", _("Comment text"), lambda row: row.text),
        ("suggested", _("Suggested wording"), lambda row: row.suggested),
        ("point", _("Point"), lambda row: row.point),
        ("passage", _("Passage"), lambda row: row.passage),
        ("themes", _("Themes"), lambda row: "\n".join(row.themes)),
        ("decision_code", _("Decision (code)"), lambda row: row.disposition),
        ("decision", _("Decision"), lambda row: decisions.get(row.disposition, "")),
        ("reason_kind", _("Kind of reason"), lambda row: reasons.get(row.reason_code, "")),
        ("reason", _("Reason"), lambda row: row.reason),
        ("forwarded", _("Forwarded to"), lambda row: row.forwarded),
        ("department", _("Department responsible"), lambda row: row.department),
        ("counted", _("Comment, counted in this file"), lambda row: row.counted),
        ("publication", _("Publication"), lambda row: publications[row.publication]),
        ("organisation", _("On behalf of"), lambda row: row.organisation),
    ]
