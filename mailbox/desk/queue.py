"""The queue of cases at the desk: its views, rows, and what can be done with several rows at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Actor, Role, has_role, roles_of
from engage.accounts.models import User
from engage.calendars import queries as calendars
from engage.calendars.arithmetic import WorkCalendar
from engage.desk.registry import (
    MAILBOX,
    Cell,
    Column,
    Done,
    Filter,
    Key,
    Queue,
    Row,
    RowAction,
    RowLink,
    Rows,
    Run,
    Text,
    View,
)
from engage.desk.rules import PAGE_SIZE
from engage.errors import Refused
from engage.participation.queries import about_options
from engage.participation.rules import parse_reference
from engage.participation.words import channel_name
from mailbox import rules
from mailbox.access import desk_of, places_of
from mailbox.desk.forms import AssignManyForm, RefuseForm, RouteForm, SnoozeManyForm, TagManyForm
from mailbox.desk.jobs import start_job
from mailbox.desk.models import Mention, Snooze
from mailbox.desk.rules import Cursor, read_cursor
from mailbox.desk.searching import cases_with_words, keys_with_words
from mailbox.desk.several import AT_ONCE, at_once, split_id
from mailbox.desk.undoing import of_step, payload, take_back
from mailbox.desk.words import due_chip, html_lang
from mailbox.kinds import KINDS
from mailbox.machine import Who
from mailbox.models import OPEN, Case, CaseQuerySet, CoConsultation, Draft, Message
from mailbox.queries.desk import view_counts, view_rows
from mailbox.queries.duty import late_handovers_count
from mailbox.routing.actions import accept_suggestion
from mailbox.routing.models import GroupMember
from mailbox.routing.queries import ShownProposal, group_words, groups_of, in_a_line, proposals_for

# What a search for words counts and shows at most: nobody pages through more, and no search reads a whole mailbox.
FOUND_MOST = 500
PREVIEW = 1_200
ASKED = "asked"
SHOWN_WITH = ("submission", "owner", "route_suggestion")
ORDERS = {
    "": ("due_order", "submission_id"),
    "newest": ("-submission_id",),
    "oldest": ("submission_id",),
}
MENTIONS, SNOOZED, LATE, HELD, EVERYTHING = "mentions", "snoozed", "late", "held", "all"
HELD_LABEL = pgettext_lazy("cases", "Answer held, not sent")
# Views of what the desk keeps beside cases; they are counted from their own few rows.
BESIDE = (ASKED, MENTIONS, SNOOZED, LATE, HELD)


def view_of(actor: Actor, view: str, today: date) -> CaseQuerySet:
    """Return the cases of a view in its order: those of the mailbox, and what the desk keeps beside cases."""
    here = desk_of(actor)
    if view == ASKED:
        cases = visible(actor).filter(pk__in=asked(actor, here.memberships).order_by().values("case"))
    elif view == MENTIONS:
        named = Mention.objects.filter(user_id=actor.pk, seen_at=None)
        cases = visible(actor).filter(pk__in=named.values("note__case"))
    elif view == SNOOZED:
        # A join and not a list of keys: only so does PostgreSQL begin with the few that sleep.
        asleep = Snooze.objects.asleep(today)
        cases = Case.objects.at_desk_of(actor, here.reach).filter(snooze__in=asleep)
    elif view == LATE:
        cases = Case.objects.at_desk_of(actor, here.reach).filter(at_desk=False, late_words__isnull=False)
    elif view == HELD:
        cases = Case.objects.at_desk_of(actor, here.reach).filter(OPEN, drafts__in=Draft.objects.held())
    elif view == EVERYTHING:
        cases = visible(actor)
    elif view == "mine":
        cases = visible(actor).filter(OPEN, owner_id=actor.pk)
    else:
        cases = view_rows(actor, view, today=today, reach=here.reach)
    if view == "mine":
        # What its officer has put away is away from that officer's list alone: for the unit it is due as ever.
        cases = cases.exclude(pk__in=Snooze.objects.asleep(today).values("case"))
    return cases.order_by(*ORDERS[""])


def visible(actor: Actor) -> CaseQuerySet:
    """Return what a person may see, by the units that the request has read already."""
    return Case.objects.visible_to(actor, desk_of(actor).reach)


def counts(actor: Actor) -> Mapping[str, int]:
    """Count the views: the sums of a few rows, never the cases."""
    if not desk_of(actor).counts:
        count_with(actor, ())
    return desk_of(actor).counts


def count_with(actor: Actor, more: Sequence[CaseQuerySet]) -> list[int]:
    """Count the views, and in the same reading other lists of cases; returns the numbers of these."""
    today, here = timezone.localdate(), desk_of(actor)
    codes = (*BESIDE, "mine")
    numbers = count_each([*(view_of(actor, code, today).order_by() for code in codes), *more])
    here.counts = view_counts(actor, today=today, reach=here.reach, mine=False)
    here.counts |= dict(zip(codes, numbers, strict=False))
    return numbers[len(codes) :]


def _count_beside(actor: Actor, more: Sequence[CaseQuerySet]) -> list[int]:
    """Count lists of cases, and the views in the same reading unless they were counted before."""
    return count_each(more) if desk_of(actor).counts else count_with(actor, more)


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
    return cases_with_words(*looked_through(actor, view, filters, today))


def looked_through(actor: Actor, view: str, filters: Mapping[str, str], today: date) -> tuple[CaseQuerySet, str]:
    """Return the cases that the filters leave, in their order, and the words that are still to be found in them."""
    search = filters.get("q", "")
    if reference := parse_reference(search):
        return visible(actor).filter(pk=reference.number, submission__letter=reference.letter), ""
    everywhere = search and filters.get("where") != "view"
    cases = view_of(actor, EVERYTHING if everywhere else view, today)
    if kind := filters.get("kind"):
        cases = cases.filter(kind=kind)
    # What a search finds everywhere begins with the newest; so does the list of everything.
    usual = "newest" if everywhere or view == EVERYTHING else ""
    return cases.order_by(*ORDERS[filters.get("order") or usual]), search


def rows(actor: Actor, view: str, filters: Mapping[str, str], cursor: str) -> Rows:
    """Return one page of a view: the first, or the one at a cursor."""
    today = timezone.localdate()
    cases, words = looked_through(actor, view, filters, today)
    more = False
    if filters.get("q"):
        shown, before, after, total = page_found(cases, words, cursor)
        total, more = min(total, FOUND_MOST), total > FOUND_MOST
    else:
        if filters.keys() - {"order"} or view == EVERYTHING:
            (total,) = _count_beside(actor, [cases.order_by()])
            total, more = min(total, FOUND_MOST), total > FOUND_MOST
        else:
            total = counts(actor)[view]
        shown, before, after = page_at(cases.select_related(*SHOWN_WITH), cursor)
    return Rows(
        case_rows(actor, shown, today, place={"view": view} | dict(filters)),
        max(total, len(shown)),
        more=more,
        next_due="" if shown else _next_due(actor, today),
        before=before,
        after=after,
    )


def page_found(cases: CaseQuerySet, words: str, raw: str) -> tuple[list[Case], str, str, int]:
    """Return a page of what a search finds, the cursors beside it and how many there are, all from one reading.

    The index is asked once for the keys of the first `FOUND_MOST`; counting and showing would ask it twice.
    """
    keys = keys_with_words(cases, words, FOUND_MOST + 1)
    listed = keys[:FOUND_MOST]
    cursor = read_cursor(raw, dated=False)
    start = 0
    if cursor is not None and cursor.key in listed:
        at = listed.index(cursor.key)
        start = max(0, at - PAGE_SIZE) if cursor.back else at + 1
    end = start + PAGE_SIZE
    by_key = Case.objects.select_related(*SHOWN_WITH).in_bulk(listed[start:end])
    shown = [by_key[key] for key in listed[start:end] if key in by_key]
    before = str(Cursor(listed[start], back=True)) if start and listed[start:end] else ""
    after = str(Cursor(listed[end - 1])) if end < len(listed) else ""
    return shown, before, after, len(keys)


def page_at(cases: CaseQuerySet, raw: str) -> tuple[list[Case], str, str]:
    """Return a page of cases in their order by its cursor, and the cursors of the pages beside it.

    The key of the last row says where the next page begins, so no page is slower than the first, and a case that
    moves meanwhile makes no other one stand twice or nowhere.
    """
    dated = _is_dated(cases)
    cursor = read_cursor(raw, dated=dated)
    back = cursor is not None and cursor.back
    shown = list((past(cases, cursor) if cursor else cases)[: PAGE_SIZE + 1])
    more, shown = len(shown) > PAGE_SIZE, shown[:PAGE_SIZE]
    if back:
        shown.reverse()
    if not shown:
        return [], "", ""

    def at(case: Case, *, back: bool) -> str:
        return str(Cursor(case.pk, case.due_order if dated else None, back))

    has_before, has_after = (more, True) if back else (cursor is not None, more)
    return shown, at(shown[0], back=True) if has_before else "", at(shown[-1], back=False) if has_after else ""


def _is_dated(cases: CaseQuerySet) -> bool:
    return tuple(cases.query.order_by) == ORDERS[""]


def past(cases: CaseQuerySet, cursor: Cursor) -> CaseQuerySet:
    """Narrow a list to what comes after a place in it, or (`back`) before it, what is nearest first."""
    upwards = cursor.back == (tuple(cases.query.order_by) == ORDERS["newest"])
    beyond = Q(pk__gt=cursor.key) if upwards else Q(pk__lt=cursor.key)
    if cursor.day is not None:
        # The first condition is what an index is entered by, the second what tells rows of one day apart.
        entered = {"due_order__gte" if upwards else "due_order__lte": cursor.day}
        further = {"due_order__gt" if upwards else "due_order__lt": cursor.day}
        beyond = Q(**entered) & (Q(**further) | Q(due_order=cursor.day) & beyond)
    cases = cases.filter(beyond)
    return cases.reverse() if cursor.back else cases


def neighbour(actor: Actor, view: str, filters: Mapping[str, str], pk: int, *, back: bool) -> int | None:
    """Return the case after one in a list, or before it; from where it would stand if it has left the list.

    None at the end, and for a case that the actor does not see.
    """
    cases, words = looked_through(actor, view, filters, timezone.localdate())
    if filters.get("q"):
        keys = keys_with_words(cases, words, FOUND_MOST)
        at = keys.index(pk) + (-1 if back else 1) if pk in keys else -1
        return keys[at] if 0 <= at < len(keys) else None
    day = visible(actor).filter(pk=pk).values_list("due_order", flat=True).first()
    if day is None:
        return None
    at_case = Cursor(pk, day if _is_dated(cases) else None, back)
    return past(cases, at_case).values_list("pk", flat=True).first()


def count_saved(actor: Actor, filters: Sequence[Mapping[str, str]]) -> list[int | str]:
    """Count saved views in the one reading that counts the others, as far as anybody counts."""
    today = timezone.localdate()
    known = {view.code for view in CASES.views}
    views = [one["view"] if one.get("view") in known else "new" for one in filters]
    lists = [found(actor, view, one, today).order_by() for view, one in zip(views, filters, strict=True)]
    counted = count_with(actor, lists)
    return [n if n <= FOUND_MOST else f"{FOUND_MOST}+" for n in counted]


def count_each(queries: Iterable[QuerySet[Any]]) -> list[int]:
    """Count several lists of cases in one reading, each up to `FOUND_MOST`."""
    parts, values, counted = [], [], []
    for query in queries:
        try:
            sql, given = query.values("pk")[: FOUND_MOST + 1].query.sql_with_params()
        except EmptyResultSet:
            counted.append(False)
            continue
        counted.append(True)
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS part)")
        values += given
    if not parts:
        return [0] * len(counted)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        numbers = iter(cursor.fetchone())
    return [next(numbers) if one else 0 for one in counted]


def case_rows(actor: Actor, cases: Sequence[Case], today: date, place: Mapping[str, str] | None = None) -> list[Row]:
    """Describe cases; `place` is the list that they stand in, which goes along to their pages."""
    desk_of(actor).name_units(cases)
    calendar = calendars.work_calendar(settings.WORK_CALENDAR)
    words, grouped = first_words_of(actor, cases, today)
    places = places_of(actor, desk_of(actor).memberships)
    regions = dict(about_options("region"))
    proposed = proposals_for(cases)
    groups = groups_of(grouped, actor=actor, reach=desk_of(actor).reach)
    return [
        _with_group(
            _row(actor, case, words.get(case.pk, ""), places(case), today, calendar, regions, place or {}),
            proposed.get(case.pk, []),
            groups.get(case.pk),
        )
        for case in cases
    ]


def _with_group(row: Row, proposals: Sequence[ShownProposal], group: tuple[int, int] | None) -> Row:
    """Add what is proposed, and the way to the letters of the same wording."""
    row = _with_proposal(row, proposals)
    if group is None:
        return row
    number, letters = group
    return replace(row, links=[RowLink(group_words(letters), reverse("desk_group", args=[number]), "g")])


def _with_proposal(row: Row, proposals: Sequence[ShownProposal]) -> Row:
    """Add the proposed unit to the row of a case that may be passed on; one key accepts what stands clearly first."""
    if row.actions is None or "route" not in row.actions or not proposals:
        return row
    accepts = frozenset({"proposed"}) if proposals[0].chosen else frozenset()
    return replace(row, notes=[*row.notes, in_a_line(proposals)], actions=row.actions | accepts)


def come_from(place: Mapping[str, str]) -> str:
    """Return what the address of a case carries of the list that it was opened from."""
    return f"?{urlencode({'in': urlencode(place)})}" if place else ""


def first_words_of(actor: Actor, cases: Sequence[Case], today: date) -> tuple[dict[int, str], list[int]]:
    """Return how the letter of each case begins, and which of the cases are in a group of letters of one wording.

    The same reading counts the late handovers, which the bar of the page says and then needs not ask.
    """
    messages = Message.objects.filter(case__in=cases, direction=Message.Direction.IN).order_by("-at", "-pk")
    rows = messages.annotate(
        head=Left("text", PREVIEW),
        grouped=Exists(GroupMember.objects.filter(case=OuterRef("case"), left_at=None)),
        late=late_handovers_count(actor, today=today),
    ).values_list("case_id", "head", "grouped", "late")
    words: dict[int, str] = {}
    grouped: set[int] = set()
    for pk, head, is_grouped, late in rows:
        words[pk] = head
        grouped |= {pk} if is_grouped else set()
        actor._late_handovers = late  # type: ignore[union-attr]
    return words, sorted(grouped)


def _row(
    actor: Actor,
    case: Case,
    words: str,
    standing: frozenset[Who],
    today: date,
    calendar: WorkCalendar,
    regions: Mapping[str, str],
    place: Mapping[str, str],
) -> Row:
    # What is approved and held is not on its way, as its state alone would say.
    state = HELD_LABEL if place.get("view") == HELD else case.state_of.label
    way = [regions.get(case.submission.region, ""), channel_name(case.submission.channel)]
    return Row(
        id=f"{case.pk}-{case.revision}",
        title=case.title,
        url=reverse("desk_case", args=[case.pk]) + come_from(place),
        reference=case.reference,
        body=words if words.strip() != case.title else "",
        language=html_lang(case.submission.language),
        due=due_chip(case.due, today, calendar, may_move=case.may_move),
        cells=(
            Cell(case.machine.label, state),
            Cell(str(case.desk or ""), str(case.owner or "")),
            Cell(_day(case), " · ".join(part for part in way if part)),
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
    if case.is_merged:
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
        view_rows(actor, "open", today=today, reach=desk_of(actor).reach)
        .exclude(due=None)
        .values_list("due", flat=True)
        .first()
    )
    return gettext("Next due %(day)s.") % {"day": date_format(due, "DATE_FORMAT")} if due else ""


def kind_choices(actor: Actor) -> list[tuple[str, Text]]:
    """List the kinds of case."""
    return [(machine.code, machine.label) for machine in KINDS.values()]


def where_choices(actor: Actor) -> list[tuple[str, Text]]:
    """List where a search looks besides everywhere."""
    return [("view", _("In this view alone"))]


def order_choices(actor: Actor) -> list[tuple[str, Text]]:
    """List the orders besides the usual one, in which what is due first stands first."""
    return [("newest", _("Newest first")), ("oldest", _("Oldest first"))]


# --- with several rows at once --------------------------------------------------------------------------------------

PASSING = ("route", "transfer")


def _as_proposed(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
    now = timezone.now()
    pk, revision = split_id(ids[0])
    first = next(iter(proposals_for(Case.objects.visible_to(actor).filter(pk=pk)).get(pk, [])), None)
    if first is None or not first.chosen:
        raise Refused("route_not_proposed")
    try:
        case = accept_suggestion(pk, to=first.unit.pk, actor=actor, now=now, revision=revision, undo=True)
    except Case.DoesNotExist:
        raise Refused("case_gone") from None
    return Done(gettext("Passed to %(unit)s") % {"unit": case.lead}, undo=payload([of_step(case)]))


def _several(code: str) -> Run:
    """Return what the desk runs: a few cases at once, more as a job of the worker, whose page is shown."""

    def run(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
        if not isinstance(actor, User):
            raise Refused("not_allowed")
        if len(ids) <= AT_ONCE:
            return at_once(code, actor, ids, data)
        job = start_job(code, ids, data, actor=actor, now=timezone.now())
        return Done("", url=reverse("desk_job", args=[job.pk]))

    return run


def all_ids(actor: Actor, view: str, filters: Mapping[str, str], most: int) -> list[str]:
    """Return the rows of a whole view, as many as one may choose, in its order."""
    cases, words = looked_through(actor, view, filters, timezone.localdate())
    if filters.get("q"):
        keys = keys_with_words(cases, words, most)
        revisions = dict(visible(actor).filter(pk__in=keys).values_list("pk", "revision"))
        return [f"{pk}-{revisions[pk]}" for pk in keys if pk in revisions]
    return [f"{pk}-{revision}" for pk, revision in cases.values_list("pk", "revision")[:most]]


def chosen(actor: Actor, ids: Sequence[str]) -> list[Row]:
    """Return the rows behind ids, for the page that asks what an action needs."""
    today = timezone.localdate()
    cases = Case.objects.visible_to(actor).filter(pk__in=[split_id(one)[0] for one in ids])
    return case_rows(actor, list(cases.select_related(*SHOWN_WITH)), today)


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
        View(HELD, HELD_LABEL),
        View(ASKED, pgettext_lazy("cases", "Our opinion is asked")),
        View(MENTIONS, pgettext_lazy("cases", "Where I am named")),
        View(SNOOZED, pgettext_lazy("cases", "Put away")),
        View(LATE, pgettext_lazy("cases", "New words after the answer")),
        View("spam", pgettext_lazy("cases", "Looks like spam")),
        View("open", pgettext_lazy("cases", "All open")),
        View(EVERYTHING, pgettext_lazy("cases", "All, also those that are over")),
    ),
    columns=(
        Column("kind", pgettext_lazy("case", "Kind")),
        Column("unit", pgettext_lazy("case", "With")),
        Column("received", pgettext_lazy("case", "Received")),
    ),
    filters=(
        Filter("kind", pgettext_lazy("case", "Kind"), kind_choices),
        Filter("order", pgettext_lazy("case", "Order"), order_choices),
        Filter("where", pgettext_lazy("case", "Search in"), where_choices),
    ),
    actions=(
        RowAction("proposed", _("Pass as proposed"), _as_proposed, "a", undo=take_back, bulk=False, tone="go"),
        RowAction("accept", _("Take on"), run=_several("accept"), key="a", tone="go", undo=take_back),
        RowAction("route", _("Pass to a unit"), run=_several("route"), key="r", form=RouteForm, undo=take_back),
        RowAction("mine", _("Take over"), run=_several("mine"), key="m", undo=take_back),
        RowAction(
            "assign",
            _("Give to a colleague"),
            _several("assign"),
            "o",
            undo=take_back,
            aside=True,
            form_for=AssignManyForm,
        ),
        RowAction("close", pgettext_lazy("cases", "Close"), _several("close"), "c", undo=take_back, aside=True),
        RowAction(
            "refuse", _("Do not take up"), _several("refuse"), "x", RefuseForm, take_back, tone="bad", aside=True
        ),
        RowAction("snooze", _("Put away for a while"), _several("snooze"), "s", SnoozeManyForm, take_back, aside=True),
        RowAction("tag", _("Put into a group"), _several("tag"), "t", TagManyForm, take_back, aside=True),
        RowAction("suspect", _("Spam"), run=_several("suspect"), key="p", undo=take_back, aside=True),
        RowAction("trust", _("Not spam"), run=_several("trust"), key="n", undo=take_back, aside=True),
    ),
    chosen=chosen,
    due_label=pgettext_lazy("case", "Due"),
    keys=(
        Key(("g",), _("On a row or in a case: the letters of the same wording")),
        Key(("1", "–", "9"), _("In a case: take the step of that number")),
        Key(("e",), _("In a case: write the answer")),
        Key(("Ctrl", "Enter"), _("In a case: keep what is written")),
        Key(("s",), _("In a case: put it away for a while")),
        Key(("n",), _("In a case: a note to colleagues")),
        Key(("d",), _("In a case: how its first due day was computed")),
        Key(("[", "]"), _("In a case: the one before, the one after it in the list")),
        Key(("u",), _("In a case: back to the queue")),
    ),
    keyset=True,
    count_saved=count_saved,
    undo=take_back,
    all_ids=all_ids,
    links=((_("What was done with many at once"), "desk_jobs"),),
    exports=((_("As a table (CSV)"), "desk_cases_csv"), (_("As a table (XLSX)"), "desk_cases_xlsx")),
)
