"""What came of a petition: the released answer, debates and hearings as released, and what is still owed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language

from engage.accounts.actors import Actor
from engage.departments.models import in_active_language
from engage.outreach.follows.words import REASONS
from mailbox.models import Case
from mailbox.petitions.answering import rules
from mailbox.petitions.models import (
    Announcement,
    Crossing,
    Debate,
    Petition,
    SignatureLetter,
    State,
    Threshold,
    letters_due,
)
from mailbox.publication import queries as publications
from mailbox.publication.models import Publication

_STATE = SignatureLetter.State
_CODES = re.compile(r"\d{3}(?: \d\.\d{1,3}\.\d{1,3})?\b|[A-Za-z_]+$")


@dataclass(frozen=True)
class ShownDebate:
    """A debate or hearing as it was released, in the active language. `stage`: planned, held, called_off, none."""

    pk: int
    kind: str
    label: str | Promise
    stage: str
    on: date | None
    place: str
    video: str
    transcript: str
    what: Sequence[str]
    url: str
    published_at: datetime | None
    revised_at: datetime | None


@dataclass(frozen=True)
class Came:
    """What everybody reads of what came of a petition."""

    answer: publications.Shown | None
    debates: Sequence[ShownDebate]


def answers_of(petition: Petition | int) -> QuerySet[Publication]:
    """Return the public answers of the government to a petition: of the case that its crossing opened."""
    key = petition if isinstance(petition, int) else petition.pk
    return Publication.objects.public().filter(case__crossing__petition=key, case__crossing__kind=Threshold.Kind.ANSWER)


def is_answered(petition: Petition | int) -> bool:
    """Tell whether an answer is public."""
    return answers_of(petition).exists()


def came_of(petition: Petition) -> Came:
    """Return what came of a petition that everybody may read; no query where nothing is there yet."""
    answer = None
    if petition.answer_state == Petition.Answer.ANSWERED:
        found = answers_of(petition).first()
        answer = publications.shown(found, get_language() or petition.language, titles=False) if found else None
    debates = debates_of(petition) if petition.debate_state != Petition.Debate.NONE else []
    return Came(answer, debates)


def debates_of(petition: Petition | int) -> list[ShownDebate]:
    """Return the released debates and hearings of a petition, the newest first."""
    key = petition if isinstance(petition, int) else petition.pk
    rows = Debate.objects.public().filter(petition=key).order_by("-pk")
    return [shown_debate(row) for row in rows]


def shown_debate(row: Debate, content: dict[str, Any] | None = None) -> ShownDebate:
    """Return a debate in the active language, from its frozen content or from one that is not frozen yet."""
    said = content or row.content
    what, place = said["what"], said["place"]
    return ShownDebate(
        pk=row.pk,
        kind=said["kind"],
        label=Debate.Kind(said["kind"]).label,
        stage=said["stage"],
        on=date.fromisoformat(said["on"]) if said["on"] else None,
        place=in_active_language(place["zh"], place["en"]),
        video=said["video"],
        transcript=said["transcript"],
        what=[line for line in in_active_language(what["zh"], what["en"]).split("\n") if line.strip()],
        url=reverse("petition_debate", args=[said["petition"], row.pk]),
        published_at=row.published_at,
        revised_at=row.revised_at,
    )


def public_debate(petition_id: int, pk: int) -> Debate | None:
    """Return a released debate of a petition that everybody may read."""
    rows = Debate.objects.public().filter(petition__in=Petition.objects.public(), petition=petition_id)
    return rows.select_related("petition__submission").filter(pk=pk).first()


# --- the desk ---------------------------------------------------------------------------------------------------------

OWED_MOST = 200


@dataclass(frozen=True)
class Owed:
    """A crossing at the desk: what is owed by when, who has it, and how far the letters are."""

    crossing: Crossing
    petition: Petition
    label: str | Promise
    holder: str
    state: str | Promise
    days_late: int
    is_done: bool
    case_url: str


def owed(actor: Actor, *, today: date) -> list[Owed]:
    """Return the crossings of petitions that an actor sees, what is late first, what is done last."""
    rows = (
        Crossing.objects.filter(petition__in=Petition.objects.visible_to(actor))
        .exclude(petition__state__in=[State.REMOVED, State.HIDDEN])
        .select_related(
            "petition__submission", "petition__department", "case__lead", "case__triage", "case__submission"
        )
        .order_by("-pk")
    )[:OWED_MOST]
    seen = set(Case.objects.visible_to(actor).filter(pk__in=[row.case_id for row in rows]).values_list("pk", flat=True))
    found = [_owed(row, today, seen) for row in rows]
    return sorted(found, key=lambda one: (one.is_done, one.crossing.due_on, one.crossing.pk))


def _owed(row: Crossing, today: date, seen: set[int]) -> Owed:
    petition, case = row.petition, row.case
    is_done = (
        petition.answer_state == Petition.Answer.ANSWERED
        if row.kind == Threshold.Kind.ANSWER
        else petition.debate_state in (Petition.Debate.DEBATED, Petition.Debate.NOT_DEBATED)
    )
    unit = (case.lead or case.triage) if case else petition.department
    return Owed(
        crossing=row,
        petition=petition,
        label=row.get_kind_display(),
        holder=str(unit) if unit else "",
        state=case.state_of.label if case else "",
        days_late=0 if is_done else rules.days_late(row.due_on, today),
        is_done=is_done,
        case_url=reverse("desk_case", args=[case.pk]) if case and case.pk in seen else "",
    )


LOST_MOST = 50


@dataclass(frozen=True)
class Lost:
    """A letter that the mail server refused, or of which nobody knows whether it arrived: its number and why, no more.

    `answer`: the codes that the server gave, where we have no words of our own. Its words may name the address.
    """

    key: int
    state: str | Promise
    reason: str | Promise
    answer: str


@dataclass(frozen=True)
class Told:
    """How far the letters about an event are: how many still wait, were refused, or are uncertain."""

    announcement: Announcement
    at: datetime
    waiting: int
    failed: int
    uncertain: int
    lost: Sequence[Lost]


def told_of(petition: Petition) -> list[Told]:
    """Return how far the letters about what came of a petition are, the newest first."""
    rows = list(Announcement.objects.filter(petition=petition).select_related("event").order_by("-pk"))
    waiting = _counted(rows, SignatureLetter.objects.filter(letters_due()))
    lost = _counted(rows, _lost())
    return [
        Told(
            row,
            row.event.at,
            sum(waiting.get(row.pk, {}).values()),
            lost.get(row.pk, {}).get(_STATE.FAILED, 0),
            lost.get(row.pk, {}).get(_STATE.UNCERTAIN, 0),
            _lost_of(row) if row.pk in lost else [],
        )
        for row in rows
    ]


def _lost() -> QuerySet[SignatureLetter]:
    """Return what has a partial index of its own, which SQLite uses for these words and for no list of states."""
    return SignatureLetter.objects.filter(Q(state="failed") | Q(state="uncertain"))


def _counted(rows: Sequence[Announcement], letters: QuerySet[SignatureLetter]) -> dict[int, dict[str, int]]:
    """Count letters about announcements by their state."""
    kinds = {row.pk: row.kind for row in rows if row.listed}
    found: dict[int, dict[str, int]] = {}
    counts = letters.filter(about__in=kinds).order_by().values_list("about", "kind", "state").annotate(n=Count("pk"))
    for about, kind, state, n in counts if kinds else ():
        # Letters of other kinds are about other things that happen to have the same key.
        if kinds[about] == kind:
            found.setdefault(about, {})[state] = n
    return found


def _lost_of(row: Announcement) -> list[Lost]:
    letters = _lost().filter(about=row.pk, kind=row.kind).order_by("-pk")[:LOST_MOST]
    return [
        Lost(
            key=one.pk,
            state=_STATE(one.state).label,
            reason=REASONS.get(one.said, ""),
            answer="" if one.said in REASONS else _codes(one.said),
        )
        for one in letters
    ]


def _codes(said: str) -> str:
    """Return the codes before the words of a mail server, or what is one word: the name of a fault of ours."""
    found = _CODES.match(said)
    return found[0] if found else ""


def debates_at_desk(petition: Petition, actor: Actor) -> QuerySet[Debate]:
    """Return the debates of a petition that an actor prepares, the newest first."""
    return Debate.objects.visible_to(actor).filter(petition=petition).order_by("-pk")
