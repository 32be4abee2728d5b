"""Every write of the plan: stages, follows, what followers are told."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone

from consultations.calls.models import Extension
from consultations.models import Consultation
from consultations.plans import letters, rules
from consultations.plans.models import Follow, Notice, Policy, StageMove
from consultations.rules import last_moment
from engage.accounts.actors import ANYONE, SYSTEM, Actor, Role, has_role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import actions as participation
from engage.participation.models import Contact
from engage.participation.rules import retention_end
from engage.participation.vault import blind_index, normalised_email
from engage.search import actions as search

UNCONFIRMED = timedelta(days=7)
_SALT = "plan-follow"


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
    Notice.objects.create(policy=policy, kind=Notice.Kind.MOVED, ref=move.pk, at=now)
    search.index(policy)
    return move


@transaction.atomic
def ask_to_follow(policy: Policy, *, email: str, language: str, now: datetime, actor: Actor) -> Follow:
    """Write the letter that asks an address whether it wants to follow; who follows already is told so by letter."""
    index = blind_index("email", normalised_email(email))
    follow = Follow.objects.filter(policy=policy, email_index=index).select_related("contact").first()
    if follow is None:
        contact = Contact.objects.create(email=email.strip(), email_index=index, delete_after=now + UNCONFIRMED)
        follow = Follow.objects.create(
            policy=policy, contact=contact, email_index=index, language=language, asked_at=now
        )
        journal.record(actor, "follow.asked", follow)
    subject, body = letters.asked(follow, signed(follow))
    participation.enqueue_letter(follow.contact, subject=subject, body=body)
    return follow


def signed(follow: Follow) -> str:
    """Return what a letter's links carry."""
    return signing.dumps([follow.pk, follow.email_index[:16]], salt=_SALT)


def follow_of(signature: str) -> Follow | None:
    """Return the follow a link belongs to; None for a forged link and for one that is over."""
    try:
        pk, index = signing.loads(signature, salt=_SALT)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return Follow.objects.select_related("policy", "contact").filter(pk=pk, email_index__startswith=index).first()


@transaction.atomic
def confirm_follow(follow_id: int, *, now: datetime, actor: Actor) -> Follow:
    """Let a follow count; a second time changes nothing."""
    follow = Follow.objects.select_for_update(of=("self",)).select_related("contact").get(pk=follow_id)
    if follow.confirmed_at is None:
        follow.confirmed_at = now
        follow.save(update_fields=["confirmed_at"])
        _keep(follow.contact, now)
        journal.record(actor, "follow.confirmed", follow)
    return follow


@transaction.atomic
def end_follow(follow_id: int, *, actor: Actor) -> None:
    """End a follow and forget the address with all letters that wait for it."""
    follow = Follow.objects.filter(pk=follow_id).select_related("contact").first()
    if follow is not None:
        journal.record(actor, "follow.ended", follow)
        follow.contact.delete()


def _keep(contact: Contact, now: datetime) -> None:
    contact.delete_after = retention_end(now, settings.CONTACT_RETENTION_DAYS)
    contact.save(update_fields=["delete_after"])


def move_with_calls(*, now: datetime) -> int:
    """Move public policies whose calls opened or closed, and note what their followers are told; returns how many."""
    done = 0
    for policy in Policy.objects.filter(public_from__lte=now, calls__isnull=False).distinct():
        for call in policy.calls.filter(pk__in=Consultation.objects.visible_to(ANYONE)):
            done += _follow_call(policy, call, now)
    return done


@transaction.atomic
def _follow_call(policy: Policy, call: Consultation, now: datetime) -> int:
    events = [
        (Notice.Kind.EXTENDED, pk) for pk in Extension.objects.filter(consultation=call).values_list("pk", flat=True)
    ]
    if call.withdrawn_at is not None:
        events.append((Notice.Kind.WITHDRAWN, call.pk))
    elif call.opens_at <= now < call.closes_at:
        events.append((Notice.Kind.OPENED, call.pk))
    known = set(Notice.objects.filter(policy=policy).values_list("kind", "ref"))
    fresh = [event for event in events if event not in known]
    Notice.objects.bulk_create(Notice(policy=policy, kind=kind, ref=ref, at=now) for kind, ref in fresh)
    return len(fresh) + _stages_of_call(policy, call, now)


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


@transaction.atomic
def write_letters(*, now: datetime, limit: int = 200) -> int:
    """Write the next letters to followers; each follower hears of a thing once. Returns how many were written."""
    written = 0
    for notice in Notice.objects.filter(lettered_at=None).select_related("policy").select_for_update(of=("self",))[:20]:
        followers = list(
            notice.policy.follows.filter(pk__gt=notice.lettered_up_to, confirmed_at__lte=notice.at)
            .select_related("contact")
            .order_by("pk")[:limit]
        )
        for follow in followers:
            subject, body = letters.told(notice, follow, signed(follow))
            participation.enqueue_letter(follow.contact, subject=subject, body=body)
            _keep(follow.contact, now)
        if followers:
            notice.lettered_up_to = followers[-1].pk
        if len(followers) < limit:
            notice.lettered_at = now
        notice.save(update_fields=["lettered_up_to", "lettered_at"])
        written += len(followers)
    return written
