"""Every read of this room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncWeek
from django.utils.formats import number_format
from django.utils.translation import gettext

from engage.accounts.actors import Actor, Role, has_role, is_staff
from engage.departments.models import Department
from engage.diffs import Piece, diff
from mailbox.access import units_around, units_where
from mailbox.models import Case, Message, Reach
from mailbox.routing.letters import TEXT_MOST
from mailbox.routing.models import GroupMember, LetterGroup, RouteModel, RouteSwitch, Suggestion
from mailbox.routing.words import reason_words

MEMBERS_SHOWN = 20
# So often the same question makes an answer worth publishing.
ASKED_OFTEN = 3
WEEKS = 12


# --- units for letters ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownProposal:
    """One proposed unit in words. `share` is empty where nothing was learned yet; `chosen`: one key accepts it."""

    unit: Department
    share: str
    reasons: list[str]
    chosen: bool


def proposals_for(cases: Sequence[Case]) -> dict[int, list[ShownProposal]]:
    """Return what is proposed for cases that the caller may see and that were passed to nobody yet.

    A unit out of service, and one that may not see the case, is never named, whatever was stored.
    """
    open_ones = [case for case in cases if case.lead_id is None and case.merged_into_id is None]
    rows = {case.pk: row for case in open_ones if case.state == case.machine.initial and (row := suggestion_of(case))}
    wanted = {one["department"] for row in rows.values() for one in row.proposals}
    if not wanted:
        return {}
    is_off = RouteSwitch.objects.filter(proposes=False)
    units = {unit.pk: unit for unit in Department.objects.active().filter(~Exists(is_off), pk__in=wanted)}
    found = {case.pk: _shown(rows[case.pk], case, units) for case in open_ones if case.pk in rows}
    return {pk: shown for pk, shown in found.items() if shown}


def suggestion_of(case: Case) -> Suggestion | None:
    """Return what was proposed for a case; no query where it was read along (`select_related("route_suggestion")`)."""
    try:
        found: Suggestion = case.route_suggestion
    except Suggestion.DoesNotExist:
        return None
    return found


def _shown(row: Suggestion, case: Case, units: dict[int, Department]) -> list[ShownProposal]:
    shown = []
    for number, one in enumerate(row.proposals):
        unit = units.get(one["department"])
        if unit is None or (case.barred is not None and unit.path.startswith(case.barred.path)):
            continue
        share = number_format(round(one["confidence"] * 100)) if row.model_id else ""
        reasons = [reason_words(kind, said) for kind, said in one["reasons"]]
        shown.append(ShownProposal(unit, share, reasons, row.chosen and number == 0))
    return shown


def in_a_line(proposals: Sequence[ShownProposal]) -> str:
    """Say the likeliest unit with its first reason, for a row of the queue."""
    if not proposals:
        return ""
    first = proposals[0]
    values = {"unit": first.unit, "share": first.share, "reason": first.reasons[0] if first.reasons else ""}
    if first.share and first.reasons:
        return gettext("Proposed: %(unit)s (%(share)s %%; %(reason)s)") % values
    if first.reasons:
        return gettext("Proposed: %(unit)s (%(reason)s)") % values
    return gettext("Proposed: %(unit)s (%(share)s %%)") % values


# --- words of cases -------------------------------------------------------------------------------------------------


def first_texts(keys: Sequence[int]) -> dict[int, str]:
    """Return the letter of each case."""
    first = Message.objects.filter(case=OuterRef("pk"), direction=Message.Direction.IN).order_by("at", "pk")
    rows = Case.objects.filter(pk__in=keys).values_list("pk", Subquery(first.values("text")[:1]))
    return {pk: (text or "")[:TEXT_MOST] for pk, text in rows}


# --- cases like this one --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Similar:
    """Cases like one, that the reader may see. `asked` counts how often it was asked, this one included."""

    cases: list[Case] = field(default_factory=list)
    asked: int = 1

    @property
    def is_asked_often(self) -> bool:
        """Whether the answer should be there for all."""
        return self.asked >= ASKED_OFTEN


def similar_to(case: Case, *, actor: Actor) -> Similar:
    """Return the cases near to one the actor sees, only those the actor may see too, and how often it was asked."""
    row = suggestion_of(case)
    keys = row.similar if row else []
    found = {}
    if keys:
        seen = Case.objects.visible_to(actor).filter(pk__in=keys, suspect=False).select_related("submission")
        found = {one.pk: one for one in seen}
    cases = [found[pk] for pk in keys if pk in found]
    answered = [one for one in cases if one.answered_at is not None and one.merged_into_id != case.pk]
    together = case.merged.count() if case.answered_at is not None else 0
    return Similar(cases, 1 + together + len(answered))


# --- how good the proposals are -------------------------------------------------------------------------------------


def record_of_proposals(actor: Actor, *, today: date) -> list[dict[str, Any]]:
    """Count by week and unit that took cases on: how many, how often proposed first, and among three."""
    if not is_staff(actor):
        return []
    rows = (
        Suggestion.objects.visible_to(actor)
        .filter(settled_at__date__gt=today - timedelta(weeks=WEEKS))
        .annotate(week=TruncWeek("settled_at"))
        .values("week", "unit")
        .annotate(n=Count("pk"), first=Count("pk", filter=Q(rank=1)), among=Count("pk", filter=Q(rank__gte=1)))
        .order_by("-week", "unit__path")
    )
    units = {unit.pk: unit for unit in Department.objects.filter(pk__in={row["unit"] for row in rows})}
    return [row | {"unit": units[row["unit"]]} for row in rows]


def versions() -> QuerySet[RouteModel]:
    """List the versions of the model, the newest first, without their bytes."""
    return RouteModel.objects.defer("content").order_by("-pk")


# --- groups ---------------------------------------------------------------------------------------------------------


def groups_at_desk(actor: Actor) -> QuerySet[LetterGroup]:
    """List the groups that wait and those that were confirmed, with how many letters the actor sees in each."""
    seen = Case.objects.visible_to(actor).values("pk")
    return (
        LetterGroup.objects.visible_to(actor)
        .exclude(state=LetterGroup.State.DISMISSED)
        .filter(leading__in=seen)
        .select_related("leading__submission", "department")
        .annotate(letters=Count("members", filter=Q(members__left_at=None, members__case__in=seen)))
        .order_by("-state", "-pk")
    )


def groups_of(cases: Sequence[int], *, actor: Actor, reach: Reach | None = None) -> dict[int, tuple[int, int]]:
    """Return for cases that the actor sees the group each is in and how many of its letters the actor sees.

    One query, also where `reach` was not read before; nothing for whom the page of a group is not.
    """
    if not cases or not has_role(actor, Role.OFFICER):
        return {}
    near = Reach(units_where(actor), units_around(actor)) if reach is None else reach
    seen = Case.objects.visible_to(actor, near).values("pk")
    live = GroupMember.objects.filter(group=OuterRef("group"), left_at=None, case__in=seen).order_by().values("group")
    rows = GroupMember.objects.filter(case__in=cases, left_at=None, group__leading__in=seen).exclude(
        group__state=LetterGroup.State.DISMISSED
    )
    if not has_role(actor, Role.ADMINISTRATOR):
        rows = rows.filter(group__department__in=near.own)
    counted = rows.annotate(n=Subquery(live.annotate(n=Count("pk")).values("n"))).order_by("group")
    found = {case: (pk, n) for case, pk, n in counted.values_list("case", "group", "n")}
    return {case: (pk, n) for case, (pk, n) in found.items() if n > 1}


def group_words(letters: int) -> str:
    """Say that a letter is one of so many."""
    return gettext("one of %(n)d letters of one wording") % {"n": letters}


def members_of(group: LetterGroup, *, actor: Actor) -> QuerySet[GroupMember]:
    """List the letters of a group that the actor may see, the leading one first."""
    return (
        group.members.visible_to(actor)
        .filter(left_at=None)
        .select_related("case__submission")
        .annotate(leads=Count("pk", filter=Q(case=group.leading_id)))
        .order_by("-leads", "pk")
    )


@dataclass(frozen=True)
class ShownMember:
    """One letter of a group beside the leading one: `pieces` are its words with what differs, empty where nothing."""

    member: GroupMember
    leads: bool
    text: str
    pieces: list[Piece]


def compared(group: LetterGroup, members: Sequence[GroupMember]) -> list[ShownMember]:
    """Put letters beside the leading one."""
    texts = first_texts([group.leading_id, *(member.case_id for member in members)])
    leading = texts[group.leading_id]
    shown = []
    for member in members:
        text = texts[member.case_id]
        leads = member.case_id == group.leading_id
        language = member.case.submission.language
        pieces = [] if leads or text == leading else diff(leading, text, language)
        shown.append(ShownMember(member, leads, text, pieces))
    return shown
