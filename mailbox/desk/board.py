"""Everything the desk shows of one case, read in few queries whatever is in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext

from engage.accounts.actors import Actor, Role, roles_of
from engage.calendars import queries as calendars
from engage.calendars.arithmetic import WorkCalendar, local_day
from engage.calendars.profiles import Profile
from engage.calendars.rows import profile_of
from engage.calendars.rules import TimeLeft, due_date, time_left
from engage.departments.queries import departments_above, departments_below
from engage.diffs import Piece, diff
from engage.participation.models import Attachment
from mailbox import rules
from mailbox.access import may_read_contact, memberships_of, places_of
from mailbox.actions import clocks as counting
from mailbox.actions.steps import review_facts
from mailbox.desk.models import CheckItem, LateWords, Note, Snooze
from mailbox.desk.queries import NOTHING_BESIDE, Beside, beside
from mailbox.kinds.reasons import RESULTS
from mailbox.machine import Phase, Transition, Who
from mailbox.models import (
    Approval,
    Case,
    CaseClock,
    CaseTag,
    CoConsultation,
    Draft,
    Handover,
    Link,
    Message,
    Notice,
    Party,
    Question,
    Rating,
    Reach,
    StepRecord,
    Tag,
)
from mailbox.post.models import InMail
from mailbox.queries.case import Badge, PossibleStep, refusal_of
from mailbox.queries.duty import late_handovers_count
from mailbox.routing.models import GroupMember

# In these states the words are with the approvers, or on their way out: nobody writes.
HANDED_IN = frozenset({"approval", "approved"})


@dataclass
class Board:
    """One case as one person at the desk sees it. `steps` are the rows of the table the person stands for."""

    case: Case
    standing: frozenset[Who]
    now: datetime
    today: date
    steps: list[PossibleStep] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    taken: list[StepRecord] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    clocks: list[Badge] = field(default_factory=list)
    consultations: list[CoConsultation] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    signed: list[Approval] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    links: list[tuple[Link, Case]] = field(default_factory=list)
    merged: list[Case] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    rating: Rating | None = None
    beside: Beside = NOTHING_BESIDE
    calendar: WorkCalendar | None = None
    own_units: tuple[str, ...] = ()

    @property
    def shared(self) -> Draft | None:
        """The shared draft, until it is sent."""
        return next((one for one in self.drafts if one.shared), None)

    @property
    def private(self) -> Draft | None:
        """One's own private draft."""
        return next((one for one in self.drafts if not one.shared), None)

    @property
    def offered(self) -> list[Transition]:
        """The steps that can be taken now. What only an opinion stands in the way of is one: a note goes past it."""
        return [one.transition for one in self.steps if one.refusal is None or one.refusal.code == "opinion_open"]

    @property
    def held_up(self) -> list[PossibleStep]:
        """The steps that a rule forbids for now; what another decision would have opened is none."""
        apart = ("opinion_open", "not_a_petition")
        return [one for one in self.steps if one.refusal is not None and one.refusal.code not in apart]

    @property
    def may_write(self) -> bool:
        """Whether the person may write the answer now. What is under review is answered: the review body decides."""
        case = self.case
        if case.state_of.reviewing:
            return False
        works = case.is_open and not case.is_merged and case.machine.has("submit")
        return works and case.lead_id is not None and Who.LEAD in self.standing and case.state not in HANDED_IN

    @property
    def shows_contact(self) -> bool:
        """Whether the sender's name and address are there for the person, who has to ask for them on the page."""
        return may_read_contact(self.case, self.standing)

    def asked_of_us(self) -> list[CoConsultation]:
        """The open questions to the person's own units."""
        return [one for one in self.consultations if one.state == CoConsultation.State.OPEN and self._is_ours(one)]

    def _is_ours(self, one: CoConsultation) -> bool:
        return any(one.department.path.startswith(path) for path in self.own_units)


def may_export(board: Board) -> bool:
    """Tell whether a person takes the whole case along: who works on it, not who is only asked for an opinion."""
    return bool(board.standing)


def case_of(pk: int, *, actor: Actor, reach: Reach | None = None) -> Case | None:
    """Return a case the actor may see, with what every page of it shows, and what there is to read besides."""
    units = ("triage", "lead", "reviewer", "desk", "barred")
    related = (
        *units,
        "submission__contact__postal_address",
        "owner",
        "merged_into__submission",
        "route_suggestion",
        "wish__department",
        "entry",
    )
    here = OuterRef("pk")
    return (
        Case.objects.visible_to(actor, reach)
        .select_related(*related)
        .annotate(
            has_consultations=Exists(CoConsultation.objects.filter(case=here)),
            has_questions=Exists(Question.objects.filter(case=here)),
            has_files=Exists(Attachment.objects.filter(submission=here)),
            has_tags=Exists(CaseTag.objects.filter(case=here)),
            has_links=Exists(Link.objects.filter(Q(source=here) | Q(target=here), undone_at=None)),
            has_parties=Exists(Party.objects.filter(case=here)),
            has_talk=Exists(Note.objects.filter(case=here)),
            has_snooze=Exists(Snooze.objects.filter(case=here)),
            has_points=Exists(CheckItem.objects.filter(kind=OuterRef("kind"), active=True)),
            has_late_words=Exists(LateWords.objects.filter(case=here)),
            has_group=Exists(GroupMember.objects.filter(case=here, left_at=None)),
            has_mail_in=Exists(InMail.objects.filter(case=here)),
            late_handovers=late_handovers_count(actor, today=timezone.localdate()),
            has_handover=Exists(Handover.objects.filter(case=here, settled_at=None)),
        )
        .filter(pk=pk)
        .first()
    )


def board_of(pk: int, *, actor: Actor, now: datetime) -> Board | None:
    """Read one case; None for one the actor may not see."""
    held = memberships_of(actor)
    paths = [path for _role, path in held]
    reach = Reach(departments_below(paths), departments_above(paths))
    case: Any = case_of(pk, actor=actor, reach=reach)
    if case is None:
        return None
    # The bar of the page says it, too, and needs not ask again.
    actor._late_handovers = case.late_handovers  # type: ignore[union-attr]
    board = Board(case, places_of(actor, held)(case), now, counting.today_of(case, now))
    board.own_units = _own_units(actor, held)
    board.messages = list(case.messages.select_related("by"))
    board.taken = list(case.steps.select_related("by", "department"))
    board.notices = list(case.notices.select_related("department").defer("html"))
    if case.has_consultations:
        related = ("department", "opinion__by", "asked_by")
        board.consultations = list(case.consultations.select_related(*related))
    if case.has_questions:
        board.questions = list(case.questions.all())
    if case.has_files:
        board.files = list(Attachment.objects.visible_to(actor).filter(submission_id=case.pk))
    if case.has_tags:
        board.tags = list(case.tags.all())
    if case.has_links:
        board.links = _links(case, actor, reach)
    if case.has_parties:
        board.parties = list(case.parties.select_related("contact"))
    board.drafts = _drafts(case, actor)
    if case.answered_at is not None:
        board.signed = _signed(case)
    board.beside = beside(case, actor=actor, today=board.today)
    _count(board, actor)
    return board


def _drafts(case: Case, actor: Actor) -> list[Draft]:
    if case.state_of.phase is Phase.CLOSED:
        return []
    own = Q(shared=True) | Q(author_id=actor.pk)
    rows = list(
        case.drafts.filter(own).exclude(state=Draft.State.SENT).select_related("author", "submitted_by", "held_by")
    )
    if any(one.round for one in rows):
        prefetch_related_objects(rows, Prefetch("approvals", Approval.objects.select_related("assignee", "by")))
    return rows


def _signed(case: Case) -> list[Approval]:
    """List who approved the answer that went out last."""
    sent = case.drafts.filter(shared=True, state=Draft.State.SENT).order_by("-sent_at", "-pk").values("pk")[:1]
    rows = Approval.objects.filter(draft=Subquery(sent), round=F("draft__round")).select_related("assignee", "by")
    return list(rows)


def _links(case: Case, actor: Actor, reach: Reach) -> list[tuple[Link, Case]]:
    """List the cases that belong with this one, whichever of the two the link was made from.

    `may_open` says of each whether the actor may see it; of another only the reference is shown.
    """
    visible = Case.objects.visible_to(actor, reach)
    rows = Link.objects.filter(Q(source=case) | Q(target=case), undone_at=None)
    rows = rows.select_related("source__submission", "target__submission").annotate(
        sees_source=Exists(visible.filter(pk=OuterRef("source"))),
        sees_target=Exists(visible.filter(pk=OuterRef("target"))),
    )
    found = []
    for link in rows:
        other: Any = link.target if link.source_id == case.pk else link.source
        other.may_open = link.sees_target if link.source_id == case.pk else link.sees_source
        found.append((link, other))
    return found


def _own_units(actor: Actor, held: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return the paths of the units for which the actor may give an opinion."""
    if Role.ADMINISTRATOR in roles_of(actor):
        return ("",)
    return tuple(path for role, path in held if role in (Role.OFFICER, Role.APPROVER))


def _count(board: Board, actor: Actor) -> None:
    """Count the clocks and find which steps can be taken; each calendar is read once for all clocks."""
    case = board.case
    rows = list(case.clocks.select_related("profile"))
    received = local_day(case.received_at, counting.zone_of(case))
    profiles = {row.profile_id: profile_of(row.profile) for row in rows}
    in_force = (one for one in profiles.values() if one.family == case.family and one.in_force(received))
    own = next(in_force, None) or calendars.clock_profile_for(case.family, received)
    codes = {own.calendar} | {profiles[row.profile_id].calendar for row in rows if row.state != CaseClock.State.STOPPED}
    known = {code: calendars.work_calendar(code) for code in sorted(codes)}
    board.calendar = known[own.calendar]
    board.clocks = [_badge(case, row, profiles[row.profile_id], known, board.now) for row in rows]
    board.rating = case.ratings.last() if case.answered_at else None
    allowed = [t for t in case.machine.leaving(case.state) if rules.may_take(t, case.state, board.standing)]
    if not case.is_merged and allowed:
        facts = _facts(board, rows, actor)
        board.steps = [PossibleStep(transition, refusal_of(case, transition, facts)) for transition in allowed]


def _badge(case: Case, row: CaseClock, profile: Profile, known: dict[str, WorkCalendar], now: datetime) -> Badge:
    left: TimeLeft | None = None
    if row.state != CaseClock.State.STOPPED:
        zone, calendar = counting.zone_of(case), known[profile.calendar]
        due = due_date(profile, row.target, row.start, counting.events_of(row), calendar, zone)
        left = time_left(due, now, calendar, zone)
    return Badge(row, left, row.may_move, row.target in case.machine.targets_of_sender)


def _facts(board: Board, rows: Sequence[CaseClock], actor: Actor) -> rules.Facts:
    """Collect what guards look at from what was read; `actions.steps.facts_of` reads it anew under the lock."""
    case = board.case
    rating = board.rating
    assert board.calendar is not None
    since = local_day(case.state_since, counting.zone_of(case))
    return rules.Facts(
        today=board.today,
        now=board.now,
        state_since=case.state_since,
        taken=rules.taken_of((step.code, step.reason) for step in board.taken if step.kind == case.kind),
        clocks={row.target: rules.ClockFacts(True, row.due) for row in rows if row.state != CaseClock.State.STOPPED},
        open_opinions=sum(one.state == CoConsultation.State.OPEN for one in board.consultations),
        open_questions=tuple(one.number for one in board.questions if one.state == Question.State.OPEN),
        workdays_in_state=board.calendar.count(since, board.today),
        last_rating=rating.score if rating else 0,
        result=case.result,
        open_items=tuple(one.item.words for one in board.beside.points if one.item.blocking and one.ticked is None),
        **review_facts(case, actor),
    )


@dataclass(frozen=True)
class Changed:
    """One part of a draft that changed: its name, and both wordings. `is_ours`: in the words of the reader's page."""

    label: str
    pieces: list[Piece]
    is_ours: bool = False


def changed_since_look(draft: Draft, *, approver: int | None, language: str) -> list[Changed] | None:
    """Return what changed in a draft since the approver decided on it last; None on the first look."""
    rounds = [one.round for one in draft.approvals.all() if one.by_id == approver and one.round < draft.round]
    seen = draft.versions.filter(round=max(rounds)).first() if approver is not None and rounds else None
    if seen is None:
        return None
    before, after = seen.words, draft.words
    found = []
    if before.get("result", "") != after["result"]:
        codes = (("del", before.get("result", "")), ("ins", after["result"]))
        said: list[Piece] = [(op, str(RESULTS.get(code, code))) for op, code in codes if code]  # type: ignore[misc]
        found.append(Changed(gettext("What is decided"), said, is_ours=True))
    for label, old, new in (
        (gettext("Answer"), before.get("text", ""), after["text"]),
        (gettext("Basis"), before.get("basis", ""), after["basis"]),
        (gettext("What is published"), "\n".join(before.get("cites", ())), "\n".join(after["cites"])),
    ):
        if old != new:
            found.append(Changed(label, diff(old, new, language)))
    return found
