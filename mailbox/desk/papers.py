"""The whole file of a case as a PDF, for who works on it."""

from __future__ import annotations

from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from engage.accounts.models import User
from engage.pages.models import Office
from mailbox.desk.board import Board
from mailbox.desk.show import Happened, case_context
from mailbox.letterbox.words import LEVELS, RATING_REASONS
from mailbox.machine import Who
from mailbox.models import Case
from mailbox.words import listed

# Who works on the answer reads its drafts.
WRITERS = frozenset({Who.LEAD, Who.APPROVER})


def case_pdf(board: Board, *, actor: User) -> bytes:
    """Return the file of a case as a PDF in the active language: facts, clocks, letters, notices, opinions, steps.

    The sender's name and address are in it exactly where the page shows them.
    """
    # typst's compiler costs every start a moment; only who prints a case needs it.
    from engage.participation.pdf import render_pdf

    shown = case_context(board, actor=actor, private=False, revealed=True)
    office = Office.objects.first() or Office()
    return render_pdf(
        "case_file",
        {
            "site": _("Engage"),
            "office": office.name,
            "heading": board.case.title,
            "reference": board.case.reference,
            "kind": str(board.case.machine.label),
            "state": str(board.case.state_of.label),
            "facts": [[label, value] for label, value in (*shown["contact"], *shown["facts"])],
            "parts": [
                _part(_("Clocks"), [_entry(one.target, one.note, one.words) for one in shown["clocks"]]),
                _part(
                    _("Letters and notices"),
                    [_entry(one.title, f"{one.number} {_moment(one.at)}", one.text) for one in shown["thread"]],
                ),
                _part(_("Files"), [_entry(one.name, f"{one.media_type} {one.sha256}", "") for one in board.files]),
                _part(_("Questions of the letter"), [_question(one) for one in board.questions]),
                _part(_("Answer being written"), _drafts(board)),
                _part(_("Ratings"), [_rating(one) for one in board.case.ratings.all()]),
                _part(_("Belongs with"), _links(board, actor)),
                _part(_("Opinions of other units"), [_opinion(one) for one in board.consultations]),
                _part(_("What happened"), [_step(one) for one in shown["file"]]),
            ],
            "printed": _("Printed on %(day)s by %(name)s") % {"day": _moment(board.now), "name": actor},
        },
    )


def _part(label: str, entries: list[dict[str, str]]) -> dict[str, Any]:
    return {"label": label, "entries": entries, "empty": "–"}


def _entry(title: Any, note: str, text: str) -> dict[str, str]:
    return {"title": str(title), "note": note.strip(), "text": text}


def _step(one: Happened) -> dict[str, str]:
    return _entry(one.label, f"{one.by} {_moment(one.at)}", "\n".join(part for part in (one.reason, one.note) if part))


def _opinion(asked: Any) -> dict[str, str]:
    opinion = getattr(asked, "opinion", None)
    said = opinion.text if opinion else asked.note
    return _entry(asked.department, asked.get_state_display(), "\n\n".join(filter(None, (asked.question, said))))


def _question(one: Any) -> dict[str, str]:
    return _entry(f"{one.number}. {one.text}", one.get_state_display(), one.because)


def _drafts(board: Board) -> list[dict[str, str]]:
    """The shared draft, for who works on the answer; a private one is its writer's alone."""
    draft = board.shared
    if draft is None or not board.standing & WRITERS:
        return []
    return [_entry(draft.get_state_display(), _moment(draft.changed_at), f"{draft.text}\n\n{draft.basis}".strip())]


def _rating(one: Any) -> dict[str, str]:
    reasons = listed(str(RATING_REASONS[code]) for code in one.reasons if code in RATING_REASONS)
    return _entry(dict(LEVELS)[one.score], _moment(one.at), "\n".join(filter(None, (reasons, one.text))))


def _links(board: Board, actor: User) -> list[dict[str, str]]:
    """The cases that belong with this one and that the reader may open."""
    known = Case.objects.visible_to(actor).filter(pk__in=[other.pk for _link, other in board.links])
    seen = set(known.values_list("pk", flat=True)) if board.links else set()
    linked = [
        _entry(other.reference, link.get_kind_display(), other.title) for link, other in board.links if other.pk in seen
    ]
    return linked + [_entry(tag.name, _("Group"), "") for tag in board.tags]


def _moment(at: Any) -> str:
    return date_format(localtime(at), "DATETIME_FORMAT")
