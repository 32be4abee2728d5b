"""Every write of this room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, OuterRef, Subquery

from engage.accounts.actors import Actor, Role, has_role
from engage.accounts.models import User
from engage.departments.models import Department
from engage.errors import Refused
from engage.journal import actions as journal
from engage.search.grouping import group, nearest
from mailbox import actions as cases
from mailbox.access import standing_of
from mailbox.machine import Phase, Who
from mailbox.models import OPEN, Case, StepRecord
from mailbox.routing.learning import PASSED_ON, suggester, switch
from mailbox.routing.letters import Letter
from mailbox.routing.models import GroupLook, GroupMember, LetterGroup, RouteSwitch, Suggestion
from mailbox.routing.queries import first_texts
from mailbox.routing.rules import Proposal, chosen_beforehand

BATCH = 100
# What a new letter is compared with to find similar ones, and how many are kept.
RECENT, SIMILAR_MOST, SIMILAR_LEAST = 1_000, 5, 0.22
GROUPED_MOST = 10_000
JOINED_AT_ONCE = 50
PASSING = ("route", "transfer")


# --- units for letters ----------------------------------------------------------------------------------------------


def suggest_routes(*, now: datetime, limit: int = BATCH) -> int:
    """Propose units for the cases that came and were passed to nobody yet; each once. Returns how many."""
    waiting = list(
        Case.objects.filter(OPEN, phase=Phase.NEW.value, lead=None, kind__in=PASSED_ON, route_suggestion=None)
        .select_related("barred")
        .order_by("submission_id")[:limit]
    )
    if not waiting:
        return 0
    texts = first_texts([case.pk for case in waiting])
    near = _similar(waiting, texts)
    found, version = suggester() if switch().proposes else (None, None)
    rows = []
    for case in waiting:
        proposals: list[Proposal] = []
        if found is not None:
            letter = Letter(case.title, texts.get(case.pk, ""))
            proposals = found.suggest(letter, barred=_never(case))
        rows.append(
            Suggestion(
                case=case,
                model_id=version,
                made_at=now,
                proposals=[_as_kept(one) for one in proposals],
                # Without letters learned from, the shares are no measured ones: nothing is chosen by them.
                chosen=version is not None and bool(chosen_beforehand(proposals)),
                similar=near.get(case.pk, []),
            )
        )
    Suggestion.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _never(case: Case) -> frozenset[str]:
    """Return the units that are not proposed: the one where it lies, and those that may not see the case."""
    never = {case.triage_id}
    if case.barred is not None:
        never |= set(Department.objects.filter(path__startswith=case.barred.path).values_list("pk", flat=True))
    return frozenset(str(pk) for pk in never)


def _as_kept(proposal: Proposal) -> dict[str, Any]:
    return {
        "department": int(proposal.office),
        "confidence": proposal.confidence,
        "reasons": [[reason.kind, reason.said] for reason in proposal.reasons],
    }


def _similar(waiting: Sequence[Case], texts: dict[int, str]) -> dict[int, list[int]]:
    """Find for each new case the nearest of the last thousand; who may see them is asked when they are shown."""
    recent = Case.objects.filter(suspect=False).order_by("-submission_id").values_list("pk", flat=True)[:RECENT]
    known = first_texts(list(recent)) | texts
    keys = [case.pk for case in waiting] + sorted(set(known) - {case.pk for case in waiting})
    titles = dict(Case.objects.filter(pk__in=keys).values_list("pk", "title"))
    found = nearest(
        [f"{titles[key]}\n{known[key]}" for key in keys], len(waiting), most=SIMILAR_MOST, least=SIMILAR_LEAST
    )
    return {case.pk: [keys[at] for at in row] for case, row in zip(waiting, found, strict=True)}


@transaction.atomic
def accept_suggestion(
    case_id: int, *, to: int, actor: Actor, now: datetime, revision: int | None = None, **how: Any
) -> Case:
    """Pass a case to a unit that was proposed for it. Raises as `route_case`, and Refused("route_not_proposed")."""
    row = Suggestion.objects.filter(case__in=Case.objects.visible_to(actor), case=case_id).first()
    if row is None or to not in [one["department"] for one in row.proposals]:
        raise Refused("route_not_proposed")
    case = cases.route_case(case_id, to=to, actor=actor, now=now, revision=revision, **how)
    row.accepted_by, row.accepted_at = (actor if isinstance(actor, User) else None), now
    row.save(update_fields=["accepted_by", "accepted_at"])
    return case


def settle_suggestions(*, now: datetime, limit: int = 500) -> int:
    """Write down for cases that a unit took on which it was, and in what place it had been proposed."""
    taken = StepRecord.objects.filter(case=OuterRef("case"), code__in=("accept", "accept_here")).order_by("-pk")
    rows = (
        Suggestion.objects.filter(settled_at=None)
        .annotate(taker=Subquery(taken.values("department")[:1]))
        .exclude(taker=None)
        .order_by("case")[:limit]
    )
    done = 0
    for row in rows:
        named = [one["department"] for one in row.proposals]
        rank = named.index(row.taker) + 1 if row.taker in named else 0
        done += Suggestion.objects.filter(pk=row.pk, settled_at=None).update(unit=row.taker, rank=rank, settled_at=now)
    return done


def forget_reasons(case_id: int, clean: Callable[[Any], Any]) -> None:
    """Take the words of a letter out of what was proposed for it; which units, and what became of it, stays."""
    for row in Suggestion.objects.filter(case=case_id):
        row.proposals = [one | {"reasons": []} for one in row.proposals]
        row.save(update_fields=["proposals"])


@transaction.atomic
def set_switch(*, proposes: bool, learns: bool, actor: Actor) -> RouteSwitch:
    """Turn the proposals, or only what was learned, on or off. Raises Refused("not_allowed")."""
    if not has_role(actor, Role.ADMINISTRATOR):
        raise Refused("not_allowed")
    row, _made = RouteSwitch.objects.update_or_create(pk=1, defaults={"proposes": proposes, "learns": learns})
    journal.record(actor, "route_switch.set", row, proposes=proposes, learns=learns)
    return row


# --- letters of one wording -----------------------------------------------------------------------------------------


def propose_groups(*, now: datetime) -> int:
    """Compare the open letters of each desk where a new one came; returns how many groups were made or grew."""
    open_ones = Case.objects.filter(OPEN, merged_into=None, suspect=False, desk__isnull=False, kind__in=PASSED_ON)
    looked = {(one.department_id, one.kind): one.newest for one in GroupLook.objects.all()}
    changed = 0
    for desk, kind, newest in open_ones.values_list("desk", "kind").annotate(n=Max("pk")).order_by("desk", "kind"):
        if looked.get((desk, kind), 0) < newest:
            changed += _propose_at(desk, kind, newest, now)
    return changed


@transaction.atomic
def _propose_at(desk: int, kind: str, newest: int, now: datetime) -> int:
    GroupLook.objects.update_or_create(department_id=desk, kind=kind, defaults={"newest": newest})
    keys = list(
        Case.objects.filter(OPEN, merged_into=None, suspect=False, desk=desk, kind=kind)
        .order_by("-pk")
        .values_list("pk", flat=True)[:GROUPED_MOST]
    )
    texts = first_texts(keys)
    found = group((str(pk), texts.get(pk, "")) for pk in sorted(keys))
    known: dict[int, list[GroupMember]] = defaultdict(list)
    for member in GroupMember.objects.filter(case__in=keys).select_related("group"):
        known[member.case_id].append(member)
    return sum(
        _grow([int(key) for key in one.members], int(one.representative), one.least, known, desk, kind, now)
        for one in found.groups
    )


def _grow(
    keys: list[int],
    representative: int,
    least: float,
    known: dict[int, list[GroupMember]],
    desk: int,
    kind: str,
    now: datetime,
) -> int:
    """Add to the group that is waiting, or make one; whom a person took out, or all if dismissed, stays out."""
    before = {member.group_id: member.group for key in keys for member in known[key]}
    waiting = next((one for one in before.values() if one.state == LetterGroup.State.PROPOSED), None)
    told_apart = {key for key in keys for member in known[key] if member.left_at or _is_dismissed(member)}
    new = [key for key in keys if key not in told_apart and not any(_is_live(member) for member in known[key])]
    if waiting is None:
        if len(new) < 2:
            return 0
        leading = representative if representative in new else new[0]
        waiting = LetterGroup.objects.create(department_id=desk, kind=kind, made_at=now, leading_id=leading)
    GroupMember.objects.bulk_create(GroupMember(group=waiting, case_id=key, near=least) for key in new)
    return 1 if new else 0


def _is_dismissed(member: GroupMember) -> bool:
    return member.group.state == LetterGroup.State.DISMISSED


def _is_live(member: GroupMember) -> bool:
    return member.left_at is None and not _is_dismissed(member)


def _locked_group(group_id: int, actor: Actor) -> LetterGroup:
    """Return a group the actor may decide on, locked. Raises LetterGroup.DoesNotExist, Refused("not_allowed")."""
    found = LetterGroup.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=group_id)
    if not has_role(actor, Role.OFFICER, Role.ADMINISTRATOR):
        raise Refused("not_allowed")
    return found


@transaction.atomic
def confirm_group(group_id: int, *, actor: Actor, now: datetime) -> LetterGroup:
    """Say that the letters of a group get one answer. A second time: nothing. The worker joins those that are left.

    Raises Refused("not_allowed"), Refused("group_decided") for one that was dismissed, Refused("group_too_small").
    """
    found = _locked_group(group_id, actor)
    if found.state == LetterGroup.State.CONFIRMED:
        return found
    if found.state == LetterGroup.State.DISMISSED:
        raise Refused("group_decided")
    members = found.members.visible_to(actor).filter(left_at=None)
    if members.count() < 2:
        raise Refused("group_too_small")
    leading = Case.objects.visible_to(actor).filter(pk=found.leading_id).first()
    if leading is None or not standing_of(leading, actor) & {Who.CLERK, Who.LEAD}:
        raise Refused("not_allowed")
    found.state, found.decided_at = LetterGroup.State.CONFIRMED, now
    found.decided_by = actor if isinstance(actor, User) else None
    found.save(update_fields=["state", "decided_at", "decided_by"])
    found.members.filter(case=found.leading_id).update(joined_at=now)
    # Who may not see a letter does not decide on it.
    found.members.filter(left_at=None).exclude(pk__in=members.values("pk")).update(left_at=now)
    journal.record(actor, "letter_group.confirmed", found, leading=found.leading_id, letters=members.count())
    return found


def join_members(*, now: datetime, group_id: int | None = None, limit: int = JOINED_AT_ONCE) -> int:
    """Let the letters of confirmed groups be answered with the first: one transaction each, in the name of who did."""
    rows = GroupMember.objects.filter(
        group__state=LetterGroup.State.CONFIRMED, joined_at=None, left_at=None, refused=""
    )
    if group_id is not None:
        rows = rows.filter(group=group_id)
    return sum(_join(pk, now) for pk in rows.order_by("pk").values_list("pk", flat=True)[:limit])


def _join(member_id: int, now: datetime) -> int:
    member = GroupMember.objects.select_related("group__decided_by").get(pk=member_id)
    found, refused = member.group, ""
    try:
        with transaction.atomic():
            locked = GroupMember.objects.select_for_update().get(pk=member_id)
            if locked.joined_at or locked.left_at or locked.refused or found.decided_by is None:
                return 0
            cases.merge_case(member.case_id, into=found.leading_id, actor=found.decided_by, now=now)
            locked.joined_at = now
            locked.save(update_fields=["joined_at"])
            return 1
    except Refused as refusal:
        refused = refusal.code
    except Case.DoesNotExist:
        refused = "case_gone"
    GroupMember.objects.filter(pk=member_id, joined_at=None).update(refused=refused)
    return 0


@transaction.atomic
def take_out(group_id: int, case_id: int, *, actor: Actor, now: datetime) -> LetterGroup:
    """Handle a letter of a group by itself; also after it was joined, for seven days. Again: nothing.

    Raises Refused("not_allowed"), Refused("group_leads"), GroupMember.DoesNotExist, and as `unmerge_case`.
    """
    found = _locked_group(group_id, actor)
    member = found.members.visible_to(actor).get(case=case_id)
    if member.left_at is not None:
        return found
    if case_id == found.leading_id:
        other = found.members.visible_to(actor).filter(left_at=None).exclude(case=case_id).first()
        if found.state != LetterGroup.State.PROPOSED or other is None:
            raise Refused("group_leads")
        found.leading_id = other.case_id
        found.save(update_fields=["leading"])
    if member.joined_at is not None:
        cases.unmerge_case(case_id, actor=actor, now=now)
    member.left_at = now
    member.save(update_fields=["left_at"])
    journal.record(actor, "letter_group.taken_out", found, case=case_id)
    return found


@transaction.atomic
def dismiss_group(group_id: int, *, actor: Actor, now: datetime) -> LetterGroup:
    """Say that the letters of a group are not the same. Raises Refused("not_allowed"), Refused("group_decided")."""
    found = _locked_group(group_id, actor)
    if found.state == LetterGroup.State.CONFIRMED:
        raise Refused("group_decided")
    if found.state == LetterGroup.State.PROPOSED:
        found.state, found.decided_at = LetterGroup.State.DISMISSED, now
        found.decided_by = actor if isinstance(actor, User) else None
        found.save(update_fields=["state", "decided_at", "decided_by"])
        journal.record(actor, "letter_group.dismissed", found)
    return found
