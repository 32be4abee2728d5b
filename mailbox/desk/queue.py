"""The queue of cases at the desk: its views, rows, and what can be done with several rows at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Left
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Actor, Role, has_role, roles_of
from engage.calendars import queries as calendars
from engage.calendars.arithmetic import WorkCalendar
from engage.desk.registry import MAILBOX, Cell, Column, Done, Filter, Key, Queue, Row, RowAction, Rows, Text, View
from engage.desk.rules import PAGE_SIZE
from engage.errors import Refused
from engage.participation.queries import about_options
from engage.participation.rules import parse_reference
from engage.participation.words import channel_name
from engage.typed import whole_number
from mailbox import actions, rules
from mailbox.access import memberships_of, places_of
from mailbox.actions import Given
from mailbox.desk.forms import RefuseForm, RouteForm
from mailbox.desk.words import due_chip, html_lang
from mailbox.kinds import KINDS
from mailbox.machine import Who
from mailbox.models import Case, CaseQuerySet, CoConsultation, Message
from mailbox.queries.desk import desk_units, view_counts, view_rows

# What a search for words counts and shows at most: nobody pages through more, and no search reads a whole mailbox.
FOUND_MOST = 500
PREVIEW = 1_200
ASKED = "asked"
SHOWN_WITH = ("submission", "triage", "lead", "reviewer", "desk", "owner")
ORDERS = {"newest": ("-submission_id",), "oldest": ("submission_id",)}


@dataclass
class Desk:
    """What one request reads once of a person: places, units, counts."""

    memberships: list[tuple[str, str]]
    own: list[int] | None
    counts: dict[str, int]


def desk_of(actor: Actor) -> Desk:
    """Read a person's desk; once for a request, as roles are (`actors.roles_of`)."""
    kept: Desk | None = getattr(actor, "_case_desk", None)
    if kept is None:
        own = None if has_role(actor, Role.ADMINISTRATOR) else desk_units(actor)
        held = memberships_of(actor)
        tallied = view_counts(actor, today=timezone.localdate(), own=own)
        kept = Desk(held, own, tallied | {ASKED: asked(actor, held).count()})
        actor._case_desk = kept  # type: ignore[union-attr]
    return kept


def counts(actor: Actor) -> Mapping[str, int]:
    """Count the views: the sums of a few rows, never the cases."""
    return desk_of(actor).counts


def asked(actor: Actor, memberships: Sequence[tuple[str, str]]) -> QuerySet[CoConsultation]:
    """List the open questions to the units for which a person may answer."""
    open_ones = CoConsultation.objects.filter(settled_at=None)
    if has_role(actor, Role.ADMINISTRATOR):
        return open_ones
    ours = Q(pk=None)
    for role, path in memberships:
        if role in (Role.OFFICER, Role.APPROVER):
            ours |= Q(department__path__startswith=path)
    return open_ones.filter(ours)


def found(actor: Actor, view: str, filters: Mapping[str, str], today: date) -> CaseQuerySet:
    """Return the cases of a view that pass the filters; a reference is found in whatever view it is asked for."""
    search = filters.get("q", "")
    if reference := parse_reference(search):
        return Case.objects.visible_to(actor).filter(pk=reference.number, submission__letter=reference.letter)
    if view == ASKED:
        ours = asked(actor, desk_of(actor).memberships).order_by().values("case")
        cases = Case.objects.visible_to(actor).filter(pk__in=ours).order_by("due", "submission_id")
    else:
        cases = view_rows(actor, view, today=today, own=desk_of(actor).own)
    if kind := filters.get("kind"):
        cases = cases.filter(kind=kind)
    if search:
        cases = cases.filter(title__icontains=search)
    return cases.order_by(*ORDERS[filters["order"]]) if filters.get("order") in ORDERS else cases


def rows(actor: Actor, view: str, filters: Mapping[str, str], page: int) -> Rows:
    """Return one page of a view."""
    today = timezone.localdate()
    cases = found(actor, view, filters, today)
    narrowed = filters.keys() - {"order"}
    total = cases[:FOUND_MOST].count() if narrowed else counts(actor)[view]
    start = (page - 1) * PAGE_SIZE
    shown = list(cases.select_related(*SHOWN_WITH)[start : start + PAGE_SIZE])
    return Rows(_rows(actor, shown, today), max(total, len(shown)), next_due="" if shown else _next_due(actor, today))


def _rows(actor: Actor, cases: Sequence[Case], today: date) -> list[Row]:
    calendar = calendars.work_calendar(settings.WORK_CALENDAR)
    words = first_words_of(cases)
    places = places_of(actor, desk_of(actor).memberships)
    regions = dict(about_options("region"))
    return [_row(actor, case, words.get(case.pk, ""), places(case), today, calendar, regions) for case in cases]


def first_words_of(cases: Sequence[Case]) -> dict[int, str]:
    """Return how the letter of each case begins."""
    messages = Message.objects.filter(case__in=cases, direction=Message.Direction.IN).order_by("-at", "-pk")
    return dict(messages.annotate(head=Left("text", PREVIEW)).values_list("case_id", "head"))


def _row(
    actor: Actor,
    case: Case,
    words: str,
    standing: frozenset[Who],
    today: date,
    calendar: WorkCalendar,
    regions: Mapping[str, str],
) -> Row:
    came = [regions.get(case.submission.region, ""), channel_name(case.submission.channel)]
    return Row(
        id=f"{case.pk}-{case.revision}",
        title=case.title,
        url=reverse("desk_case", args=[case.pk]),
        reference=case.reference,
        body=words if words.strip() != case.title else "",
        language=html_lang(case.submission.language),
        due=due_chip(case.due, today, calendar, may_move=case.may_move),
        cells=(
            Cell(case.machine.label, case.state_of.label),
            Cell(str(case.desk or ""), str(case.owner or "")),
            Cell(_day(case), " · ".join(part for part in came if part)),
        ),
        actions=frozenset(_possible(actor, case, standing)),
        notes=list(_notes(case)),
    )


def _day(case: Case) -> str:
    return date_format(localtime(case.received_at), "MONTH_DAY_FORMAT")


def _notes(case: Case) -> list[Text]:
    notes: list[Text] = []
    if case.suspect:
        notes.append(_("Looks as if a program sent it"))
    if case.low_rated:
        notes.append(_("The sender was not content with the answer"))
    if case.people > 1:
        notes.append(ngettext("%(n)d person joins in", "%(n)d people join in", case.people) % {"n": case.people})
    return notes


# What turns letters away or aside is done with chosen rows or on the case's page: a row has room for three buttons.
def _possible(actor: Actor, case: Case, standing: frozenset[Who]) -> list[str]:
    machine = case.machine
    if case.merged_into_id is not None:
        return []
    codes = [
        name
        for name, steps in (("accept", ("accept", "accept_here")), ("route", PASSING))
        if any(machine.has(one) and rules.may_take(machine.transition(one), case.state, standing) for one in steps)
    ]
    here = Who.LEAD if case.lead_id else Who.CLERK
    if here in standing and case.is_open:
        if Role.OFFICER in roles_of(actor) and case.owner_id != actor.pk:
            codes.append("mine")
        codes += ["trust"] if case.suspect else []
    return codes


def _next_due(actor: Actor, today: date) -> str:
    due = (
        view_rows(actor, "open", today=today, own=desk_of(actor).own)
        .exclude(due=None)
        .values_list("due", flat=True)
        .first()
    )
    return gettext("Next due %(day)s.") % {"day": date_format(due, "DATE_FORMAT")} if due else ""


def kind_choices(actor: Actor) -> list[tuple[str, Text]]:
    """List the kinds of case."""
    return [(machine.code, machine.label) for machine in KINDS.values()]


def order_choices(actor: Actor) -> list[tuple[str, Text]]:
    """List the orders besides the usual one, in which what is due first stands first."""
    return [("newest", _("Newest first")), ("oldest", _("Oldest first"))]


# --- with several rows at once --------------------------------------------------------------------------------------

PASSING = ("route", "transfer")


def split_id(id_: str) -> tuple[int, int]:
    """Return number and revision of a row; Refused("case_gone") for what no row of this queue is called."""
    number, _dash, revision = id_.partition("-")
    pk, seen = (whole_number(part, digits=18, otherwise=-1) for part in (number, revision))
    if pk < 0 or seen < 0:
        raise Refused("case_gone")
    return pk, seen


def each(ids: Sequence[str], act: Callable[[int, int], object]) -> list[int]:
    """Do something with every chosen case, the lower number first as all who lock two cases do."""
    done = []
    for pk, revision in sorted(split_id(one) for one in ids):
        try:
            act(pk, revision)
        except Case.DoesNotExist:
            raise Refused("case_gone") from None
        done.append(pk)
    return done


def _accept(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
    now = timezone.now()

    def accept(pk: int, revision: int) -> None:
        case = Case.objects.visible_to(actor).get(pk=pk)
        code = "accept_here" if case.machine.has("accept_here") and case.state == "registered" else "accept"
        actions.take_step(pk, code, actor=actor, now=now, revision=revision)

    n = len(each(ids, accept))
    return Done(ngettext("%(n)d case taken on", "%(n)d cases taken on", n) % {"n": n})


def _route(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
    now, unit = timezone.now(), data["department"]

    def route(pk: int, revision: int) -> None:
        actions.route_case(pk, to=unit.pk, note=data["note"], actor=actor, now=now, revision=revision)

    n = len(each(ids, route))
    said = ngettext("%(n)d case passed to %(department)s", "%(n)d cases passed to %(department)s", n)
    return Done(said % {"n": n, "department": unit})


def _refuse(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
    now, given = timezone.now(), Given(reason=data["reason"], words=data["words"])

    def refuse(pk: int, revision: int) -> None:
        actions.take_step(pk, "refuse", given, actor=actor, now=now, revision=revision)

    n = len(each(ids, refuse))
    return Done(ngettext("%(n)d case not taken up", "%(n)d cases not taken up", n) % {"n": n})


def _mine(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
    now, owners = timezone.now(), {}

    def take(pk: int, revision: int) -> None:
        owners[str(pk)] = Case.objects.visible_to(actor).values_list("owner_id", flat=True).get(pk=pk)
        actions.assign_case(pk, to=actor.pk, actor=actor, now=now, revision=revision)

    n = len(each(ids, take))
    return Done(ngettext("%(n)d case is yours", "%(n)d cases are yours", n) % {"n": n}, undo={"owners": owners})


def _not_mine(actor: Actor, payload: Mapping[str, Any]) -> str:
    now = timezone.now()
    for pk, owner in payload["owners"].items():
        if Case.objects.visible_to(actor).filter(pk=pk, owner_id=actor.pk).exists():
            actions.assign_case(int(pk), to=owner, actor=actor, now=now)
    return gettext("Given back.")


def _suspicion(suspect: bool) -> Callable[[Actor, Sequence[str], Mapping[str, Any]], Done]:
    def mark(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
        pks = each(ids, lambda pk, n: actions.mark_suspect(pk, suspect=suspect, actor=actor, revision=n))
        if suspect:
            said = ngettext("%(n)d case put among spam", "%(n)d cases put among spam", len(pks))
        else:
            said = ngettext("%(n)d case taken out of spam", "%(n)d cases taken out of spam", len(pks))
        return Done(said % {"n": len(pks)}, undo={"cases": pks})

    return mark


def _unsuspicion(suspect: bool) -> Callable[[Actor, Mapping[str, Any]], str]:
    def unmark(actor: Actor, payload: Mapping[str, Any]) -> str:
        for pk in payload["cases"]:
            actions.mark_suspect(pk, suspect=not suspect, actor=actor)
        return gettext("Put back.")

    return unmark


def chosen(actor: Actor, ids: Sequence[str]) -> list[Row]:
    """Return the rows behind ids, for the page that asks what an action needs."""
    today = timezone.localdate()
    cases = Case.objects.visible_to(actor).filter(pk__in=[split_id(one)[0] for one in ids])
    return _rows(actor, list(cases.select_related(*SHOWN_WITH)), today)


CASES = Queue(
    code="cases",
    label=_("Cases"),
    group=MAILBOX,
    # Reviewers of openness open single cases; their own place is the release gate.
    roles=(Role.OFFICER, Role.APPROVER),
    rows=rows,
    counts=counts,
    views=(
        View("new", pgettext_lazy("cases", "New")),
        View("mine", pgettext_lazy("cases", "Mine")),
        View("due_today", pgettext_lazy("cases", "Due today")),
        View("overdue", pgettext_lazy("cases", "Overdue")),
        View("waiting", pgettext_lazy("cases", "Waiting on others")),
        View("to_approve", pgettext_lazy("cases", "To approve")),
        View("low_rated", pgettext_lazy("cases", "Rated low")),
        View(ASKED, pgettext_lazy("cases", "Our opinion is asked")),
        View("spam", pgettext_lazy("cases", "Looks like spam")),
        View("open", pgettext_lazy("cases", "All open")),
    ),
    columns=(
        Column("kind", pgettext_lazy("case", "Kind")),
        Column("unit", pgettext_lazy("case", "With")),
        Column("received", pgettext_lazy("case", "Received")),
    ),
    filters=(
        Filter("kind", pgettext_lazy("case", "Kind"), kind_choices),
        Filter("order", pgettext_lazy("case", "Order"), order_choices),
    ),
    actions=(
        RowAction("accept", _("Take on"), run=_accept, key="a", tone="go"),
        RowAction("route", _("Pass to a unit"), run=_route, key="r", form=RouteForm),
        RowAction("mine", _("Take over"), run=_mine, key="m", undo=_not_mine),
        RowAction("refuse", _("Do not take up"), run=_refuse, key="x", form=RefuseForm, tone="bad"),
        RowAction("suspect", _("Spam"), run=_suspicion(True), key="p", undo=_unsuspicion(True)),
        RowAction("trust", _("Not spam"), run=_suspicion(False), key="n", undo=_unsuspicion(False)),
    ),
    chosen=chosen,
    due_label=pgettext_lazy("case", "Due"),
    keys=(
        Key(("1", "–", "9"), _("In a case: take the step of that number")),
        Key(("e",), _("In a case: write the answer")),
        Key(("Ctrl", "Enter"), _("In a case: keep what is written")),
        Key(("u",), _("In a case: back to the queue")),
    ),
)
