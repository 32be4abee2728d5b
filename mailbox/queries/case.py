"""One case: what may be done now and by whom, its clocks, the proof of a day, its draft and approvals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from engage.accounts.actors import Actor, Role, has_role
from engage.calendars import queries as calendars
from engage.calendars.profiles import Profile
from engage.calendars.rules import DayInProof, TimeLeft, proof, time_left
from engage.errors import Refused
from mailbox import rules
from mailbox.access import standing_of
from mailbox.actions import clocks
from mailbox.actions.steps import facts_of
from mailbox.machine import Transition
from mailbox.models import Approval, Case, CaseClock, Draft, Message


@dataclass(frozen=True)
class PossibleStep:
    """A step the actor stands in the right place for; `refusal` is the rule that still forbids it."""

    transition: Transition
    refusal: Refused | None = None


def possible_steps(case: Case, *, actor: Actor, now: datetime) -> list[PossibleStep]:
    """List what the actor may do now, in the order of the table; nothing with a case answered with another."""
    standing = standing_of(case, actor)
    if case.is_merged:
        return []
    allowed = [t for t in case.machine.leaving(case.state) if rules.may_take(t, case.state, standing)]
    if not allowed:
        return []
    facts = facts_of(case, now=now, actor=actor)
    return [PossibleStep(transition, refusal_of(case, transition, facts)) for transition in allowed]


def refusal_of(case: Case, transition: Transition, facts: rules.Facts) -> Refused | None:
    """Return the rule that forbids a step now, if one does."""
    try:
        rules.check_guards(case.machine, transition, facts)
    except Refused as refusal:
        return refusal
    return None


@dataclass(frozen=True)
class Badge:
    """One clock as pages show it. `unconfirmed`: it runs through a year without an official notice, so it may move."""

    clock: CaseClock
    left: TimeLeft | None
    unconfirmed: bool
    for_sender: bool


def clock_lines(case: Case, *, now: datetime) -> list[Badge]:
    """List the clocks of a case, oldest first; those that stopped have no time left."""
    zone = clocks.zone_of(case)
    profiles: dict[str, Profile] = {}
    lines = []
    for clock in case.clocks.all():
        if clock.profile_id not in profiles:
            profiles[clock.profile_id] = calendars.clock_profile(clock.profile_id)
        profile = profiles[clock.profile_id]
        left = None
        if clock.state != CaseClock.State.STOPPED:
            due = clocks.due_of(clock, profile, zone)
            left = time_left(due, now, calendars.work_calendar(profile.calendar), zone)
        for_sender = clock.target in case.machine.targets_of_sender
        lines.append(Badge(clock, left, clock.may_move, for_sender))
    return lines


def date_proof(clock: CaseClock) -> Sequence[DayInProof]:
    """List every day a clock counted or left out, and why, with the calendar as it is now."""
    profile = calendars.clock_profile(clock.profile_id)
    due = clocks.due_of(clock, profile, clocks.zone_of(clock.case))
    return proof(due, calendars.work_calendar(profile.calendar))


def draft_of(case: Case, *, actor: Actor) -> QuerySet[Draft]:
    """The drafts an actor may read: the shared one and the own private one."""
    return Draft.objects.visible_to(actor).filter(Q(shared=True) | Q(author_id=actor.pk), case=case)


def last_look(draft: Draft, *, approver: int) -> dict[str, str]:
    """Return the words of the last round that an approver decided on, for "what changed"; empty on the first look."""
    seen = (
        Approval.objects.filter(draft=draft, by_id=approver, round__lt=draft.round)
        .order_by("-round")
        .values_list("round", flat=True)
        .first()
    )
    version = draft.versions.filter(round=seen).first() if seen else None
    return version.words if version else {}


def waiting_approvals(actor: Actor, *, today: date) -> QuerySet[Approval]:
    """List the places of approval chains that wait for the actor by name or for somebody the actor stands in for."""
    away = Q(
        assignee__absences__deputy_id=actor.pk,
        assignee__absences__first__lte=today,
        assignee__absences__last__gte=today,
    )
    own = Case.objects.visible_to(actor)
    return (
        Approval.objects.filter(decision=Approval.Decision.WAITING, draft__case__in=own)
        .filter(Q(assignee_id=actor.pk) | away)
        .select_related("draft__case__submission")
        .distinct()
        .order_by("pk")
    )


def words_by_token(digests: Sequence[str]) -> dict[str, str]:
    """Return the first words of cases by the keyed hash of their token; an import compares with them."""
    rows = Message.objects.filter(case__submission__token_digest__in=digests).order_by("-pk")
    return dict(rows.values_list("case__submission__token_digest", "text"))


def cases_seen_by(actor: Actor) -> QuerySet | None:
    """Return the keys of the cases an actor may see (`kinds.Kind.seen_by`); None for who sees all."""
    if has_role(actor, Role.ADMINISTRATOR):
        return None
    return Case.objects.visible_to(actor).values("pk")
