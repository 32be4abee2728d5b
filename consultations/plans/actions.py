"""Every write of the plan: stages, and what is announced to followers of policies and calls."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from consultations.calls.models import Extension
from consultations.models import Consultation
from consultations.plans import following, rules
from consultations.plans.models import Policy, StageMove
from consultations.rules import last_moment
from engage.accounts.actors import ANYONE, SYSTEM, Actor, Role, has_role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.outreach.follows import actions as follows
from engage.outreach.follows.models import Event
from engage.search import actions as search


@transaction.atomic
def record_move(
    policy_id: int, *, stage: str, on: date, note_zh: str = "", note_en: str = "", now: datetime, actor: Actor
) -> StageMove:
    """Write down that a policy reached a stage; its followers are told.

    Raises Refused("not_allowed"), Refused("note_in_one_language") and the refusals of `rules.check_move`.
    """
    if not has_role(actor, Role.EDITOR):
        raise Refused("not_allowed")
    policy = Policy.objects.select_for_update().get(pk=policy_id)
    if bool(note_zh.strip()) != bool(note_en.strip()):
        raise Refused("note_in_one_language")
    last = policy.moves.last()
    rules.check_move(
        stage,
        on,
        before=last.stage if last else "",
        before_on=last.on if last else None,
        today=timezone.localdate(now),
    )
    move = StageMove.objects.create(
        policy=policy,
        stage=stage,
        on=on,
        note_zh=note_zh.strip(),
        note_en=note_en.strip(),
        recorded_at=now,
        by=actor if isinstance(actor, User) else None,
    )
    journal.record(actor, "policy.moved", policy, stage=stage, on=on.isoformat())
    key, tags = f"{following.MOVED}:{move.pk}", following.policy_tags(policy)
    follows.announce(following.MOVED, policy, key=key, ref=move.pk, tags=tags, now=now)
    search.index(policy)
    return move


def move_with_calls(*, now: datetime) -> int:
    """Announce what happened to public calls, and move policies whose calls opened or closed; returns how many."""
    done = sum(_announce(event, now) for event in _unannounced(now))
    visible = Consultation.objects.visible_to(ANYONE)
    for policy in Policy.objects.visible_to(ANYONE, now).filter(calls__isnull=False).distinct():
        done += sum(_stages_of_call(policy, call, now) for call in policy.calls.filter(pk__in=visible))
    return done


Happened = tuple[str, Consultation, int, datetime]


def _unannounced(now: datetime) -> list[Happened]:
    """Return what happened to public calls and was not announced: kind, call, the room's key, moment."""
    visible = Consultation.objects.visible_to(ANYONE)

    def known(kind: str) -> QuerySet[Event, int]:
        return Event.objects.filter(kind=kind).values_list("ref", flat=True)

    opened = visible.filter(opens_at__lte=now, closes_at__gt=now, withdrawn_at=None)
    withdrawn = visible.filter(withdrawn_at__isnull=False)
    extensions = Extension.objects.filter(consultation__in=visible).select_related("consultation")
    found: list[Happened] = []
    for call in opened.exclude(pk__in=known(following.OPENED)):
        found.append((following.OPENED, call, call.pk, call.opens_at))
    for extension in extensions.exclude(pk__in=known(following.EXTENDED)):
        found.append((following.EXTENDED, extension.consultation, extension.pk, extension.at))
    for call in withdrawn.exclude(pk__in=known(following.WITHDRAWN)):
        assert call.withdrawn_at is not None
        found.append((following.WITHDRAWN, call, call.pk, call.withdrawn_at))
    return found


@transaction.atomic
def _announce(happened: Happened, now: datetime) -> int:
    kind, call, ref, at = happened
    tags = following.call_tags(call, now)
    follows.announce(kind, call, key=f"{kind}:{ref}", ref=ref, tags=tags, happened_at=at, now=now)
    return 1


def note(kind: str, call: Consultation, *, ref: int, now: datetime) -> None:
    """Let followers be told, inside the caller's transaction, that a call is answered or a text of it explained.

    `ref` names what it is about, of which they are told once, whatever is corrected.
    """
    follows.announce(kind, call, key=f"{kind}:{ref}", ref=ref, tags=following.call_tags(call, now), now=now)


def hold(kind: str, *, ref: int, now: datetime) -> None:
    """Stop telling followers of it, inside the caller's transaction: it was taken down."""
    follows.hold(f"{kind}:{ref}", now=now)


@transaction.atomic
def _stages_of_call(policy: Policy, call: Consultation, now: datetime) -> int:
    """A call on a draft opens one stage and closes into the next; a look back at a policy in force moves nothing."""
    if call.kind != Consultation.Kind.DRAFT or call.withdrawn_at is not None:
        return 0
    reached = [(Policy.Stage.CONSULTATION, call.opens_at), (Policy.Stage.REVIEW, last_moment(call.closes_at))]
    done = 0
    for stage, moment in reached:
        last = policy.moves.last()
        day = timezone.localdate(moment)
        over = moment > now or (last is not None and last.on > day)
        if over or policy.moves.filter(stage=stage, call=call).exists() or (last is not None and last.stage == stage):
            continue
        StageMove.objects.create(policy=policy, stage=stage, on=day, recorded_at=now, call=call)
        journal.record(SYSTEM, "policy.moved", policy, stage=stage.value, on=day.isoformat(), call=call.slug)
        done += 1
    if done:
        search.index(policy)
    return done
